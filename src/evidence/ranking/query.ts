import type { Frame, TextBlock, TextBlockKind } from "../../issue/issue-reading.ts";
import { NOTHING_REPORTED, type Reported, type ReportedFrame } from "../reported-places/reported-place.ts";
import { wordsOf } from "../../text/words-of.ts";
import { isStopWord, partsOf, termOf, termsOf } from "../../repository/inverted-index/words.ts";

/** What the ranking knows of an issue. */
export interface Query {
  /** Term (see `termsOf`) to weight. */
  readonly terms: ReadonlyMap<string, QueryTerm>;
  /** Whole lower-case words of the issue to the weight of the best block that holds each; for matching file names. */
  readonly words: ReadonlyMap<string, number>;
  /** Paths and file names the issue writes, `/` between parts. */
  readonly paths: readonly string[];
  /** Frames of stack traces, outermost call first; the last is where it broke. */
  readonly frames: readonly Frame[];
  /** Names of code as the issue writes them. */
  readonly identifiers: readonly string[];
  /** Messages the issue quotes: errors, output, log lines. */
  readonly messages: readonly string[];
  /** Words in small letters that rank and are no reason to tell a reader. */
  readonly unsaid: ReadonlySet<string>;
  /** What the report's own program showed; nothing where it was not run. */
  readonly ran: RanCode;
  /** What the issue names of the code and its history, found in the repository. */
  readonly reported: Reported;
}

/** What the report's own program showed when it was run. */
export interface RanCode {
  readonly places: readonly RanPlace[];
  /** Lines of the repository that the reported failure passes, the outermost call first. */
  readonly frames: readonly { readonly path: string; readonly line: number }[];
}

export const NOTHING_RAN: RanCode = { places: [], frames: [] };

/** A function that ran. */
interface RanPlace {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

interface QueryTerm {
  readonly weight: number;
  /** How the issue writes it, for explanations: a word of its own, else its part of a name (`read` of `readConfig`). */
  readonly word: string;
}

/**
 * The weight of one mention by its kind of block; more mentions add by their logarithm. People name the thing in the
 * title, code they paste is half noise, and templates and environments say nothing about the cause.
 */
const WEIGHT: Readonly<Record<TextBlockKind, number>> = {
  title: 1.75,
  prose: 1,
  "inline-code": 2,
  code: 0.3,
  trace: 0.75,
  data: 0.1,
  environment: 0.1,
  boilerplate: 0.05,
};
/** Each further mention adds this much for every factor e. */
const REPEATED = 0.75;
/** A name of several parts, written whole (`readConfig`), against a plain word. */
const COMPOUND = 1.3;

/** The highest weight in `Query.words`. */
export const MAX_NAME_WEIGHT = 2;

/** How much a word speaks for a file of that name. */
const NAME_WEIGHT: Readonly<Record<TextBlockKind, number>> = {
  title: MAX_NAME_WEIGHT,
  prose: 1,
  "inline-code": 1.5,
  code: 0.7,
  trace: 1,
  data: 0.2,
  environment: 0,
  boilerplate: 0,
};

export function buildQuery(
  textBlocks: readonly TextBlock[],
  given: Pick<Query, "paths" | "frames" | "messages" | "identifiers"> & Partial<Pick<Query, "unsaid">>,
  reported: Reported = NOTHING_REPORTED,
  ran: RanCode = NOTHING_RAN,
): Query {
  const seen = new Map<
    string,
    { word?: string; part?: string | undefined; isCompound: boolean; counts: Map<TextBlockKind, number> }
  >();
  const words = new Map<string, number>();
  for (const { kind, text } of textBlocks) {
    for (const word of wordsOf(text)) {
      const lower = word.toLowerCase();
      if (!isStopWord(lower) && NAME_WEIGHT[kind] > (words.get(lower) ?? 0))
        words.set(lower, NAME_WEIGHT[kind]);
      const [whole, ...parts] = termsOf(word);
      if (whole === undefined) continue;
      for (const term of [whole, ...parts]) {
        if (isStopWord(term)) continue;
        let entry = seen.get(term);
        if (entry === undefined) seen.set(term, (entry = { isCompound: false, counts: new Map() }));
        if (term === whole) entry.word ??= word;
        else entry.part ??= partsOf(word).find((part) => termOf(part) === term);
        if (term === whole && parts.length > 0) entry.isCompound = true;
        entry.counts.set(kind, (entry.counts.get(kind) ?? 0) + 1);
      }
    }
  }
  const terms = new Map<string, QueryTerm>();
  for (const [term, { word, part, isCompound, counts }] of seen) {
    let weight = 0;
    for (const [kind, count] of counts) weight += WEIGHT[kind] * (1 + REPEATED * Math.log(count));
    terms.set(term, { weight: isCompound ? weight * COMPOUND : weight, word: word ?? part ?? term });
  }
  const { paths, messages, identifiers, unsaid = new Set() } = given;
  const found = new Map(reported.frames.map((one) => [one.frame, one]));
  const frames = given.frames.map((frame) => atBase(frame, found.get(frame)));
  return { terms, words, paths, frames, messages, identifiers, unsaid, ran, reported };
}

/** Words below this weight stand in data, environment and forms alone. */
const SAID = 0.75;
/** Three words of prose, or two of the title. */
const ENOUGH = 3;

/**
 * Whether an issue says enough to rank files by: it names something, or has words of its own. Each of 240 real reports has six such words
 * or more; a form without answers has none, and any file would match what is left of it.
 */
export function saysEnough({ terms, paths, frames, identifiers, messages, ran, reported }: Query): boolean {
  const named = [paths, frames, identifiers, messages, ran.places, reported.places, reported.changes];
  if (named.some(({ length }) => length > 0)) return true;
  let sum = 0;
  for (const { weight } of terms.values()) if (weight >= SAID) sum += weight;
  return sum >= ENOUGH;
}

/** The frame with its file and line at the base commit. */
function atBase(frame: Frame, found: ReportedFrame | undefined): Frame {
  if (found?.basePath === undefined) return frame;
  const { line: _, ...rest } = frame;
  const at = found.atBase;
  return {
    ...rest,
    path: found.basePath,
    ...(at === undefined || at === "gone" ? {} : { line: at.start }),
  };
}

/** Words that every program of some language is full of. */
const KEYWORDS = new Set(
  `and as async await break by case catch class const continue def default delete do else end enum except export extends
   false final fn for from func function go if impl implements import in int interface is let match mod mut new nil none
   not null or package pass private protected public pub return self static str string struct super switch this throw
   throws trait true try type typeof undefined use val var void where while with yield`.split(/\s+/),
);

/**
 * What of some words is worth telling a reader, in their order: none that the issue does not say, no keywords, and no word that is a part
 * of another one (`report` adds nothing beside `makereport`). Keywords are kept when there is nothing else.
 */
export function tellingWords(words: readonly string[], { unsaid }: Pick<Query, "unsaid">): readonly string[] {
  const said = words.filter((word) => !unsaid.has(word.toLowerCase()));
  const named = said.filter((word) => !KEYWORDS.has(word.toLowerCase()));
  const left = named.length > 0 ? named : said;
  const lower = left.map((word) => word.toLowerCase());
  return left.filter((_, i) =>
    lower.every((other, j) => i === j || !other.includes(lower[i]!) || (other === lower[i] && i < j)),
  );
}
