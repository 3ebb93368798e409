import type { CheckSource } from "../check/check-document.ts";
import type { ResearchContext } from "../research/research-context.ts";
import { qualifiedName } from "../research/suspects.ts";
import type { RecordedRun } from "../../domain/run/recorded-run.ts";
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
