import type { Location } from "../text/location.ts";
import { checkWhole } from "../claims/check-claims.ts";
import type { CheckSource } from "../documents/check-document.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { renderDocument } from "../documents/render-document.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import type { Publisher } from "../repository/repository.ts";
import type { SpecChanges } from "../specs/edit-spec.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { dropWrong } from "./builtin/drop-wrong.ts";
import type { ResearchContext } from "./builtin/research-context.ts";
import { findSecrets, maskSecrets } from "../text/find-secrets.ts";
import { sha256 } from "../text/hash.ts";
import { withoutSecrets } from "./without-secrets.ts";
import { builtinResearcher, type Researcher, type PhaseDraft } from "./builtin/researcher.ts";
import { confirmCause } from "./confirm-cause.ts";
import { decideCriterion, statusOf } from "./decide-criterion.ts";
import { belongsTo, documentFileOf, specFileOf, specIdOf } from "./names.ts";
import { effectOf } from "./outcome.ts";
import type { PhaseResult } from "./phase-result.ts";
import { isCauseWithdrawn, withdrawStatements, withoutWithdrawals } from "./withdraw-statements.ts";
import { edit, labelledLocation, labelsWith, phaseSpec, readRunnable } from "./phase-spec.ts";
import type { Phase } from "./phase.ts";
import { refuseActing, refuseActingSpec } from "./refuse-acting.ts";
import { factsOf, formatCriterion } from "./read-result.ts";
import { formatRecordLines } from "./record-lines.ts";

export interface InvestigateRequest {
  readonly issue: VisibleIssue;
  /** In the order of their numbers; those that need a model are left out with the reason. */
  readonly phases: readonly Phase[];
  /** Phases that have or will have a spec, when they are more than `phases`: a spec links to them. */
  readonly present?: readonly Phase[];
  /** The lines a person named, as written: `path:3-9`. */
  readonly at: Location | undefined;
}

export interface InvestigateDependencies {
  readonly context: ResearchContext;
  readonly source: CheckSource;
  readonly publisher: Publisher;
  /** Default: the built-in one. */
  readonly researcher?: Researcher;
  readonly now: () => Date;
  readonly onPhase?: (phase: Phase, event: "start" | PhaseResult["status"]) => void;
}

export interface InvestigateResult {
  readonly issue: string;
  readonly baseCommit: string;
  readonly place: string;
  readonly phases: readonly PhaseResult[];
  /** Types of phases whose result was published already. */
  readonly unchanged: readonly string[];
}

/**
 * Runs the phases one after the other; each is published before the next starts, so a kill loses at most one. A phase
 * whose outcome ends or holds the investigation is the last one.
 */
export async function investigate(
  request: InvestigateRequest,
  dependencies: InvestigateDependencies,
): Promise<InvestigateResult> {
  const { publisher, researcher = builtinResearcher } = dependencies;
  let { context } = dependencies;
  const worked = (request.present ?? request.phases).filter(
    (phase) => researcher.cannot(phase) === undefined,
  );
  // A location that does not exist is refused before anything is written.
  if (request.at !== undefined) await context.suspects();
  const results: PhaseResult[] = [];
  const unchanged: string[] = [];
  let proposal: PhaseDraft["proposed"];
  for (const phase of request.phases) {
    context.signal?.throwIfAborted();
    const reason = researcher.cannot(phase);
    if (reason !== undefined) {
      results.push({ type: phase.type, status: "left-out", criteria: [], dropped: 0, files: [], reason });
      dependencies.onPhase?.(phase, "left-out");
      continue;
    }
    dependencies.onPhase?.(phase, "start");
    if (proposal === undefined && phase.dependsOn.includes(CAUSE)) {
      proposal = await rememberedProposal(publisher, request.issue.key, worked);
      if (proposal !== undefined) context = context.proposing(proposal);
    }
    const own = RANKED_BY_RUNS.has(phase.type) ? context.withRuns() : context;
    const withheld = await researcher.withholds?.(phase, own);
    if (withheld !== undefined) {
      await retract(phase, withheld, request.issue, { ...dependencies, context: own });
      results.push({
        type: phase.type,
        status: "left-out",
        criteria: [],
        dropped: 0,
        files: [],
        reason: withheld,
      });
      dependencies.onPhase?.(phase, "left-out");
      continue;
    }
    const { result, changed, proposed, withdrawsCause } = await runPhase(phase, worked, request, {
      ...dependencies,
      context: own,
    });
    results.push(result);
    if (!changed) unchanged.push(phase.type);
    dependencies.onPhase?.(phase, result.status);
    if (endsInvestigation(result)) break;
    if (withdrawsCause) [context, proposal] = [dependencies.context, undefined];
    if (proposed !== undefined) context = context.proposing((proposal = proposed));
  }
  return {
    issue: request.issue.key,
    baseCommit: context.baseCommit,
    place: publisher.place,
    phases: results,
    unchanged,
  };
}

