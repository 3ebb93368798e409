import { expect, test } from "@jest/globals";
import { folder } from "../../../../src/evidence/co-change/signals/folder.ts";
import { codeIn, filesBy } from "../code-in.ts";

test("the nearer a file stands, the more it says", async () => {
  const text = "def f():\n    pass\n";
  const code = await codeIn({
    files: { "app/db/store.py": text, "app/db/cache.py": text, "app/cli.py": text, "tools/x/y.py": text },
  });
  expect(await filesBy(folder, "app/db/store.py", code)).toEqual([
    "app/db/cache.py 1.00",
    "app/cli.py 0.67",
    "tools/x/y.py 0.33",
  ]);
  expect(await folder.explain("app/db/cache.py", "app/db/store.py", code)).toMatchObject([
    { text: "`app/db/cache.py` stands in the same folder" },
  ]);
  expect(await folder.explain("app/cli.py", "app/db/store.py", code)).toEqual([]);
});
