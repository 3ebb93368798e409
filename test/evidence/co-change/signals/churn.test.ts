import { expect, test } from "@jest/globals";
import { churn } from "../../../../src/evidence/co-change/signals/churn.ts";
import { codeIn, filesBy } from "../code-in.ts";

test("without a history of its own, a seed has the files that change most", async () => {
  const code = await codeIn({
    files: {
      "new.py": "def f():\n    pass\n",
      "busy.py": "def f():\n    pass\n",
      "calm.py": "def f():\n    pass\n",
    },
    commits: [["busy.py"], ["busy.py"], ["busy.py", "calm.py"]],
  });
  expect((await filesBy(churn, "new.py", code)).map((told) => told.split(" ")[0])).toEqual([
    "busy.py",
    "calm.py",
  ]);
  expect(await churn.explain("busy.py", "new.py", code)).toMatchObject([
    { text: "`busy.py` was changed by 3 of the newest 3 commits", citations: [{ kind: "commit" }] },
  ]);
  expect(await churn.explain("calm.py", "new.py", code)).toEqual([]);
});
