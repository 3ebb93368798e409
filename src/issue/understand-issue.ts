import type { VisibleIssue } from "./visible-issue.ts";
import type { IssueKind, IssueReading, MissingPart, TextBlock, Quote } from "./issue-reading.ts";
import { isTooLong, readBlocks, type ReportBlock } from "./reading/blocks.ts";
import { findFrames } from "./reading/find-frames.ts";
import { findIdentifiers, findMessages, findPaths } from "./reading/find-names.ts";
import { findVersions } from "./reading/find-versions.ts";
import type { IssuePart } from "./reading/part-of-heading.ts";
import type { VisibleText } from "../text/visible-text.ts";
import { sentencesOf } from "./reading/sentences.ts";

/** Quotations of one kind; the issue itself is one click away. */
const MAX_QUOTES = 6;
const MAX_QUOTE = 600;

/** One text of the issue with its author, read into blocks. */
interface Author {
  readonly blocks: readonly ReportBlock[];
  readonly author: string | undefined;
}

/** Reads an issue: see `IssueReading`. Pure, linear in the text, never throws. */
export function understandIssue(issue: VisibleIssue): IssueReading {
  const authored = ({ text }: VisibleText, author: string | undefined): Author => ({
    blocks: readBlocks(text),
    author,
  });
  const title = issue.title.text;
  const body = authored(issue.body, undefined);
  const texts = [body, ...issue.comments.map((comment) => authored(comment.body, comment.author))];
  const textBlocks: TextBlock[] = [
    { kind: "title", text: title },
    ...texts.flatMap(({ blocks }) => blocks.flatMap(textBlocksOf)),
  ];

  const kind = kindOf(title, texts);
  const expected = partOr(texts, "expected", EXPECTED);
  const actual = partOr(texts, "actual", ACTUAL);
  const steps = stepsOf(texts);
  const environment = quotesOf(texts, "environment");
  const frequency = partOr(texts, "frequency", FREQUENCY);
  const tried = partOr(texts, "tried", TRIED);
  const frames = findFrames(issue.text);
  const versions = findVersions([...environment, ...sentenceQuotes(texts, VERSIONED)]);
  const reading: Omit<IssueReading, "missing"> = {
    kind: kind.kind,
    kindQuotes: kind.quotes,
    textBlocks,
    paths: findPaths(issue.text),
    frames,
    messages: findMessages(issue.text),
    identifiers: findIdentifiers(textBlocks),
    symptom: symptomOf(title, body),
    expected,
    actual,
    steps,
    environment,
    versions,
    frequency,
    tried,
    numbers: sentenceQuotes(texts, COUNTED),
    codeBlocks: texts.flatMap(({ blocks }) =>
      blocks.flatMap((block) =>
        block.kind === "code"
          ? [
              {
                text: block.lines.join("\n"),
                ...(block.language === undefined ? {} : { language: block.language }),
              },
            ]
          : [],
      ),
    ),
    hidden: issue.hidden,
  };
  return { ...reading, missing: missingOf(reading, frames.length > 0 || hasMessage(texts)) };
}

/** What a ranking makes of a block: headings are left out, form boxes and environments count little. */
function textBlocksOf(block: ReportBlock): readonly TextBlock[] {
  const text = block.lines.join("\n");
  if (block.kind === "code") return [{ kind: isTrace(text) ? "trace" : "code", text }];
  if (block.kind !== "prose") return [{ kind: "boilerplate", text }];
  if (block.part === "environment") return [{ kind: "environment", text }];
  return block.lines.flatMap((line) => {
    const parts = line.split("`");
    if (parts.length === 1 || parts.length % 2 === 0) return [{ kind: "prose" as const, text: line }];
    return parts.map((part, i) => ({
      kind: i % 2 === 1 ? ("inline-code" as const) : ("prose" as const),
      text: part,
    }));
  });
}

