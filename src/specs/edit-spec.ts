import { parseMarkdown } from "../text/parse-markdown.ts";
import { formatKeys, NotSpliceable, spliceKeys } from "./edit-front-matter.ts";
import type { KeyChange } from "./edit-front-matter.ts";
import { formatAgentOutput, formatApproval, formatApprovalHeading } from "./format-records.ts";
import type { AgentOutput, ApprovalEntry } from "./format-records.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { FrontMatter, YamlValue } from "./front-matter.ts";
import type { SpecKey } from "./keys.ts";
import { listOf, parseSpec } from "./parse-spec.ts";
import { errorAt } from "./problem.ts";
import type { SpecProblem } from "./problem.ts";
import { APPROVAL_DISCUSSION, findRecordSections } from "./record-sections.ts";
import type { Criterion } from "./spec.ts";
import { applySplices } from "../text/splice.ts";
import type { Splice } from "../text/splice.ts";

export interface SpecChanges {
  /** New values by key; undefined or an empty list removes the key. A map is merged into the one that is there. */
  readonly set?: Readonly<Partial<Record<SpecKey, KeyChange>>>;
  /** Verdicts by the 1-based line of the criterion: true ticks, false opens. */
  readonly marks?: ReadonlyMap<number, boolean>;
  /** Appended to the section `## Approval Discussion`. */
  readonly approval?: ApprovalEntry;
  /** Appended as a new section `## Agent Output` at the end. */
  readonly agentOutput?: AgentOutput;
}

export type SpecEdit =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Makes these changes to a spec file and no other: comments, quotes, key order, list style, line endings, byte order
 * mark and a missing final newline stay. Changing nothing gives the same text. A file with problems is refused, and so
 * is an edit that would not be read back as it was meant.
 */
export function editSpec(text: string, changes: SpecChanges): SpecEdit {
  const before = parseSpec("spec", text);
  const errors = before.problems.filter((p) => p.severity === "error" && p.code !== "missing-title");
  if (errors.length > 0) return { ok: false, problems: errors };

  const front = readFrontMatter(text);
  const wanted = new Map(
    Object.entries(changes.set ?? {}).filter(([key, value]) => !isSame(front.fields.get(key), value)),
  );
  const marks = spliceMarks(before.spec.criteria, changes.marks ?? new Map());
  if ("problem" in marks) return { ok: false, problems: [marks.problem] };
  try {
    const splices = [
      ...spliceFront(text, front, wanted),
      ...marks.splices,
      ...spliceRecords(text, front, changes),
    ];
    const edited = applySplices(text, splices);
    const problem = differsFromWish(text, edited, front, wanted, changes);
    return problem ? { ok: false, problems: [problem] } : { ok: true, text: edited };
  } catch (e) {
    if (!(e instanceof NotSpliceable)) throw e;
    const message = `Expected front matter with one key a line, to edit it; found ${e.message}.`;
    return { ok: false, problems: [errorAt(1, "not-editable", message)] };
  }
}

function spliceFront(text: string, front: FrontMatter, wanted: ReadonlyMap<string, KeyChange>): Splice[] {
  if (wanted.size === 0) return [];
  if (front.source) return spliceKeys(text, front.source, wanted);
  const eol = eolOf(text);
  const keys = formatKeys(wanted, eol);
  const at = front.bodyStart;
  return keys === "" ? [] : [{ start: at, end: at, text: `---${eol}${keys}---${eol}` }];
}

function spliceMarks(
  criteria: readonly Criterion[],
  marks: ReadonlyMap<number, boolean>,
): { splices: Splice[] } | { problem: SpecProblem } {
  const splices: Splice[] = [];
  for (const [line, done] of marks) {
    const criterion = criteria.find((c) => c.line === line);
    if (!criterion) {
      const message = "Expected a criterion, such as `- [ ] It works`, on this line; found none.";
      return { problem: errorAt(line, "no-such-criterion", message) };
    }
    if (criterion.done === done) continue;
    splices.push({ start: criterion.markStart, end: criterion.markEnd, text: done ? "x" : " " });
  }
  return { splices };
}

