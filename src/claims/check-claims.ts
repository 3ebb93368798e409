import { diffLines } from "diff";
import {
  type CheckReport,
  type CheckSource,
  type DocumentProblem,
  checkDocument,
} from "../documents/check-document.ts";
import { parseDocument, type ParsedDocument } from "../documents/parse-document.ts";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { renderDocument } from "../documents/render-document.ts";
import type { Block, ResearchDocument, StatedClaim } from "../documents/finding.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { ranIn } from "./executed-places.ts";
import { checkClaim, CLAIM_TYPES } from "./claim-types.ts";

type ClaimProblem = DocumentProblem & { readonly kind: "claim" };

interface ClaimsReport {
  /** Claims that hold. */
  readonly held: number;
  /** Claims that nothing at hand decides, such as a reporter's words without the report. */
  readonly undecided: number;
  readonly problems: readonly ClaimProblem[];
}

const MAX_DATA = 2_000_000;

/** Checks a document whole: what it refers to, and what it says. */
export async function checkWhole(
  text: string,
  source: CheckSource,
  evidence: ClaimEvidence,
  signal?: AbortSignal,
): Promise<CheckReport & { readonly undecided: number }> {
  const parsed = parseDocument(text);
  const { checked, problems } = await checkDocument(parsed, source, signal);
  const claims = await checkClaims(text, parsed, evidence);
  return {
    checked: { ...checked, claim: claims.held },
    problems: [...problems, ...claims.problems].sort((a, b) => a.line - b.line),
    undecided: claims.undecided,
  };
}

/**
 * Checks what a document says: its data is rendered anew, so that every edited line is found, and each claim of it is decided
 * anew. A document without such data has no claims.
 */
async function checkClaims(
  text: string,
  { claims: [data, second], runs }: Pick<ParsedDocument, "claims" | "runs">,
  evidence: ClaimEvidence,
): Promise<ClaimsReport> {
  if (data === undefined) return { held: 0, undecided: 0, problems: [] };
  const broken = (message: string): ClaimsReport => ({
    held: 0,
    undecided: 0,
    problems: [{ line: data.line, kind: "claim", message }],
  });
  if (second !== undefined) return broken("the document holds the data of its claims twice");
  const document = readClaims(data.value);
  if (typeof document === "string") return broken(document);
  const problems: ClaimProblem[] = [...edits(text, document)];
  let [held, undecided] = [0, 0];
  const documentRuns = runsByName(runs.map(({ value }) => value));
  const { rankingWith } = evidence;
  const own = {
    ...evidence,
    documentRuns,
    // The document was ranked with what its own runs executed.
    ...(rankingWith === undefined ? {} : { ranking: () => rankingWith(ranIn([...documentRuns.values()])) }),
  };
  const lines = text.split("\n");
  for (const claim of claimsOf(document)) {
    const { verdict, why } = await checkClaim(claim, own);
    if (verdict === "holds") held++;
    else if (verdict === "cannot be decided") undecided++;
    else {
      const at = lines.findIndex(
        (one) => one.includes(claim.text.replaceAll("|", "\\|")) || one.includes(claim.text),
      );
      problems.push({
        line: at < 0 ? data.line : at + 1,
        kind: "claim",
        message: `the claim ${inlineCode(claim.text, 120)} does not hold: ${why}`,
      });
    }
  }
  return { held, undecided, problems: problems.sort((a, b) => a.line - b.line) };
}

/** Runs by their name; a block that could not be read is none. */
export function runsByName(runs: readonly (RecordedRun | string)[]): ReadonlyMap<string, RecordedRun> {
  return new Map(runs.flatMap((run) => (typeof run === "string" ? [] : [[run.name, run] as const])));
}

/** Every claim of a document, in its order. */
export function claimsOf({ headline, sections }: ResearchDocument): readonly StatedClaim[] {
  return [
    ...(headline === undefined ? [] : [headline]),
    ...sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === "claims" ? block.items : [])),
    ),
  ];
}

/** Places where the text is not what its data says. The data itself is compared with them, so an edit there shows here. */
function* edits(text: string, document: ResearchDocument): Generator<ClaimProblem> {
  let expected: string;
  try {
    expected = renderDocument(document);
  } catch {
    yield { line: 1, kind: "claim", message: "the data of its claims is no document" };
    return;
  }
  let line = 1;
  let missing: string | undefined;
  for (const { added, removed, value, count } of diffLines(expected, text)) {
    if (removed) {
      missing = value;
      continue;
    }
    if (added || missing !== undefined)
      yield {
        line,
        kind: "claim",
        message:
          missing === undefined
            ? "this is not in the data of the claims"
            : `the data of the claims says ${inlineCode(missing, 160)}`,
      };
    missing = undefined;
    line += count;
  }
  if (missing !== undefined)
    yield { line, kind: "claim", message: `the data of the claims says ${inlineCode(missing, 160)}` };
}

/** The document that the data describes, its sentences said anew; a text when it says why it cannot be read. */
export function readClaims(data: string): ResearchDocument | string {
  if (data.length > MAX_DATA) return `the data of its claims has more than ${MAX_DATA} characters`;
  try {
    const [head, ...rest] = data.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const { headline, ...document } = head as unknown as ResearchDocument;
    const sections: { blocks: Block[] }[] = [];
    for (const { section, block } of rest)
      if (section !== undefined) sections.push({ ...(section as object), blocks: [] });
      else sections.at(-1)!.blocks.push(blockOf(block as Block));
    return {
      ...document,
      ...(headline === undefined ? {} : { headline: claimOf(headline) }),
      sections: sections as unknown as ResearchDocument["sections"],
    };
  } catch (error) {
    return `the data of its claims cannot be read: ${error instanceof UnknownClaim ? error.message : "it has another form"}`;
  }
}

class UnknownClaim extends Error {}

function blockOf(block: Block): Block {
  return block.kind === "claims" ? { ...block, items: block.items.map(claimOf) } : block;
}

function claimOf({ type, data, withdrawn }: Pick<StatedClaim, "type" | "data" | "withdrawn">): StatedClaim {
  const read = CLAIM_TYPES.get(type)?.read(data);
  if (read === undefined) throw new UnknownClaim(`no claim of type ${inlineCode(type, 60)} has this form`);
  return withdrawn === undefined ? read : { ...read, withdrawn };
}
