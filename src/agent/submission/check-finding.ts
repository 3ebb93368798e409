import type { Citation } from "../../documents/citation.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { roleOfPath } from "../../languages/role-of-path.ts";
import type { Finding, Provenance } from "../../documents/finding.ts";
import { claimsOf } from "./claims.ts";
import { type PlainStatement, plainStatement } from "./plain-statement.ts";
import type { SubmittedFinding } from "./submission.ts";
import { universalMatch } from "./universal-claim.ts";
import { setAside } from "./dismissals.ts";
import { inventedClaims } from "./invented.ts";
import {
  contradicted,
  citedTextOf,
  type FindingSource,
  type ReadCitation,
  readCitation,
} from "./read-citation.ts";
import { unproven } from "./unproven.ts";
import { wrongWords } from "./wrong-words.ts";

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

/** Of words that are shown as somebody's view alone: what a test expects, the parts of an issue. */
export const VIEWS = "views";
const QUESTIONS = "questions";
/** Sections that say what is not known. */
const UNKNOWNS: ReadonlySet<string> = new Set(["missing", "not-established", "not-established-fix"]);
/** Sections that ask, or say what is not known or how to see it. */
const MAY_REST_ON_NOTHING: ReadonlySet<string> = new Set([
  QUESTIONS,
  ...UNKNOWNS,
  "steps-for-a-person",
  VIEWS,
]);
/** The section whose statements were put to a test. */
const HYPOTHESES = "hypotheses";

/**
 * Compares one finding with the commit, the issue and the runs. Accepted is only what holds: each citation resolves, each
 * name, number and quotation of the sentence appears in what it cites, and what it says of everything or nothing rests on a
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

  reasons.push(...wrongForm(submitted.section, submitted.statement, statement));

  const citations: Citation[] = [];
  const evidence: ReadCitation[] = [];
  for (const given of submitted.citations) {
    const read = await readCitation(given, from);
    if (typeof read === "string") {
      reasons.push(read);
      continue;
    }
    citations.push(read.citation);
    evidence.push(read);
    if (read.note !== undefined) notes.push(read.note);
  }
  const kinds = new Set(citations.map(({ kind }) => kind));
  if (!isOpen(submitted.section)) reasons.push(...uncited(statement, citations));
  if (SPEECH.test(statement.words) && !kinds.has("issue") && !isOpen(submitted.section))
    reasons.push("What a person says or wants is shown with that person's words: cite the `issue`.");
  const provenance = provenanceOf(submitted, statement, kinds, from, citations, reasons);
  let aside = "";
  if (reasons.length === 0) {
    const both = because === undefined ? [statement] : [statement, because];
    const universal = both.find(({ words }) => universalMatch(words) !== undefined);
    reasons.push(...contradicted(both, evidence));
    reasons.push(
      ...(await inventedClaims(
        // A question may be about another system; that it is in use is not said by it.
        both
          .flatMap((one) => claimsOf(one))
          .filter(
            ({ kind }) =>
              !(isOpen(submitted.section) && (kind === "proper" || kind === "part")) &&
              !(PROPOSES.has(submitted.section) && kind === "part"),
          ),
        citedTextOf(evidence, universal !== undefined || both.some(({ words }) => NEGATION.test(words))),
        submitted.provenance === "inference",
        from,
      )),
    );
    // What is asked or not known may be about everything: nothing is said of it.
    if (universal !== undefined && !isOpen(submitted.section)) {
      const shown = await unproven(universal, submitted, citations, from);
      reasons.push(...shown.reasons);
      aside = setAside(shown.dismissed);
    }
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
      finding: { text: `${statement.markdown}${aside}`, provenance, citations },
      ...(submitted.result === undefined ? {} : { result: submitted.result }),
      ...(because === undefined ? {} : { because: because.markdown }),
    },
  };
}

/** Somebody's words or will. */
const SPEECH =
  /\b(?:maintainers?|reporters?|authors?|developers?|contributors?|owners?|reviewers?|team|colleagues?|upstream|somebody|someone)\b(?: \w{1,15}){0,3}? (?:said|says?|confirm(?:s|ed)?|decid(?:es?|ed)|agree[sd]?|told|tells?|wrote|writes|report(?:s|ed)?|claim(?:s|ed)?|want(?:s|ed)?|ask(?:s|ed)?|plan(?:s|ned)?|intend(?:s|ed)?|kn[eo]ws?|saw|sees?|seen|fixed|fixes|recommend(?:s|ed)?|accept(?:s|ed)?|reject(?:s|ed)?|approv(?:es|ed))\b/i;

/** Says that there is more of it somewhere: one place that is cited shows no other. */
const OTHERS =
  /\b(?:other|another|several|multiple|various|many|further|more|second|similar|same) (?:\w{1,15} )?(?:modules?|files?|services?|packages?|places?|copy|copies|code|components?|projects?|functions?|methods?|class(?:es)?|callers?)\b(?: \w{1,15}){0,3}? (?:is|are|exists?|contains?|has|have|does|do|depends?|relies|rely|uses?|calls?|share|shares|of|in)\b/i;