/** Replaces what an earlier run wrote for a phase that this run writes nothing for: the two would contradict each other. */
async function retract(
  phase: Phase,
  reason: string,
  issue: VisibleIssue,
  { context, publisher, now }: InvestigateDependencies,
): Promise<void> {
  const [documentFile, specFile] = [documentFileOf(issue.key, phase), specFileOf(issue.key, phase)];
  const current = await publisher.current();
  const spec = current.get(specFile);
  const sentence = `Casebook left out the ${phase.title.toLowerCase()} in its latest run: ${reason}.`;
  const text = `# ${phase.title} of issue ${issue.key}\n\n${sentence}\n\nBase commit: \`${context.baseCommit}\`\n`;
  if (spec === undefined || !current.has(documentFile) || current.get(documentFile) === text) return;
  const specId = specIdOf(issue.key, phase);
  const changes: SpecChanges = {
    set: { status: "needs_attention", completed_at: undefined },
    marks: new Map(parseSpec(specId, spec).spec.criteria.map(({ line }) => [line, false])),
    agentOutput: {
      at: `${now().toISOString().slice(0, 19)}Z`,
      text: sentence,
      redact: (output) => output,
    },
  };
  await publisher.publish({
    files: new Map([
      [specFile, edit(spec, changes, specFile)],
      [documentFile, text],
    ]),
    message: `chant: Leave out ${specId}\n\nSpec: ${specId}\nRun: ${runIdOf(`${specId}\n${context.baseCommit}\n${text}`)}\n`,
  });
}

const CAUSE = "root-cause";
/** What the reporter sees does not change by what ran, and a document that shows the ranking has to hold the runs. */
const RANKED_BY_RUNS: ReadonlySet<string> = new Set([CAUSE, "impact-map"]);

/** The phases after it do not run: the investigation ended, or waits for a person. */
export function endsInvestigation({ outcome }: Pick<PhaseResult, "outcome">): boolean {
  return outcome !== undefined && effectOf(outcome.kind) !== "continues";
}

/** What a model took for the cause in an earlier run is in the spec of that phase. */
async function rememberedProposal(
  publisher: Publisher,
  key: string,
  phases: readonly Phase[],
): Promise<PhaseDraft["proposed"]> {
  const cause = phases.find(({ type }) => type === CAUSE);
  if (cause === undefined) return undefined;
  const files = await publisher.current();
  const text = files.get(specFileOf(key, cause));
  if (text === undefined || isCauseWithdrawn(files.get(documentFileOf(key, cause)) ?? "")) return undefined;
  return labelledLocation(parseSpec("spec", text).spec.labels, "cause");
}

interface PhaseRun {
  readonly result: PhaseResult;
  /** False when all of it was published already. */
  readonly changed: boolean;
  readonly proposed: PhaseDraft["proposed"];
  /** It takes back what a model took for the cause. */
  readonly withdrawsCause: boolean;
}

