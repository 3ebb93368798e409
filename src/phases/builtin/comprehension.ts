import { LIKELY, MODERATE } from "../../evidence/ranking/locate.ts";
import type { Block, StatedClaim } from "../../documents/finding.ts";
import { citesIssue, namesIssue } from "../../claims/cites-issue.ts";
import { component, likeliestIn } from "../../claims/component.ts";
import { namedChange } from "../../claims/named-change.ts";
import { notInCode, notInHistory } from "../../claims/not-there.ts";
import { type SoughtName, missingParts, notInReport } from "../../claims/not-in-report.ts";
import { related } from "../../claims/related.ts";
import { reportedRegression } from "../../claims/reported-regression.ts";
import { reportedVersions } from "../../claims/reported-versions.ts";
import { type ReportPart, reportedWords } from "../../claims/reported-words.ts";
import { isBrought, type Pointer, pointers } from "./pointers.ts";
import type { ResearchContext } from "./research-context.ts";
import { largeSources, MAX_UNREAD_SHOWN, unreadFiles, unreadSources } from "../../claims/unread-files.ts";
import { claimsBlock, unknown } from "./statements.ts";
import { definitionOf } from "./suspects.ts";

const MAX_COMPONENTS = 5;
/** In whole percent: the set of files ends before one that is less likely. */
export const MIN_PERCENT = MODERATE * 100;
const MAX_SYMBOLS = 2;
const MAX_COMMITS_SHOWN = 5;
/** Kinds of issue that state no failure: the reporter is not asked for a version. */
const WANTS = new Set(["feature", "documentation", "question"]);

/** What the reporter says, part by part, each in the reporter's words. */
export async function report(context: ResearchContext): Promise<readonly Block[]> {
  const { report: read } = context;
  const rows: StatedClaim[] = [];
  const add = (part: ReportPart, words: readonly string[]): void => {
    if (words.length > 0) rows.push(reportedWords.of({ part, words: [...words] }));
  };
  const said = new Set<string>();
  // One sentence can be found for two parts; it is shown once.
  const once = (words: readonly string[]): readonly string[] => {
    const fresh = words.filter((one) => !said.has(one));
    for (const one of fresh) said.add(one);
    return fresh.length === words.length ? words : [];
  };
  // A printed block has rows of its own: its message, and the trace.
  const [, ...symptom] = read.symptom.filter((words, place) => place === 0 || !words.includes("\n"));
  add("expected", once(read.expected));
  add("actual", once(withoutOutput(read)));
  if (rows.length === 0) add("symptom", once(symptom));
  add("steps", once(read.steps.slice(0, MAX_STEPS)));
  add("messages", once(read.messages.slice(0, 1)));
  if (read.regression !== undefined && read.regression.good + read.regression.bad !== "")
    rows.push(reportedRegression.of({ good: read.regression.good, bad: read.regression.bad }));
  if (read.versions.length > 0)
    rows.push(
      reportedVersions.of({
        versions: read.versions
          // A bare number beside the same one with its name says nothing more.
          .filter((one) => one.subject !== "" || !read.versions.some((other) => isNamedLike(other, one)))
          // What worked has a row of its own.
          .filter(({ value }, _, all) => all.length === 1 || value !== read.regression?.good)
          .slice(0, MAX_VERSIONS)
          .map(({ subject, value }) => ({ subject, value })),
      }),
    );
  else add("environment", once(read.environment.slice(0, 2)));
  add("frequency", once(read.frequency));
  add("tried", once(read.tried.slice(0, 1)));
  // The title is at the top of the page.
  if (rows.length === 0) add("symptom", read.symptom.slice(0, 1));
  rows.push(...(await relatedRow(context)));
  return [{ kind: "claims", form: "table", columns: ["", "the report"], items: rows }];
}

/** The entry of the tracker that has most to do with the issue. What the issue names itself, a reader sees there. */
async function relatedRow({ related: look, issue }: ResearchContext): Promise<readonly StatedClaim[]> {
  const { relations = [], last = 0 } = (await look?.()) ?? {};
  const first = relations.find(({ kind }) => kind !== "cites");
  if (first === undefined) return [];
  const isNewer = /^\d+$/.test(issue.key) && Number(issue.key) > last;
  return [related.of({ ...first, ...(isNewer ? { until: last } : {}) })];
}

/** What happens, in words. A printed trace is below the report's own page and its message has a row of its own. */
function withoutOutput({ actual, messages }: ResearchContext["report"]): readonly string[] {
  const inWords = actual.filter((words) => !words.includes("\n"));
  return inWords.length > 0 || messages.length > 0 ? inWords : actual;
}

function isNamedLike(
  one: { readonly subject: string; readonly value: string },
  { value }: { readonly value: string },
): boolean {
  return one.subject !== "" && one.value === value;
}

const MAX_STEPS = 8;
const MAX_VERSIONS = 6;

