import { estimateTokens } from "../llm/estimate-tokens.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { layoutPart, suspectsPart, testExamplePart } from "./pack/code-parts.ts";
import { fill } from "./pack/fill.ts";
import { commentsPart, issuePart } from "./pack/issue-parts.ts";
import type { PackPart, PackPartName } from "./pack/part.ts";
import { profileOf } from "./pack/profiles.ts";
import { documentsPart, sectionPart, shownPart } from "./pack/section-parts.ts";

export interface PackOptions {
  /** Of the run, see `nonceOf`. */
  readonly nonce: string;
  /** The most that the text may have, by `estimateTokens`. The title of the issue is there in any case. */
  readonly tokens: number;
  /** Specs and documents of this investigation so far, path to text. */
  readonly earlier?: ReadonlyMap<string, string> | undefined;
}

export interface EvidencePack {
  readonly text: string;
  /** By `estimateTokens`. */
  readonly tokens: number;
  /** In the order of the text. `cut`: something of it was left out or shortened. */
  readonly parts: readonly { readonly name: string; readonly tokens: number; readonly cut: boolean }[];
}

/**
 * The first message of a phase: what is known without a model, as much as fits, the most helpful for its size first. Every
 * word of the issue, the repository and earlier documents appears in a quotation. The same facts give the same text.
 */
export async function evidencePack(
  phaseType: string,
  context: ResearchContext,
  { nonce, tokens, earlier = new Map() }: PackOptions,
): Promise<EvidencePack> {
  const parts: PackPart[] = [];
  for (const [name, value] of Object.entries(profileOf(phaseType)) as [PackPartName, number][]) {
    context.signal?.throwIfAborted();
    const part = await partOf(name, value, context, earlier);
    if (part !== undefined && part.items.length > 0) parts.push(part);
  }
  const filled = fill(parts, { nonce, tokens });
  const shown = filled.length > 0 ? filled : fill(parts.slice(0, 1), { nonce, tokens: LEAST });
  const text = shown.map((part) => part.text).join("\n\n");
  return {
    text,
    tokens: estimateTokens(text),
    parts: shown.map(({ name, tokens, cut }) => ({ name, tokens, cut })),
  };
}

/** A title with its surroundings. */
const LEAST = 500;

async function partOf(
  name: PackPartName,
  value: number,
  context: ResearchContext,
  earlier: ReadonlyMap<string, string>,
): Promise<PackPart | undefined> {
  switch (name) {
    case "issue":
      return issuePart(context.issue, value);
    case "comments":
      return commentsPart(context.issue, value);
    case "layout":
      return layoutPart(context, value);
    case "suspects":
      return suspectsPart(context, value);
    case "test-example":
      return testExamplePart(context, value);
    case "earlier-documents":
      return documentsPart(earlier, value);
    case "shown-by-run":
      return shownPart((await context.shown?.(earlier)) ?? [], value);
    default:
      return sectionPart(name, value, context);
  }
}
