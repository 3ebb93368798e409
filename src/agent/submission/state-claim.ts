import { calls } from "../../claims/calls.ts";
import { checkClaim } from "../../claims/claim-types.ts";
import { type ClaimEvidence, remarkOf } from "../../claims/claim-evidence.ts";
import { commitMade, messageOf } from "../../claims/commit-made.ts";
import { linesRead, MAX_LINES_READ, readLines, wholeSentences } from "../../claims/lines-read.ts";
import { personSaid, sentencesAround, whoSaid } from "../../claims/person-said.ts";
import { echoes, programPrints, showsNothing } from "../../claims/program-prints.ts";
import { placeAt, proposedCause } from "../../claims/proposed-cause.ts";
import { filesAfter, proposedChange, startOf } from "../../claims/proposed-change.ts";
import { linesOf, runPrinted } from "../../claims/run-printed.ts";
import { sameStructure } from "../../claims/same-structure.ts";
import { searchFinds, searchOf } from "../../claims/search-finds.ts";
import { resolvedCalls } from "../../claims/resolved-call.ts";
import type { CheckSource } from "../../documents/check-document.ts";
import type { Block, StatedClaim } from "../../documents/finding.ts";
import { findSimilar } from "../../evidence/find-similar.ts";
import { sentencesOf } from "../../issue/report/sentences.ts";
import { usesOf } from "../../phases/builtin/impact-map.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import { definitionOf } from "../../phases/builtin/suspects.ts";
import { dateOf } from "../../text/date-of.ts";
import { languageNamed, textRulesOf } from "../../languages/languages.ts";
import type { TextRules } from "../../languages/language.ts";
import { endingOf } from "../../languages/paths.ts";
import { inlineCode, printable } from "../../text/inline-code.ts";
import type { Location } from "../../text/location.ts";
import { type CauseTrials, recordedClaims } from "../cause-trials.ts";
import { type CodeRunner, isShortened } from "../code-runner.ts";
import { diffOf } from "../diff-of.ts";
import { plainText } from "./plain-statement.ts";
import { type HandedPlace, readPlace } from "./read-place.ts";
import type { HandedClaim, HandedType } from "./submission.ts";
import type { TakenClaim, Withdrawal } from "./taken-claim.ts";
import { readWithdrawal } from "./withdrawal.ts";

/** What claims of one investigation are made from and compared with. */
export interface ClaimSource {
  readonly source: CheckSource;
  readonly context: ResearchContext;
  readonly runner: CodeRunner;
  /** Runs of the failing test; none where there is none, or where no code is run. */
  readonly trials?: CauseTrials | undefined;
  /** Specs and documents of this investigation, path to text. */
  readonly earlier?: ReadonlyMap<string, string>;
  /** What was taken so far. */
  readonly taken?: readonly TakenClaim[];
}

/** What a document gets of one claim that a model handed in. */
interface Stated {
  readonly claims: readonly StatedClaim[];
  /** What cannot be a claim: a change as a diff. */
  readonly blocks?: readonly Block[];
  /** Of a question, a gap or a step: its words as Markdown. They state nothing. */
  readonly text?: string;
  readonly note?: string;
  readonly withdrawal?: Withdrawal;
}

type State = (handed: HandedClaim, from: ClaimSource, signal: AbortSignal) => Promise<Stated | string>;

/**
 * Casebook's own sentence for what a model hands in, after the repository, the issue or a run decided that it holds. The model
 * chooses what is looked at, never what is said of it. A text is the reason for a refusal, for the model.
 */
export async function stateClaim(
  handed: HandedClaim,
  from: ClaimSource,
  signal: AbortSignal,
): Promise<Stated | string> {
  const stated = await STATES[handed.type](handed, from, signal);
  if (typeof stated === "string") return stated;
  const { context, runner } = from;
  const evidence: ClaimEvidence = {
    ...context,
    runs: (name) => runner.run(name),
    documentRuns: new Map(runner.runs.map((run) => [run.name, run])),
  };
  for (const claim of stated.claims) {
    const { verdict, why } = await checkClaim(claim, evidence);
    if (verdict !== "holds")
      return `${verdict === "does not hold" ? "It does not hold" : "It cannot be decided"}: ${why}.`;
  }
  const shown = runsNamed(stated.claims, runner);
  return shown.length === 0 ? stated : { ...stated, blocks: [...(stated.blocks ?? []), ...shown] };
}

