import type { Heading, Root } from "mdast";
import { plainText } from "../text/parse-markdown.ts";

export const AGENT_OUTPUT = "Agent Output";
export const APPROVAL_DISCUSSION = "Approval Discussion";
const RECORDS = [APPROVAL_DISCUSSION, "Takeover Analysis"];

/** The parts of a body that record what happened, as offsets into the body. */
export interface RecordSections {
  /** Start of the first `## Agent Output`; everything from there on is record. The body's length when there is none. */
  readonly agentOutput: number;
  /** Other records before it, in order. */
  readonly others: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

/**
 * Agent output is untrusted text in a fence that chant does not always close, so nothing after its first heading is
 * read as part of the spec, whatever headings it holds.
 */
export function findRecordSections(body: string, root: Root): RecordSections {
  const headings = root.children.filter((node): node is Heading => node.type === "heading");
  const named = headings.map((h) => ({
    depth: h.depth,
    name: plainText(h),
    start: h.position?.start.offset ?? 0,
  }));
  const output = named.findIndex((h) => h.depth === 2 && h.name === AGENT_OUTPUT);
  const agentOutput = named[output]?.start ?? body.length;
  const before = output < 0 ? named : named.slice(0, output);
  const others = before.flatMap((h, i) => {
    if (h.depth !== 2 || !RECORDS.includes(h.name)) return [];
    const next = before.slice(i + 1).find((later) => later.depth <= 2);
    return [{ name: h.name, start: h.start, end: next?.start ?? agentOutput }];
  });
  return { agentOutput, others };
}

/** The body without its records: what a prompt may hold, and where criteria are looked for. */
export function withoutRecords(body: string, { agentOutput, others }: RecordSections): string {
  let kept = "";
  let from = 0;
  for (const { start, end } of others) {
    kept += body.slice(from, start);
    from = end;
  }
  return kept + body.slice(from, agentOutput);
}
