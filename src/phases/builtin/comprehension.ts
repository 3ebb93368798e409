import { inlineCode } from "../../text/inline-code.ts";
import type { Block, Finding, Row } from "../../documents/finding.ts";
import type { MissingPart } from "../../issue/issue-reading.ts";
import { similarCommits } from "../../evidence/ranking/signals/history.ts";
import { bugPatternsFor } from "../../evidence/bug-patterns/find-bug-patterns.ts";
import type { ResearchContext } from "./research-context.ts";
import {
  counted,
  fact,
  findings,
  hypothesis,
  issueCitation,
  listed,
  measured,
  percent,
  quoteBlock,
  reported,
  unknown,
} from "./statements.ts";
import { citationOf, qualifiedName } from "./suspects.ts";

const MAX_COMPONENTS = 8;
const MIN_COMPONENTS = 3;
/** A file below it is named only to fill up the first places. */
const MIN_CONFIDENCE = 0.01;
const MAX_SYMBOLS = 2;
const MAX_COMMITS_SHOWN = 5;

const KIND_TEXT = {
  bug: "reads as a bug report",
  feature: "reads as a request for something new",
  question: "reads as a question",
  documentation: "is about documentation",
  unclear: "does not say what kind it is",
} as const;

export async function symptom({ reading, issue }: ResearchContext): Promise<readonly Block[]> {
  const blocks: Block[] = reading.symptom.map(quoteBlock);
  const [quote] = reading.kindQuotes;
  blocks.push(
    quote === undefined
      ? unknown("whether this is a bug, a request or a question; Casebook found no sign of it")
      : findings(reported(`the issue ${KIND_TEXT[reading.kind]}`, quote)),
  );
  if (issue.comments.length > 0)
    blocks.push(
      findings(measured(`the issue has ${counted(issue.comments.length, "comment")}; they were read too`)),
    );
  return blocks;
}

export async function expectedActual({ reading }: ResearchContext): Promise<readonly Block[]> {
  return [
    { kind: "note", text: "What the reporter expects:" },
    ...(reading.expected.length === 0
      ? [unknown("what the reporter expects; Casebook found no such sentence")]
      : reading.expected.map(quoteBlock)),
    { kind: "note", text: "What the reporter sees:" },
    ...(reading.actual.length === 0
      ? [unknown("what happens instead; Casebook found no such sentence")]
      : reading.actual.map(quoteBlock)),
  ];
}

export async function environment({ reading }: ResearchContext): Promise<readonly Block[]> {
  const items: Finding[] = [
    ...reading.versions.map(({ name, version, quote }) =>
      reported(
        name === ""
          ? `version ${inlineCode(version)}`
          : `${inlineCode(name)} in version ${inlineCode(version)}`,
        quote,
      ),
    ),
    ...reading.frequency.map((quote) => reported("how often", quote)),
    ...reading.tried.map((quote) => reported("what was tried", quote)),
  ];
  const blocks: Block[] = reading.environment.slice(0, 2).map(quoteBlock);
  if (items.length > 0) blocks.push(findings(...items));
  for (const [list, what] of [
    [reading.versions, "the versions in use"],
    [reading.frequency, "how often it happens"],
    [reading.tried, "what the reporter tried"],
  ] as const)
    if (list.length === 0) blocks.push(unknown(`${what}; Casebook found none in the report`));
  return blocks;
}

export async function steps({ reading }: ResearchContext): Promise<readonly Block[]> {
  if (reading.steps.length > 0) return reading.steps.map(quoteBlock);
  const [code] = reading.codeBlocks;
  if (code !== undefined)
    return [
      { kind: "note", text: "Casebook found no steps; the first code of the issue:" },
      quoteBlock({ text: code.text }),
    ];
  return [unknown("how to reproduce it; Casebook found neither steps nor code")];
}

export async function components(context: ResearchContext): Promise<readonly Block[]> {
  const ranking = await context.ranking();
  if (ranking.files.length === 0)
    return [unknown("which files are affected; no word of the issue stands in the source files")];
  const rows: Row[] = [];
  const telling = ranking.files.filter(
    ({ confidence }, place) => place < MIN_COMPONENTS || confidence >= MIN_CONFIDENCE,
  );
  for (const file of telling.slice(0, MAX_COMPONENTS)) {
    const symbols = ranking.functions.filter(({ path }) => path === file.path).slice(0, MAX_SYMBOLS);
    const lines = (await context.codebase.text(file.path))?.lines.length ?? 1;
    rows.push({
      provenance: "code",
      cells: [
        { text: "", citations: [{ kind: "lines", path: file.path, start: 1, end: Math.max(1, lines) }] },
        symbols.length === 0
          ? { text: "the file as a whole" }
          : {
              text: listed(symbols.map(({ symbol }) => inlineCode(qualifiedName(symbol)))),
              citations: symbols.map(({ symbol, path }) => citationOf({ path, ...symbol })),
            },
        {
          text: file.reasons.map(({ text }) => text).join("; ") || "shares words with the issue",
          citations: file.reasons.flatMap(({ citations }) => citations).slice(0, 4),
        },
        { text: `${file.strength}, ${percent(file.confidence)}` },
      ],
    });
  }
  return [
    { kind: "table", columns: ["File", "Symbols", "Why it is named", "Evidence"], rows },
    findings(
      measured(
        `${counted(ranking.candidates, "source file")} of the commit ${ranking.candidates === 1 ? "was" : "were"} compared with the issue; the percentage is the likelihood that a fix changes the file, calibrated on the fixes of other repositories: strong is one half or more, weak less than 15 %`,
      ),
    ),
  ];
}

