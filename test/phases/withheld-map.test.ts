import { expect, test } from "@jest/globals";
import { checkWhole } from "../../src/claims/check-claims.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import type { Issue } from "../../src/issue/issue.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { investigate } from "../../src/phases/investigate.ts";
import { documentFileOf, specFileOf } from "../../src/phases/names.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { exampleIssue, researchIn } from "../agent/research-in.ts";
import { exampleRepository } from "../fakes/casebook.ts";

const MAP = PHASES.find(({ type }) => type === "impact-map")!;
const FILE = documentFileOf("42", MAP);
const VAGUE: Issue = { ...exampleIssue(), title: "It is odd", body: "Something seems odd on Tuesdays." };

/** The impact map phase of an issue, on a branch with these files. */
async function run(folder: { readonly path: string }, issue: Issue, files: ReadonlyMap<string, string>) {
  await using research = await researchIn(folder.path, issue);
  using repository = await openRepository(folder.path);
  const { context } = research;
  const head = await repository.resolve("HEAD");
  const source = await repositorySource(repository, head, async () => context.codebase, context.issue.text);
  const publisher = memoryPublisher(files);
  const request = { issue: context.issue, phases: [MAP], present: PHASES, at: undefined };
  const now = (): Date => new Date("2026-01-02T03:04:05Z");
  const { phases } = await investigate(request, { context, source, publisher, now });
  const text = publisher.files.get(FILE);
  const problems = text === undefined ? [] : (await checkWhole(text, source, context)).problems;
  return { status: phases[0]?.status, files: publisher.files, text, problems };
}

test("a map that this run withholds is not written", async () => {
  using folder = exampleRepository("issue-42");
  expect(await run(folder, VAGUE, new Map())).toMatchObject({ status: "left-out", text: undefined });
});

test("a map that this run withholds replaces the one of an earlier run", async () => {
  using folder = exampleRepository("issue-42");
  const before = await run(folder, exampleIssue(), new Map());
  expect(before.text).toContain("`Store.set`");
  const after = await run(folder, VAGUE, before.files);
  expect(after.text).toContain("Casebook left out the impact map in its latest run: ");
  expect(after.text).not.toContain("Store.set");
  expect(after).toMatchObject({ status: "left-out", problems: [] });
  const { spec } = parseSpec("spec", after.files.get(specFileOf("42", MAP))!);
  expect(spec.status).toBe("needs_attention");
  expect(spec.criteria.filter(({ done }) => done)).toEqual([]);
  expect((await run(folder, VAGUE, after.files)).files).toEqual(after.files);
});
