import type { Citation } from "./citation.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import { formatLocation } from "../text/location.ts";
import type { Block, Cell, Finding, Provenance, ResearchDocument, Row, Section } from "./finding.ts";
import { codeBlock, fenceFor, inlineCode, printable } from "../text/inline-code.ts";
import { type RecordedRun, formatRun, RUN_LANGUAGE } from "./recorded-run.ts";
import { formatSearch, SEARCH_LANGUAGE } from "./search-block.ts";

/** The first words of a statement that was not read in the code; `parseDocument` recognises them. */
export const MARKS: Readonly<Record<Exclude<Provenance, "code">, string>> = {
  run: "Measured:",
  reporter: "Reported:",
  maintainer: "A maintainer said:",
  model: "Model:",
  inference: "Hypothesis:",
};
export const UNKNOWN_MARK = "Not known:";
export const QUESTION_MARK = "Question:";

const LEGEND =
  "References (`path:line`, commits, searches) are to the base commit and were checked there by machine. " +
  "“Reported” is what a person said and nobody checked; “Hypothesis” is concluded, not established; “Not known” was looked for and not found.";
const MODEL_LEGEND =
  " “Model” is a model's reading of what it cites: that the words stand there, and every name and number of the sentence with them, was checked by machine; that the reading is right was not.";

/**
 * The Markdown of a document. The same data results in the same text. Searches are numbered in the order they are first cited
 * and appear, with every hit, in the section `searches`, which is added when the document has none.
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
  const lead = document.lead.map(
    (finding) =>
      `**${finding.provenance === "code" || finding.provenance === "run" ? "" : `${MARKS[finding.provenance]} `}${finding.text}**${cite(finding.citations, render)}`,
  );
  const sections = document.sections.map((section) => renderSection(section, render));
  const marked = sections.some((section) => section.includes(MARKS.model)) || lead.some(isFromModel);
  const ran = [...runs.values()].map(renderRun);
  const listed = [...searches.values()].map(({ id, search }) => renderSearch(id, search));
  const parts = [
    `# ${document.title}`,
    `Base commit: ${inlineCode(document.baseCommit)}`,
    ...lead,
    `*${LEGEND}${marked ? MODEL_LEGEND : ""}*`,
    ...sections,
    ...(ran.length > 0
      ? ["## Runs", "Casebook ran these itself, in a sandbox without network, on the base commit.", ...ran]
      : []),
    ...(listed.length > 0 ? ["## Searches", "Each can be run again with `casebook check`.", ...listed] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

interface Renderer {
  readonly citation: (citation: Citation) => string;
  readonly searchId: (search: RecordedSearch) => string;
  /** The document is to contain the run. */
  readonly run: (run: RecordedRun) => void;
}

function isFromModel(text: string): boolean {
  return text.startsWith(`**${MARKS.model}`);
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

function renderSection({ heading, blocks }: Section, render: Renderer): string {
  return [`## ${heading}`, ...blocks.map((block) => renderBlock(block, render))].join("\n\n");
}

function renderBlock(block: Block, render: Renderer): string {
  switch (block.kind) {
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
      render.run(block.run);
      return `- ${MARKS.run} ${inlineCode(block.run.command.join(" "), 300)} ended with ${block.run.end} (run ${inlineCode(block.run.name)})`;
  }
}

function renderFinding({ text, provenance, citations }: Finding, render: Renderer): string {
  const mark = provenance === "code" ? "" : `${MARKS[provenance]} `;
  return `${mark}${text}${cite(citations, render)}`;
}

function renderTable(columns: readonly string[], rows: readonly Row[], render: Renderer): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map(({ cells, provenance }) =>
      line(
        cells.map((cell, i) =>
          renderCell(cell, i === 0 && provenance !== "code" ? `${MARKS[provenance]} ` : "", render),
        ),
      ),
    ),
  ].join("\n");
}

function renderCell({ text, citations }: Cell, mark: string, render: Renderer): string {
  const cited =
    citations === undefined || citations.length === 0
      ? ""
      : [...new Set(citations.map(render.citation))].join(", ");
  const whole = text === "" ? cited : cited === "" ? text : `${text} (${cited})`;
  // An odd number of backslashes before it, or it ends the cell: what is escaped already must not be escaped again.
  return `${mark}${whole}`.replace(/(\\*)\|/g, (found, slashes: string) =>
    slashes.length % 2 === 0 ? `\\${found}` : found,
  );
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
  return `the ${query.kind} ${inlineCode(printable(query.pattern))} in ${where}${but}: ${hits.length} ${hits.length === 1 ? "hit" : "hits"}`;
}

function renderSearch(id: string, search: RecordedSearch): string {
  return `### ${id}\n\n${codeBlock(formatSearch(search), SEARCH_LANGUAGE)}`;
}

function renderRun(run: RecordedRun): string {
  return `### ${run.name}\n\n${codeBlock(formatRun(run), RUN_LANGUAGE)}`;
}
