import { proposedOutcome } from "../../claims/proposed-outcome.ts";
import type { StatedClaim } from "../../documents/finding.ts";
import { MARKS } from "../../documents/render-document.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import type { OutcomeKind, PhaseOutcome } from "../../phases/outcome.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { formatLocation } from "../../text/location.ts";
import { plainText } from "./plain-statement.ts";
import { type ClaimSource, readCause } from "./state-claim.ts";
import type { Ending } from "./submission.ts";
import type { TakenClaim } from "./taken-claim.ts";

export interface CheckedOutcome {
  readonly outcome: PhaseOutcome;
  /** The answer of the document. */
  readonly claim: StatedClaim;
}

/**
 * Words by which a maintainer decides; "thanks for the report" is no decision. They decide an act, that the work ends, and no
 * sentence: what is published is the maintainer's own.
 */
const DECIDES =
  /\b(?:wo(?:n['’]t|nt) ?fix|(?:will|would|do|does|is|are|should|can)(?: not|n['’]t)\b|won['’]t|not going to|no plans?|by design|(?:works?|working|behaves?) as|as (?:designed|intended|expected)|intended|intentional|out of scope|declin|reject|clos(?:e|ed|ing)|not a bug|deprecated|end of life|no longer)\b/i;

/** An outcome ends or holds the work of others: what shows it is asked for by kind. Its reason is Casebook's own sentence. */
export async function readOutcome(
  { kind, claims, questions, of, parts }: NonNullable<Ending["outcome"]>,
  possible: readonly OutcomeKind[],
  taken: readonly TakenClaim[],
  { source, context }: ClaimSource,
): Promise<CheckedOutcome | string> {
  if (!possible.includes(kind))
    return `${kind} is no end of this phase; possible: ${possible.join(", ") || "none"}.`;
  const shown = taken.filter(({ number }) => claims.includes(number)).flatMap((one) => one.claims);
  const ended = (more: Omit<PhaseOutcome, "kind" | "reason">, claim: StatedClaim): CheckedOutcome => {
    const reason = [claim, ...shown.filter((one) => one !== claim).slice(0, 1)].map(({ text }) => text);
    return { claim, outcome: { kind, reason: reason.join(": "), ...more } };
  };
  switch (kind) {
    case "needs-info": {
      if (questions === undefined || questions.length === 0)
        return "needs-info names the `questions` for the reporter.";
      const asked: string[] = [];
      for (const question of questions) {
        const plain = plainText(question);
        if (typeof plain !== "string") return `questions: ${plain.why}`;
        if (!question.trim().endsWith("?")) return "questions: a question ends with a question mark.";
        asked.push(`${MARKS.model} ${plain}`);
      }
      return ended({ questions: asked }, proposedOutcome.of({ kind, count: asked.length }));
    }
    case "several-causes": {
      if (parts === undefined || parts.length < 2)
        return "several-causes names the `parts`, at least two places.";
      const read = await readCause(parts, source, context);
      if (typeof read === "string") return `parts: ${read}`;
      const names = read.places.map(
        ({ lines, in: name }) =>
          `${name === undefined ? "" : `${inlineCode(name)}, `}${inlineCode(formatLocation(lines))}`,
      );
      return ended({ parts: names }, proposedOutcome.of({ kind, count: names.length }));
    }
    case "duplicate": {
      const commit = shown.flatMap(({ citations }) => citations).find((one) => one.kind === "commit");
      const named = /^#?([1-9]\d{0,9})$/.exec(of ?? "")?.[1];
      const isNamed = named !== undefined && new RegExp(`#${named}\\b`).test(source.issueText ?? "");
      if (commit === undefined && !isNamed)
        return "duplicate names an issue that this issue mentions (`of`), or a claim of type commit.";
      const other = commit === undefined ? `#${named}` : commit.oid;
      return ended({ of: other }, proposedOutcome.of({ kind, of: other }));
    }
    case "wont-fix": {
      const decided = shown.find(
        ({ type, data }) =>
          type === "person-said" &&
          (data as { maintainer: boolean }).maintainer &&
          DECIDES.test((data as { words: string }).words),
      );
      return decided === undefined
        ? "wont-fix is a maintainer's decision: name a claim of type said with the words of a maintainer that decide it."
        : ended({}, decided);
    }
    case "not-a-bug":
      return shown.some((one) => saysWhatIsMeant(one, context))
        ? ended({}, proposedOutcome.of({ kind }))
        : "not-a-bug names what says that it is meant: a claim of type code on documentation, a comment or a test, or of type said with a maintainer's words.";
    case "cannot-reproduce":
      return shown.length === 0
        ? `${kind} names the claims that show it.`
        : ended({}, proposedOutcome.of({ kind }));
  }
}

/** Documentation, a comment, a test or a maintainer: who wrote one of these said what the code should do. */
function saysWhatIsMeant({ type, data, citations }: StatedClaim, { codebase }: ResearchContext): boolean {
  if (type === "person-said") return (data as { maintainer: boolean }).maintainer;
  return (
    type === "lines-read" &&
    ((data as { kind: string }).kind !== "code" ||
      citations.some((one) => one.kind === "lines" && codebase.roleOf(one.path) === "test"))
  );
}
