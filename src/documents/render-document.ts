import type { Citation } from "./citation.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import { formatLocation } from "../text/location.ts";
import type {
  Block,
  Cell,
  Finding,
  Mark,
  Provenance,
  ResearchDocument,
  Row,
  Section,
  StatedClaim,
} from "./finding.ts";
import { codeBlock, fenceFor, inlineCode } from "../text/inline-code.ts";
import { type RecordedRun, formatRun, RUN_LANGUAGE } from "./recorded-run.ts";
import { formatSearch, SEARCH_LANGUAGE } from "./search-block.ts";

/** The first words of a statement that was not read in the code; `parseDocument` recognises them. */
export const MARKS: Readonly<Record<Exclude<Provenance, "code">, string>> = {
  run: "Measured:",
  model: "Model:",
  doubtful: "Doubtful:",
  inference: "Hypothesis:",
};
export const UNKNOWN_MARK = "Not known:";
export const QUESTION_MARK = "Question:";

/** How a claim is known, where people read it. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  run: "shown by a run",
  code: "read in the code",
  history: "in the history",
  reported: "reported",
  concluded: "concluded",
};
/** The last column of a table of claims. */
const HOW = "how we know";

/** The language of the fenced block that holds the data of a document's claims. */
export const CLAIMS_LANGUAGE = "casebook-claims";

/**
 * The Markdown of a document; the same data results in the same text. The answer comes first and what is folded last. Searches are
 * numbered in the order they are first cited and appear with every hit.
 */