async function runPhase(
  phase: Phase,
  present: readonly Phase[],
  { issue, at: given }: InvestigateRequest,
  { context, source, publisher, now, researcher = builtinResearcher }: InvestigateDependencies,
): Promise<PhaseRun> {
  // What the reporter sees does not change by where the cause is.
  const at = phase.type === CAUSE || phase.dependsOn.includes(CAUSE) ? given : undefined;
  const specFile = specFileOf(issue.key, phase);
  const specId = specIdOf(issue.key, phase);
  const documentFile = documentFileOf(issue.key, phase);
  const current = await publisher.current();
  const existing = current.get(specFile);
  const specText =
    existing ?? phaseSpec({ issueKey: issue.key, issueTitle: issue.title.text, phase, present, at });
  const spec = readRunnable(specText, specId, specFile);

  const researched = await withoutSecrets(await researcher.write(phase, context, { files: current }));
  const {
    document,
    files = new Map(),
    test,
    proposed,
    judgements,
    withdrawn = [],
    dropped,
    runs = [],
    ...notes
  } = researched;
  const evidence = { ...context, runs: (name: string) => runs.find((run) => run.name === name) };
  const optional = new Set(phase.sections.flatMap(({ id, optional: may }) => (may === true ? [id] : [])));
  const checked = await dropWrong(document, optional, source, evidence);
  const rendered = renderDocument(checked.document);
  // What only shows as a secret beside other words is masked here.
  const text = maskSecrets(rendered, await findSecrets(rendered));
  refuseActing(documentFile, text);
  // From here on only the text counts: it is read again as any other document would be.
  const parsed = parseDocument(text);
  const report = await checkWhole(text, source, evidence, context.signal);
  const decided = { phase, parsed, report, exists: source.exists, given: context.at !== undefined };
  const criteria = spec.criteria.map((criterion) =>
    decideCriterion(
      phase.criteria.find((known) => known.text === criterion.text) ?? {
        text: criterion.text,
        check: "person",
      },
      decided,
      judgements,
    ),
  );
  const result: PhaseResult = {
    ...notes,
    ...factsOf(text),
    type: phase.type,
    status: statusOf(criteria, notes.outcome),
    criteria,
    dropped: checked.dropped + dropped,
    files: [documentFile, ...[...files.keys()].filter((path) => belongsTo(issue.key, path))],
  };

  const struck = withdrawStatements(issue.key, current, phase.title, withdrawn);
  const labels = labelsWith(spec.labels, { at, proposed, test });
  const isMet = criteria.map((criterion) => criterion.result === "met");
  const isSame =
    existing !== undefined &&
    withoutWithdrawals(current.get(documentFile) ?? "") === text &&
    struck.files.size === 0 &&
    spec.status === result.status &&
    spec.labels.join("\n") === labels.join("\n") &&
    spec.criteria.every(({ done }, i) => done === isMet[i]);
  const ended = { result, proposed, withdrawsCause: struck.cause };
  if (isSame) return { ...ended, changed: false };

  const run = runIdOf(`${specId}\n${context.baseCommit}\n${text}`);
  const inProgress = edit(
    specText,
    { set: { status: "in_progress", completed_at: undefined, labels } },
    specFile,
  );
  for (const [file, changed] of struck.files) refuseActing(file, changed);
  refuseActingSpec(specFile, inProgress, existing ?? "", phase);
  const work = await publisher.publish({
    files: new Map([[specFile, inProgress], ...struck.files, [documentFile, text], ...files]),
    message: `chant(${specId}): ${phase.title} of issue ${issue.key}\n\nSpec: ${specId}\nRun: ${run}\n`,
  });
  const finishedAt = `${now().toISOString().slice(0, 19)}Z`;
  const finished: SpecChanges = {
    set: {
      status: result.status,
      ...(work.commit === undefined ? {} : { commits: [...spec.commits, work.commit.slice(0, 7)] }),
      completed_at: finishedAt,
      model: notes.researcher,
    },
    // A label more moves the criteria down a line.
    marks: new Map(
      parseSpec(specId, inProgress).spec.criteria.map(({ line }, i) => [line, isMet[i] === true]),
    ),
    agentOutput: {
      at: finishedAt,
      text: formatResult(result, context.baseCommit),
      redact: (output) => output,
    },
  };
  const endedSpec = edit(inProgress, finished, specFile);
  refuseActingSpec(specFile, endedSpec, inProgress, phase);
  await publisher.publish({
    files: new Map([
      [specFile, endedSpec],
      ...(phase.type === CAUSE
        ? []
        : confirmCause(issue.key, current, judgements?.get("cause-confirmed"), finishedAt)),
    ]),
    message: `chant: ${ENDED[result.status]} ${specId}\n\nRun: ${run}\n`,
  });
  return { ...ended, changed: true };
}

const ENDED: Readonly<Record<PhaseResult["status"], string>> = {
  completed: "Complete",
  needs_attention: "Hold",
  failed: "Fail",
  "left-out": "Leave out",
};

/** What a person, and `readResult`, finds in the spec: how it was researched, what it cost, how it ended, each criterion. */
function formatResult(result: PhaseResult, baseCommit: string): string {
  const { researcher, dropped, criteria } = result;
  return [
    ...formatRecordLines(result),
    "",
    researcher === "builtin"
      ? `Built-in researcher, no model. Checked at ${baseCommit}.`
      : `A model went on from the evidence of the built-in researcher. Checked at ${baseCommit}.`,
    ...(dropped > 0 ? [`${dropped} statements failed their check and were dropped.`] : []),
    "",
    ...criteria.map(formatCriterion),
  ].join("\n");
}

/** Names a run by what went in and came out: the same run again has the same name. */
function runIdOf(text: string): string {
  return sha256(text).slice(0, 16);
}