/** What only the reporter can tell, of what the next step needs. A report of no failure is asked for nothing. */
export async function missing(context: ResearchContext): Promise<readonly Block[]> {
  const { report: read, reading, issue, history } = context;
  const absent = await notThere(context);
  const needed: readonly SoughtName[] = WANTS.has(reading.kind) || read.kind === "other" ? [] : ["version"];
  const tags = needed.length === 0 ? [] : (await history.tags()).map(({ name }) => name);
  const parts = missingParts(needed, read, issue.text, tags);
  return claimsBlock("list", [
    ...absent,
    ...(parts.length === 0 ? [] : [notInReport.of({ parts: [...parts] })]),
  ]);
}

const MAX_ABSENT = 3;

/** What the report takes for granted and the repository does not have. */
async function notThere(context: ResearchContext): Promise<readonly StatedClaim[]> {
  return (await context.premises())
    .slice(0, MAX_ABSENT)
    .map((one) => (one.kind === "path" || one.kind === "version" ? notInHistory.of(one) : notInCode.of(one)));
}

/** The likeliest files with their likeliest functions, and what points to them besides shared words. */
export async function components(context: ResearchContext): Promise<readonly Block[]> {
  const ranking = await context.ranking();
  const items: StatedClaim[] = [];
  const pointed = new Set((await pointers(context)).map((one) => one.path));
  for (const [place, { path, percent }] of (await filesNamed(context)).entries()) {
    const best = (await likeliestIn(path, ranking, context))
      .slice(0, MAX_SYMBOLS)
      .map(({ symbol }) => definitionOf(path, symbol));
    // A file without a function is too large a place, unless it leads or the report points to it.
    if (best.length > 0 || place === 0 || pointed.has(path))
      items.push(component.of({ path, percent, best }));
  }
  const answer = await pointingAnswer(context);
  return [
    items.length === 0
      ? unknown("the file; Casebook found none that answers to the issue")
      : { kind: "claims", form: "table", columns: ["file", "how likely a fix changes it"], items },
    ...claimsBlock(
      "list",
      (await pointersShown(context)).map(({ claim }) => claim).filter((claim) => claim !== answer),
    ),
    ...unread(context),
  ];
}

async function filesNamed(context: ResearchContext): Promise<readonly { path: string; percent: number }[]> {
  return (await context.ranking()).files
    .map(({ path, confidence }) => ({ path, percent: Math.round(confidence * 100) }))
    .filter(({ percent }, place) => place === 0 || percent >= MIN_PERCENT)
    .slice(0, MAX_COMPONENTS);
}

/**
 * A place that the report gives itself: it answers where the ranking alone does not, or where the root cause will lead with it and not with
 * the likeliest file. Undefined where there is none.
 */
export async function pointingAnswer(context: ResearchContext): Promise<StatedClaim | undefined> {
  const pointer = (await pointersShown(context)).find(({ claim }) => POINTING.has(claim.type));
  const [file] = (await context.ranking()).files;
  if (pointer === undefined || (file?.confidence ?? 0) < LIKELY) return pointer?.claim;
  const [leading] = await context.suspects();
  return pointer.path !== file?.path && pointer.path === leading?.path ? pointer.claim : undefined;
}

const POINTING = new Set(["named-place", "frame-in", "named-change"]);

/** What points to the named files besides shared words, and what the reporter brings. */
async function pointersShown(context: ResearchContext): Promise<readonly Pointer[]> {
  const paths = new Set((await filesNamed(context)).map(({ path }) => path));
  return (await pointers(context)).filter(
    (one) =>
      // A change that leads elsewhere stands with the prior work.
      (isBrought(one) && one.claim.type !== "named-change") ||
      // A name that the text merely writes says little; the title is what the issue is about.
      (paths.has(one.path) && (one.inTitle || one.claim.type !== "names-definition")),
  );
}

/** Source that could not be read is said: a file that is not there cannot be named. */
function unread({ codebase, issue }: ResearchContext): readonly Block[] {
  const lacking = unreadSources(codebase);
  const large = largeSources(codebase, issue.text);
  const shown = (paths: readonly string[]) => ({
    count: paths.length,
    shown: paths.slice(0, MAX_UNREAD_SHOWN),
  });
  return claimsBlock("list", [
    ...(lacking.length === 0 ? [] : [unreadFiles.of(shown(lacking))]),
    ...(large.length === 0 ? [] : [unreadFiles.of({ ...shown(large), large: true })]),
  ]);
}

/** The commit that a claim about a named change is about. */
function oidOf({ type, data }: StatedClaim): unknown {
  return type === "named-change" ? (data as { readonly oid?: unknown }).oid : undefined;
}

/** Changes that the report names, and commits that name the issue. What stands among the components is not said again. */
export async function priorWork(context: ResearchContext): Promise<readonly Block[]> {
  const { key } = context.issue;
  const { changes } = await context.reported();
  const shown = new Set((await pointersShown(context)).map(({ claim }) => oidOf(claim)));
  const named = changes
    .filter(({ commit }) => !shown.has(commit))
    .map(({ named: written, commit: oid, subject }) => namedChange.of({ written, oid, subject }));
  if (!/^\d+$/.test(key)) return claimsBlock("list", named);
  return claimsBlock("list", [
    ...named,
    ...(await context.commits())
      .filter((commit) => namesIssue(commit, key))
      .slice(0, MAX_COMMITS_SHOWN)
      .map(({ oid, subject }) => citesIssue.of({ issue: key, oid, subject })),
  ]);
}