export function renderDocument(document: ResearchDocument): string {
  const searches = new Map<string, { readonly id: string; readonly search: RecordedSearch }>();
  const idOf = (search: RecordedSearch): string => {
    const key = JSON.stringify(search.query);
    let known = searches.get(key);
    if (known === undefined) searches.set(key, (known = { id: `S${searches.size + 1}`, search }));
    return known.id;
  };
  const runs = new Map<string, RecordedRun>();
  const render: Renderer = {
    citation: (citation) => formatCitation(citation, idOf, runs),
    searchId: idOf,
    run: (run) => void runs.set(run.name, run),
  };
  // Before what is folded: a run that the answer cites is shown there.
  const headline =
    document.headline === undefined
      ? []
      : [`**${document.headline.text}** (${howKnown(document.headline, render)})`];
  const lead = document.lead.map(
    (finding) =>
      `**${finding.provenance === "code" || finding.provenance === "run" ? "" : `${MARKS[finding.provenance]} `}${finding.text}**${cite(finding.citations, render)}`,
  );
  const open = document.sections
    .filter(({ folded }) => folded !== true)
    .map((one) => renderSection(one, render))
    .filter((text) => text !== "");
  const folded = document.sections.filter((section) => section.folded === true);
  const evidence = folded.map((section) => renderSection(section, render));
  if (runs.size > 0)
    evidence.push(
      "## Runs",
      "Casebook ran these itself, in a sandbox without network; on the base commit, where a run names no other.",
      ...[...runs.values()].map(renderRun),
    );
  if (searches.size > 0)
    evidence.push(
      "## Searches",
      "Each can be run again with `casebook check`.",
      ...[...searches.values()].map(({ id, search }) => renderSearch(id, search)),
    );
  const parts = [
    `# ${document.title}`,
    ...headline,
    ...lead,
    `Base commit: ${inlineCode(document.baseCommit)}`,
    ...open,
    ...((document.next ?? []).length === 0 ? [] : [`**Next:** ${document.next!.join(" ")}`]),
    ...(evidence.length === 0 ? [] : fold(summaryOf(folded), evidence)),
    ...(hasClaims(document) ? fold("Claims, as data for casebook check", [renderData(document)]) : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Blank lines around what is folded, or GitHub shows its Markdown as it is written. */
function fold(summary: string, parts: readonly string[]): readonly string[] {
  return [`<details><summary>${summary}</summary>`, ...parts, "</details>"];
}

function summaryOf(sections: readonly Section[]): string {
  const names = sections.map(({ heading }) => heading.toLowerCase());
  return names.length === 0 ? "Evidence" : `Evidence: ${names.join(", ")}`;
}

function hasClaims({ headline, sections }: ResearchDocument): boolean {
  return (
    headline !== undefined || sections.some(({ blocks }) => blocks.some(({ kind }) => kind === "claims"))
  );
}

/** JSON lines in letters of ASCII alone: what does not print is written out. `readClaims` reads them back. */
function renderData({ headline, sections, ...rest }: ResearchDocument): string {
  const lines = [
    { ...rest, ...(headline === undefined ? {} : { headline: dataOf(headline) }) },
    ...sections.flatMap(({ blocks, ...section }) => [
      { section },
      ...blocks.map((block) =>
        block.kind === "claims" ? { block: { ...block, items: block.items.map(dataOf) } } : { block },
      ),
    ]),
  ];
  const text = lines.map((line) => JSON.stringify(line, sorted).replace(/[^ -~]/g, escapeOf)).join("\n");
  return codeBlock(text, CLAIMS_LANGUAGE);
}

/** The same data is the same text, whatever order its makers gave its keys. */
function sorted(_key: string, value: unknown): unknown {
  return typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sentence, mark and citations follow from it. */
function dataOf({ type, data, withdrawn }: StatedClaim): Pick<StatedClaim, "type" | "data" | "withdrawn"> {
  return { type, data, ...(withdrawn === undefined ? {} : { withdrawn }) };
}

function sentenceOf({ text, withdrawn }: Pick<StatedClaim, "text" | "withdrawn">): string {
  return withdrawn === undefined
    ? text
    : `~~${text}~~ **Withdrawn** by a model in the phase ${inlineCode(withdrawn)}.`;
}

function escapeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function howKnown({ mark, citations }: StatedClaim, render: Renderer): string {
  const cited = [...new Set(citations.map(render.citation))].join(", ");
  return cited === "" ? MARK_WORDS[mark] : `${MARK_WORDS[mark]}: ${cited}`;
}

interface Renderer {
  readonly citation: (citation: Citation) => string;
  readonly searchId: (search: RecordedSearch) => string;
  /** The document is to contain the run. */
  readonly run: (run: RecordedRun) => void;
}

function formatCitation(
  citation: Citation,
  idOf: (search: RecordedSearch) => string,
  runs: Map<string, RecordedRun>,
): string {
  switch (citation.kind) {
    case "lines":
      return inlineCode(formatLocation(citation), 1_000);
    case "commit":
      return `commit \`${citation.oid.slice(0, 12)}\` (${inlineCode(citation.subject)})`;
    case "issue":
      return `${citation.author === undefined ? "issue" : `comment by ${inlineCode(citation.author)}`}: ${inlineCode(citation.quote)}`;
    case "search":
      return `search ${idOf(citation.search)}`;
    case "run":
      runs.set(citation.run.name, citation.run);
      return `run ${inlineCode(citation.run.name)}: ${inlineCode(citation.quote)}`;
  }
}

function cite(citations: readonly Citation[], render: Renderer): string {
  return citations.length === 0 ? "" : ` (${[...new Set(citations.map(render.citation))].join(", ")})`;
}

/** Empty where its blocks only keep runs. */
function renderSection({ heading, blocks }: Section, render: Renderer): string {
  const shown = blocks.map((block) => renderBlock(block, render)).filter((text) => text !== "");
  return shown.length === 0 && blocks.length > 0 ? "" : [`## ${heading}`, ...shown].join("\n\n");
}

function renderBlock(block: Block, render: Renderer): string {
  switch (block.kind) {
    case "claims":
      return renderClaims(block, render);
    case "findings":
      return block.items.map((finding) => `- ${renderFinding(finding, render)}`).join("\n");
    case "table":
      return renderTable(block.columns, block.rows, render);
    case "excerpt":
      return renderExcerpt(block);
    case "code":
      // Without a place behind the language: nothing of it is in the commit.
      return codeBlock(block.text.split("\n").map(controlFree).join("\n"), block.language);
    case "quote":
      return renderQuote(block.text, block.author);
    case "unknown":
      return `- ${UNKNOWN_MARK} ${block.text}`;
    case "note":
      return block.text;
    case "list":
      return block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : "-"} ${item}`).join("\n");
    case "search":
      return `- Search ${render.searchId(block.search)}: ${describeSearch(block.search)}`;
    case "run":
      // It stands with the evidence; what it shows is said by what names it.
      render.run(block.run);
      return "";
  }
}

function renderClaims(
  { form, columns, items }: Extract<Block, { kind: "claims" }>,
  render: Renderer,
): string {
  if (form === "list")
    return items.map((item) => `- ${sentenceOf(item)} (${howKnown(item, render)})`).join("\n");
  if (form === "ranking")
    return items
      .map((item, i) => `- **${i + 1}.** ${sentenceOf(item)} (${howKnown(item, render)})`)
      .join("\n");
  const [first, second] = columns ?? (form === "steps" ? ["step", "what happens"] : ["", ""]);
  return tableOf(
    [first, second, HOW],
    items.map((item, i) => [
      form === "steps" ? String(i + 1) : (item.label ?? ""),
      sentenceOf(item),
      howKnown(item, render),
    ]),
  );
}

function renderFinding({ provenance, citations, ...finding }: Finding, render: Renderer): string {
  const mark = provenance === "code" ? "" : `${MARKS[provenance]} `;
  return `${mark}${sentenceOf(finding)}${cite(citations, render)}`;
}

function renderTable(columns: readonly string[], rows: readonly Row[], render: Renderer): string {
  return tableOf(
    columns,
    rows.map(({ cells, provenance }) =>
      cells.map((cell, i) =>
        renderCell(cell, i === 0 && provenance !== "code" ? `${MARKS[provenance]} ` : "", render),
      ),
    ),
  );
}

/** An odd number of backslashes before it, or a bar ends the cell: what is escaped already must not be escaped again. */
function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const escaped = (cell: string): string =>
    cell.replace(/(\\*)\|/g, (found, slashes: string) => (slashes.length % 2 === 0 ? `\\${found}` : found));
  return [line(columns), line(columns.map(() => "---")), ...rows.map((row) => line(row.map(escaped)))].join(
    "\n",
  );
}

function renderCell({ text, citations }: Cell, mark: string, render: Renderer): string {
  const cited =
    citations === undefined || citations.length === 0
      ? ""
      : [...new Set(citations.map(render.citation))].join(", ");
  const whole = text === "" ? cited : cited === "" ? text : `${text} (${cited})`;
  return `${mark}${whole}`;
}

/** The info string names the place, so that the checker can compare the lines. */
function renderExcerpt({ path, start, end, text, language }: Extract<Block, { kind: "excerpt" }>): string {
  return codeBlock(text, `${language} ${formatLocation({ path, start, end })}`);
}

function renderQuote(text: string, author: string | undefined): string {
  const fence = fenceFor(text);
  const lines = [
    ...(author === undefined ? [] : [`${inlineCode(author)} wrote:`]),
    `${fence}text`,
    ...text.split("\n"),
    fence,
  ];
  // A fence inside the quotation: what people wrote is shown letter by letter, never as markup.
  return lines.map((line) => (line === "" ? ">" : `> ${controlFree(line)}`)).join("\n");
}

function controlFree(line: string): string {
  return line.toWellFormed().replace(/[^\P{Cc}\t]|\p{Cf}/gu, "\ufffd");
}

function describeSearch({ query, hits }: RecordedSearch): string {
  const where =
    query.include.length === 0 ? "every text file" : query.include.map((glob) => inlineCode(glob)).join(", ");
  const but =
    query.exclude.length === 0 ? "" : ` except ${query.exclude.map((glob) => inlineCode(glob)).join(", ")}`;
  return `the ${query.kind} ${inlineCode(query.pattern)} in ${where}${but}: ${hits.length} ${hits.length === 1 ? "hit" : "hits"}`;
}

function renderSearch(id: string, search: RecordedSearch): string {
  return `### ${id}\n\n${codeBlock(formatSearch(search), SEARCH_LANGUAGE)}`;
}

function renderRun(run: RecordedRun): string {
  return `### ${run.name}\n\n${codeBlock(formatRun(run), RUN_LANGUAGE)}`;
}
