import { QUESTION_MARK } from "../documents/render-document.ts";
import type { Block, Finding, ResearchDocument, Row, Section } from "../documents/finding.ts";
import type { AcceptedFinding } from "./submission/check-finding.ts";

const RESULTS = { confirmed: "Confirmed", eliminated: "Eliminated", open: "Open" } as const;
/** Sections that say what is not known; what a model says there is said in that form. */
const UNKNOWNS: ReadonlySet<string> = new Set(["missing", "not-established", "not-established-fix"]);
/** Sections that ask. */
const QUESTIONS: ReadonlySet<string> = new Set(["questions"]);
/** Sections whose first list is counted by its numbers: nothing may appear in it. */
const NUMBERED: ReadonlySet<string> = new Set(["suspects"]);

/**
 * The built-in researcher's document with a model's findings: before what the evidence says, or in the place of what is
 * only general. Every statement shows whose it is.
 */
export function mergeDocument(
  base: ResearchDocument,
  accepted: readonly AcceptedFinding[],
  options: { readonly replaces: readonly string[]; readonly lead: readonly Finding[] },
): ResearchDocument {
  const sections = base.sections.map((section): Section => {
    const own = accepted.filter((finding) => finding.section === section.id);
    if (own.length === 0) return section;
    const written = section.id === "hypotheses" ? [] : blocksOf(section.id, own);
    if (section.id === "hypotheses") return { ...section, blocks: withHypotheses(section.blocks, own) };
    if (options.replaces.includes(section.id)) return { ...section, blocks: written };
    const evidence = section.blocks.filter((block) => UNKNOWNS.has(section.id) || block.kind !== "unknown");
    return {
      ...section,
      blocks: NUMBERED.has(section.id) ? [...evidence, ...written] : [...written, ...evidence],
    };
  });
  return { ...base, sections, lead: options.lead.length > 0 ? options.lead : base.lead };
}

/** What was accepted for a section, as blocks; none when nothing was. */
export function blocksOfSection(section: string, accepted: readonly AcceptedFinding[]): readonly Block[] {
  const own = accepted.filter((finding) => finding.section === section);
  return own.length === 0 ? [] : blocksOf(section, own);
}

function blocksOf(section: string, findings: readonly AcceptedFinding[]): readonly Block[] {
  if (QUESTIONS.has(section))
    return [
      {
        kind: "list",
        ordered: false,
        items: findings.map(({ finding }) => `${QUESTION_MARK} ${finding.text}`),
      },
    ];
  if (UNKNOWNS.has(section)) return findings.map(({ finding }) => ({ kind: "unknown", text: finding.text }));
  return [{ kind: "findings", items: findings.map(({ finding }) => finding) }];
}

/** Rows of a model stand first in the table; each says whose reading it is. */
function withHypotheses(blocks: readonly Block[], findings: readonly AcceptedFinding[]): readonly Block[] {
  const rows = findings.map(({ finding, result = "open", because }): Row => ({
    // A reading with its result is no fact either.
    provenance: finding.provenance === "code" ? "model" : finding.provenance,
    cells: [
      { text: finding.text },
      { text: because ?? "", citations: finding.citations },
      { text: RESULTS[result] },
    ],
  }));
  const table = blocks.find((block) => block.kind === "table");
  return table === undefined
    ? [{ kind: "table", columns: ["Hypothesis", "Evidence", "Result"], rows }]
    : blocks.map((block) => (block === table ? { ...table, rows: [...rows, ...table.rows] } : block));
}
