import { expect, test } from "@jest/globals";
import { rankCoChangeFiles } from "../../../src/evidence/co-change/rank-co-change-files.ts";
import { rankCoChanges } from "../../../src/evidence/co-change/rank-co-changes.ts";
import {
  FILE_SIGNALS,
  FUNCTION_SIGNALS,
  SIGNALS_OF_ITS_FILE,
} from "../../../src/evidence/co-change/signals.ts";
import { codeIn, functionIn } from "./code-in.ts";

const files = {
  "pkg/store.py":
    "from pkg.codec import encode_entry\n\ndef save_entry(entry):\n    return encode_entry(entry)\n\ndef unrelated():\n    pass\n",
  "pkg/codec.py": "def encode_entry(entry):\n    return str(entry)\n\ndef version():\n    return 1\n",
  "pkg/far/away.py": "def wave():\n    pass\n",
  "tests/test_store.py": "from pkg.store import save_entry\n\ndef test_save():\n    save_entry(1)\n",
};
const commits = [["pkg/store.py", "pkg/codec.py"], ["pkg/store.py", "pkg/codec.py"], ["pkg/far/away.py"]];

test("functions: every one gets a place, with reasons that can be looked up; tests are left out", async () => {
  const code = await codeIn({ files, commits });
  const ranked = await rankCoChanges(functionIn(code, "pkg/store.py", "save_entry"), code, { top: 10 });
  const names = ranked.map(({ symbol }) => symbol.name);
  expect(names[0]).toBe("encode_entry");
  expect(names.at(-1)).toBe("wave");
  expect([...names].sort()).toEqual(["encode_entry", "unrelated", "version", "wave"]);
  const reasons = ranked[0]!.reasons;
  expect(reasons.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      "is called by `save_entry`",
      "`pkg/codec.py` changed in 2 of 2 earlier small commits that changed `pkg/store.py`",
    ]),
  );
  expect(reasons.every(({ citations }) => citations.length > 0)).toBe(true);
});

test("the same question gives the same answer, and `top` cuts it", async () => {
  const code = await codeIn({ files, commits });
  const seed = functionIn(code, "pkg/store.py", "save_entry");
  const [once, again] = [
    await rankCoChanges(seed, code, { top: 2 }),
    await rankCoChanges(seed, code, { top: 2 }),
  ];
  expect(once).toHaveLength(2);
  expect(again).toEqual(once);
});

test("a function of a test has no co-change candidates", async () => {
  const code = await codeIn({ files, commits });
  const symbol = code.symbolIndex.files
    .get("tests/test_store.py")!
    .symbols.find(({ name }) => name === "test_save")!;
  expect(await rankCoChanges({ path: "tests/test_store.py", symbol }, code, { top: 5 })).toEqual([]);
});

test("a ranking that was called off throws the reason", async () => {
  const code = await codeIn({ files, commits });
  const seed = functionIn(code, "pkg/store.py", "save_entry");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(rankCoChanges(seed, code, { top: 5, signal })).rejects.toThrow("enough");
});

test("files: the one that is imported and changed together comes first, without a symbol index", async () => {
  const { codebase, commits: records } = await codeIn({ files, commits });
  const ranked = await rankCoChangeFiles("pkg/store.py", codebase, records, { top: 5 });
  expect(ranked.map(({ path }) => path)).toEqual(["pkg/codec.py", "pkg/far/away.py"]);
  expect(ranked[0]!.reasons.map(({ signal }) => signal)).toContain("co-change");
});

test("files: without a history, names, folders and imports decide; a file may be left out", async () => {
  const { codebase } = await codeIn({ files });
  const ranked = await rankCoChangeFiles("pkg/store.py", codebase, [], { top: 5 });
  expect(ranked[0]!.path).toBe("pkg/codec.py");
  const without = await rankCoChangeFiles("pkg/store.py", codebase, [], {
    top: 5,
    isCandidate: (path) => path !== "pkg/codec.py",
  });
  expect(without.map(({ path }) => path)).toEqual(["pkg/far/away.py"]);
});

test("no two signals that are added up have the same name, and each has a weight above zero", () => {
  for (const table of [FILE_SIGNALS, [...FUNCTION_SIGNALS, ...SIGNALS_OF_ITS_FILE]]) {
    expect(new Set(table.map(([{ name }]) => name)).size).toBe(table.length);
    expect(table.filter(([, weight]) => !(weight > 0))).toEqual([]);
  }
});