function isTrace(text: string): boolean {
  return text
    .split("\n")
    .some((line) =>
      /^\s{0,40}at .{1,300}:\d|^\s{0,40}File ".{1,300}", line \d|^Traceback \(most recent|panic|^goroutine \d/.test(
        line.slice(0, 500),
      ),
    );
}

const EXPECTED = /\b(expect(ed|s|ing)?|should|supposed to|ought to)\b/i;
const ACTUAL =
  /\b(instead|fails?|failed|crash(es|ed)?|throws?|raises?|wrong|lost|disappear(s|ed)?|missing|hangs?|error)\b/i;
const FREQUENCY =
  /\b(always|sometimes|often|rarely|intermittent(ly)?|occasional(ly)?|every time|randomly|once in|\d+ ?(%|percent)|per (cent|day|hour|week)|about \d+ (in|of|out of) |\d+ out of \d+|since (version|v?\d|upgrad|updat))/i;
const TRIED =
  /\b(i('ve| have)? tried|we('ve| have)? tried|tried to|workaround|work around|if i (change|replace|remove|set|use)|reverting|downgrad)/i;
const VERSIONED =
  /\b(version|v?\d+\.\d+\.\d+|python|node|java|go|ruby|php|rustc|gcc|clang)\b.{0,40}\d+\.\d+/i;
const COUNTED =
  /\b\d+(\.\d+)? ?(%|percent|ms|milliseconds?|s|seconds?|minutes?|hours?|days?|weeks?|users?|requests?|times?|records?|rows?|entries|items|writes?|workers?|threads?|process(es)?|MB|GB|KB|x)\b/i;

function quotesOf(texts: readonly Author[], part: IssuePart): Quote[] {
  return texts
    .flatMap((authored) =>
      authored.blocks
        .filter((block) => block.part === part && (block.kind === "prose" || block.kind === "code"))
        .map((block) => quote(block.lines, authored)),
    )
    .slice(0, MAX_QUOTES);
}

/** Sections of that name; without one, sentences that speak of it. */
function partOr(texts: readonly Author[], part: IssuePart, cue: RegExp): readonly Quote[] {
  const found = quotesOf(texts, part);
  return found.length > 0 ? found : sentenceQuotes(texts, cue).slice(0, 3);
}

function sentenceQuotes(texts: readonly Author[], cue: RegExp): readonly Quote[] {
  const found: Quote[] = [];
  for (const { blocks, author } of texts)
    for (const block of blocks) {
      if (block.kind !== "prose") continue;
      for (const sentence of sentencesOf(block.lines.filter((line) => !isTooLong(line)).join("\n")))
        if (
          !sentence.startsWith("![](") &&
          cue.test(sentence.slice(0, MAX_QUOTE)) &&
          sentence.length <= MAX_QUOTE &&
          found.length < MAX_QUOTES
        )
          found.push({ text: sentence, ...(author === undefined ? {} : { author }) });
    }
  return found;
}

function quote(lines: readonly string[], { author }: Pick<Author, "author">): Quote {
  const text = lines.join("\n").trim();
  const cut =
    text.length > MAX_QUOTE
      ? text.slice(0, text.lastIndexOf("\n", MAX_QUOTE) > 0 ? text.lastIndexOf("\n", MAX_QUOTE) : MAX_QUOTE)
      : text;
  return {
    text: cut
      .toWellFormed()
      .replace(/\ufffd$/, "")
      .trim(),
    ...(author === undefined ? {} : { author }),
  };
}

/** The title, then the first sentences of the description, or of the first prose outside a form's sections. */
function symptomOf(title: string, { blocks }: Author): readonly Quote[] {
  const prose = blocks.filter(({ kind }) => kind === "prose");
  const first =
    prose.find(({ part }) => part === "description") ??
    prose.find(({ part }) => part === undefined) ??
    prose[0];
  const sentences =
    first === undefined
      ? []
      : sentencesOf(first.lines.join("\n"))
          .filter((sentence) => sentence.length <= MAX_QUOTE && !sentence.startsWith("![]("))
          .slice(0, 3);
  return [{ text: title }, ...sentences.map((text) => ({ text }))];
}

function stepsOf(texts: readonly Author[]): readonly Quote[] {
  const found: Quote[] = [];
  for (const authored of texts)
    for (const block of authored.blocks) {
      if (block.part !== "steps" || (block.kind !== "prose" && block.kind !== "code")) continue;
      const items = block.kind === "prose" ? sentencesOf(block.lines.join("\n")) : [];
      if (items.length > 1 && /^\s{0,12}(?:[-*+]|\d{1,3}[.)])\s/m.test(block.lines.join("\n")))
        found.push(
          ...items.map((text) => ({
            text,
            ...(authored.author === undefined ? {} : { author: authored.author }),
          })),
        );
      else found.push(quote(block.lines, authored));
    }
  return found.filter(({ text }) => text !== "").slice(0, 2 * MAX_QUOTES);
}

