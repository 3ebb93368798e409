import { readIssueForms } from "../../evidence/read-issue-forms.ts";
import { repositorySource } from "../../documents/repository-source.ts";
import type { Issue } from "../../issue/issue.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { qualifiedName } from "../../languages/syntax.ts";
import { researchContext } from "../../phases/builtin/research-context.ts";
import { PHASES } from "../../phases/catalogue.ts";
import { investigate } from "../../phases/investigate.ts";
import { memoryPublisher } from "../../repository/memory-publisher.ts";
import { pastOf } from "../../repository/past.ts";
import type { Workbench } from "../../research/workbench.ts";
import type { Fix } from "../find-fixes.ts";
import { type WorkedCase, wordsShown } from "../score.ts";

const SHOWN_FILES = 10;

/**
 * Works an issue with the built-in researcher on the commit before its fix, with nothing later in sight, and writes nothing. Gives the
 * documents by their path, too.
 */
export async function workPast(
  issue: Issue,
  { base, time }: Pick<Fix, "base" | "time">,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<
  Pick<WorkedCase, "namedFiles" | "namedFunctions" | "namedLines" | "told" | "words" | "seconds"> & {
    readonly documents: ReadonlyMap<string, string>;
  }
> {
  const from = performance.now();
  const past = pastOf(workbench.repository, base, time);
  const codebase = await workbench.codebase(base);
  const seen = visibleIssue(issue);
  const context = researchContext({
    issue: seen,
    codebase,
    history: past.history,
    webUrl: past.webUrl,
    forms: await readIssueForms(codebase.tree, signal),
    at: undefined,
    signal,
  });
  const publisher = memoryPublisher();
  await investigate(
    { issue: seen, phases: PHASES.filter(({ needs }) => needs === "builtin"), at: undefined },
    {
      context,
      source: await repositorySource(past, base, async () => codebase, seen.text),
      publisher,
      now: () => new Date(0),
    },
  );
  const { files } = await context.ranking();
  const suspects = await context.suspects();
  const [first] = suspects;
  const documents = new Map([...publisher.files].filter(([path]) => path.includes("/research/")));
  return {
    namedFiles: files.slice(0, SHOWN_FILES).map(({ path }) => path),
    namedFunctions: suspects.flatMap(({ path, symbol }) =>
      symbol === undefined ? [] : [`${path}::${qualifiedName(symbol)}`],
    ),
    ...(first === undefined ? {} : { namedLines: { path: first.path, start: first.start, end: first.end } }),
    told: files[0]?.confidence ?? 0,
    words: [...documents.values()].reduce((sum, text) => sum + wordsShown(text), 0),
    seconds: (performance.now() - from) / 1000,
    documents,
  };
}