/** The runs that claims name: the document has to hold them. */
function runsNamed(claims: readonly StatedClaim[], runner: CodeRunner): readonly Block[] {
  const names = new Set(claims.map(({ data }) => (data as { readonly run?: unknown }).run));
  return runner.runs.flatMap((run): readonly Block[] => (names.has(run.name) ? [{ kind: "run", run }] : []));
}

const STATES: Readonly<Record<HandedType, State>> = {
  async code(handed, { source, context }) {
    const place = await readPlace(handed, source);
    if (typeof place === "string") return place;
    const lines = await wholeSentences(place.lines, context);
    const there = await readLines(lines, context);
    return there === undefined
      ? `At most ${MAX_LINES_READ} lines are quoted at once.`
      : stated([linesRead.of({ lines, ...there })], place.note);
  },
  async calls({ path, start, name }, { context }) {
    if (path === undefined || start === undefined || name === undefined)
      return "Give `path` and `start` of the calling line, and the `name` of what it calls.";
    const last = name
      .split(/[.:#>]+/)
      .at(-1)!
      .replace(/\(\)$/, "");
    for (const definition of (await context.symbolIndex()).definitions.get(last) ?? []) {
      const callee = definitionOf(definition.path, definition.symbol);
      if (
        !callee.name.endsWith(name.replace(/\(\)$/, "").replaceAll("::", ".").replaceAll("#", ".")) &&
        name !== last
      )
        continue;
      const found = (await resolvedCalls(definition, context)).find(
        (call) => call.path === path && call.line === start && call.caller !== undefined,
      );
      if (found?.caller !== undefined)
        return stated([calls.of({ caller: found.caller, line: start, callee })]);
    }
    return `Casebook cannot tell that line ${start} calls ${inlineCode(name, 60)} of this repository: neither import, receiver nor type lead to it. Hand in the line as \`code\`.`;
  },
  async uses({ path, start }, { context }) {
    const found = await definitionFor({ path, start }, context);
    return typeof found === "string" ? found : stated(await usesOf(found, context));
  },
  async alike({ path, start, other, otherStart }, { context }) {
    const first = await definitionFor({ path, start }, context);
    if (typeof first === "string") return first;
    const second = await definitionFor({ path: other, start: otherStart }, context);
    if (typeof second === "string") return second;
    const index = await context.symbolIndex();
    const language = index.files.get(first.path)?.language;
    const same =
      language === undefined
        ? undefined
        : findSimilar(first, language, index).find(
            (one) => one.path === second.path && one.symbol.start === second.symbol.start,
          );
    return same === undefined
      ? "Their structures are not alike, or too short to tell."
      : stated([
          sameStructure.of({
            of: definitionOf(first.path, first.symbol),
            other: definitionOf(second.path, second.symbol),
            percent: Math.round(same.similarity * 100),
          }),
        ]);
  },
  async search({ search }, { context }) {
    if (search === undefined) return "Give the `search`.";
    const found = await searchOf(search, context);
    return typeof found === "string" ? `${found}.` : stated([searchFinds.of({ ...search, ...found })]);
  },
  async commit({ commit = "", path, quote }, { source, context: { history, baseCommit } }) {
    const named = /^[0-9a-f]{7,40}$/i.test(commit) ? await source.ancestor(commit.toLowerCase()) : undefined;
    const found = named === undefined ? undefined : await history.commit(baseCommit, named.oid);
    if (found === undefined) return `The base commit does not reach a commit ${inlineCode(commit, 60)}.`;
    const words = quote === undefined ? undefined : sentencesAround(quote, messageOf(found));
    if (quote !== undefined && words === undefined) return "Its message does not hold these words.";
    return stated([
      commitMade.of({
        oid: found.oid,
        subject: found.subject,
        author: found.author,
        date: dateOf(found.time),
        ...(path === undefined ? {} : { path }),
        ...(words === undefined ? {} : { words }),
      }),
    ]);
  },
  async said({ quote = "", name }, { context }) {
    const said = whoSaid(quote, context.issue);
    const found = name === undefined ? said[0] : said.find(({ author }) => author === name);
    return found === undefined
      ? "These words are not in the issue as words of whoever wrote there; copy them as they are, at least 8 letters."
      : stated([personSaid.of(found)]);
  },
  async ran({ run: name = "", quote }, { runner }, signal) {
    const run = runner.run(name);
    if (run === undefined) return `There was no run ${inlineCode(name, 30)}.`;
    if (run.changed.length > 0)
      return "The run had files of yours, which can print anything. Run the project's own files, or hand in an `executable`.";
    const wanted = quote === undefined ? undefined : printable(quote);
    const line = wanted === undefined ? undefined : linesOf(run).find((one) => one.includes(wanted));
    if (wanted !== undefined && line === undefined) return `${name} printed no line with these words.`;
    if (run.command.some(isShortened))
      return "Its program is too long to be shown with it; hand in an `executable`.";
    // An argument with white space is a program of the model's own.
    const says = run.command.some((argument) => /\s/.test(argument)) ? showsNothing : echoes;
    if (line !== undefined && says(run.command.join(" "), line))
      return "The command itself holds what it printed, so that shows nothing.";
    const without = await runner.without(run.command, signal);
    if (without !== undefined && linesOf(without).includes(line ?? printable(run.end)))
      return "The command does the same without the repository, so that shows nothing about it.";
    return stated([runPrinted.of({ run, ...(line === undefined ? {} : { line }) })]);
  },
  async executable({ language, program, prints }, { runner }, signal) {
    if (language === undefined || program === undefined || prints === undefined)
      return "Give `language`, `program` and what it `prints`.";
    if (program.trim().split("\n").length > MAX_PROGRAM_LINES) return `At most ${MAX_PROGRAM_LINES} lines.`;
    // Perl has the comments of Ruby, and no grammar here.
    const rules = languageNamed(language === "perl" ? "ruby" : language)?.text;
    const remark = newRemark({ old: "", new: program }, rules);
    if (remark !== undefined)
      return `Leave out ${inlineCode(remark, 80)}: a program holds no words of yours.`;
    const ran = await runner.evaluate(language, program, signal);
    if (typeof ran === "string") return ran;
    if (printable(ran.run.output) !== printable(prints))
      return `It printed ${inlineCode(ran.run.output, 400)} and ended with ${ran.run.end}.`;
    if (showsNothing(program, prints))
      return "The program words what it prints, so that shows nothing: print a value or a comparison, without labels.";
    if (!ran.isStable) return "It printed something else when it was run again.";
    if (!ran.needsRepository)
      return "It prints the same without the repository, so that shows nothing about it.";
    return stated([programPrints.of({ language, program, prints: printable(prints), run: ran.run })]);
  },
  async withdraw(handed, { context, earlier = new Map(), taken = [] }) {
    const read = readWithdrawal(handed, taken, { issueKey: context.issue.key, files: earlier });
    return typeof read === "string" ? read : { claims: [], withdrawal: read };
  },
  async hypothesis(handed, { source, context, trials }, signal) {
    const read = await readCause([handed], source, context);
    if (typeof read === "string") return read;
    const ran = await trials?.calls(read.places[0]!.lines, signal);
    return stated([proposedCause.of(read), ...(ran === undefined ? [] : [ran])]);
  },
  async value({ run: name = "", path, start = 0, name: what }, { runner }) {
    const run = runner.run(name);
    if (run === undefined) return `There was no run ${inlineCode(name, 30)}.`;
    const found = recordedClaims([run]).find(
      ({ type, data }) => isWatched(type, data, what) && isOnLine(data, path, start),
    );
    return found === undefined
      ? "That run shows no such value; copy `path`, `start` and `name` from what `watch` answered."
      : stated([found.claim]);
  },
  async option({ edits = [] }, { source, context, trials }, signal) {
    if (edits.length === 0) return "Give `edits`: `path`, `old` text that is there once, and `new`.";
    const data: { path: string; start: number; old: string; new: string }[] = [];
    const blocks: Block[] = [];
    for (const edit of edits) {
      const text = (await source.text(edit.path))?.text;
      const start = startOf(edit.old, text);
      if (text === undefined || start === undefined)
        return `${inlineCode(edit.path)} does not hold the old text, or more than once; copy it from \`read_file\`.`;
      const remark = newRemark(edit, textRulesOf(endingOf(edit.path)));
      if (remark !== undefined)
        return `Leave out ${inlineCode(remark, 80)}: what is to be said of a change belongs to the explanation.`;
      data.push({ ...edit, start });
      blocks.push({
        kind: "code",
        language: "diff",
        text: diffOf(
          edit.path,
          text,
          text.replace(edit.old, () => edit.new),
        ),
      });
    }
    const files = await filesAfter({ edits }, context.codebase);
    if (files === undefined) return "One edit takes the old text of another one away.";
    const tried = await trials?.change(files, signal);
    if (typeof tried === "string") return `Tried: with it ${tried}. An option must remove the failure.`;
    return {
      claims: [proposedChange.of({ edits: data }), ...(tried === undefined ? [] : [tried])],
      blocks: [...(tried === undefined ? [{ kind: "note", text: NOT_TRIED } as const] : []), ...blocks],
    };
  },
  question: async ({ text }) =>
    worded(
      text,
      (one) => one.endsWith("?") && sentencesOf(one).length === 1,
      "A question is one sentence that ends with a question mark.",
    ),
  unknown: async ({ text }) =>
    worded(
      text,
      (one) => /^(?:whether|which|how|why|what|when|where|who)\b/i.test(one),
      "Say what is not known: begin with “whether”, “which”, “how”, “why”, “what”, “when”, “where” or “who”.",
    ),
  step: async ({ text }) => worded(text, () => true, ""),
};

const MAX_PROGRAM_LINES = 5;
const NOT_TRIED = "No failing test was run with this change.";

/** What `name` of a claim `value` asks for: how a call ends, the order of its lines, or the value of an expression. */
const WATCHED: Readonly<Record<string, string>> = {
  raises: "raised",
  returns: "returned",
  order: "line-order",
};

function isWatched(type: string, data: Readonly<Record<string, unknown>>, what: string | undefined): boolean {
  return what !== undefined && what in WATCHED
    ? type === WATCHED[what]
    : type === "value-at" && data["expression"] === what;
}

function isOnLine(data: Readonly<Record<string, unknown>>, path: string | undefined, line: number): boolean {
  const at = data["at"] as { readonly path: string; readonly start: number; readonly end: number };
  return (
    at.path === path &&
    (data["line"] === undefined ? at.start <= line && line <= at.end : data["line"] === line)
  );
}

/** A comment that a change brings: words of a model that nobody marked. */
function newRemark(
  { old, new: text }: { readonly old: string; readonly new: string },
  rules: TextRules | undefined,
): string | undefined {
  if (rules === undefined) return undefined;
  return text
    .split("\n")
    .map((line) => remarkOf(line, rules))
    .find((remark) => /\p{L}/u.test(remark) && !old.includes(remark));
}

function stated(claims: readonly StatedClaim[], note?: string): Stated {
  return { claims, ...(note === undefined ? {} : { note }) };
}

/** Words that are shown as a model's and state nothing. */
async function worded(
  text: string | undefined,
  has: (text: string) => boolean,
  form: string,
): Promise<Stated | string> {
  if (text === undefined) return "Give its `text`.";
  const plain = plainText(text);
  if (typeof plain !== "string") return plain.why;
  return has(text.trim()) ? { claims: [], text: plain } : form;
}

/** Reads the places of a cause for its claim. Returns a text, the reason for the model, where one does not exist. */
export async function readCause(
  places: readonly HandedPlace[],
  source: Pick<CheckSource, "text">,
  context: ResearchContext,
): Promise<{ places: { lines: Location; words: string; in?: string }[] } | string> {
  const read = [];
  for (const place of places) {
    const found = await readPlace(place, source);
    if (typeof found === "string") return found;
    const there = await placeAt(found.lines, context);
    if (there === undefined) return "A place has at most 40 lines.";
    read.push(there);
  }
  return { places: read };
}

async function definitionFor(
  { path, start }: { readonly path?: string | undefined; readonly start?: number | undefined },
  { codebase }: ResearchContext,
): Promise<{ readonly path: string; readonly symbol: Parameters<typeof definitionOf>[1] } | string> {
  if (path === undefined || start === undefined) return "Give the file and a line of the function.";
  const symbol = (await codebase.syntax(path))?.symbols
    .filter((one) => one.start <= start && one.end >= start)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  return symbol === undefined
    ? `No function or class is on line ${start} of ${inlineCode(path)}.`
    : { path, symbol };
}
