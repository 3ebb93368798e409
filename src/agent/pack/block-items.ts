import type { Citation } from "../../documents/citation.ts";
import { formatLocation } from "../../text/location.ts";
import type { Block, Finding, Row, StatedClaim } from "../../documents/finding.ts";
import { numbered, onOneLine } from "../tools/answer.ts";
import type { PackItem } from "./part.ts";

const MAX_CITATIONS = 4;
const MAX_TEXT = 500;

/** What the built-in researcher would write, as items: one statement, row or excerpt each, in its order. */
export function blockItems(blocks: readonly Block[], valueOf: (n: number) => number): readonly PackItem[] {
  const texts = blocks.flatMap(textsOf);
  return texts.map((forms, n) => ({ forms, value: valueOf(n) }));
}

function textsOf(block: Block): readonly (readonly string[])[] {
  switch (block.kind) {
    case "claims":
      return block.items.map(claimForms);
    case "findings":
      return block.items.map(findingForms);
    case "table":
      return block.rows.map(rowForms);
    case "excerpt":
      return [[[formatLocation(block), ...numbered(block.text.split("\n"), block.start, 240)].join("\n")]];
    case "unknown":
      return [[`- not established: ${plain(block.text)}`]];
    case "list":
      return block.items.map((text) => [`- ${plain(text)}`]);
    case "search":
      return [[`- ${placeOf({ kind: "search", search: block.search })}`]];
    case "quote":
    case "note":
    case "code":
    case "run":
      // The issue is quoted whole elsewhere; a note leads over to what follows; nothing was run yet.
      return [];
  }
}

function rowForms({ cells }: Row): readonly string[] {
  const named = new Set<string>();
  const long = cells.map(({ text, citations = [] }) =>
    [plain(text), placesOf(citations, named)].filter((part) => part !== "").join(" "),
  );
  const short = cells.map(({ text, citations = [] }) => plain(text) || placesOf(citations.slice(0, 1)));
  return [`- ${long.join(" | ")}`, `- ${short.join(" | ")}`];
}

function claimForms({ label, text, mark, citations }: StatedClaim): readonly string[] {
  const places = placesOf(citations);
  const short = `- ${mark === "concluded" ? "(inferred) " : ""}${label === undefined ? "" : `${label}: `}${plain(text)}`;
  return places === "" ? [short] : [`${short} [${places}]`, short];
}

function findingForms({ text, citations, provenance }: Finding): readonly string[] {
  const mark = provenance === "inference" ? "(inferred) " : "";
  const places = placesOf(citations);
  const short = `- ${mark}${plain(text)}`;
  return places === "" ? [short] : [`${short} [${places}]`, short];
}

/** `a.py:3, :7-9; b.py:1; 2 more`: a path is written once; `named` holds those that were. */
function placesOf(citations: readonly Citation[], named: Set<string> = new Set()): string {
  const shown = new Set<string>();
  let left = 0;
  for (const citation of citations) {
    const place = placeOf(citation);
    const isKnown = citation.kind === "lines" && named.has(citation.path);
    const short = isKnown ? place.slice(onOneLine(citation.path).length) : place;
    if (shown.has(place) || shown.has(short)) continue;
    if (shown.size === MAX_CITATIONS) {
      left++;
      continue;
    }
    shown.add(short);
    if (citation.kind === "lines") named.add(citation.path);
  }
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ");
}

function placeOf(citation: Citation): string {
  switch (citation.kind) {
    case "lines":
      return formatLocation({ ...citation, path: onOneLine(citation.path) });
    case "commit":
      return `commit ${citation.oid} ${onOneLine(citation.subject, 120)}`;
    case "search":
      return `search ${JSON.stringify(citation.search.query)}: ${citation.search.hits.length} hits`;
    case "issue":
      return "the issue";
    case "run":
      return "a run";
  }
}

function plain(text: string): string {
  return onOneLine(text, MAX_TEXT);
}
