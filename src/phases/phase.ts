import type { SpecType } from "../specs/spec.ts";

/**
 * How a criterion is decided. Each name is one check of the engine; `judged` is asked of a model, and shown as its word;
 * `person` is decided by people alone.
 */
const CHECKS = [
  "document-exists",
  "sections-present",
  "citations-resolve",
  "searches-repeat",
  "no-uncited-statements",
  "quotes-verbatim",
  "components-listed",
  "no-cause-no-fix",
  "suspects-ranked",
  "hypotheses-tested",
  "callers-listed",
  "instances-listed",
  "tests-listed",
  "scope-counted",
  "risks-measured",
  "targets-exist",
  "cause-confirmed",
  "reproduced",
  "suite-runs",
  "fix-works",
  "suite-no-worse",
  "only-targets",
  "judged",
  "person",
] as const;
export type CheckName = (typeof CHECKS)[number];

export interface PhaseCriterion {
  /** One line of Markdown, as the spec has it. */
  readonly text: string;
  readonly check: CheckName;
}

export interface PhaseSection {
  /** Stable name, unique over all built-in phases. */
  readonly id: string;
  readonly heading: string;
  /** Shown only when a reader opens it. */
  readonly folded?: true;
  /** Left out where nobody has anything to say in it. */
  readonly optional?: true;
}

/** One row of the table of phases; a repository's own phase is one more row. */
export interface Phase {
  /** `comprehension`; goes into spec and document names: `[a-z0-9-]`, at most 40. */
  readonly type: string;
  /** Three digits in the spec's name; fixed, also when a phase is left out. */
  readonly number: number;
  readonly title: string;
  readonly specType: SpecType;
  /** Types of phases whose specs must be finished first. */
  readonly dependsOn: readonly string[];
  /** Who can run it: the built-in researcher, or only a model. */
  readonly needs: "builtin" | "model" | "model-or-run";
  /** Name of the prompt a model gets. */
  readonly prompt: string;
  readonly context: string;
  readonly task: string;
  /** Sections of the document, in order; none for a phase without a document. */
  readonly sections: readonly PhaseSection[];
  readonly criteria: readonly PhaseCriterion[];
}

export function isCheckName(name: string): name is CheckName {
  return (CHECKS as readonly string[]).includes(name);
}