export async function priorWork(context: ResearchContext): Promise<readonly Block[]> {
  const commits = await context.commits();
  const similar = similarCommits(context.query, commits).slice(0, MAX_COMMITS_SHOWN);
  const blocks: Block[] = [];
  if (similar.length > 0)
    blocks.push(
      findings(
        ...similar.map(({ commit, words }) =>
          fact(
            `an earlier commit speaks of ${listed(words.map((word) => inlineCode(word)))} and changed ${counted(commit.files.length, "file")}`,
            [{ kind: "commit", oid: commit.oid, subject: commit.subject }],
          ),
        ),
      ),
    );
  else
    blocks.push(
      unknown(`any earlier commit about the same thing, among the ${counted(commits.length, "commit")} read`),
    );
  const earlier = context.codebase.tree.entries
    .map(({ path }) => path)
    .filter(
      (path) =>
        /^\.chant\/(specs|archive|research)\/.*\.md$/.test(path) &&
        !path.includes(`issue-${context.issue.key}-`),
    );
  const related: Finding[] = [];
  const files = (await context.ranking()).files.slice(0, 5).map(({ path }) => path);
  for (const path of earlier.slice(-200)) {
    const source = await context.codebase.text(path);
    const at = source?.lines.findIndex((line) => files.some((file) => line.includes(file))) ?? -1;
    if (at >= 0)
      related.push(
        fact("an earlier spec or document names one of these files", [
          { kind: "lines", path, start: at + 1, end: at + 1 },
        ]),
      );
  }
  if (related.length > 0) blocks.push(findings(...related.slice(0, MAX_COMMITS_SHOWN)));
  else
    blocks.push(
      findings(
        measured(
          `${counted(earlier.length, "earlier spec or document", "earlier specs and documents")} in the repository; none names the files above`,
        ),
      ),
    );
  if (context.history.shallow) blocks.push(unknown("what happened before the edge of this shallow clone"));
  return blocks;
}

/** Where to look, without a word about why it fails. */
export async function areas(context: ResearchContext): Promise<readonly Block[]> {
  const { files } = await context.ranking();
  const items: Finding[] = bugPatternsFor(context.query).map(({ pattern, cues }) =>
    hypothesis(
      `the issue's words ${listed(cues.slice(0, 5).map((word) => inlineCode(word)))} call for a look at functions of the shape “${pattern.claim}”`,
      context.reading.symptom.slice(0, 1).map(issueCitation),
    ),
  );
  for (const file of files.slice(0, 3)) {
    const [reason] = file.reasons;
    if (reason !== undefined)
      items.push(
        hypothesis(
          `${inlineCode(file.path)} is worth reading first where ${reason.text}`,
          reason.citations.slice(0, 3),
        ),
      );
  }
  return items.length === 0
    ? [unknown("where to look first; nothing in the code answers to the words of the issue")]
    : [findings(...items)];
}

const MISSING: Readonly<Record<MissingPart, string>> = {
  expected: "what the reporter expected to happen",
  actual: "what happened instead, in so many words",
  steps: "steps or code that show it",
  version: "the version in use",
  environment: "the environment (system, runtime, configuration)",
  message: "an error message or a trace",
  frequency: "how often it happens",
};

export async function missing({ reading }: ResearchContext): Promise<readonly Block[]> {
  const blocks: Block[] = reading.missing.map((part) =>
    unknown(`${MISSING[part]}; Casebook found none in the report`),
  );
  if (blocks.length === 0)
    blocks.push(
      findings(
        measured(
          "the report holds every part that was looked for: expectation, result, steps, version, environment, message, frequency",
        ),
      ),
    );
  if (reading.hidden.length > 0)
    blocks.push(
      findings(
        measured(
          `${counted(reading.hidden.length, "part")} of the issue's source ${reading.hidden.length === 1 ? "is" : "are"} not shown to readers of its page (${listed([...new Set(reading.hidden.map(({ kind }) => kind))])}) and ${reading.hidden.length === 1 ? "was" : "were"} not used`,
        ),
      ),
    );
  return blocks;
}

export async function questions(context: ResearchContext): Promise<readonly Block[]> {
  const { functions, files } = await context.ranking();
  const items: string[] = [];
  const [first, second] = functions;
  if (first !== undefined)
    items.push(
      `Question: does the symptom begin in ${inlineCode(qualifiedName(first.symbol))} or in what calls it?`,
    );
  else if (files[0] !== undefined)
    items.push(`Question: which part of ${inlineCode(files[0].path)} is meant?`);
  if (first !== undefined && second !== undefined && second.path !== first.path)
    items.push(
      `Question: do ${inlineCode(first.path)} and ${inlineCode(second.path)} take part together, or is one of them named by chance?`,
    );
  if (context.reading.frames.length === 0)
    items.push("Question: where does it surface? The report shows no stack trace.");
  if (context.reading.missing.includes("steps"))
    items.push("Question: can the reporter give the smallest code or steps that show it?");
  if (items.length === 0)
    items.push(
      "Question: is the place where the trace ends also the place where the wrong value comes from?",
    );
  return [{ kind: "list", items, ordered: false }];
}
