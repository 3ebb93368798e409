import type { Heading, ListItem, Nodes, Root } from "mdast";
import { plainText } from "../text/parse-markdown.ts";
import type { RecordSections } from "./record-sections.ts";
import type { Criterion } from "./spec.ts";

const HEADING = "acceptance criteria";

/** The criteria of a body: those of the last section with that heading, and the lines of all such headings. */
export interface FoundCriteria {
  readonly criteria: readonly Criterion[];
  /** Lines within the body, 1-based. */
  readonly headings: readonly number[];
}

/**
 * Finds the task-list items under the heading `Acceptance Criteria` (any level, case ignored), nested ones included,
 * up to the next heading of the same or a higher level. Marks other than `x` and `X` are open. Lines and offsets are
 * those of the body given.
 */
export function findCriteria(body: string, root: Root, records: RecordSections): FoundCriteria {
  const inRecord = (node: Nodes) => {
    const at = node.position?.start.offset ?? 0;
    return at >= records.agentOutput || records.others.some((r) => at >= r.start && at < r.end);
  };
  const nodes = root.children.filter((node) => !inRecord(node));
  const starts = nodes.flatMap((node, i) => (isCriteriaHeading(node) ? [{ node, i }] : []));
  const headings = starts.map(({ node }) => node.position?.start.line ?? 1);
  const last = starts.at(-1);
  if (!last) return { criteria: [], headings };

  const criteria: Criterion[] = [];
  for (const node of nodes.slice(last.i + 1)) {
    if (node.type === "heading" && node.depth <= last.node.depth) break;
    collect(body, node, criteria);
  }
  return { criteria, headings };
}

function isCriteriaHeading(node: Nodes): node is Heading {
  if (node.type !== "heading") return false;
  const text = plainText(node).toLowerCase();
  return text === HEADING || text === `${HEADING}:`;
}

/** Items of this list and of the lists inside it; a quoted list is somebody else's. */
function collect(body: string, node: Nodes, into: Criterion[]): void {
  if (node.type !== "list") return;
  for (const item of node.children) {
    const criterion = readItem(body, item);
    if (criterion) into.push(criterion);
    for (const child of item.children) collect(body, child, into);
  }
}

/**
 * The tree knows only `[ ]` and `[x]` with a text behind, so the box is read from the source of the item: one
 * character or none between brackets, white space or the end of the line after them.
 */
function readItem(body: string, item: ListItem): Criterion | undefined {
  const first = item.children[0];
  const start = item.position?.start;
  if (first?.type !== "paragraph" || !start || !first.position) return undefined;
  let at = skipBlank(body, skipBullet(body, start.offset ?? 0));
  if (body[at] !== "[") return undefined;
  const markStart = ++at;
  if (body[at] !== "]") at += (body.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  const markEnd = at;
  const mark = body.slice(markStart, markEnd);
  const after = body[at + 1];
  if (body[at] !== "]" || "[\\\n\r".includes(mark || ".")) return undefined;
  if (after !== undefined && !" \t\r\n".includes(after)) return undefined;

  const text = body
    .slice(at + 1, first.position.end.offset)
    .split(/[ \t\r\n]+/)
    .join(" ")
    .trim();
  const line = start.line + countLineFeeds(body, start.offset ?? 0, markStart);
  return { text, done: mark === "x" || mark === "X", line, markStart, markEnd };
}

function skipBullet(body: string, from: number): number {
  let at = from;
  while (at < body.length && at - from < 9 && isDigit(body.charCodeAt(at))) at++;
  return at + 1;
}

function skipBlank(body: string, from: number): number {
  let at = from;
  while (at < body.length && " \t\r\n".includes(body[at] ?? "")) at++;
  return at;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function countLineFeeds(text: string, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) if (text[i] === "\n") n++;
  return n;
}
