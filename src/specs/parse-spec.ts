import { parseMarkdown, plainText } from "../text/parse-markdown.ts";
import { findCriteria } from "./criteria.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { YamlValue } from "./front-matter.ts";
import { isListKey, isTextKey } from "./keys.ts";
import { errorAt, hasErrors, quoted, warningAt } from "./problem.ts";
import type { SpecProblem } from "./problem.ts";
import { findRecordSections, withoutRecords } from "./record-sections.ts";
import { isSpecId, isSpecType, isStatus, SPEC_TYPES, STATUSES } from "./spec.ts";
import type { Approval, Spec } from "./spec.ts";

export interface ParsedSpec {
  readonly spec: Spec;
  /** All of the file, ordered by line. */
  readonly problems: readonly SpecProblem[];
}

/** UTF-16 code units, and lines; six times the largest spec seen. The worst text of this size takes 150 MB while it is read. */
const MAX_SPEC_CHARACTERS = 131_072;
const MAX_SPEC_LINES = 4_000;

/**
 * Reads a spec file. `id` is the file name without `.md`, `text` the whole file. Never throws: a file that is wrong
 * gives its problems together with as much of the spec as could be read. Unknown keys, types and statuses are kept.
 */
export function parseSpec(id: string, text: string): ParsedSpec {
  const problems: SpecProblem[] = [];
  if (!isSpecId(id)) {
    problems.push(
      errorAt(1, "bad-id", `Expected an ID of letters, digits, ".", "_" and "-"; found ${quoted(id)}.`),
    );
  }
  if (text.length > MAX_SPEC_CHARACTERS) {
    const message = `Expected at most ${MAX_SPEC_CHARACTERS} characters; found ${text.length}.`;
    problems.push(errorAt(1, "too-large", message));
  }
  const lines = text.length > MAX_SPEC_CHARACTERS ? 0 : 1 + countLineFeeds(text, text.length);
  if (lines > MAX_SPEC_LINES)
    problems.push(errorAt(1, "too-large", `Expected at most ${MAX_SPEC_LINES} lines; found ${lines}.`));
  const readable = lines === 0 || lines > MAX_SPEC_LINES ? "" : text;
  const front = readFrontMatter(readable);
  problems.push(...front.problems);
  const lineOf = (key: string) => front.lines.get(key) ?? 1;
  checkShapes(front.fields, lineOf, problems);

  const body = readable.slice(front.bodyStart);
  const linesBefore = countLineFeeds(readable, front.bodyStart);
  const root = parseMarkdown(body);
  const records = findRecordSections(body, root);
  const found = findCriteria(body, root, records);
  const criteria = found.criteria.map((c) => ({
    ...c,
    line: c.line + linesBefore,
    markStart: c.markStart + front.bodyStart,
    markEnd: c.markEnd + front.bodyStart,
  }));
  for (const line of found.headings.slice(0, -1)) {
    const message =
      "Expected one section `Acceptance Criteria`; found another below, and only the last counts.";
    problems.push(warningAt(line + linesBefore, "several-criteria-sections", message));
  }

  const heading = root.children.find(
    (node) =>
      node.type === "heading" && node.depth === 1 && (node.position?.start.offset ?? 0) < records.agentOutput,
  );
  const title = heading ? plainText(heading) : "";
  // The body of a file that is broken higher up is not known for sure: one problem, not two.
  if (title === "" && !hasErrors(problems)) {
    const message =
      "Expected a title, such as `# Phase 1: Comprehension`; found no level-1 heading with text.";
    problems.push(errorAt(linesBefore + 1, "missing-title", message));
  }

  const { type, status } = kind(front.fields, lineOf, problems);
  const runnable = !hasErrors(problems) && isSpecType(type) && isStatus(status);
  const spec: Spec = {
    id,
    title,
    type,
    status,
    ...lists(front.fields),
    ...texts(front.fields),
    ...approvalOf(front.fields, lineOf, problems),
    fields: front.fields,
    criteria,
    description: withoutRecords(body, records),
    runnable: runnable && !hasErrors(problems),
  };
  return { spec, problems: problems.sort((a, b) => a.line - b.line) };
}

