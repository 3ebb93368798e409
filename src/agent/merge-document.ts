import { MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../documents/render-document.ts";
import type { Block, Finding, ResearchDocument, Section, StatedClaim } from "../documents/finding.ts";
import { claimsBlock } from "../phases/builtin/statements.ts";
import type { TakenClaim } from "./submission/taken-claim.ts";

/** Sections whose claims are numbered, and come in the order of their steps. */
const CHAINS: ReadonlySet<string> = new Set(["sequence"]);
/** Sections whose first list is counted by its numbers: nothing may come before it. */
const NUMBERED: ReadonlySet<string> = new Set(["suspects"]);

const EXPLANATION = "explanation";
const SHOWN = "shown-by-run";
const LEGEND =
  "A model's own words. Casebook checked the claims that they cite, not these words; what is doubtful does not follow from them.";

const CHAIN_LEGEND = "A model chose these lines and their order; Casebook read each line, not the order.";

/**
 * The built-in researcher's document with what a model brought: its claims before those of the same section, each matter once, and
 * its explanation in a section of its own.
 */
export function mergeDocument(
  base: ResearchDocument,
  taken: readonly TakenClaim[],
  {
    headline,
    proposed,
    explanation,
  }: {
    readonly headline?: StatedClaim | undefined;
    /** What a model takes for the cause or the end. No headline: nothing shows it. */
    readonly proposed: readonly StatedClaim[];
    readonly explanation: readonly Finding[];
  },
): ResearchDocument {
  const known = new Set(
    base.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "claims" ? block.items.map(keyOf) : [])),
    ),
  );
  const fresh = taken
    // What the evidence says already is not said again.
    .map((one) => ({ ...one, claims: one.claims.filter((claim) => !known.has(keyOf(claim))) }));
  const news = base.sections.some(({ id }) => id === SHOWN) ? fresh.flatMap(withRunsApart) : fresh;
  const sections = base.sections.map((section): Section => {
    if (section.id === EXPLANATION) return { ...section, blocks: explanationBlocks(explanation, proposed) };
    const written = blocksOfSection(section.id, news);
    if (written.length === 0) return section;
    const evidence = section.blocks.filter(({ kind }) => kind !== "unknown");
    if (CHAINS.has(section.id)) return { ...section, blocks: oneChain(written, evidence) };
    return {
      ...section,
      blocks: NUMBERED.has(section.id) ? [...evidence, ...written] : [...written, ...evidence],
    };
  });
  // A repository's own phase names its sections itself.
  const blocks = explanationBlocks(explanation, proposed);
  if (!sections.some(({ id }) => id === EXPLANATION) && blocks.length > 0)
    sections.push({
      id: EXPLANATION,
      heading: "A model's explanation",
      blocks,
    });
  return { ...base, sections, ...(headline === undefined ? {} : { headline }) };
}

/** What a model proposes, and words that nobody checked, marked as a model's; none where there are none. */
export function explanationBlocks(
  explanation: readonly Finding[],
  proposed: readonly StatedClaim[] = [],
): readonly Block[] {
  return [
    ...claimsBlock("list", proposed),
    ...(explanation.length === 0
      ? []
      : [
          { kind: "note" as const, text: LEGEND },
          { kind: "findings" as const, items: explanation },
        ]),
  ];
}

/** What was taken for a section, as blocks; none where nothing was. */
export function blocksOfSection(section: string, taken: readonly TakenClaim[]): readonly Block[] {
  const own = taken.filter((one) => one.section === section);
  const isChain = CHAINS.has(section);
  const ordered = isChain ? own.toSorted((a, b) => (a.step ?? 100) - (b.step ?? 100)) : own;
  const items = ordered.flatMap(({ claims }) => claims);
  const of = (type: TakenClaim["type"]): readonly string[] =>
    own.flatMap((one) => (one.type === type ? [one.text!] : []));
  // What they take for granted nobody checked, so they are marked as a model's.
  const open = [
    ...of("question").map((text) => `${MARKS.model} ${QUESTION_MARK} ${text}`),
    ...of("unknown").map((text) => `${MARKS.model} ${UNKNOWN_MARK} ${text}`),
  ];
  const steps = of("step").map((text) => `${MARKS.model} ${text}`);
  return [
    ...(items.length === 0
      ? []
      : [
          ...(isChain ? [{ kind: "note" as const, text: CHAIN_LEGEND }] : []),
          { kind: "claims" as const, form: isChain ? ("steps" as const) : ("list" as const), items },
        ]),
    ...withoutRepeatedRuns(own.flatMap(({ blocks }) => blocks)),
    ...(open.length === 0 ? [] : [{ kind: "list" as const, ordered: false, items: open }]),
    ...(steps.length === 0
      ? []
      : [
          { kind: "note" as const, text: "A model wrote these steps; nobody followed them." },
          { kind: "list" as const, ordered: true, items: steps },
        ]),
  ];
}

/** What runs say about a proposal stands with the other runs, not among the proposals. */
function withRunsApart(one: TakenClaim): readonly TakenClaim[] {
  if (one.type !== "hypothesis" && one.type !== "option") return [one];
  const isRun = ({ mark }: StatedClaim): boolean => mark === "run";
  const shown = one.claims.filter(isRun);
  if (shown.length === 0) return [one];
  return [
    {
      ...one,
      claims: one.claims.filter((claim) => !isRun(claim)),
      blocks: one.blocks.filter(({ kind }) => kind !== "run"),
    },
    {
      ...one,
      section: SHOWN,
      claims: shown,
      blocks: one.blocks.filter(({ kind }) => kind === "run"),
    },
  ];
}

function withoutRepeatedRuns(blocks: readonly Block[]): readonly Block[] {
  const seen = new Set<string>();
  return blocks.filter((block) => {
    if (block.kind !== "run") return true;
    const isNew = !seen.has(block.run.name);
    seen.add(block.run.name);
    return isNew;
  });
}

/** The model's chain in the place of the built-in one, whose sentences it keeps where both are about the same line. */
function oneChain(written: readonly Block[], evidence: readonly Block[]): readonly Block[] {
  const isChain = (block: Block) => block.kind === "claims" && block.form === "steps";
  const known = new Map(
    evidence.flatMap((block) =>
      block.kind === "claims" && block.form === "steps"
        ? block.items.map((item) => [JSON.stringify(item.citations), item] as const)
        : [],
    ),
  );
  const chain = written.map((block) =>
    block.kind === "claims" && block.form === "steps"
      ? { ...block, items: block.items.map((item) => known.get(JSON.stringify(item.citations)) ?? item) }
      : block,
  );
  return [...evidence.filter((block) => !isChain(block)), ...chain];
}

function keyOf({ type, data }: StatedClaim): string {
  return `${type} ${JSON.stringify(data)}`;
}
