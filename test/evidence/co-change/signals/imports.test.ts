import { describe, expect, test } from "@jest/globals";
import { importers, imports } from "../../../../src/evidence/co-change/signals/imports.ts";
import type { FileContext } from "../../../../src/evidence/co-change/signal.ts";
import { codeIn, filesBy } from "../code-in.ts";

const files = {
  "pkg/store.py": "from pkg.disk import write\n\ndef save(x):\n    write(x)\n",
  "pkg/disk.py": "def write(x):\n    pass\n",
  "pkg/app.py": "from pkg.store import save\n\ndef run():\n    save(1)\n",
  "pkg/other.py": "def other():\n    pass\n",
};

describe.each([
  ["with a symbol index", true],
  ["without one, from a few files", false],
])("%s", (_name, surveyed) => {
  test("imports are followed both ways, and their lines cited", async () => {
    const code = await codeIn({ files });
    const context: FileContext = surveyed ? code : { ...code, uses: undefined };
    expect(await filesBy(imports, "pkg/store.py", context)).toEqual(["pkg/disk.py 1.00"]);
    expect(await filesBy(importers, "pkg/store.py", context)).toEqual(["pkg/app.py 1.00"]);
    expect(await importers.explain("pkg/app.py", "pkg/store.py", context)).toEqual([
      {
        signal: "importers",
        text: "`pkg/app.py` imports `pkg/store.py`",
        citations: [{ kind: "lines", path: "pkg/app.py", start: 1, end: 1 }],
      },
    ]);
  });
});
