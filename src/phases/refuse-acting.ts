import { RunFailure } from "../failure.ts";
import { splitFrontMatter } from "../specs/split-front-matter.ts";
import { pageProblems, problemWords } from "../text/page-problems.ts";
import type { Phase } from "./phase.ts";

/**
 * The last look at a document before it leaves: a page that shows it loads, links, mentions, closes and commands nothing. Throws RunFailure
 * `would-act`.
 */
export function refuseActing(file: string, text: string): void {
  const [first] = pageProblems(text);
  if (first !== undefined)
    throw new RunFailure("would-act", `${file} is not published: ${problemWords(first)}`);
}

/**
 * The same for a spec, which people edit: what was in it before, and what the repository's own phase says, is theirs and stays. Throws
 * RunFailure `would-act` for what Casebook adds.
 */
export function refuseActingSpec(file: string, text: string, before: string, phase: Phase): void {
  const theirs = [
    bodyOf(before),
    phase.context,
    phase.task,
    ...phase.criteria.map((criterion) => criterion.text),
  ];
  const left = new Map<string, number>();
  for (const { kind } of theirs.flatMap((part) => pageProblems(part)))
    left.set(kind, (left.get(kind) ?? 0) + 1);
  for (const problem of pageProblems(bodyOf(text))) {
    const rest = (left.get(problem.kind) ?? 0) - 1;
    if (rest < 0)
      throw new RunFailure(
        "would-act",
        `${file} is not published: below its front matter ${problemWords(problem)}`,
      );
    left.set(problem.kind, rest);
  }
}

function bodyOf(spec: string): string {
  return spec.slice(splitFrontMatter(spec).bodyStart);
}
