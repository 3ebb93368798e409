import { expect, test } from "@jest/globals";
import { coChanges } from "../../../src/agent/pack/co-changes.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { researchIn } from "../../agent/research-in.ts";

test("what else may have to change is a ranking: every line a hypothesis, its reasons cited", async () => {
  using folder = exampleRepository("issue-42");
  await using research = await researchIn(folder.path);
  const blocks = await coChanges(research.context);
  const notes = blocks.flatMap((block, at) => (block.kind === "note" ? [{ text: block.text, at }] : []));
  expect(notes.map(({ text }) => text)).toEqual([
    "**Files likeliest to change with `src/storage/store.py`**, best first; a ranking, so a fix may need none of them.",
    "**Functions likeliest to change with `Store.set`**, best first; a ranking, so a fix may need none of them.",
  ]);
  const files = blocks[notes[0]!.at + 1];
  if (files?.kind !== "findings") throw new Error("no ranking of files after its note");
  expect(files.items.map(({ text }) => text.replace(/:.*/s, "")).slice(0, 1)).toEqual([
    "1. `src/storage/paths.py`",
  ]);
  const note = notes[1]!.at;
  const ranked = blocks[note + 1];
  if (ranked?.kind !== "findings") throw new Error("no ranking after the note");
  expect(ranked.items.map(({ text }) => text.replace(/:.*/s, "")).slice(0, 2)).toEqual([
    "1. `Store._write_data` in `src/storage/store.py`",
    "2. `Store.keys` in `src/storage/store.py`",
  ]);
  const items = [...files.items, ...ranked.items];
  expect(items.every(({ provenance }) => provenance === "inference")).toBe(true);
  expect(items.every(({ citations }) => citations.length > 0)).toBe(true);
});
