import type { Location } from "../text/location.ts";
import { RunFailure } from "../failure.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { MARKS, renderDocument } from "../documents/render-document.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { turnOf } from "./bound-outcome.ts";
import { formatRecordLines } from "./record-lines.ts";
import type { PhaseCost, PhaseOutcome } from "./outcome.ts";
import { documentFileOf, specFileOf, specIdOf } from "./names.ts";
import type { Phase } from "./phase.ts";
import { labelledLocation, locationLabel, phaseSpec } from "./phase-spec.ts";
import { editSpec, type SpecChanges } from "../specs/edit-spec.ts";
import { isApprovalOpen } from "../specs/approval.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { canMove } from "../specs/lifecycle.ts";
import { isStatus, type Spec, type Status } from "../specs/spec.ts";
import { outcomeOf, type Verdict } from "./verdict.ts";
import { type CheckSource, checkDocument } from "../documents/check-document.ts";
import { decideCriterion } from "./decide-criterion.ts";
import { dropWrong } from "./builtin/drop-wrong.ts";
import type { ResearchContext } from "./builtin/research-context.ts";
import { builtinResearcher, type Researcher, TEST_LABEL, type Written } from "./builtin/researcher.ts";
import type { Publisher } from "../repository/repository.ts";
import { sha256 } from "../text/hash.ts";

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

export interface PhaseResult {
  readonly phase: string;
  readonly specId: string;
  /** `left-out`: needs a model. `unchanged`: everything was there already. */
  readonly status: "completed" | "needs_attention" | "failed" | "left-out";
  readonly document: string | undefined;
  readonly verdicts: readonly Verdict[];
  /** Statements that failed their check and were not published. */
  readonly dropped: number;
  readonly changed: boolean;
  readonly reason?: string;
  /** First sentence of the document, marked as a hypothesis when it is one. */
  readonly lead?: string;
  /** A legal end other than "continue": the phases after it were not worked. */
  readonly outcome?: PhaseOutcome;
  /** What models cost; undefined when none was asked. */
  readonly cost?: PhaseCost;
  /** Who researched: `builtin`, or the names of the models. */
  readonly researcher?: string;
  /** Which limit ended it early: what was found until then is what was published. */
  readonly partial?: string;
}

export interface InvestigateResult {
  readonly issue: string;
  readonly baseCommit: string;
  readonly place: string;
  readonly phases: readonly PhaseResult[];
}

/**
 * Works the phases one after the other; each is published before the next begins, so a kill loses at most one. A phase
 * that ends with an outcome ends or holds the investigation: those after it are not worked.
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
  // A place that does not exist is told before anything is written.
  if (request.at !== undefined) await context.suspects();
  const results: PhaseResult[] = [];
  let proposal: Written["proposed"];
  for (const phase of request.phases) {
    context.signal?.throwIfAborted();
    const specId = specIdOf(request.issue.key, phase);
    const cannot = researcher.cannot(phase);
    if (cannot !== undefined) {
      results.push({
        phase: phase.type,
        specId,
        status: "left-out",
        document: undefined,
        verdicts: [],
        dropped: 0,
        changed: false,
        reason: cannot,
      });
      dependencies.onPhase?.(phase, "left-out");
      continue;
    }
    dependencies.onPhase?.(phase, "start");
    if (proposal === undefined && phase.dependsOn.includes(CAUSE)) {
      proposal = await rememberedProposal(publisher, request.issue.key, worked);
      if (proposal !== undefined) context = context.proposing(proposal);
    }
    const { result, proposed } = await runPhase(phase, worked, request, { ...dependencies, context });
    results.push(result);
    dependencies.onPhase?.(phase, result.status);
    if (endsInvestigation(result)) break;
    if (proposed !== undefined) context = context.proposing((proposal = proposed));
  }
  return {
    issue: request.issue.key,
    baseCommit: context.baseCommit,
    place: publisher.place,
    phases: results,
  };
}

const CAUSE = "root-cause";
/** The phases after it are not worked: it ended, or waits for a person. */
export function endsInvestigation({ outcome }: Pick<PhaseResult, "outcome">): boolean {
  return outcome !== undefined && turnOf(outcome.kind) !== "goes-on";
}

