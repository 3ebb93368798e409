import { beforeAll, describe, expect, test } from "@jest/globals";
import { pullRequest } from "../../src/github/report/pull-request.ts";
import { restoreInvestigation } from "../../src/investigation/restore.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { builtinResearcher, type Researcher } from "../../src/phases/builtin/researcher.ts";
import { investigate } from "../../src/phases/investigate.ts";
import { documentFileOf } from "../../src/phases/names.ts";
import type { PhaseResult, RunNotes } from "../../src/phases/phase-result.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import { researchIn } from "../agent/research-in.ts";
import { exampleRepository } from "../fakes/casebook.ts";
import { after, AT, idle, RULES, says, SHA } from "../investigation/history.ts";

const TYPES = ["comprehension", "root-cause"];
/** Every field that a researcher can state. */
const notes: Required<RunNotes> = {
  researcher: "large",
  outcome: { kind: "cannot-reproduce", reason: "It passes." },
  cost: { micros: 41_200, inputTokens: 30, outputTokens: 5, calls: 2, models: ["large"] },
  partial: "the limit of 40 steps was reached",
  reason: "The sandbox has no network.",
};
const noting: Researcher = {
  ...builtinResearcher,
  write: async (...of) => ({ ...(await builtinResearcher.write(...of)), ...notes }),
};

describe("the result of a phase is one value", () => {
  let results: readonly PhaseResult[];
  let files: ReadonlyMap<string, string>;

  beforeAll(async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    using repository = await openRepository(folder.path);
    const { issue, codebase } = research.context;
    const source = await repositorySource(
      repository,
      await repository.resolve("HEAD"),
      async () => codebase,
      issue.text,
    );
    const publisher = memoryPublisher(new Map());
    const { phases } = await investigate(
      { issue, phases: PHASES.filter(({ type }) => TYPES.includes(type)), at: undefined },
      { context: research.context, source, publisher, researcher: noting, now: () => new Date(AT) },
    );
    [results, files] = [phases, publisher.files];
  });

  /** The phases of an investigation whose run ended with the results. */
  const recorded = () => {
    const queued = after(idle, [says("investigate --to root-cause", 10)]);
    const run = queued.run!.id;
    return after(queued, [
      { kind: "run-started", run, base: SHA },
      ...results.map((result) => ({ kind: "phase-finished", run, at: AT, result }) as const),
      { kind: "run-finished", run, head: SHA },
    ]);
  };

  test("it holds what the researcher states and what the finished document shows", () => {
    expect(results.map(({ type }) => type)).toEqual(TYPES);
    for (const result of results) {
      expect(result).toMatchObject(notes);
      expect(result.files).toEqual([documentFileOf("42", result)]);
      expect(files.get(result.files[0]!)).toContain(`**${result.lead}**`);
      expect(result.cited?.length).toBeGreaterThan(0);
      expect(result.unknowns).toEqual([]);
    }
  });

  test("the record of the investigation is the result, whole", () => {
    expect(recorded().phases).toEqual(results.map((result) => ({ ...result, endedAt: AT })));
  });

  test("a restored investigation reads the same value from the specs and the documents", () => {
    const restored = restoreInvestigation({ repository: 7, issue: 42, files }, RULES);
    // How many statements were left out is in the spec for people alone.
    expect(restored?.phases).toEqual(
      results.map(({ dropped: _dropped, ...result }) => ({ ...result, endedAt: AT })),
    );
  });

  test("the pull request is written from it", () => {
    const { body } = pullRequest({
      investigation: recorded(),
      issue: { number: 42, title: "x" },
      repository: { webUrl: "https://github.com/o/r" },
      rules: RULES,
      branch: "casebook/issue-42",
    });
    const [, cause] = results;
    const { path, start } = cause!.cited![0]!;
    expect(body).toContain(`https://github.com/o/r/blob/${SHA}/${path}#L${start}`);
    expect(body).toContain("comprehension, root-cause: The limit of 40 steps was reached");
    expect(body).toContain("Could not be reproduced: It passes.");
    expect(body).toContain("| root-cause | `large` | \\$0.0412, 2 calls | 30 | 5 |");
    for (const { files } of results) expect(body).toContain(`/blob/casebook/issue-42/${files[0]}`);
  });
});
