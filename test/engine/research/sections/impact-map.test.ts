import { expect, test } from "@jest/globals";
import { coChange } from "../../../../src/engine/research/sections/impact-map.ts";
import { exampleRepository } from "../../../fakes/casebook.ts";
import { researchIn } from "../../agent/research-in.ts";

test("what else may have to change is a ranking: every line a hypothesis, its reasons cited", async () => {
  using folder = exampleRepository("issue-42");
  await using research = await researchIn(folder.path);
  const blocks = await coChange(research.context);
  const note = blocks.findIndex(({ kind }) => kind === "note");
  expect(blocks[note]).toEqual({
    kind: "note",
    text: "**Likeliest to change with `Store.set`**, best first; a ranking, so a fix may need none of them.",
  });
  const ranked = blocks[note + 1];
  if (ranked?.kind !== "findings") throw new Error("no ranking after the note");
  expect(ranked.items.map(({ text }) => text.replace(/:.*/s, "")).slice(0, 2)).toEqual([
    "1. `Store._write_data` in `src/storage/store.py`",
    "2. `Store.keys` in `src/storage/store.py`",
  ]);
  expect(ranked.items.every(({ provenance }) => provenance === "inference")).toBe(true);
  expect(ranked.items.every(({ citations }) => citations.length > 0)).toBe(true);
});
