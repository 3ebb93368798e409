import { fenceFor } from "../text/inline-code.ts";
import { AGENT_OUTPUT, APPROVAL_DISCUSSION } from "./record-sections.ts";

/** Code points, as chant counts them. */
const MAX_OUTPUT = 5000;

/** What a run leaves in its spec. */
export interface AgentOutput {
  /** `2026-03-14T09:30:00Z`, equal to `completed_at`. */
  readonly at: string;
  readonly text: string;
  /** Takes secrets out; runs before anything is cut. */
  readonly redact: (text: string) => string;
}

export interface ApprovalEntry {
  /** GitHub login. */
  readonly by: string;
  /** `2026-03-14T09:30:00Z`. */
  readonly at: string;
  readonly decision: "approved" | "rejected";
  readonly reason: string;
}

/** The section `## Agent Output`, without blank lines around, lines ended by `eol`, the last one too. */
export function formatAgentOutput({ at, text, redact }: AgentOutput, eol: string): string {
  const points = [...oneKindOfLine(redact(text))];
  const cut =
    points.length > MAX_OUTPUT
      ? `${points.slice(0, MAX_OUTPUT).join("")}\n\n... (output truncated, ${points.length} chars total)`
      : points.join("");
  const fence = fenceFor(cut);
  const body = cut.endsWith("\n") ? cut.slice(0, -1) : cut;
  return [`## ${AGENT_OUTPUT}`, "", at, "", fence, ...body.split("\n"), fence, ""].join(eol);
}

/** The heading of the section that `formatApproval` writes its entries into. */
export function formatApprovalHeading(eol: string): string {
  return `## ${APPROVAL_DISCUSSION}${eol}${eol}`;
}

/** One entry: bold login, date and time, decision; the reason as a quotation, so that no heading or box in it counts. */
export function formatApproval({ by, at, decision, reason }: ApprovalEntry, eol: string): string {
  const login = by.replace(/[^A-Za-z0-9[\]_.-]/g, "?");
  const head = `**${login}** - ${at.replace("T", " ").replace("Z", " UTC")} - ${decision.toUpperCase()}`;
  const lines = oneKindOfLine(reason).trim();
  const quote = lines === "" ? [] : lines.split("\n").map((line) => (line === "" ? ">" : `> ${line}`));
  return [head, ...quote, ""].join(eol);
}

/** Line feeds only; control characters other than tabs become U+FFFD, so that no terminal obeys them. */
function oneKindOfLine(text: string): string {
  const lines = text.toWellFormed().replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  return lines.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}
