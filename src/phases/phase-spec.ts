import { RunFailure } from "../failure.ts";
import { isApprovalOpen } from "../specs/approval.ts";
import { editSpec, type SpecChanges } from "../specs/edit-spec.ts";
import { canMove } from "../specs/lifecycle.ts";
import { newSpec } from "../specs/new-spec.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { isStatus, type Spec, type Status } from "../specs/spec.ts";
import { formatLocation, type Location, parseLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { documentFileOf, specIdOf } from "./names.ts";
import type { Phase } from "./phase.ts";
import { TEST_LABEL, type PhaseDraft } from "./builtin/researcher.ts";

export interface PhaseSpecOptions {
  readonly issueKey: string;
  readonly issueTitle: string;
  readonly phase: Phase;
  /** Phases of this investigation that have a spec, for `depends_on`. */
  readonly present: readonly Phase[];
  /** The lines a person named. */
  readonly at?: Location | undefined;
}

/** The text of the spec of one phase of one investigation, with open criteria. Links only to phases that are there. */
export function phaseSpec({ issueKey, issueTitle, phase, present, at }: PhaseSpecOptions): string {
  const before = present.filter(({ type }) => phase.dependsOn.includes(type));
  const hasDocument = phase.sections.length > 0;
  return newSpec({
    keys: {
      type: phase.specType,
      status: "pending",
      depends_on: before.map((earlier) => specIdOf(issueKey, earlier)),
      labels: [`issue-${issueKey}`, phase.type, ...(at === undefined ? [] : [locationLabel("at", at)])],
      target_files: hasDocument ? [documentFileOf(issueKey, phase)] : [],
      prompt: phase.prompt,
      informed_by: before
        .filter(({ sections }) => sections.length > 0)
        .map((earlier) => documentFileOf(issueKey, earlier)),
    },
    title: `Phase ${phase.number}: ${phase.title} of issue ${issueKey}`,
    context: `${phase.context}\n\nThe issue's title: ${inlineCode(issueTitle, 300)}`,
    task: phase.task,
    criteria: phase.criteria.map(({ text }) => text),
  });
}

/** Labels of a spec say where the cause is: `at` as a person names it, `cause` as a model reads it. */
export type CauseLabel = "at" | "cause";

function locationLabel(kind: CauseLabel, location: Location): string {
  return `${kind}:${formatLocation(location)}`;
}

/** The location of the last label of this kind that holds one. */
export function labelledLocation(labels: readonly string[], kind: CauseLabel): Location | undefined {
  for (const label of labels.toReversed()) {
    const read = label.startsWith(`${kind}:`) ? parseLocation(label.slice(kind.length + 1)) : undefined;
    if (read === undefined || "problem" in read) continue;
    const { path, start, end } = read;
    return { path, start, end };
  }
  return undefined;
}

/** A spec that a run may write. A gate that is shut, a spec that somebody stopped or one that is not understood is refused. */
export function readRunnable(text: string, id: string, file: string): Spec {
  const { spec, problems } = parseSpec(id, text);
  const broken = problems.find(({ severity }) => severity === "error");
  if (broken !== undefined)
    throw new RunFailure("spec-unreadable", `${file}, line ${broken.line}: ${broken.message}`);
  if (!spec.runnable)
    throw new RunFailure(
      "spec-unreadable",
      `${file} has a type or a status that Casebook does not know; it is kept and not run`,
    );
  if (isApprovalOpen(spec))
    throw new RunFailure(
      "phase-blocked",
      `${file} waits for approval (${spec.approval?.status ?? "pending"})`,
    );
  if (!isStatus(spec.status) || spec.status === "in_progress") return spec;
  // Running it again is the explicit re-run of what was completed; what somebody stopped, somebody starts again.
  const from: Status = spec.status === "completed" ? "pending" : spec.status;
  if (
    spec.status === "paused" ||
    (!canMove(spec.status, from) && from !== spec.status) ||
    !canMove(from, "in_progress")
  )
    throw new RunFailure("phase-blocked", `${file} is ${spec.status}; set its status to pending to run it`);
  return spec;
}

/** The labels with what a run says: where a person and a model see the cause, where the test of a reproduction belongs. */
export function labelsWith(
  labels: readonly string[],
  {
    at,
    proposed,
    test,
  }: { readonly at: Location | undefined } & {
    readonly [K in "proposed" | "test"]: PhaseDraft[K] | undefined;
  },
): readonly string[] {
  const others = labels.filter(
    (label) =>
      !(at !== undefined && label.startsWith("at:")) &&
      !label.startsWith("cause:") &&
      !label.startsWith(TEST_LABEL),
  );
  return [
    ...others,
    ...(at === undefined ? [] : [locationLabel("at", at)]),
    ...(proposed === undefined ? [] : [locationLabel("cause", proposed)]),
    ...(test === undefined ? [] : [`${TEST_LABEL}${test}`]),
  ];
}

export function edit(text: string, changes: SpecChanges, file: string): string {
  const edited = editSpec(text, changes);
  if (edited.ok) return edited.text;
  const [problem] = edited.problems;
  throw new RunFailure(
    "spec-unreadable",
    `${file}, line ${problem?.line ?? 1}: ${problem?.message ?? "it cannot be edited"}`,
  );
}
