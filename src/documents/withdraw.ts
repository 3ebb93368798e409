import type { Citation } from "./citation.ts";
import type { Block, Finding, ResearchDocument, StatedClaim } from "./finding.ts";

/** One statement of a document that can be taken back. */
export type Conclusion = StatedClaim | Finding;

/** Letters and digits of a quotation that names one statement. */
const MIN_LETTERS = 8;

/** The same for the same sentence about the same places. */
export function conclusionKey({ text, citations }: Conclusion): string {
  return JSON.stringify([text, citations]);
}

/**
 * The conclusion of a document that a quotation names, with a line that it cites where several hold the words: a concluded claim, or
 * words of a model. What was read, reported or run is decided by the repository, the issue or the run and is none; nor is the answer
 * above the sections, which later phases build on. A text says why there is none, for a model.
 */
export function conclusionOf(document: ResearchDocument, quote: string, line?: number): Conclusion | string {
  const words = plain(quote);
  if ((words.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < MIN_LETTERS)
    return "Quote more of the sentence that no longer holds.";
  const named = statementsOf(document).filter(({ text }) => plain(text).includes(words));
  const conclusions = new Map(named.filter(isConclusion).map((one) => [conclusionKey(one), one]));
  if (conclusions.size === 0)
    return named.length === 0
      ? "The document has no statement with these words."
      : "It was read, reported or run, so the commit, the issue or the run decides it; only conclusions and a model's words can be withdrawn.";
  const [found, second] = [...conclusions.values()].filter(
    ({ citations }) => line === undefined || citations.some((one) => isAtLine(one, line)),
  );
  return found === undefined || second !== undefined
    ? "Several conclusions hold these words; quote more, or give as `start` a line that is cited beside the one that is meant."
    : found;
}

function isAtLine(citation: Citation, line: number): boolean {
  return citation.kind === "lines" && citation.start <= line && citation.end >= line;
}

/** The document with exactly these conclusions taken back by the phase; what other phases took back stays so. */
export function withdrawnBy(
  document: ResearchDocument,
  phase: string,
  isWithdrawn: (conclusion: Conclusion) => boolean,
): ResearchDocument {
  const marked = <S extends Conclusion>(item: S): S => {
    const { withdrawn, ...rest } = item;
    if (isConclusion(item) && isWithdrawn(item)) return { ...item, withdrawn: withdrawn ?? phase };
    return withdrawn === phase ? (rest as S) : item;
  };
  const sections = document.sections.map((section) => ({
    ...section,
    blocks: section.blocks.map((block): Block => {
      if (block.kind === "claims") return { ...block, items: block.items.map(marked) };
      return block.kind === "findings" ? { ...block, items: block.items.map(marked) } : block;
    }),
  }));
  return { ...document, sections };
}

/** Claims and findings below the answer, in their order. */
export function statementsOf({ sections }: ResearchDocument): readonly Conclusion[] {
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block): readonly Conclusion[] =>
      block.kind === "claims" || block.kind === "findings" ? block.items : [],
    ),
  );
}

function isConclusion(one: Conclusion): boolean {
  return "mark" in one
    ? one.mark === "concluded"
    : one.provenance === "model" || one.provenance === "doubtful";
}

/** As a reader sees it: without marks of Markdown, white space as one space. */
function plain(markdown: string): string {
  return markdown
    .replace(/[`\\*~]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
