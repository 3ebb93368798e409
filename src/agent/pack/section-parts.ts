import type { Block } from "../../documents/finding.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import * as comprehension from "../../phases/builtin/comprehension.ts";
import * as impact from "../../phases/builtin/impact-map.ts";
import * as cause from "../../phases/builtin/root-cause.ts";
import { visibleText } from "../../text/visible-text.ts";
import { lineOf, onOneLine } from "../tools/answer.ts";
import { coChanges } from "./co-changes.ts";
import { blockItems } from "./block-items.ts";
import { falling, type PackItem, type PackPart, type PackPartName } from "./part.ts";

interface Section {
  readonly heading: string;
  readonly source: string;
  readonly share: number;
  readonly tool: string;
  readonly write: (context: ResearchContext) => Promise<readonly Block[]>;
}

const SECTIONS = {
  missing: section("Not in the report", "reading of the issue", 0.9, "issue", comprehension.missing),
  files: section(
    "Files that answer to the issue's words, best first",
    "ranking of the source files",
    0.8,
    "search",
    comprehension.components,
  ),
  "prior-work": section(
    "What was done about the same thing before",
    "history and earlier documents",
    0.85,
    "history",
    comprehension.priorWork,
  ),
  sequence: section(
    "A sequence of lines that is known to cause such symptoms",
    "code of the repository",
    0.95,
    "read_file",
    // The suspects are shown with their code already.
    async (context) => (await cause.sequence(context)).filter(({ kind }) => kind !== "excerpt"),
  ),
  callers: section(
    "How control reaches the leading suspect",
    "callers in the repository",
    0.9,
    "callers",
    cause.callersOfSuspects,
  ),
  "line-history": section(
    "Who changed the leading suspect's lines",
    "history of the repository",
    0.85,
    "blame",
    cause.lineHistory,
  ),
  similar: section(
    "Code of the same kind",
    "similar functions of the repository",
    0.9,
    "similar_code",
    impact.similar,
  ),
  uses: section("Who uses the targets", "uses in the repository", 0.93, "references", impact.callers),
  tests: section("Tests that reach the suspects", "tests of the repository", 0.9, "references", impact.tests),
  docs: section(
    "Documentation that names them",
    "documentation of the repository",
    0.85,
    "search",
    impact.docs,
  ),
  "co-change": section(
    "Files and functions likeliest to change with the suspect",
    "history and structure of the repository",
    0.85,
    "history",
    coChanges,
  ),
  risks: section("Measured risks", "measures of the repository", 0.85, "references", impact.risks),
} as const satisfies Partial<Record<PackPartName, Section>>;
export type SectionName = keyof typeof SECTIONS;

function section(
  heading: string,
  source: string,
  share: number,
  tool: string,
  write: Section["write"],
): Section {
  return { heading, source, share, tool, write };
}

/** A part that says what a section of the built-in researcher says, statement by statement. */
export async function sectionPart(
  name: SectionName,
  value: number,
  context: ResearchContext,
): Promise<PackPart> {
  const { heading, source, share, tool, write } = SECTIONS[name];
  return {
    name,
    heading,
    source: `analysis: ${source}`,
    items: blockItems(await write(context), falling(value, share)),
    more: (left) => (left > 0 ? `${left} more: tool ${tool}.` : `More of it: tool ${tool}.`),
  };
}

/** What runs of the failing test showed. */
export function shownPart(blocks: readonly Block[], value: number): PackPart {
  return {
    name: "shown-by-run",
    heading: "What the failing test runs, shown by a run of it",
    source: "run of the failing test",
    items: blockItems(blocks, falling(value, 0.9)),
    more: (left) => (left > 0 ? `${left} more are not shown.` : ""),
  };
}

const MAX_DOCUMENT_LINE = 600;
const PIECE_LINES = 25;

/** The documents of the phases before this one, newest phase first: claims that were checked then, as outside text. */
export function documentsPart(earlier: ReadonlyMap<string, string>, value: number): PackPart | undefined {
  const paths = [...earlier.keys()]
    .filter((path) => path.startsWith(".chant/research/") && path.endsWith(".md"))
    .sort()
    .reverse();
  const valueOf = falling(value, 0.8);
  const items = paths.flatMap((path) => {
    const lines = visibleText(earlier.get(path)!)
      .text.split("\n")
      .map((line) => lineOf(line, MAX_DOCUMENT_LINE));
    const whole = [`${onOneLine(path)} (${lines.length} lines)`, ...lines];
    return [
      [
        whole.join("\n"),
        whole.slice(0, PIECE_LINES * 2).join("\n"),
        whole.slice(0, PIECE_LINES).join("\n"),
        whole[0]!,
      ],
    ];
  });
  if (items.length === 0) return undefined;
  return {
    name: "earlier-documents",
    heading: "Earlier documents of this investigation: claims to check",
    source: "earlier documents",
    items: items.map((forms, n): PackItem => ({ forms: [...new Set(forms)], value: valueOf(n) })),
    more: () => "Whole: tool earlier_documents.",
  };
}
