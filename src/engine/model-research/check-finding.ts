import type { Citation, LineCitation, RecordedSearch, SearchQuery } from "../../domain/citation/citation.ts";
import { formatLines } from "../../domain/citation/format-citation.ts";
import { inlineCode, printable } from "../../domain/document/inline-code.ts";
import { MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../../domain/document/render-document.ts";
import type { Finding, Provenance } from "../../domain/finding/finding.ts";
import type { Issue } from "../../domain/issue/issue.ts";
import { visibleText } from "../../domain/issue/visible/visible-text.ts";
import { type Claimed, claimsOf, ungrounded } from "../../domain/model/grounding.ts";
import { type PlainStatement, plainStatement } from "../../domain/model/plain-statement.ts";
import type { SubmittedCitation, SubmittedFinding } from "../../domain/model/submission.ts";
import { universalClaim } from "../../domain/model/universal-claim.ts";
import { printedBy, type RecordedRun } from "../../domain/run/recorded-run.ts";
import type { CheckSource } from "../check/check-document.ts";

/** What a model's findings are compared with. */
export interface FindingSource {
  readonly source: CheckSource;
  readonly issue: Issue;
  /** Names of the definitions that these lines stand in or hold, qualified: `Store.set`. */
  symbolsAt(path: string, start: number, end: number): Promise<readonly string[]>;
  /** A run of this investigation by its name. */
  run(name: string): RecordedRun | undefined;
}

export interface AcceptedFinding {
  readonly section: string;
  readonly finding: Finding;
  readonly result?: NonNullable<SubmittedFinding["result"]>;
  /** Of a hypothesis: the evidence in words, checked as the statement was. */
  readonly because?: string;
}

export type CheckedFinding =
  | { readonly ok: true; readonly accepted: AcceptedFinding; readonly notes: readonly string[] }
  /** One sentence each, for the model. */
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Sections that ask, or say what is not known or how to see it. */
const MAY_REST_ON_NOTHING: ReadonlySet<string> = new Set([
  "questions",
  "missing",
  "not-established",
  "not-established-fix",
  "steps-for-a-person",
]);
/** The section whose statements were put to a test. */
const HYPOTHESES = "hypotheses";
/** Lines that one citation may cover: more is no pointer. */
const MAX_LINES = 80;
/** Hits of a search whose lines are read. */
const MAX_HITS_READ = 50;
/** Searches that one finding may need for its names. */
const MAX_LOOKUPS = 12;

/**
 * Compares one finding with the commit, the issue and the runs. Accepted is only what holds: each citation resolves, each
 * name, number and quotation of the sentence stands in what it cites, and what it says of everything or nothing rests on a
 * search of which every hit is accounted for. That the sentence is right is not checked, and its provenance says so.
 */
export async function checkFinding(
  submitted: SubmittedFinding,
  sections: readonly string[],
  from: FindingSource,
): Promise<CheckedFinding> {
  const reasons: string[] = [];
  const notes: string[] = [];
  if (!sections.includes(submitted.section))
    reasons.push(
      `There is no section ${inlineCode(submitted.section, 60)}; there are ${sections.join(", ")}.`,
    );
  const statement = plainStatement(submitted.statement);
  const because = submitted.because === undefined ? undefined : plainStatement(submitted.because);
  reasons.push(...wrongWords(statement), ...(because === undefined ? [] : wrongWords(because)));

  const citations: Citation[] = [];
  const evidence: string[] = [];
  for (const given of submitted.citations) {
    const read = await readCitation(given, from);
    if (typeof read === "string") {
      reasons.push(read);
      continue;
    }
    citations.push(read.citation);
    evidence.push(...read.evidence);
    if (read.note !== undefined) notes.push(read.note);
  }
  const kinds = new Set(citations.map(({ kind }) => kind));
  const provenance = provenanceOf(submitted, kinds, from, citations, reasons);
  if (reasons.length === 0) {
    const claims = [...claimsOf(statement), ...(because === undefined ? [] : claimsOf(because))];
    reasons.push(...(await inventedClaims(claims, evidence, submitted.provenance === "inference", from)));
    const universal = universalClaim(statement.words) ?? (because && universalClaim(because.words));
    if (universal !== undefined)
      reasons.push(...(await unproven(universal, submitted, statement, citations, from)));
  }
  if (submitted.section === HYPOTHESES && (submitted.result === undefined || citations.length === 0))
    reasons.push("A hypothesis has a `result` and citations for it.");
  if (submitted.result === "confirmed" && !kinds.has("run"))
    reasons.push(
      "A hypothesis is confirmed only by a run (cite it as `run`); without one its result is open, or eliminated when lines or a search speak against it.",
    );
  if (submitted.result === "eliminated" && citations.length === 0)
    reasons.push("A hypothesis is eliminated only by something that is cited.");
  if (reasons.length > 0) return { ok: false, reasons: [...new Set(reasons)].slice(0, 8) };
  return {
    ok: true,
    notes,
    accepted: {
      section: submitted.section,
      finding: { text: statement.markdown, provenance, citations },
      ...(submitted.result === undefined ? {} : { result: submitted.result }),
      ...(because === undefined ? {} : { because: because.markdown }),
    },
  };
}

/** Words that would make a sentence look like something that Casebook itself established. */
const OWN_WORDS = [...Object.values(MARKS), UNKNOWN_MARK, QUESTION_MARK];

function wrongWords({ markdown, words }: PlainStatement): readonly string[] {
  if (markdown === "") return ["The statement is empty."];
  const mark = OWN_WORDS.find((own) => words.toLowerCase().includes(own.toLowerCase()));
  if (mark !== undefined)
    return [`Leave out “${mark}”: Casebook writes by itself where a statement comes from.`];
  if (/\bacceptance criteri|\bcriteria (is|are) met\b|\b(investigated|verified)\b/i.test(words))
    return ["Say what is there, not that it was looked at or is met; that is for Casebook to say."];
  if (/\bsearch S\d/i.test(words)) return ["Give a search as a citation, not in words."];
  return [];
}

/** What the sentence may claim to rest on, by what it does rest on. */
function provenanceOf(
  { provenance, section }: SubmittedFinding,
  kinds: ReadonlySet<Citation["kind"]>,
  { issue }: FindingSource,
  citations: readonly Citation[],
  reasons: string[],
): Provenance {
  switch (provenance) {
    case "code":
      if (!kinds.has("lines") && !kinds.has("commit") && !kinds.has("search"))
        reasons.push("A statement about code cites lines, a commit or a search.");
      // A model read it: the lines were checked, its reading was not.
      return "model";
    case "run":
      if (!kinds.has("run")) reasons.push("What a run showed cites the run, with words of its output.");
      return "model";
    case "reporter":
      if (!kinds.has("issue")) reasons.push("What the reporter says cites words of the issue.");
      return "reporter";
    case "maintainer": {
      const authors = new Set(
        issue.comments.filter(({ maintainer }) => maintainer).map(({ author }) => author),
      );
      if (
        !citations.some(
          (citation) =>
            citation.kind === "issue" && citation.author !== undefined && authors.has(citation.author),
        )
      )
        reasons.push(
          authors.size === 0
            ? "No maintainer wrote in this issue."
            : "What a maintainer says cites words of a maintainer's comment.",
        );
      return "maintainer";
    }
    case "inference":
      // A thought that rests on nothing is nobody's finding; questions and gaps are.
      if (citations.length === 0 && !MAY_REST_ON_NOTHING.has(section))
        reasons.push("A conclusion cites what it is concluded from.");
      return "inference";
  }
}

interface ReadCitation {
  readonly citation: Citation;
  /** Texts in which the names and numbers of the sentence may stand. */
  readonly evidence: readonly string[];
  readonly note?: string;
}

async function readCitation(given: SubmittedCitation, from: FindingSource): Promise<ReadCitation | string> {
  const named = (["path", "commit", "issue", "search", "run"] as const).filter(
    (key) => given[key] !== undefined,
  );
  // A path beside a search or a run says nothing more.
  const kind = named.find((key) => key !== "path") ?? named[0];
  switch (kind) {
    case "path":
      return readLines(given, from);
    case "commit":
      return readCommit(given.commit!, from);
    case "issue":
      return readIssue(given.issue!, from.issue);
    case "search":
      return readSearch(given.search!, from);
    case "run":
      return readRun(given, from);
    default:
      return "A citation needs `path` with `start` and `quote`, or `commit`, `issue`, `search` or `run`.";
  }
}

async function readLines(
  { path: written, start, end = start, quote }: SubmittedCitation,
  from: FindingSource,
): Promise<ReadCitation | string> {
  const { source } = from;
  const path = written!.replace(/^\.?\//, "");
  const text = await source.text(path);
  if (text === undefined) return `There is no text file ${inlineCode(path)} at the base commit.`;
  const count = text.lines.length;
  if (start === undefined || end === undefined) return `${inlineCode(path)}: give \`start\` and \`quote\`.`;
  if (quote === undefined || quote.trim() === "")
    return `${inlineCode(`${path}:${start}`)}: give \`quote\`, words copied from these lines.`;
  const wanted = quote.split("\n").map((line) => line.trim());
  let [first, last] = [start, end];
  let note: string | undefined;
  if (first > last || last > count || !standsIn(wanted, text.lines.slice(first - 1, last))) {
    const places = placesOf(wanted, text.lines);
    if (places.length === 0)
      return `${inlineCode(`${path}:${start}-${end}`)}: the quotation does not stand there${last > count ? `; the file has ${count} lines` : ""}, nor anywhere else in the file. Copy it from \`read_file\`.`;
    if (places.length > 1)
      return `${inlineCode(`${path}:${start}-${end}`)}: the quotation does not stand there, but on lines ${places
        .slice(0, 6)
        .map(([one, other]) => (one === other ? one : `${one}-${other}`))
        .join(", ")}; give the right ones.`;
    [first, last] = places[0]!;
    note = `${path}: the quotation stands on lines ${first}-${last}, which is what was taken.`;
  }
  if (last - first >= MAX_LINES)
    return `${inlineCode(`${path}:${first}-${last}`)}: at most ${MAX_LINES} lines are cited at once.`;
  const citation: LineCitation = { kind: "lines", path, start: first, end: last, quote };
  return {
    citation,
    evidence: [
      formatLines(citation),
      path,
      ...text.lines.slice(first - 1, last),
      ...(await from.symbolsAt(path, first, last)),
    ],
    ...(note === undefined ? {} : { note }),
  };
}

function standsIn(wanted: readonly string[], lines: readonly string[]): boolean {
  return lines
    .map((line) => line.trim())
    .join("\n")
    .includes(wanted.join("\n"));
}

/** First and last line of each place where the quotation stands. */
function placesOf(wanted: readonly string[], lines: readonly string[]): readonly [number, number][] {
  const places: [number, number][] = [];
  for (let at = 0; at + wanted.length <= lines.length && places.length < 20; at++)
    if (standsIn(wanted, lines.slice(at, at + wanted.length))) places.push([at + 1, at + wanted.length]);
  return places;
}

async function readCommit(oid: string, { source }: FindingSource): Promise<ReadCitation | string> {
  if (!/^[0-9a-f]{7,40}$/i.test(oid)) return `${inlineCode(oid, 60)} is not the hash of a commit.`;
  const found = await source.ancestor(oid.toLowerCase());
  return found === undefined
    ? `The base commit does not reach a commit ${inlineCode(oid, 60)}.`
    : {
        citation: { kind: "commit", oid: found.oid, subject: found.subject },
        evidence: [found.oid, found.subject],
      };
}

function readIssue(quote: string, issue: Issue): ReadCitation | string {
  const wanted = printable(quote);
  if (wanted.length < 3) return "A quotation of the issue has at least three characters.";
  const parts = [
    { author: undefined, text: `${issue.title}\n${visibleText(issue.body).text}` },
    ...issue.comments.map(({ author, body }) => ({ author, text: visibleText(body).text })),
  ];
  const found = parts.find(({ text }) => printable(text).includes(wanted));
  if (found === undefined)
    return `${inlineCode(quote, 80)} does not stand in the issue; copy the words as they are.`;
  return {
    citation: {
      kind: "issue",
      quote: wanted,
      ...(found.author === undefined ? {} : { author: found.author }),
    },
    evidence: [quote, wanted, ...(found.author === undefined ? [] : [found.author])],
  };
}

async function readSearch(query: SearchQuery, from: FindingSource): Promise<ReadCitation | string> {
  const search = await runAgain(query, from);
  if (typeof search === "string") return search;
  // What stands on the lines that it found can be said of them, too.
  const shown: string[] = [];
  for (const { path, line } of search.hits.slice(0, MAX_HITS_READ))
    shown.push(
      (await from.source.text(path))?.lines[line - 1] ?? "",
      ...(await from.symbolsAt(path, line, line)),
    );
  return {
    citation: { kind: "search", search },
    evidence: [
      ...shown,
      query.pattern,
      String(search.hits.length),
      String(new Set(search.hits.map(({ path }) => path)).size),
      ...query.include,
      ...search.hits.slice(0, 200).map(({ path, line }) => `${path}:${line}`),
    ],
  };
}

async function runAgain(query: SearchQuery, { source }: FindingSource): Promise<RecordedSearch | string> {
  try {
    return await source.search(query);
  } catch (error) {
    if (error instanceof Error && (error.name === "SyntaxError" || error.name === "RangeError"))
      return `The search for ${inlineCode(query.pattern, 80)} cannot be run: ${error.message}`;
    throw error;
  }
}

function readRun({ run: name, quote }: SubmittedCitation, from: FindingSource): ReadCitation | string {
  const run = from.run(name!);
  if (run === undefined) return `There was no run ${inlineCode(name!, 30)}.`;
  if (quote === undefined || quote.trim() === "")
    return `${name}: give \`quote\`, words copied from its output.`;
  // Program output is quoted on one line; longer quotations are cut to their first.
  const wanted = printable(quote.split("\n").find((line) => line.trim() !== "") ?? "");
  if (!printable(printedBy(run)).includes(wanted))
    return `${name}: ${inlineCode(wanted, 80)} does not stand in what it printed.`;
  return {
    citation: { kind: "run", run, quote: wanted },
    evidence: [run.output, run.end, ...run.command, ...run.changed, String(run.milliseconds)],
  };
}

/** Names, numbers and quotations that stand nowhere in what is cited. */
async function inventedClaims(
  claims: readonly Claimed[],
  evidence: readonly string[],
  isInference: boolean,
  from: FindingSource,
): Promise<readonly string[]> {
  let left = ungrounded(claims, evidence);
  if (isInference) {
    // A conclusion may name what the repository or the issue has, though not what neither has.
    const issueText = from.source.issueText ?? "";
    left = ungrounded(left, [issueText]);
    const kept: Claimed[] = [];
    for (const [i, claim] of left.entries())
      if (claim.kind !== "name" || i >= MAX_LOOKUPS || !(await isInRepository(claim.text, from)))
        kept.push(claim);
    left = kept;
  }
  const where = isInference ? "in the issue or the repository" : "in what the statement cites";
  return left.map(({ kind, text }) => {
    const what = inlineCode(text, 80);
    switch (kind) {
      case "name":
        return `${what} does not stand ${where}; cite the lines that hold it, or leave it out.`;
      case "number":
        return `The number ${what} does not stand ${where}; cite where it is from, write a count of your own in words, or leave it out.`;
      case "quotation":
        return `The quoted words ${what} do not stand ${where}.`;
      case "address":
        return `The address ${what} does not stand ${where}.`;
      case "scale":
        return `“${text}” says how many or whom it touches, and that does not stand ${where}; quote the issue for it, or leave it out.`;
    }
  });
}

async function isInRepository(name: string, from: FindingSource): Promise<boolean> {
  if (from.source.exists(name)) return true;
  const bare = name.replace(/\(.*\)?$/, "");
  const parts = bare.split(/\.|::|->|#/).filter((part) => part !== "");
  for (const part of bare.includes("/") ? [bare] : parts) {
    const found = await runAgain({ kind: "text", pattern: part, include: [], exclude: [] }, from);
    if (typeof found === "string" || found.hits.length === 0) return false;
  }
  return parts.length > 0;
}

/**
 * A sentence about everything or nothing holds only when a search over the whole commit, for something that the sentence
 * names, has no hit that is neither cited nor dismissed with a reason. The model's own choice of files does not count.
 */
async function unproven(
  words: string,
  submitted: SubmittedFinding,
  statement: PlainStatement,
  citations: Citation[],
  from: FindingSource,
): Promise<readonly string[]> {
  const at = citations.findIndex(({ kind }) => kind === "search");
  const given = submitted.citations.filter(({ search }) => search !== undefined);
  if (at < 0 || given.length === 0)
    return [
      `“${words}” speaks of everything or nothing: cite the \`search\` that shows it, or say only what the cited lines hold.`,
    ];
  const reasons: string[] = [];
  const text = `${submitted.statement} ${submitted.because ?? ""}`;
  for (const { search, dismissed = [] } of given) {
    const query: SearchQuery = { ...search!, include: [], exclude: [] };
    if (query.pattern.length < 3 || !namesPattern(text, statement, query)) {
      reasons.push(
        `The search for ${inlineCode(query.pattern, 60)} is not about what “${words}” says: search for a name that the statement holds.`,
      );
      continue;
    }
    const whole = await runAgain(query, from);
    if (typeof whole === "string") return [whole];
    const index = citations.findIndex(
      (citation) => citation.kind === "search" && citation.search.query.pattern === query.pattern,
    );
    if (index >= 0) citations[index] = { kind: "search", search: whole };
    const open = whole.hits.filter(
      (hit) =>
        !citations.some(
          (citation) =>
            citation.kind === "lines" &&
            citation.path === hit.path &&
            citation.start <= hit.line &&
            hit.line <= citation.end,
        ) && !dismissed.some(({ path, line }) => path === hit.path && line === hit.line),
    );
    if (open.length > 0)
      reasons.push(
        `“${words}”: the search for ${inlineCode(query.pattern, 60)} over the whole commit also finds ${open
          .slice(0, 10)
          .map(({ path, line }) => inlineCode(`${path}:${line}`))
          .join(
            ", ",
          )}${open.length > 10 ? ` and ${open.length - 10} more` : ""}; cite each, or dismiss it with the reason.`,
      );
  }
  return reasons;
}

/** The pattern, or a part of it that is a word, stands in the sentence: a search for something else shows nothing. */
function namesPattern(text: string, { code }: PlainStatement, { kind, pattern }: SearchQuery): boolean {
  if (kind !== "regex") return text.includes(pattern) || code.some((span) => pattern.includes(span));
  const names = pattern.replace(/\\[a-zA-Z]/g, " ").match(/[A-Za-z_$][\w$]{2,}/g) ?? [];
  return names.length > 0 && names.every((name) => text.includes(name));
}
