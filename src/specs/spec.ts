import type { YamlValue } from "./front-matter.ts";

export const STATUSES = [
  "pending",
  "blocked",
  "in_progress",
  "completed",
  "failed",
  "needs_attention",
  "paused",
  "cancelled",
] as const;
export type Status = (typeof STATUSES)[number];

export const SPEC_TYPES = ["code", "task", "driver", "group", "documentation", "research"] as const;
export type SpecType = (typeof SPEC_TYPES)[number];

/** One phase or piece of work as its file says it. A file with problems still gives a value, so that it can be shown. */
export interface Spec {
  /** The file name without `.md`. */
  readonly id: string;
  /** Empty when the file has no level-1 heading. */
  readonly title: string;
  /** A `SpecType`, or whatever the author wrote: such a spec is shown, not run. */
  readonly type: string;
  /** A `Status`, or whatever the author wrote. `ready` is read as `pending`; a stored `blocked` means nothing. */
  readonly status: string;
  readonly dependsOn: readonly string[];
  readonly labels: readonly string[];
  readonly targetFiles: readonly string[];
  readonly context: readonly string[];
  readonly informedBy: readonly string[];
  readonly commits: readonly string[];
  readonly members: readonly string[];
  readonly prompt?: string;
  readonly branch?: string;
  readonly completedAt?: string;
  readonly model?: string;
  readonly outputSchema?: string;
  readonly approval?: Approval;
  /** Every key of the front matter, known or not, in the order of the file. */
  readonly fields: ReadonlyMap<string, YamlValue>;
  readonly criteria: readonly Criterion[];
  /** The body without agent output, approval discussion and takeover analysis: what a prompt may hold. */
  readonly description: string;
  /** False when a problem of severity `error`, an unknown type or an unknown status forbids running it. */
  readonly runnable: boolean;
}

export interface Approval {
  readonly required: boolean;
  /** `pending`, `approved`, `rejected`, or whatever was written; only `approved` opens the gate. */
  readonly status: string;
  readonly by?: string;
  readonly at?: string;
}

/** One task-list item under the heading `Acceptance Criteria`. */
export interface Criterion {
  /** Markdown source without the box, white space folded. */
  readonly text: string;
  readonly done: boolean;
  /** 1-based line of the box. */
  readonly line: number;
  /** The mark between the brackets, as offsets into the file's text; equal when it is missing (`[]`). */
  readonly markStart: number;
  readonly markEnd: number;
}

export function isStatus(text: string): text is Status {
  return (STATUSES as readonly string[]).includes(text);
}

export function isSpecType(text: string): text is SpecType {
  return (SPEC_TYPES as readonly string[]).includes(text);
}

/** `group` is another word for `driver`: a spec whose work is its members. */
export function isDriver(spec: Pick<Spec, "type">): boolean {
  return spec.type === "driver" || spec.type === "group";
}

const MAX_ID = 200;

/** Letters, digits, `.`, `_`, `-`; not `.` or `..`, which are folders. */
export function isSpecId(text: string): boolean {
  return text.length <= MAX_ID && /^[A-Za-z0-9._-]+$/.test(text) && text !== "." && text !== "..";
}