/** What a model took for the cause in an earlier run stands in the spec of that phase. */
async function rememberedProposal(
  publisher: Publisher,
  key: string,
  phases: readonly Phase[],
): Promise<Written["proposed"]> {
  const cause = phases.find(({ type }) => type === CAUSE);
  const text = cause === undefined ? undefined : (await publisher.current()).get(specFileOf(key, cause));
  if (text === undefined) return undefined;
  return labelledLocation(parseSpec("spec", text).spec.labels, "cause");
}

async function runPhase(
  phase: Phase,
  present: readonly Phase[],
  { issue, at: given }: InvestigateRequest,
  { context, source, publisher, now, researcher = builtinResearcher }: InvestigateDependencies,
): Promise<{ readonly result: PhaseResult; readonly proposed: Written["proposed"] }> {
  // What the reporter sees does not change by where the cause is.
  const at = phase.type === CAUSE || phase.dependsOn.includes(CAUSE) ? given : undefined;
  const specFile = specFileOf(issue.key, phase);
  const specId = specIdOf(issue.key, phase);
  const documentFile = documentFileOf(issue.key, phase);
  const current = await publisher.current();
  const existing = current.get(specFile);
  const spec =
    existing ?? phaseSpec({ issueKey: issue.key, issueTitle: issue.title.text, phase, present, at });
  const { spec: parsedSpec, problems } = parseSpec(specId, spec);
  const broken = problems.find(({ severity }) => severity === "error");
  if (broken !== undefined)
    throw new RunFailure("spec-unreadable", `${specFile}, line ${broken.line}: ${broken.message}`);

  refuseHeld(parsedSpec, specFile);

  const researched = await researcher.write(phase, context, { files: current });
  const written = await dropWrong(researched.document, source);
  const dropped = written.dropped + researched.dropped;
  const text = renderDocument(written.document);
  // From here on only what stands in the text counts: it is read again as any other document would be.
  const parsed = parseDocument(text);
  const report = await checkDocument(parsed, source, context.signal);
  const evidence = { phase, parsed, report, exists: source.exists, given: context.at !== undefined };
  const criteria = parsedSpec.criteria.map(
    (criterion) =>
      phase.criteria.find((known) => known.text === criterion.text) ??
      ({ text: criterion.text, check: "person" } as const),
  );
  const verdicts = criteria.map((criterion) => decideCriterion(criterion, evidence, researched.judgements));
  const status = statusOf(verdicts, researched.outcome);
  const [first] = written.document.lead;
  const lead =
    first === undefined
      ? undefined
      : first.provenance === "code" || first.provenance === "run"
        ? first.text
        : `${MARKS[first.provenance]} ${first.text}`;
  const { outcome, cost, partial, reason, researcher: by } = researched;
  const result = {
    phase: phase.type,
    specId,
    status,
    document: documentFile,
    verdicts,
    dropped,
    ...(lead === undefined ? {} : { lead }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cost === undefined ? {} : { cost }),
    ...(partial === undefined ? {} : { partial }),
    ...(reason === undefined ? {} : { reason }),
    researcher: by,
  };

  const labels = labelsWith(parsedSpec.labels, at, researched);
  const marks = new Map(parsedSpec.criteria.map(({ line }, i) => [line, verdicts[i]?.result === "met"]));
  const isSame =
    existing !== undefined &&
    current.get(documentFile) === text &&
    parsedSpec.status === status &&
    parsedSpec.labels.join("\n") === labels.join("\n") &&
    parsedSpec.criteria.every(({ line, done }) => marks.get(line) === done);
  const { proposed } = researched;
  if (isSame) return { result: { ...result, changed: false }, proposed };

  const run = runIdOf(`${specId}\n${context.baseCommit}\n${text}`);
  const inProgress = edit(
    spec,
    { set: { status: "in_progress", completed_at: undefined, labels } },
    specFile,
  );
  const work = await publisher.publish({
    files: new Map([[specFile, inProgress], [documentFile, text], ...(researched.files ?? [])]),
    message: `chant(${specId}): ${phase.title} of issue ${issue.key}\n\nSpec: ${specId}\nRun: ${run}\n`,
  });
  const finishedAt = `${now().toISOString().slice(0, 19)}Z`;
  // A label more moves the criteria down a line.
  const inPlace = parseSpec(specId, inProgress).spec.criteria.map(({ line }) => line);
  const finished: SpecChanges = {
    set: {
      status,
      ...(work.commit === undefined ? {} : { commits: [...parsedSpec.commits, work.commit.slice(0, 7)] }),
      completed_at: finishedAt,
      model: by,
    },
    marks: new Map(inPlace.map((line, i) => [line, verdicts[i]?.result === "met"])),
    agentOutput: {
      at: finishedAt,
      text: formatEnd({ ...researched, dropped, verdicts, baseCommit: context.baseCommit }),
      redact: (output) => output,
    },
  };
  await publisher.publish({
    files: new Map([[specFile, edit(inProgress, finished, specFile)]]),
    message: `chant: ${status === "completed" ? "Complete" : status === "needs_attention" ? "Hold" : "Fail"} ${specId}\n\nRun: ${run}\n`,
  });
  return { result: { ...result, changed: true }, proposed };
}