/** Says what documentation says. */
const DOCUMENTED =
  /\b(?:documentation|docs|readme|changelog|manual|guide|release notes|specification)\b(?: \w{1,15}){0,3}? (?:says?|said|mentions?|mentioned|recommends?|warns?|states?|describes?|promises?|claims?|tells?|lists?|requires?)\b/i;

const SAYS = /\b(?:says?|said|mentions?|recommends?|warns?|states?|describes?|promises?|lists?|requires?)\b/i;

/** Sections of what is not there yet. */
const PROPOSES: ReadonlySet<string> = new Set(["options", "risks"]);
/** Says that tests cover it. */
const COVERED = /\b(?:covered|tested|exercised) by (?:\w{1,15} ){0,3}?tests?\b/i;

/** What a sentence says to have seen and does not cite. */
function uncited({ words, code }: PlainStatement, citations: readonly Citation[]): readonly string[] {
  const lines = citations.filter((citation) => citation.kind === "lines");
  const isSearched = citations.some(({ kind }) => kind === "search");
  const reasons: string[] = [];
  if (OTHERS.test(words) && universalMatch(words) === undefined && lines.length < 2 && !isSearched)
    reasons.push(
      "It says that there is more of it elsewhere: cite these places, or a `search` that finds them.",
    );
  const isDocumented =
    lines.some(({ path }) => roleOfPath(path) === "docs") || citations.some(({ kind }) => kind === "issue");
  const namesDocument = code.some((text) => roleOfPath(text) === "docs") && SAYS.test(words);
  if ((DOCUMENTED.test(words) || namesDocument) && !isDocumented)
    reasons.push("What documentation says is shown with lines of a document: cite them.");
  const isTested = isSearched || lines.some(({ path }) => roleOfPath(path) === "test");
  if (COVERED.test(words) && !isTested)
    reasons.push("That tests cover it is shown with lines of these tests: cite them.");
  return reasons;
}

function isOpen(section: string): boolean {
  return section === QUESTIONS || UNKNOWNS.has(section);
}

/** A statement in a section for questions or for what is not known would stand there unchecked, and read as an answer. */
function wrongForm(section: string, text: string, { words }: PlainStatement): readonly string[] {
  if (section === QUESTIONS && !text.trimEnd().endsWith("?"))
    return ["A question ends with a question mark, and is one."];
  if (section === QUESTIONS && /[.!]\s+\S/.test(words.replace(/\b(e\.g|i\.e|etc|vs)\./gi, "")))
    return ["A question is one sentence; what it rests on is a finding of its own."];
  return UNKNOWNS.has(section) && !NOT_KNOWN.test(words)
    ? [
        "Say what is not known: begin with “whether”, “which”, “how”, “why”, “what”, or say what was not found, run or told.",
      ]
    : [];
}

const NOT_KNOWN =
  /^\s*(?:whether|which|how|why|what|when|where|who|if)\b|\b(?:not (?:known|said|told|clear|given|stated|established|found|run|tried|seen|shown|determined|mentioned|described|reproduced|available)|unclear|unknown|open|missing|could not|cannot be|does not (?:say|tell|name|give|mention|state|describe|include)|no (?:run|test|log|trace|version|information|answer|evidence)(?: \w{1,15}){0,4} (?:was|were|is|of|for|shows|exists)|untested|left open)\b/i;

const NEGATION =
  /\b(?:no|not|never|none|nothing|nobody|nowhere|without|neither|nor|cannot|lacks?|missing|absent)\b|n['’]t\b/i;

/** What the sentence may claim to rest on, by what it does rest on. */
function provenanceOf(
  { provenance, section }: SubmittedFinding,
  statement: PlainStatement,
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
      return isVerbatim(statement, citations) ? "reporter" : "model";
    case "maintainer": {
      const authors = new Set(
        issue.comments.filter(({ maintainer }) => maintainer).map(({ author }) => author),
      );
      const theirs = citations.filter(
        (citation) =>
          citation.kind === "issue" && citation.author !== undefined && authors.has(citation.author),
      );
      if (theirs.length === 0)
        reasons.push(
          authors.size === 0
            ? "No maintainer wrote in this issue."
            : "What a maintainer says cites words of a maintainer's comment.",
        );
      return isVerbatim(statement, theirs) ? "maintainer" : "model";
    }
    case "inference":
      // A thought that rests on nothing is nobody's finding; questions and gaps are.
      if (citations.length === 0 && !MAY_REST_ON_NOTHING.has(section))
        reasons.push("A conclusion cites what it is concluded from.");
      return "inference";
  }
}

/** True when the sentence is words of these quotations. Another sentence is a model's reading of what a person said. */
function isVerbatim({ markdown }: PlainStatement, citations: readonly Citation[]): boolean {
  const said = wordsOf(markdown);
  return (
    said !== "" &&
    citations.some(
      (citation) => citation.kind === "issue" && ` ${wordsOf(citation.quote)} `.includes(` ${said} `),
    )
  );
}

function wordsOf(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’.][\p{L}\p{N}]+)*|[%€$<>=+-]+/gu) ?? []).join(" ");
}
