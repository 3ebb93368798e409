import { MARK_WORDS, MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../documents/render-document.ts";
import type { DocumentSection, ParsedDocument } from "../documents/parse-document.ts";
import { PHASES } from "./catalogue.ts";
import type { CheckName, Phase, PhaseCriterion } from "./phase.ts";
import type { PhaseOutcome } from "./outcome.ts";
import type { CriterionResult } from "./phase-result.ts";
import type { CheckReport, DocumentProblem } from "../documents/check-document.ts";
import { counted } from "../text/counted.ts";

/** What a criterion is decided from: the document as it was read back, never what its maker meant to write. */
export interface CriterionInput {
  readonly phase: Phase;
  readonly parsed: ParsedDocument;
  readonly report: CheckReport;
  /** True for files of the base commit. */
  readonly exists: (path: string) => boolean;
  /** True when a person named the place of the cause. */
  readonly given: boolean;
}

/** What a run of code or a model said about a criterion that no look at the document decides. */
export type Judgement = Omit<CriterionResult, "text">;

type CheckResult = Pick<CriterionResult, "result" | "evidence">;
type Check = (evidence: CriterionInput) => CheckResult;

const met = (evidence: string): CheckResult => ({ result: "met", evidence });
const unmet = (evidence: string): CheckResult => ({ result: "unmet", evidence });

/** Decided by what a run of code or a model said, which comes from outside of the document. */
const FROM_OUTSIDE = ["reproduced", "suite-runs", "fix-works", "suite-no-worse", "only-targets"] as const;
type MachineCheck = Exclude<CheckName, "person" | "judged" | (typeof FROM_OUTSIDE)[number]>;

const CLAIM_MARKS = Object.values(MARK_WORDS);

const CHECKERS: Readonly<Record<MachineCheck, Check>> = {
  "document-exists": ({ parsed }) =>
    parsed.sections.length > 0
      ? met(`the document has ${counted(parsed.sections.length, "heading")}`)
      : unmet("the document is empty"),
  "sections-present": ({ phase, parsed }) => {
    const wanted = phase.sections.filter(({ optional }) => optional !== true);
    const lacking = wanted.filter(({ heading }) => (sectionOf(parsed, heading)?.blocks ?? 0) === 0);
    return lacking.length === 0
      ? met(`${counted(wanted.length, "section")} present, none empty`)
      : unmet(`without content: ${lacking.map(({ heading }) => heading).join(", ")}`);
  },
  "citations-resolve": ({ report, parsed }) =>
    parsed.baseCommit === undefined
      ? unmet("the document names no base commit")
      : noProblem(
          report,
          ["lines", "excerpt", "commit", "run", "claim"],
          `${report.checked.claim > 0 ? `${counted(report.checked.claim, "claim")} checked; ` : ""}${counted(report.checked.lines, "line reference")}, ${counted(report.checked.excerpt, "excerpt")} and ${counted(report.checked.commit, "commit")} looked up${report.checked.run > 0 ? `, ${counted(report.checked.run, "word of a run", "words of runs")} found in what was recorded` : ""}`,
        ),
  "searches-repeat": ({ report }) =>
    noProblem(report, ["search"], `${counted(report.checked.search, "search", "searches")} run again`),
  "quotes-verbatim": ({ report }) =>
    noProblem(report, ["quote"], `${counted(report.checked.quote, "quotation")} found in the issue`),
  "no-uncited-statements": ({ parsed }) => {
    // The answer is a claim, or what a model or a run found: its own criteria decide it.
    const statements = parsed.sections.filter(({ level }) => level > 1).flatMap((one) => one.statements);
    const bare = statements.find(({ text, citations }) => citations === 0 && !isMarked(text));
    return bare === undefined
      ? met(`${counted(statements.length, "statement")}, each with a reference or a mark`)
      : unmet(`line ${bare.line} stands without a reference: ${bare.text.slice(0, 80)}`);
  },
  "components-listed": (evidence) => rows(evidence, "components", "component"),
  "no-cause-no-fix": ({ parsed }) => {
    const recordAnswer = parsed.sections
      .filter(({ level }) => level === 2)
      .find(({ heading }) => /\b(cause|suspects?|fix|solution|options?)\b/i.test(heading));
    const said = parsed.sections
      .flatMap(({ statements }) => statements)
      .find(({ text }) => !isReported(text) && namesCauseOrFix(text));
    if (recordAnswer !== undefined)
      return unmet(`line ${recordAnswer.line}: a section ${recordAnswer.heading}`);
    return said === undefined
      ? met("no section and no statement of ours names a cause or a fix")
      : unmet(`line ${said.line}: ${said.text.slice(0, 80)}`);
  },
  "suspects-ranked": (evidence) => {
    const { statements = [] } = section(evidence, "suspects") ?? {};
    const ranked = statements.filter(({ text }) => isRanked(text));
    if (ranked.length === 0) return unmet("no suspect is listed");
    const wrong = ranked.findIndex(
      ({ text, citations }, i) => !text.startsWith(`${i + 1}. `) || citations === 0,
    );
    return wrong < 0
      ? met(`${counted(ranked.length, "suspect")} in order, each with its lines`)
      : unmet(`suspect ${wrong + 1} is out of order or without lines`);
  },
  "hypotheses-tested": (evidence) => {
    const statements = [
      ...(section(evidence, "hypotheses")?.statements ?? []),
      ...(section(evidence, "suspects")?.statements ?? []).filter(({ text }) => isRanked(text)),
    ];
    const tested = statements.filter(
      ({ text, citations }) =>
        citations > 0 &&
        /\| (Confirmed|Eliminated|Open)$|(: |^\d+\. )(Confirmed|Eliminated|Open)\b/.test(text),
    );
    return statements.length >= 2 && tested.length === statements.length
      ? met(`${counted(tested.length, "hypothesis", "hypotheses")}, each with a result and evidence`)
      : unmet(
          `${tested.length} of ${counted(statements.length, "hypothesis", "hypotheses")} have a result and evidence; at least two are needed`,
        );
  },
  "callers-listed": (evidence) => rows(evidence, "callers", "entry", "entries"),
  "instances-listed": (evidence) => rows(evidence, "similar", "row"),
  "tests-listed": (evidence) => rows(evidence, "tests", "statement"),
  "scope-counted": (evidence) => {
    const statements = [...headline(evidence.parsed), ...(section(evidence, "scope")?.statements ?? [])];
    const recordAnswer = statements.find(
      ({ text, citations }) => /\bfiles?, .*\bfunctions?, .*\blines?\b/.test(text) && citations > 0,
    );
    return recordAnswer === undefined
      ? unmet("files, functions and lines are not counted")
      : met(recordAnswer.text.split(" (")[0]!.slice(0, 120));
  },
  "risks-measured": (evidence) => {
    const { statements = [] } = section(evidence, "risks") ?? {};
    const bare = statements.find(({ text, citations }) => citations === 0 && !isMarked(text));
    if (statements.length === 0) return unmet("no risk is named or ruled out");
    return bare === undefined
      ? met(`${counted(statements.length, "statement")}, each measured`)
      : unmet(`line ${bare.line} rests on nothing measured`);
  },
  "targets-exist": ({ parsed, exists }) => {
    const paths = targetPaths(parsed);
    if (paths.length === 0) return unmet("no target file is listed");
    const lacking = paths.find((path) => !exists(path));
    return lacking === undefined
      ? met(`${counted(paths.length, "file")}, each at the base commit`)
      : unmet(`${lacking} does not exist at the base commit`);
  },
  "cause-confirmed": ({ given }) =>
    given ? met("a person named the place") : { result: "undecided", evidence: "no person named the place" },
};

/**
 * The result of one criterion. What only a person can decide stays undecided; what only a run or a model can decide does
 * too, when there was none. `judgements`: by the name of the check, for `judged` by the text of the criterion.
 */
export function decideCriterion(
  { text, check }: PhaseCriterion,
  evidence: CriterionInput,
  judgements: ReadonlyMap<string, Judgement> = new Map(),
): CriterionResult {
  return { text, ...judgementOf({ text, check }, evidence, judgements) };
}

function judgementOf(
  { text, check }: PhaseCriterion,
  evidence: CriterionInput,
  judgements: ReadonlyMap<string, Judgement>,
): Judgement {
  if (check === "person")
    return { result: "undecided", how: "human", evidence: "only a person can decide it" };
  if (check === "judged")
    return (
      by("model", judgements.get(text)) ?? {
        result: "undecided",
        how: "human",
        evidence: "no machine can decide it, and no model was asked",
      }
    );
  if (isFromOutside(check))
    return (
      by("run", judgements.get(check)) ?? { result: "undecided", how: "run", evidence: "no code was run" }
    );
  // A person names the cause, or runs show that the failure depends on it and on nothing else of the change.
  const shown = check === "cause-confirmed" ? by("run", judgements.get(check)) : undefined;
  if (shown !== undefined && !evidence.given) return shown;
  return { how: check === "cause-confirmed" ? "human" : "machine", ...CHECKERS[check](evidence) };
}

/**
 * How a phase ends by its criteria: what only a person can decide holds it, what failed fails it. An outcome is a legal
 * end, whatever it leaves open; a document that does not hold is none.
 */
export function statusOf(
  criteria: readonly CriterionResult[],
  outcome: PhaseOutcome | undefined,
): "completed" | "needs_attention" | "failed" {
  const failed = criteria.filter(({ result }) => result === "unmet");
  if (outcome !== undefined) return failed.some(({ how }) => how === "machine") ? "failed" : "completed";
  // Zero criteria: nothing was verified, so nothing is complete.
  if (criteria.length === 0 || failed.length > 0) return "failed";
  return criteria.some(({ result }) => result === "undecided") ? "needs_attention" : "completed";
}

/** A model's word never replaces a run, whatever the text of a criterion is. */
function by(how: Judgement["how"], judgement: Judgement | undefined): Judgement | undefined {
  return judgement?.how === how ? judgement : undefined;
}

function isFromOutside(check: CheckName): check is (typeof FROM_OUTSIDE)[number] {
  return (FROM_OUTSIDE as readonly CheckName[]).includes(check);
}

function noProblem(
  { problems }: CheckReport,
  kinds: readonly DocumentProblem["kind"][],
  evidence: string,
): CheckResult {
  const found = problems.filter(({ kind }) => kinds.includes(kind));
  return found.length === 0
    ? met(evidence)
    : unmet(`${found.length} wrong, the first on line ${found[0]!.line}: ${found[0]!.message}`);
}

function sectionOf(parsed: ParsedDocument, heading: string): DocumentSection | undefined {
  return parsed.sections.find((candidate) => candidate.level === 2 && candidate.heading === heading);
}

/** The files that an impact map would change: those of its section, else those of its answer. */
export function targetPaths({ sections, lines }: ParsedDocument): readonly string[] {
  const from =
    sections.find(({ heading }) => heading === TARGETS) ?? sections.find(({ level }) => level === 1);
  const to = sections.find(({ line }) => line > (from?.line ?? Infinity))?.line ?? Infinity;
  const listed = lines.filter(({ line }) => from !== undefined && line > from.line && line < to);
  return [...new Set(listed.map(({ value }) => value.path))];
}

const TARGETS = PHASES.flatMap(({ sections }) => sections).find(({ id }) => id === "targets")?.heading;

/** What the document says first. */
function headline({ sections }: ParsedDocument): DocumentSection["statements"] {
  return sections.find(({ level }) => level === 1)?.statements ?? [];
}

function section(
  { phase, parsed }: Pick<CriterionInput, "phase" | "parsed">,
  id: string,
): DocumentSection | undefined {
  const heading = phase.sections.find((candidate) => candidate.id === id)?.heading;
  return heading === undefined ? undefined : sectionOf(parsed, heading);
}

/** Looked for and not found is an answer; nothing at all is none. */
function rows(evidence: CriterionInput, id: string, one: string, many?: string): CheckResult {
  const { statements = [] } = section(evidence, id) ?? {};
  const cited = statements.filter(({ citations }) => citations > 0);
  if (statements.length === 0) return unmet(`no ${one} is listed`);
  return cited.length > 0
    ? met(`${counted(cited.length, one, many)} with references`)
    : statements.every(({ text }) => isMarked(text))
      ? unmet(`nothing but what is not known: ${statements[0]!.text.slice(0, 80)}`)
      : unmet("no reference");
}

function isRanked(text: string): boolean {
  return /^\d{1,2}\. /.test(text);
}

/** A mark of a statement is its first words; a claim ends with how it is known. */
function isMarked(text: string): boolean {
  if (CLAIM_MARKS.some((mark) => text.endsWith(`| ${mark}`) || text.endsWith(`(${mark})`))) return true;
  return [...Object.values(MARKS), UNKNOWN_MARK, QUESTION_MARK].some((mark) => text.startsWith(mark));
}

/** Somebody's words: a claim ends with how it is known. */
function isReported(text: string): boolean {
  return text.endsWith(`| ${MARK_WORDS.reported}`) || text.endsWith(`(${MARK_WORDS.reported})`);
}

/** Words that name a cause or propose a fix: no document about what a reporter sees holds them. */
export function namesCauseOrFix(statement: string): boolean {
  return /\b(the cause (is|lies)|is caused by|to fix (it|this)|should be (changed|fixed))\b/i.test(statement);
}
