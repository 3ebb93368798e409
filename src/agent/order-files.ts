import { z } from "zod";
import type { LocatedFile, Ranking } from "../evidence/ranking/locate.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { isMeant } from "../evidence/ranking/signals/mention.ts";
import { failureLines } from "../issue/report/failure-lines.ts";
import { fileNameOf } from "../languages/paths.ts";
import { isFunctionLike, qualifiedName } from "../languages/syntax.ts";
import { estimateTokens } from "../llm/estimate-tokens.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { IndexedCodebase } from "../repository/open-codebase.ts";
import { askOnce } from "./ask-judge.ts";
import { counted } from "../text/counted.ts";
import { cutReport } from "./cut-report.ts";
import { fileMarks } from "./file-marks.ts";
import { nonceOf, quoteUntrusted } from "./untrusted.ts";

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
/** Tokens of the whole question, less what the marks of the protocol take. */
const ROOM = 6_000 - 100;
/** Tokens of the issue, before it takes what the files leave. */
const ISSUE_TOKENS = 2_800;
/** Characters of a reason and of a name; nearly all are shorter. */
const MAX_REASON = 400;
const MAX_NAME = 120;

const answer = z.object({
  /** Paths, best first. */
  files: z.array(z.string()).max(ORDERED),
  /** Paths of further files that the fix needs. */
  missing: z.array(z.string()).max(ORDERED).default([]),
});

const INSTRUCTIONS = [
  "You are given an issue and the source files of a repository that may have to change to resolve it, each with why it was found and an outline of what it holds. Where something is left out, a mark says so.",
  "Decide which of the files a complete fix changes: where the behaviour is implemented, not only where its name is declared or documented; and what has to change with it, such as a sibling implementation.",
  "Name a file when a fix more likely changes it than not. All other files keep their order behind yours. A generated file changes with what it is made from; name it only together with that.",
  'Answer with JSON: {"files": [paths from the list that a fix changes, the likeliest first], "missing": [paths that a fix changes and that are not in the list]}.',
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

/** A file as the model is shown it, before it is known how much of it fits. */
interface ShownFile {
  readonly head: string;
  readonly reasons: readonly string[];
  /** Best first; undefined where the structure of the file is not read. */
  readonly names: readonly string[] | undefined;
}

/** How much is shown of each file: reasons and names. */
const LEVELS: readonly (readonly [reasons: number, names: number])[] = [
  ...[80, 60, 50, 40, 34, 28, 24, 20, 17, 14, 12, 10, 8].map((names) => [3, names] as const),
  ...[8, 6, 4].map((names) => [2, names] as const),
  ...[3, 0].map((names) => [1, names] as const),
  [0, 0],
];

/** Issue, then each file with its reasons and its functions, as much as fits; a mark where something is left out. */
async function questionOf(
  files: readonly LocatedFile[],
  { functions }: Ranking,
  { issue, codebase }: { readonly issue: VisibleIssue; readonly codebase: IndexedCodebase },
  nonce: string,
): Promise<string> {
  const shown = await Promise.all(
    files.map(async ({ path, reasons }, place): Promise<ShownFile> => {
      const marks = fileMarks(path, (await codebase.text(path))?.text);
      const syntax = await codebase.syntax(path);
      const best = functions.filter((one) => one.path === path).map(({ symbol }) => symbol);
      const symbols = syntax?.symbols ?? [];
      const inOrder = [...best, ...symbols.filter(isFunctionLike), ...symbols];
      return {
        head: `${place + 1}. ${path}${marks.length === 0 ? "" : ` (${marks.join("; ")})`}`,
        reasons: reasons.map(({ text }) => shortened(text, MAX_REASON)),
        names:
          syntax === undefined
            ? undefined
            : [...new Set(inOrder.map((symbol) => shortened(qualifiedName(symbol), MAX_NAME)))],
      };
    }),
  );
  const text = `${issue.title.text}\n\n${issue.body.text}`;
  const failure = failureLines(text, ownPaths(codebase));
  const report = (tokens: number): string => {
    const cut = cutReport(text, failure, tokens);
    return quoteUntrusted(cut.text, {
      nonce,
      source: [
        "the issue, as readers see it",
        ...(cut.shown === cut.lines ? [] : [`${cut.shown} of ${cut.lines} lines, each gap marked`]),
        ...(issue.comments.length === 0 ? [] : [`without its ${counted(issue.comments.length, "comment")}`]),
      ].join("; "),
    });
  };
  const listing = (level: (typeof LEVELS)[number]): string =>
    quoteUntrusted(shown.map((file) => lineOf(file, level)).join("\n"), {
      nonce,
      source: "the files, best first",
    });
  const sizeOf = (...parts: readonly string[]): number =>
    estimateTokens([...INSTRUCTIONS, ...parts].join("\n\n"));
  let issueTokens = ISSUE_TOKENS;
  const fits = LEVELS.find((level) => sizeOf(report(issueTokens), listing(level)) <= ROOM) ?? LEVELS.at(-1)!;
  // What the files leave is the issue's: a long one that was cut shows more.
  const left = ROOM - sizeOf(report(issueTokens), listing(fits));
  for (const share of left > 0 ? [1, 0.9, 0.8, 0.6, 0.4] : []) {
    if (sizeOf(report(issueTokens + left * share), listing(fits)) > ROOM) continue;
    issueTokens += left * share;
    break;
  }
  // Long paths alone can take the room.
  while (issueTokens > 100 && sizeOf(report(issueTokens), listing(fits)) > ROOM) issueTokens -= 100;
  return [report(issueTokens), listing(fits)].join("\n\n");
}

function lineOf({ head, reasons, names }: ShownFile, [most, mostNames]: (typeof LEVELS)[number]): string {
  const left = reasons.length - most;
  return [
    head,
    ...reasons.slice(0, most).map((text) => `   why: ${text}`),
    ...(left > 0 ? [`   why: ${counted(left, "reason")} left out`] : []),
    `   holds: ${outlineOf(names, mostNames)}`,
  ].join("\n");
}

function outlineOf(names: readonly string[] | undefined, most: number): string {
  if (names === undefined) return "its structure is not read";
  if (names.length === 0) return "no definition with a name";
  const left = names.length - most;
  if (left <= 0) return names.join(", ");
  return most === 0
    ? `${counted(left, "name")}, left out`
    : `${names.slice(0, most).join(", ")}, and ${left} more`;
}

/** Cut at a word, with a mark. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const part = text.slice(0, most).toWellFormed();
  const end = part.lastIndexOf(" ");
  return `${end > most / 2 ? part.slice(0, end) : part}…`;
}

/** Whether a path that a trace prints is a file of the repository. */
function ownPaths({ tree }: IndexedCodebase): (path: string) => boolean {
  const byName = Map.groupBy(tree.entries, ({ path }) => fileNameOf(path).toLowerCase());
  return (written) => {
    const name = fileNameOf(written.replaceAll("\\", "/")).toLowerCase();
    return (byName.get(name) ?? []).some(({ path }) => isMeant(path, written));
  };
}