function spliceRecords(text: string, front: FrontMatter, { approval, agentOutput }: SpecChanges): Splice[] {
  if (!approval && !agentOutput) return [];
  const eol = eolOf(text);
  const body = text.slice(front.bodyStart);
  const records = findRecordSections(body, parseMarkdown(body));
  const splices: Splice[] = [];
  if (approval) {
    // Newest last; agent output stays the last section, and what looks like a discussion in it is not one.
    const section = records.others.findLast((r) => r.name === APPROVAL_DISCUSSION);
    const at = front.bodyStart + (section?.end ?? records.agentOutput);
    const heading = section ? "" : formatApprovalHeading(eol);
    const after = at < text.length ? eol : "";
    splices.push({
      start: at,
      end: at,
      text: gap(text, at, eol) + heading + formatApproval(approval, eol) + after,
    });
  }
  if (agentOutput) {
    const end = text.length;
    const previous = splices.find((s) => s.start === end);
    const before = previous ? eol : gap(text, end, eol);
    splices.push({ start: end, end, text: before + formatAgentOutput(agentOutput, eol) });
  }
  return splices;
}

/** What is missing for an empty line before `at`. */
function gap(text: string, at: number, eol: string): string {
  const before = text.slice(Math.max(0, at - 4), at).replaceAll("\r\n", "\n");
  if (before === "" || before.endsWith("\n\n")) return "";
  return before.endsWith("\n") ? eol : eol + eol;
}

function eolOf(text: string): "\n" | "\r\n" {
  const feed = text.indexOf("\n");
  return feed > 0 && text[feed - 1] === "\r" ? "\r\n" : "\n";
}

function isSame(old: YamlValue | undefined, value: KeyChange): boolean {
  if (value === undefined) return old === undefined;
  if (typeof value === "string") return old === value;
  if (value instanceof Map) {
    const map = old instanceof Map ? (old as ReadonlyMap<string, YamlValue>) : undefined;
    return map !== undefined && [...value].every(([key, v]) => map.get(key) === v);
  }
  const list = value as readonly string[];
  if (list.length === 0) return old === undefined;
  const before = old instanceof Map ? [] : listOf(old);
  return before.length === list.length && before.every((item, i) => item === list[i]);
}

/** Reads the edited text back; anything else than the wish means that the file is stranger than the splices know. */
function differsFromWish(
  before: string,
  after: string,
  front: FrontMatter,
  wanted: ReadonlyMap<string, KeyChange>,
  changes: SpecChanges,
): SpecProblem | undefined {
  const problem = errorAt(
    1,
    "not-editable",
    "Expected that only the named parts change; this file is laid out so that others would.",
  );
  const old = parseSpec("spec", before).spec;
  const { spec, problems } = parseSpec("spec", after);
  if (problems.some((p) => p.severity === "error" && p.code !== "missing-title"))
    return problems[0] ?? problem;
  for (const key of new Set([...front.fields.keys(), ...spec.fields.keys(), ...wanted.keys()])) {
    const value = spec.fields.get(key);
    const fine = wanted.has(key)
      ? isSame(value, emptyIsGone(wanted.get(key)))
      : JSON.stringify(plain(value)) === JSON.stringify(plain(front.fields.get(key)));
    if (!fine) return problem;
  }
  const done = spec.criteria.map((c) => c.done);
  const wish = old.criteria.map((c) => changes.marks?.get(c.line) ?? c.done);
  if (done.length !== wish.length || done.some((d, i) => d !== wish[i]) || spec.title !== old.title)
    return problem;
  if (spec.description.length > old.description.length + 8) {
    const message =
      "Expected a body whose code fences and comments are closed, to append a section; found one left open.";
    return errorAt(1, "open-fence", message);
  }
  return undefined;
}

function emptyIsGone(value: KeyChange): KeyChange {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function plain(value: YamlValue | undefined): unknown {
  if (value instanceof Map) return { map: [...value].map(([key, v]) => [key, plain(v as YamlValue)]) };
  return Array.isArray(value) ? value.map(plain) : value;
}
