import { labelledLocation } from "../phases/phase-spec.ts";
import { type PhaseOutcome, effectOf } from "../phases/outcome.ts";
import { documentFileOf } from "../phases/names.ts";
import type { PhaseRecord, PhaseStatus } from "../phases/phase-result.ts";
import { baseOf, readResult } from "../phases/read-result.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { specIdOfPath } from "../specs/spec-path.ts";
import { isStatus, type Spec, type Status } from "../specs/spec.ts";
import { ended, endedByOutcome, enter, isFailedFix, withCauseOpen, withPhase } from "./change.ts";
import type { Rules } from "./event.ts";
import { type Core, type Investigation, newInvestigation } from "./investigation.ts";
import { inOrder, isGateShut, canRun } from "./plan.ts";

export interface Restorable {
  readonly repository: number;
  readonly issue: number;
  /** Specs and documents of the issue on its branch, or on its branches together: path to text. */
  readonly files: ReadonlyMap<string, string>;
  /** The newest pull request from there. */
  readonly pull?: NonNullable<Investigation["pull"]>;
  /** Head of the branch: 40 hex digits. */
  readonly head?: string;
}

/**
 * An investigation read back from its branch: losing the database loses no investigation. Specs say which phases ran
 * and with what result, what a person said and approved; the documents say at which commit. Nothing starts by itself:
 * the next request is checked for its right. Undefined when the branch holds no spec of the issue.
 */
export function restoreInvestigation(
  { repository, issue, files, pull, head }: Restorable,
  rules: Pick<Rules, "known" | "gates" | "phases" | "models">,
): Investigation | undefined {
  const specs = specsOf(issue, files);
  if (specs.size === 0) return undefined;
  let restored: Core = {
    ...newInvestigation(repository, issue),
    ...(pull === undefined ? {} : { pull }),
    ...(head === undefined ? {} : { head }),
    ...facts([...specs.values()].map(({ spec }) => spec)),
    approvals: [...specs].flatMap(([phase, { spec }]) => approvalOf(phase, spec)),
  };
  for (const [phase, read] of specs) {
    restored = withPhase(restored, recordOf(String(issue), phase, read, files), rules);
    const base = baseOf(files.get(documentFileOf(String(issue), { type: phase })) ?? "");
    if (base !== undefined) restored = { ...restored, base };
  }
  if (restored.phases.some(isFailedFix)) restored = withCauseOpen(restored, rules);
  const spent = restored.phases.reduce((sum, { cost }) => sum + (cost?.micros ?? 0), 0);
  if (spent > 0) restored = { ...restored, spent };
  const open = [...specs].filter(([, { spec }]) => isOpen(spec)).map(([phase]) => phase);
  return staged({ ...restored, wanted: inOrder(open, rules) }, specs, rules);
}

interface ReadSpec {
  readonly spec: Spec;
  readonly text: string;
}

/** The specs of the issue by phase; a file with another name is somebody else's. */
function specsOf(issue: number, files: ReadonlyMap<string, string>): ReadonlyMap<string, ReadSpec> {
  const prefix = `issue-${issue}-`;
  const specs = new Map<string, ReadSpec>();
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const id = specIdOfPath(path);
    if (id === undefined || !id.startsWith(prefix)) continue;
    const phase = /^\d{3}-([a-z][a-z0-9-]{0,39})$/.exec(id.slice(prefix.length))?.[1];
    if (phase !== undefined) specs.set(phase, { spec: parseSpec(id, text).spec, text });
  }
  return specs;
}

/** What a person said once is written into every later spec. */
function facts(specs: readonly Spec[]): Pick<Investigation, "at"> {
  const at = labelledLocation(
    specs.flatMap(({ labels }) => labels),
    "at",
  );
  return at === undefined ? {} : { at };
}

function approvalOf(phase: string, { approval }: Spec): Investigation["approvals"] {
  return approval?.status === "approved"
    ? [{ phase, by: approval.by ?? "unknown", at: approval.at ?? "" }]
    : [];
}