/** An outcome is a legal end, whatever is left open by it; a document that does not hold is none. */
function statusOf(verdicts: readonly Verdict[], outcome: PhaseOutcome | undefined): PhaseResult["status"] {
  if (outcome === undefined) return outcomeOf(verdicts);
  return verdicts.some(({ result, how }) => result === "unmet" && how === "machine") ? "failed" : "completed";
}

/** A gate that is shut, a spec that somebody stopped, or one that is not understood is never worked on. */
function refuseHeld(spec: Spec, file: string): void {
  if (!spec.runnable)
    throw new RunFailure(
      "spec-unreadable",
      `${file} has a type or a status that Casebook does not know; it is kept and not run`,
    );
  if (isApprovalOpen(spec))
    throw new RunFailure(
      "phase-blocked",
      `${file} waits for approval (${spec.approval?.status ?? "pending"})`,
    );
  if (!isStatus(spec.status) || spec.status === "in_progress") return;
  // Running it again is the explicit re-run of what was completed; what somebody stopped, somebody starts again.
  const from: Status = spec.status === "completed" ? "pending" : spec.status;
  if (
    spec.status === "paused" ||
    (!canMove(spec.status, from) && from !== spec.status) ||
    !canMove(from, "in_progress")
  )
    throw new RunFailure("phase-blocked", `${file} is ${spec.status}; set its status to pending to run it`);
}

function labelsWith(
  labels: readonly string[],
  at: Location | undefined,
  { proposed, test }: Written,
): readonly string[] {
  const others = labels.filter(
    (label) =>
      !(at !== undefined && label.startsWith("at:")) &&
      !label.startsWith("cause:") &&
      !label.startsWith(TEST_LABEL),
  );
  return [
    ...others,
    ...(at === undefined ? [] : [locationLabel("at", at)]),
    ...(proposed === undefined ? [] : [locationLabel("cause", proposed)]),
    ...(test === undefined ? [] : [`${TEST_LABEL}${test}`]),
  ];
}

function edit(text: string, changes: SpecChanges, file: string): string {
  const edited = editSpec(text, changes);
  if (edited.ok) return edited.text;
  const [problem] = edited.problems;
  throw new RunFailure(
    "spec-unreadable",
    `${file}, line ${problem?.line ?? 1}: ${problem?.message ?? "it cannot be edited"}`,
  );
}

/** What a person, and `restore`, finds in the spec: how it was researched, what it cost, how it ended, each verdict. */
function formatEnd({
  dropped,
  verdicts,
  baseCommit,
  ...written
}: Written & { readonly verdicts: readonly Verdict[]; readonly baseCommit: string }): string {
  const lines = verdicts.map(
    ({ criterion, result, how, evidence }) => `${result.toUpperCase()} (${how}): ${criterion}\n  ${evidence}`,
  );
  return [
    ...formatRecordLines(written),
    "",
    written.researcher === "builtin"
      ? `Built-in researcher, no model. Checked at ${baseCommit}.`
      : `A model went on from the evidence of the built-in researcher. Checked at ${baseCommit}.`,
    ...(dropped > 0 ? [`${dropped} statements failed their check and were dropped.`] : []),
    "",
    ...lines,
  ].join("\n");
}

/** Names a run by what went in and came out: the same run again has the same name. */
function runIdOf(text: string): string {
  return sha256(text).slice(0, 16);
}
