import { expect, test } from "@jest/globals";
import { codeRunner } from "../../../src/agent/code-runner.ts";
import { readOutcome } from "../../../src/agent/submission/read-outcome.ts";
import type { TakenClaim } from "../../../src/agent/submission/taken-claim.ts";
import { linesRead, readLines } from "../../../src/claims/lines-read.ts";
import { personSaid } from "../../../src/claims/person-said.ts";
import type { StatedClaim } from "../../../src/documents/finding.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { NONCE, researchIn } from "../research-in.ts";

test("that something is meant needs what says so: documentation, a comment, a test or a maintainer", async () => {
  using folder = exampleRepository("issue-42");
  await using research = await researchIn(folder.path);
  const { context } = research;
  const from = {
    source: { ...context, text: (path: string) => context.codebase.text(path) } as never,
    context,
    runner: codeRunner({ kind: "none", why: "it is off" }, NONCE),
  };
  const ends = async (claim: StatedClaim): Promise<boolean> => {
    const taken: TakenClaim = { number: 1, section: "suspects", type: "code", claims: [claim], blocks: [] };
    const read = await readOutcome({ kind: "not-a-bug", claims: [1] }, ["not-a-bug"], [taken], from);
    return typeof read !== "string";
  };
  const linesOf = async (path: string, start: number): Promise<StatedClaim> => {
    const lines = { path, start, end: start };
    return linesRead.of({ lines, ...(await readLines(lines, context))! });
  };
  const saidBy = (maintainer: boolean): StatedClaim =>
    personSaid.of({ author: "ada", maintainer, words: "It is meant so." });
  expect(await ends(await linesOf("src/storage/store.py", 33))).toBe(false);
  expect(await ends(await linesOf("src/storage/store.py", 32))).toBe(true);
  expect(await ends(await linesOf("tests/test_store.py", 1))).toBe(true);
  expect(await ends(saidBy(false))).toBe(false);
  expect(await ends(saidBy(true))).toBe(true);
});