const ASKS = /^(how (do|can|to)|is it possible|is there|why|what)\b/i;
const KINDS: readonly (readonly [IssueKind, RegExp])[] = [
  ["documentation", /\b(documentation|docs?|docstring|readme|typo)\b/i],
  [
    "feature",
    /\b(feature request|enhancement|proposal|please add|would be (nice|great|useful|helpful)|support for|add (an? )?(option|support|way|ability)|allow (to|users?|for)|it'd be)\b/i,
  ],
  [
    "bug",
    /\b(bug|error|exception|crash(es|ed)?|fail(s|ed|ure)?|wrong|incorrect|broken|regression|unexpected|traceback|panic|leak|lost|los(e|es|ing)|hang(s)?|deadlock|race|corrupt(s|ed)?|does(n't| not) work|not working|missing|ignored?|invalid|cannot|can't|unable)\b/i,
  ],
  ["question", /\b(how (do|can|to)|is it possible|what is the|question)\b/i],
];

/** The title decides before the text: people say there what they want. */
function kindOf(title: string, [body]: readonly Author[]): { kind: IssueKind; quotes: readonly Quote[] } {
  if (ASKS.test(title)) return { kind: "question", quotes: [{ text: title }] };
  const bug = KINDS.find(([kind]) => kind === "bug")!;
  for (const [kind, cue] of [bug, ...KINDS.filter((row) => row !== bug)])
    if (cue.test(title)) return { kind, quotes: [{ text: title }] };
  const text = body === undefined ? [] : sentenceQuotes([body], bug[1]);
  if (text.length > 0 || (body?.blocks.some(({ part }) => part === "actual" || part === "message") ?? false))
    return { kind: "bug", quotes: text.slice(0, 1) };
  for (const [kind, cue] of KINDS) {
    const quotes = body === undefined ? [] : sentenceQuotes([body], cue);
    if (quotes.length > 0) return { kind, quotes: quotes.slice(0, 1) };
  }
  return { kind: "unclear", quotes: [] };
}

function hasMessage(texts: readonly Author[]): boolean {
  return texts.some(({ blocks }) =>
    blocks.some(({ part, kind }) => part === "message" && kind !== "empty-answer"),
  );
}

function missingOf(
  reading: Omit<IssueReading, "missing">,
  hasMessageOrFrame: boolean,
): readonly MissingPart[] {
  const missing: MissingPart[] = [];
  if (reading.expected.length === 0) missing.push("expected");
  if (reading.kind === "feature" || reading.kind === "documentation" || reading.kind === "question")
    return missing;
  if (reading.actual.length === 0) missing.push("actual");
  if (reading.steps.length === 0 && reading.codeBlocks.length === 0) missing.push("steps");
  if (reading.versions.length === 0) missing.push("version");
  if (reading.environment.length === 0) missing.push("environment");
  if (!hasMessageOrFrame && !reading.messages.some((text) => /error|exception|panic/i.test(text)))
    missing.push("message");
  if (reading.frequency.length === 0) missing.push("frequency");
  return missing;
}
