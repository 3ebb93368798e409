import { readClaims } from "../claims/check-claims.ts";
import { proposedCause } from "../claims/proposed-cause.ts";
import type { ResearchDocument } from "../documents/finding.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { renderDocument } from "../documents/render-document.ts";
import { type Conclusion, conclusionKey, statementsOf, withdrawnBy } from "../documents/withdraw.ts";
import type { WithdrawnStatement } from "./builtin/researcher.ts";
import { belongsTo } from "./names.ts";

/** What taking statements back changes. */
interface Withdrawn {
  /** Documents with another text than before, path to text. */
  readonly files: ReadonlyMap<string, string>;
  /** A place that a model took for the cause is among them: no later phase may start there. */
  readonly cause: boolean;
}

/**
 * Strikes out in the documents of an investigation what a phase takes back, and restores what an earlier run of the same phase took
 * back and this one does not. In: all files of the investigation, the title of the phase.
 */
export function withdrawStatements(
  issueKey: string,
  files: ReadonlyMap<string, string>,
  phase: string,
  statements: readonly WithdrawnStatement[],
): Withdrawn {
  const changed = new Map<string, string>();
  let cause = false;
  for (const [file, text] of files) {
    if (!belongsTo(issueKey, file)) continue;
    const own = statements.filter((one) => one.file === file);
    const document = own.length > 0 || text.includes(STRUCK) ? documentOf(text) : undefined;
    if (document === undefined) continue;
    const isOne = (conclusion: Conclusion): boolean =>
      own.some(({ key }) => key === conclusionKey(conclusion));
    cause ||= causesOf(document).some(isOne);
    const after = renderDocument(withdrawnBy(document, phase, isOne));
    if (after !== text) changed.set(file, after);
  }
  return { files: changed, cause };
}

/** The document as its own phase wrote it, before others took anything of it back. */
export function withoutWithdrawals(text: string): string {
  const document = text.includes(STRUCK) ? documentOf(text) : undefined;
  if (document === undefined) return text;
  const phases = new Set(statementsOf(document).flatMap(({ withdrawn }) => withdrawn ?? []));
  return renderDocument(
    [...phases].reduce((before, phase) => withdrawnBy(before, phase, () => false), document),
  );
}

/** A document whose place of the cause, as a model took it, was taken back. */
export function isCauseWithdrawn(text: string): boolean {
  const document = text.includes(STRUCK) ? documentOf(text) : undefined;
  return document !== undefined && causesOf(document).some(({ withdrawn }) => withdrawn !== undefined);
}

/** In the data of a document: most hold nothing that was taken back, and are not read for it. */
const STRUCK = '"withdrawn":';

/** Where a model took the cause to be; a hypothesis has the same form and stands elsewhere. */
function causesOf({ sections, ...document }: ResearchDocument): readonly Conclusion[] {
  const own = sections.filter(({ id }) => id === "explanation");
  return statementsOf({ ...document, sections: own }).filter(
    (one) => "type" in one && one.type === proposedCause.name,
  );
}

function documentOf(text: string): ResearchDocument | undefined {
  const [data] = parseDocument(text).claims;
  const document = data === undefined ? "" : readClaims(data.value);
  return typeof document === "string" ? undefined : document;
}
