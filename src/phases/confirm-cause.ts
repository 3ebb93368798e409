import { editSpec } from "../specs/edit-spec.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { PHASES } from "./catalogue.ts";
import type { Judgement } from "./decide-criterion.ts";
import { specFileOf, specIdOf } from "./names.ts";

/**
 * The spec of the root cause with "The cause is confirmed" met, when runs of a later phase show it: the spec's status follows its
 * criteria. In: the files of the investigation, the judgement of the runs, and when it was made. Empty where there is no such spec, the
 * criterion is met already, or the runs do not decide it.
 */
export function confirmCause(
  issueKey: string,
  files: ReadonlyMap<string, string>,
  judgement: Judgement | undefined,
  at: string,
): ReadonlyMap<string, string> {
  const phase = PHASES.find(({ type }) => type === "root-cause")!;
  const text = PHASES.includes(phase) ? files.get(specFileOf(issueKey, phase)) : undefined;
  if (text === undefined || judgement?.result !== "met" || judgement.how !== "run") return new Map();
  const named = phase.criteria.find(({ check }) => check === "cause-confirmed")!.text;
  const { spec } = parseSpec(specIdOf(issueKey, phase), text);
  const open = spec.criteria.find((criterion) => criterion.text === named && !criterion.done);
  if (open === undefined) return new Map();
  const isLast = spec.criteria.every(({ done, line }) => done || line === open.line);
  const edited = editSpec(text, {
    marks: new Map([[open.line, true]]),
    ...(isLast && spec.status === "needs_attention"
      ? { set: { status: "completed", completed_at: at } }
      : {}),
  });
  return edited.ok ? new Map([[specFileOf(issueKey, phase), edited.text]]) : new Map();
}
