import { newSpec } from "../specs/new-spec.ts";
import { formatLocation, type Location, parseLocation } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { documentFileOf, specIdOf } from "./names.ts";
import type { Phase } from "./phase.ts";

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

export function locationLabel(kind: CauseLabel, location: Location): string {
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
