import { inlineCode } from "../../text/inline-code.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import type { PhaseRecord } from "../../phases/phase-result.ts";
import type { PhaseCost } from "../../phases/outcome.ts";
import { formatMoney, type Micros, microsOf } from "../../llm/money.ts";
import { clipMarkdown } from "../../text/safe-text.ts";
import { counted } from "../../text/counted.ts";

const MAX_NAME = 60;
const BUILTIN = "builtin";

/** `$0.0412, 12 calls`; empty for a phase without a model. */
export function costOf({ cost }: Pick<PhaseRecord, "cost">): string {
  return cost === undefined || isFree(cost)
    ? ""
    : `${formatMoney(cost.micros)}, ${counted(cost.calls, "call")}`;
}

/** No model was asked, as when no money was left. */
function isFree({ calls, micros }: Pick<PhaseCost, "calls" | "micros">): boolean {
  return calls === 0 && micros === 0;
}

/** The models that ran a phase, as code; empty for the built-in researcher. */
export function modelsOf(record: Pick<PhaseRecord, "cost" | "researcher">): string {
  return namesOf(record).join(", ");
}

function namesOf({ cost, researcher }: Pick<PhaseRecord, "cost" | "researcher">): readonly string[] {
  const answered = cost?.models ?? [];
  const names =
    answered.length > 0 || researcher === undefined || researcher === BUILTIN ? answered : [researcher];
  return names.map((name) => inlineCode(name, MAX_NAME));
}

/** The models that were asked, and the phases without one; undefined when no phase had one. */
export function researchedBy(phases: readonly PhaseRecord[]): string | undefined {
  const models = [...new Set(phases.flatMap(namesOf))];
  if (models.length === 0) return undefined;
  const own = phases
    .filter((record) => record.researcher === BUILTIN && namesOf(record).length === 0)
    .map(({ type }) => type);
  return `model ${models.join(", ")}${own.length > 0 ? `; ${own.join(", ")} without a model` : ""}`;
}

/** What was spent against what may be: `cost $0.0412 of at most $3.00`. Undefined when neither is known. */
export function spentOf(
  { spent, phases, budget }: Pick<Investigation, "spent" | "phases" | "budget">,
  cap: Micros | undefined = budget === undefined ? undefined : microsOf(budget),
): string | undefined {
  const costs = phases.flatMap(({ cost }) => cost ?? []);
  const total = spent ?? costs.reduce((sum, { micros }) => sum + micros, 0);
  if (spent === undefined && costs.length === 0)
    return cap === undefined ? undefined : `may cost at most ${formatMoney(cap)}`;
  return `cost ${formatMoney(total)}${cap === undefined ? "" : ` of at most ${formatMoney(cap)}`}`;
}

/** Which limit ended a phase, and what that means for what follows; empty when none did. */
export function partialOf({ partial }: Pick<PhaseRecord, "partial">): string {
  if (partial === undefined) return "";
  const limit = partial.replace(/\s+/g, " ").trim().replace(/\.$/, "");
  if (limit === "") return "";
  return `${limit.charAt(0).toUpperCase()}${limit.slice(1)}; this is what the run found until then.`;
}

export const FIX = "fix";

/** The fix put a change of code on the branch: that is done only when everything that a run decides about it holds. */
export function changesCode(phases: readonly PhaseRecord[]): boolean {
  return phases.some(({ type, criteria = [] }) => {
    const byRun = criteria.filter(({ how }) => how === "run");
    return type === FIX && byRun.length > 0 && byRun.every(({ result }) => result === "met");
  });
}

/** Characters of one finding, criterion, reason or piece of evidence. */
export const MAX_WORDS = 600;

/** One cell of a table, on one line. */
export function cell(text: string): string {
  return clipMarkdown(text.replace(/\s+/g, " "), MAX_WORDS).replace(/(?<!\\)\|/g, "\\|");
}