type Fields = ReadonlyMap<string, YamlValue>;

/** A list key may be one string; an empty value is an empty list. */
export function listOf(value: YamlValue | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (!Array.isArray(value)) return [];
  return (value as readonly YamlValue[]).filter(
    (item) => typeof item === "string" && item !== "",
  ) as string[];
}

function textOf(value: YamlValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function checkShapes(fields: Fields, lineOf: (key: string) => number, problems: SpecProblem[]): void {
  for (const [key, value] of fields) {
    if (isListKey(key)) {
      const flat =
        Array.isArray(value) && (value as readonly YamlValue[]).every((v) => typeof v === "string");
      if (typeof value === "string" || flat) continue;
      problems.push(
        errorAt(
          lineOf(key),
          "wrong-shape",
          `Expected a list of texts in \`${key}\`; found something nested.`,
        ),
      );
    } else if (isTextKey(key) && typeof value !== "string") {
      problems.push(
        errorAt(lineOf(key), "wrong-shape", `Expected one text in \`${key}\`; found a list or a map.`),
      );
    }
  }
}

function kind(fields: Fields, lineOf: (key: string) => number, problems: SpecProblem[]) {
  const type = textOf(fields.get("type")) ?? "code";
  const stored = textOf(fields.get("status")) ?? "pending";
  const status = stored === "ready" ? "pending" : stored;
  if (!isSpecType(type)) {
    const message = `Expected a type among ${SPEC_TYPES.join(", ")}; found ${quoted(type)}, which is kept but not run.`;
    problems.push(warningAt(lineOf("type"), "unknown-type", message));
  }
  if (!isStatus(status)) {
    const message = `Expected a status among ${STATUSES.join(", ")}; found ${quoted(status)}, which is kept but not run.`;
    problems.push(warningAt(lineOf("status"), "unknown-status", message));
  }
  return { type, status };
}

function lists(fields: Fields) {
  return {
    dependsOn: listOf(fields.get("depends_on")),
    labels: listOf(fields.get("labels")),
    targetFiles: listOf(fields.get("target_files")),
    context: listOf(fields.get("context")),
    informedBy: listOf(fields.get("informed_by")),
    commits: listOf(fields.get("commits")),
    members: listOf(fields.get("members")),
  };
}

function texts(fields: Fields): Partial<Spec> {
  const names = {
    prompt: "prompt",
    branch: "branch",
    completedAt: "completed_at",
    model: "model",
    outputSchema: "output_schema",
  } as const;
  const given = Object.entries(names).flatMap(([name, key]) => {
    const value = textOf(fields.get(key));
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as Partial<Spec>;
}

/** An approval that cannot be read is an approval that is missing: the gate stays shut. */
function approvalOf(
  fields: Fields,
  lineOf: (key: string) => number,
  problems: SpecProblem[],
): { approval?: Approval } {
  const value = fields.get("approval");
  if (value === undefined || value === "") return {};
  if (!(value instanceof Map)) {
    const message = "Expected a map in `approval`, such as `required: true`; found text or a list.";
    problems.push(errorAt(lineOf("approval"), "wrong-shape", message));
    return { approval: { required: true, status: "pending" } };
  }
  const map = value as ReadonlyMap<string, YamlValue>;
  const by = textOf(map.get("by"));
  const at = textOf(map.get("at"));
  const required = textOf(map.get("required"))?.toLowerCase();
  return {
    approval: {
      required: required !== undefined && required !== "false" && required !== "no" && required !== "off",
      status: textOf(map.get("status")) ?? "pending",
      ...(by === undefined ? {} : { by }),
      ...(at === undefined ? {} : { at }),
    },
  };
}

function countLineFeeds(text: string, to: number): number {
  let n = 0;
  for (let i = 0; i < to; i++) if (text[i] === "\n") n++;
  return n;
}
