import type { Citation } from "../../documents/citation.ts";
import { runsByName } from "../../claims/check-claims.ts";
import { checkClaim } from "../../claims/claim-types.ts";
import type { ClaimEvidence } from "../../claims/claim-evidence.ts";
import type {
  Block,
  Cell,
  Finding,
  ResearchDocument,
  Section,
  StatedClaim,
} from "../../documents/finding.ts";
import type { CheckSource } from "../../documents/check-document.ts";
import { printedBy } from "../../documents/recorded-run.ts";
import { printable } from "../../text/inline-code.ts";

/**
 * The document without what does not hold at the commit: every claim is decided and every citation looked up before anything is
 * rendered. A statement that rests on a wrong citation is dropped whole; `dropped` says how many. Every researcher's document passes
 * here. An `optional` section without content is left out.
 */
export async function dropWrong(
  document: ResearchDocument,
  optional: ReadonlySet<string>,
  source: CheckSource,
  evidence: ClaimEvidence,
): Promise<{ readonly document: ResearchDocument; readonly dropped: number }> {
  let dropped = 0;
  const runs = document.sections.flatMap(({ blocks: all }) =>
    all.flatMap((block) => (block.kind === "run" ? [block.run] : [])),
  );
  const own = { ...evidence, documentRuns: runsByName(runs) };
  const holds = async (citations: readonly Citation[]): Promise<boolean> => {
    for (const citation of citations) if (!(await isTrue(citation, source))) return false;
    return true;
  };
  const claims = async (items: readonly StatedClaim[]): Promise<readonly StatedClaim[]> => {
    const kept: StatedClaim[] = [];
    for (const item of items)
      if ((await checkClaim(item, own)).verdict === "holds") kept.push(item);
      else dropped++;
    return kept;
  };
  const findings = async (items: readonly Finding[]): Promise<readonly Finding[]> => {
    const kept: Finding[] = [];
    for (const item of items) {
      const proven = !NEEDS_CITATION.has(item.provenance) || item.citations.length > 0;
      if (proven && (await holds(item.citations))) kept.push(item);
      else dropped++;
    }
    return kept;
  };
  const blocks = async (all: readonly Block[]): Promise<readonly Block[]> => {
    const kept: Block[] = [];
    for (const block of all) {
      if (block.kind === "claims") {
        const items = await claims(block.items);
        if (items.length > 0) kept.push({ ...block, items });
      } else if (block.kind === "findings") {
        const items = await findings(block.items);
        if (items.length > 0) kept.push({ kind: "findings", items });
      } else if (block.kind === "table") {
        const rows = [];
        for (const row of block.rows) {
          const citations = row.cells.flatMap((cell: Cell) => cell.citations ?? []);
          const proven = row.provenance !== "model" || citations.length > 0;
          if (proven && (await holds(citations))) rows.push(row);
          else dropped++;
        }
        if (rows.length > 0) kept.push({ ...block, rows });
      } else if (block.kind === "excerpt") {
        if (await holds([{ ...block, kind: "lines", quote: block.text }])) kept.push(block);
        else dropped++;
      } else if (block.kind === "quote") {
        if (inIssue(block.text, source)) kept.push(block);
        else dropped++;
      } else kept.push(block);
    }
    return kept;
  };
  const { headline: said, ...rest } = document;
  const [headline] = said === undefined ? [] : await claims([said]);
  const lead = await findings(document.lead);
  const sections: Section[] = [];
  for (const section of document.sections) {
    const kept = await blocks(section.blocks);
    if (kept.length > 0) sections.push({ ...section, blocks: oneTable(kept) });
    else if (!optional.has(section.id))
      sections.push({
        ...section,
        blocks: [{ kind: "unknown", text: "what belongs here; every statement failed its check" }],
      });
  }
  return {
    document: { ...rest, ...(headline === undefined ? {} : { headline }), lead, sections },
    dropped,
  };
}

/** Tables of claims with the same columns become one, in the place of the first. */
function oneTable(blocks: readonly Block[]): readonly Block[] {
  const merged: Block[] = [];
  for (const block of blocks) {
    const at = merged.findIndex((one) => isTable(one) && isTable(block) && isAlike(one, block));
    const before = merged[at];
    if (before === undefined || !isTable(before) || !isTable(block)) merged.push(block);
    else merged[at] = { ...before, items: [...before.items, ...block.items] };
  }
  return merged;
}

type ClaimsTable = Extract<Block, { kind: "claims" }>;

function isTable(block: Block): block is ClaimsTable {
  return block.kind === "claims" && block.form === "table";
}

function isAlike({ columns: a }: ClaimsTable, { columns: b }: ClaimsTable): boolean {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}

/** Provenances that mean nothing without what they rest on. */
const NEEDS_CITATION: ReadonlySet<Finding["provenance"]> = new Set(["code", "model", "doubtful"]);

async function isTrue(citation: Citation, source: CheckSource): Promise<boolean> {
  switch (citation.kind) {
    case "lines": {
      const lines = (await source.text(citation.path))?.lines;
      if (
        lines === undefined ||
        citation.start < 1 ||
        citation.end < citation.start ||
        citation.end > lines.length
      )
        return false;
      if (citation.quote === undefined) return true;
      const there = lines
        .slice(citation.start - 1, citation.end)
        .map((line) => line.trim())
        .join("\n");
      return there.includes(
        citation.quote
          .split("\n")
          .map((line) => line.trim())
          .join("\n"),
      );
    }
    case "commit":
      return (await source.ancestor(citation.oid))?.subject === citation.subject;
    case "issue":
      return inIssue(citation.quote, source);
    case "search": {
      const again = await source.search(citation.search.query);
      return JSON.stringify(again.hits) === JSON.stringify(citation.search.hits);
    }
    case "run":
      return printable(printedBy(citation.run)).includes(citation.quote);
  }
}

function inIssue(quote: string, { issueText }: CheckSource): boolean {
  return issueText === undefined || printable(issueText).includes(printable(quote));
}
