import { z } from "zod";
import type { LocatedFile, Ranking } from "../evidence/ranking/locate.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { estimateTokens } from "../llm/estimate-tokens.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { IndexedCodebase } from "../repository/open-codebase.ts";
import { askOnce } from "./ask-judge.ts";
import { nonceOf, quoteBeginning, quoteUntrusted } from "./untrusted.ts";

/** The order that a model gives to the best files, or why there is none. */
export type ModelOrder =
  | {
      readonly kind: "ordered";
      readonly model: string;
      /** What the model takes for the files of the fix, best first, then the other files in our order. */
      readonly files: readonly LocatedFile[];
      /** How many of the files are the model's set. */
      readonly set: number;
      /** Source files that it names besides, which are not among those it was shown. */
      readonly missing: readonly string[];
      /** How many paths it named that are no source files of the commit, or named twice. */
      readonly refused: number;
    }
  /** One sentence for people, without its full stop. */
  | { readonly kind: "unordered"; readonly why: string };

/** Files that a model orders: a perfect order of them would put the right one first in 19 of 20 development issues. */
export const ORDERED = 20;
/** Tokens of the whole question. */
const MAX_QUESTION = 6_000;
const ISSUE_CHARACTERS = 6_000;
const MAX_REASONS = 2;
const MAX_REASON = 160;
const MAX_OUTLINE = 14;
const MAX_NAME = 60;

const answer = z.object({
  /** Paths, best first. */
  files: z.array(z.string()).max(ORDERED),
  /** Paths of further files that the fix needs. */
  missing: z.array(z.string()).max(ORDERED).default([]),
});

const INSTRUCTIONS = [
  "You are given an issue and the source files of a repository that may have to change to resolve it, with why each was found and an outline of it.",
  "Decide which existing files a complete fix changes: where the behaviour is implemented, not only where its name is declared or documented; and what has to change with it, such as sibling implementations.",
  'Answer with JSON: {"files": [paths from the list, the likeliest first, only those that the fix changes], "missing": [paths that the fix needs and that are not in the list]}.',
];

/** Asks a model once to order the best files. Without a usable answer the order stays ours. Throws only for the signal. */
export async function orderFiles(
  ranking: Ranking,
  about: { readonly issue: VisibleIssue; readonly codebase: IndexedCodebase },
  asking: {
    readonly gateway: Pick<ModelGateway, "next">;
    readonly run: string;
    readonly signal: AbortSignal;
  },
): Promise<ModelOrder> {
  const { run, ...way } = asking;
  const shown = ranking.files.slice(0, ORDERED);
  if (shown.length < 2) return { kind: "unordered", why: "There are not two files to order" };
  const nonce = nonceOf(run);
  const request = await questionOf(shown, ranking, about, nonce);
  const given = await askOnce(
    { instructions: INSTRUCTIONS, request, answer },
    { ...way, nonce, purpose: "locate/order", form: "order" },
  );
  if (given.kind === "none") return { kind: "unordered", why: given.why };
  const left = new Map(ranking.files.map((file, place) => [file.path, { file, place }]));
  const set: LocatedFile[] = [];
  const missing = new Set<string>();
  let refused = 0;
  for (const path of [...given.answer.files, ...given.answer.missing]) {
    const known = left.get(path);
    if (known !== undefined && known.place < ORDERED) {
      left.delete(path);
      set.push(known.file);
    } else if (
      isSource(path, about.codebase) &&
      !set.some((file) => file.path === path) &&
      !missing.has(path)
    )
      missing.add(path);
    else refused++;
  }
  if (set.length === 0)
    return { kind: "unordered", why: "The model named none of the files that it was shown" };
  return {
    kind: "ordered",
    model: given.model,
    files: [...set, ...[...left.values()].map(({ file }) => file)],
    set: set.length,
    missing: [...missing],
    refused,
  };
}

function isSource(path: string, codebase: IndexedCodebase): boolean {
  return codebase.tree.find(path) !== undefined && codebase.roleOf(path) === "source";
}

/** Issue, then each file with its reasons and its functions; shorter outlines where it would be too long. */
async function questionOf(
  files: readonly LocatedFile[],
  { functions }: Ranking,
  { issue, codebase }: { readonly issue: VisibleIssue; readonly codebase: IndexedCodebase },
  nonce: string,
): Promise<string> {
  const report = quoteBeginning(`${issue.title.text}\n\n${issue.body.text}`, {
    nonce,
    source: "the issue, as readers see it",
    max: ISSUE_CHARACTERS,
  }).text;
  const outlines = await Promise.all(
    files.map(async ({ path }) => {
      const best = functions.filter((one) => one.path === path).map(({ symbol }) => symbol);
      const symbols = (await codebase.syntax(path))?.symbols ?? [];
      return [...new Set([...best, ...symbols].map((symbol) => qualifiedName(symbol).slice(0, MAX_NAME)))];
    }),
  );
  for (let names = MAX_OUTLINE; ; names -= 2) {
    const listed = files.map(({ path, reasons }, place) =>
      [
        `${place + 1}. ${path}`,
        ...(names < 0
          ? []
          : reasons.slice(0, MAX_REASONS).map(({ text }) => `   why: ${text.slice(0, MAX_REASON)}`)),
        ...(names <= 0 || outlines[place]!.length === 0
          ? []
          : [`   holds: ${outlines[place]!.slice(0, names).join(", ")}`]),
      ].join("\n"),
    );
    const request = [
      report,
      quoteUntrusted(listed.join("\n"), { nonce, source: "the files, best first" }),
    ].join("\n\n");
    if (names < 0 || estimateTokens([...INSTRUCTIONS, request].join("\n")) <= MAX_QUESTION - 100)
      return request;
  }
}
