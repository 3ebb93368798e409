import { qualifiedName } from "../../languages/syntax.ts";
import type { CheckSource } from "../../documents/check-document.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import type { RecordedRun } from "../../documents/recorded-run.ts";
import type { FindingSource } from "./read-citation.ts";

/** What findings of one investigation are compared with. */
export function findingSource(
  context: ResearchContext,
  source: CheckSource,
  runs: { run(name: string): RecordedRun | undefined; given(name: string): string },
): FindingSource {
  return {
    source,
    issue: context.issue,
    async symbolsAt(path, start, end) {
      const syntax = await context.codebase.syntax(path);
      return (syntax?.symbols ?? [])
        .filter((symbol) => symbol.start <= end && symbol.end >= start)
        .map(qualifiedName);
    },
    run: (name) => runs.run(name),
    given: (name) => runs.given(name),
  };
}
