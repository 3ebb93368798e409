import { describe, expect, test } from "@jest/globals";
import { blocksOfSection, explanationBlocks, mergeDocument } from "../../src/agent/merge-document.ts";
import type { TakenClaim } from "../../src/agent/submission/taken-claim.ts";
import { noSuspect } from "../../src/claims/no-suspect.ts";
import { proposedCause } from "../../src/claims/proposed-cause.ts";
import type { ResearchDocument } from "../../src/documents/finding.ts";

const worded = (type: TakenClaim["type"], section: string, text: string): TakenClaim => ({
  number: 1,
  section,
  type,
  claims: [],
  blocks: [],
  text,
});
const SUSPECTED = proposedCause.of({
  places: [{ lines: { path: "a.py", start: 3, end: 3 }, words: "x = 1", in: "f" }],
});

describe("words of a model are marked as a model's wherever they are", () => {
  test.each<readonly [TakenClaim["type"], string]>([
    ["question", "Model: Question: Why is it stale?"],
    ["unknown", "Model: Not known: Why is it stale?"],
    ["step", "Model: Why is it stale?"],
  ])("%s", (type, shown) => {
    const blocks = blocksOfSection("here", [worded(type, "here", "Why is it stale?")]);
    expect(blocks.flatMap((block) => (block.kind === "list" ? block.items : []))).toEqual([shown]);
  });

  test("the order of a chain is said to be the model's", () => {
    const step = { ...worded("code", "sequence", ""), claims: [SUSPECTED], step: 1 };
    const [note] = blocksOfSection("sequence", [step]);
    expect(note).toMatchObject({ kind: "note", text: expect.stringContaining("their order") });
  });
});

test("a place that a model suspects is shown with its explanation and is no headline", () => {
  const headline = noSuspect.of({ best: [], from: 50 });
  const base: ResearchDocument = {
    title: "Root cause",
    phase: "root-cause",
    baseCommit: "a".repeat(40),
    headline,
    lead: [],
    next: [],
    sections: [{ id: "explanation", heading: "A model's explanation", blocks: [] }],
  };
  const merged = mergeDocument(base, [], { proposed: [SUSPECTED], explanation: [] });
  expect(merged.headline).toBe(headline);
  expect(merged.sections[0]!.blocks).toEqual([{ kind: "claims", form: "list", items: [SUSPECTED] }]);
  expect(explanationBlocks([])).toEqual([]);
});