const STATUS_OF: Readonly<Record<Status, PhaseStatus>> = {
  pending: "waiting",
  blocked: "waiting",
  // Its worker is gone.
  in_progress: "waiting",
  paused: "waiting",
  completed: "completed",
  failed: "failed",
  needs_attention: "needs_attention",
  cancelled: "skipped",
};

function recordOf(
  issueKey: string,
  type: string,
  { spec, text }: ReadSpec,
  files: Restorable["files"],
): PhaseRecord {
  const isKnown = isStatus(spec.status);
  return {
    type,
    status: isKnown ? STATUS_OF[spec.status] : "needs_attention",
    ...readResult({ issueKey, type, spec, text, files }),
    ...(isKnown
      ? {}
      : { reason: "Its spec has a status that Casebook does not know; it is kept and not run." }),
  };
}

function isOpen({ status }: Spec): boolean {
  return status === "pending" || status === "blocked" || status === "in_progress" || status === "paused";
}

function staged(
  investigation: Core,
  specs: ReadonlyMap<string, ReadSpec>,
  rules: Pick<Rules, "known" | "gates" | "phases" | "models">,
): Investigation {
  const { pull, wanted } = investigation;
  if (pull?.state === "merged") return enter({ ...investigation, wanted: [] }, { stage: "done" });
  if (pull?.state === "closed") {
    const reason = `The pull request #${pull.number} was closed; \`/casebook retry\` proposes again.`;
    return enter({ ...investigation, approvals: [] }, { stage: "rejected", reason });
  }
  const rejected = [...specs].find(([, { spec }]) => spec.approval?.status === "rejected");
  if (rejected !== undefined) {
    const reason = `A person rejected \`${rejected[0]}\`; the spec holds the reason.`;
    return enter({ ...investigation, approvals: [] }, { stage: "rejected", reason });
  }
  const missing = rules.phases.filter((type) => !specs.has(type) && canRun(type, rules));
  const said = standingOutcome(investigation, specs);
  if (said !== undefined)
    return endedByOutcome(
      { ...investigation, wanted: inOrder([...missing, ...wanted], rules) },
      said.phase,
      said.outcome,
      { known: rules.known, byMerge: false },
    );
  const [next] = wanted;
  if (next === undefined) {
    // A pull request comes when a run ends: without one, the run that was asked for did not.
    return pull === undefined && missing.length > 0
      ? lost({ ...investigation, wanted: missing }, missing[0] ?? "")
      : ended(investigation);
  }
  const spec = specs.get(next)?.spec;
  if (isGateShut(investigation, next, rules))
    return enter(investigation, {
      stage: "awaiting-approval",
      reason: `\`${next}\` waits for a person to approve it.`,
    });
  if (spec?.status === "paused")
    return enter(investigation, {
      stage: "paused",
      reason: `\`${next}\` is paused; \`/casebook resume\` continues.`,
      pausedBy: "person",
    });
  return lost(investigation, next);
}

/** The newest outcome, when no later phase was started. */
function standingOutcome(
  { phases }: Core,
  specs: ReadonlyMap<string, ReadSpec>,
): { readonly phase: string; readonly outcome: PhaseOutcome } | undefined {
  const last = phases.findLast(({ type, status }) => {
    const written = specs.get(type)?.spec.status;
    return status !== "skipped" && written !== "pending" && written !== "blocked";
  });
  const outcome = last?.status === "waiting" ? undefined : last?.outcome;
  if (last === undefined || outcome === undefined) return undefined;
  return effectOf(outcome.kind) === "continues" ? undefined : { phase: last.type, outcome };
}

function lost(investigation: Core, next: string): Investigation {
  const reason = `The record of its run was lost; \`/casebook retry\` continues with \`${next}\`.`;
  return enter(investigation, { stage: "failed", reason });
}
