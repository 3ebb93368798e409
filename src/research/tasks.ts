import { parseDocument } from "../documents/parse-document.ts";
import { SINGLE_PHASE } from "../phases/catalogue.ts";
import { choosePhases } from "../phases/choose-phases.ts";
import { belongsTo, specFileOf } from "../phases/names.ts";
import type { Phase } from "../phases/phase.ts";
import { labelledLocation } from "../phases/phase-spec.ts";
import { readConfigInput } from "../investigation/settings/parse-repository-config.ts";
import type { Codebase } from "../repository/codebase.ts";
import type { Publisher } from "../repository/repository.ts";
import type { SuiteSettings } from "../sandbox/suite-settings.ts";
import { withSuite } from "../sandbox/with-suite.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import type { Location } from "../text/location.ts";
import { checkWhole } from "../claims/check-claims.ts";
import { repositorySource } from "../documents/repository-source.ts";
import { endsInvestigation, type InvestigateResult, investigate } from "../phases/investigate.ts";
import { visibleIssue } from "../issue/visible-issue.ts";
import { phasesOf } from "../phases/parse-phase.ts";
import { readIssueForms } from "../evidence/read-issue-forms.ts";
import { type ResearchContext, researchContext } from "../phases/builtin/research-context.ts";
import { matcherOf } from "../repository/glob.ts";
import type { CheckedDocument, CheckRequest, LocateRequest, ResearchRequest } from "../service/research.ts";
import type { LocatedFunction } from "../evidence/ranking/locate.ts";
import type { Config } from "../process/config.ts";
import { briefOf } from "./brief.ts";
import { openWorkbench } from "./workbench.ts";
import { gatewayOver, openResearcher, openRuns, sandboxesBefore, sandboxOver } from "./open-researcher.ts";
import { handingOn, type SandboxDoor } from "./sandbox-door.ts";
import type { FromResearcher, Located, ServiceLink } from "./protocol.ts";

/** Runs the phases of a request; what is published and how far it is goes over the link. */
export async function investigateTask(
  {
    mirror,
    base,
    issue: written,
    phases: types,
    at: named,
    include,
    exclude,
    impactFrom,
    doubtful,
    sandbox: offered,
    runsReport = false,
    model,
    choice,
    hasTracker = false,
  }: ResearchRequest,
  {
    config,
    link,
    place,
    say,
    signal,
    sandboxes: door,
  }: {
    readonly config: Config;
    readonly link: ServiceLink;
    readonly place: string;
    readonly say: (message: FromResearcher) => void;
    readonly signal: AbortSignal;
    /** Undefined: no code is run. */
    readonly sandboxes: SandboxDoor | undefined;
  },
): Promise<InvestigateResult> {
  const onStep = (step: string): void => say({ kind: "step", step });
  await using workbench = await openWorkbench({ repository: mirror, ...config, signal, onStep });
  const { repository } = workbench;
  const note = (text: string): void => (choice === undefined ? undefined : say({ kind: "note", note: text }));
  const all = await phasesOf(await repository.tree(base, signal), note);
  const phases =
    choice === undefined
      ? [SINGLE_PHASE, ...all].filter(({ type }) => types.includes(type))
      : choosePhases(all, choice, model !== undefined);
  const publisher: Publisher = {
    place,
    current: () => link.ask({ kind: "current" }),
    publish: ({ files, message }) => link.ask({ kind: "publish", files, message }),
  };
  const at = named ?? (choice === undefined ? undefined : await rememberedAt(publisher, written.key, all));
  const codebase = await workbench.codebase(base);
  const settings = choice === undefined ? offered : withSuite(offered, await suiteOf(codebase, note));
  const sandboxes = door && handingOn(door, settings?.suite);
  const issue = visibleIssue(written);
  await using sandbox = sandboxOver({ sandboxes, commit: base, signal });
  await using others = sandboxesBefore({ sandboxes, repository, base, signal });
  const runs = await openRuns(() => context, sandbox.open, runsReport && model === undefined, {
    sandboxes,
    data: workbench.data,
    settings,
  });
  const context: ResearchContext = researchContext({
    issue,
    codebase,
    history: repository.history,
    shown: runs.shown,
    // A model's own runs are its evidence.
    ran: model === undefined ? runs.ran : undefined,
    webUrl: repository.webUrl,
    forms: await readIssueForms(codebase.tree, signal),
    at,
    signal,
    onStep,
    isCandidate: candidateTest(include, exclude),
    impactFrom,
    tracker: hasTracker ? (sought) => link.ask({ kind: "tracker", sought }) : undefined,
  });
  const source = await repositorySource(repository, base, async () => codebase, issue.text);
  const researcher = await openResearcher(
    model && { research: model, options: { source, doubtful, link, sandboxAt: others.at, signal, onStep } },
    { sandbox: sandbox.open, reported: runs.reported },
  );
  // Phases report their start and end in order, and a run waits until the service has recorded them.
  let told: Promise<unknown> = Promise.resolve();
  const results: InvestigateResult[] = [];
  for (const phase of phases) {
    const isLeftOut = researcher.cannot(phase) !== undefined;
    told = link.ask({
      kind: "phase",
      event: { kind: "start", phase: phase.type, ...(isLeftOut ? { isLeftOut } : {}) },
    });
    await told;
    const result = await investigate(
      {
        issue,
        phases: [phase],
        present:
          choice === undefined || model !== undefined
            ? all.filter(({ type, needs }) => needs === "builtin" || type === phase.type)
            : phases,
        at,
      },
      {
        context,
        source,
        publisher,
        researcher,
        now: () => new Date(),
      },
    );
    const brief = choice === undefined ? briefOf(issue.key, await publisher.current()) : undefined;
    for (const end of result.phases)
      await link.ask({
        kind: "phase",
        event: { kind: "end", result: end, ...(brief === undefined ? {} : { brief }) },
      });
    results.push(result);
    if (result.phases.some(endsInvestigation)) break;
  }
  return {
    issue: issue.key,
    baseCommit: base,
    place,
    phases: results.flatMap((result) => result.phases),
    unchanged: results.flatMap((result) => result.unchanged),
  };
}

/** Ranks files and functions, and lets a model order the best files. */
export async function locateTask(
  { mirror, base, issue, top, run }: LocateRequest,
  {
    config,
    link,
    say,
    signal,
  }: {
    readonly config: Config;
    readonly link: ServiceLink;
    readonly say: (message: FromResearcher) => void;
    readonly signal: AbortSignal;
  },
): Promise<Located> {
  const onStep = (step: string): void => say({ kind: "step", step });
  // Loaded when it is asked for: most tasks ask nobody.
  const { ORDERED, orderFiles } = await import("../agent/order-files.ts");
  await using workbench = await openWorkbench({ repository: mirror, ...config, signal, onStep });
  const seen = visibleIssue(issue);
  const ranking = await workbench.locate(seen, base, Math.max(top, ORDERED));
  onStep(`asking a model to order ${Math.min(ORDERED, ranking.files.length)} files`);
  const order = await orderFiles(
    ranking,
    { issue: seen, codebase: await workbench.codebase(base) },
    { gateway: gatewayOver(link), run, signal },
  );
  return { ranking: { ...ranking, functions: ranking.functions.map(withoutBody) }, order };
}

/** What a body is made of stays here: it is long, and nobody on the other side compares it. */
function withoutBody(located: LocatedFunction): LocatedFunction {
  const { shape: _, ...symbol } = located.symbol;
  return { ...located, symbol };
}

/** Compares every document of the issue in a commit of our branch with the commit that it names. */
export async function checkTask(
  { mirror, head, issue }: CheckRequest,
  { config, signal }: { readonly config: Config; readonly signal: AbortSignal },
): Promise<readonly CheckedDocument[]> {
  await using workbench = await openWorkbench({ repository: mirror, ...config, signal });
  const { repository } = workbench;
  const tree = await repository.tree(head, signal);
  const entries = tree.entries.filter(
    ({ path, kind }) => kind === "file" && belongsTo(issue.key, path) && path.startsWith(".chant/research/"),
  );
  const seen = visibleIssue(issue);
  const checked: CheckedDocument[] = [];
  for await (const { entry, bytes } of tree.read(entries, signal)) {
    const text = new TextDecoder().decode(bytes);
    const commit = await repository.resolve(parseDocument(text).baseCommit ?? head);
    const codebase = await workbench.codebase(commit);
    const source = await repositorySource(repository, commit, async () => codebase, seen.text);
    const context = researchContext({
      issue: seen,
      codebase,
      history: repository.history,
      at: undefined,
      signal,
    });
    checked.push({ path: entry.path, report: await checkWhole(text, source, context, signal) });
  }
  return checked;
}

const SETTINGS_FILE = ".github/casebook.yml";

/** How the commit's own settings start its tests. A file with a mistake is noted and does not count. */
export async function suiteOf(
  codebase: Pick<Codebase, "text">,
  note: (text: string) => void,
): Promise<SuiteSettings | undefined> {
  const { input, problems } = readConfigInput((await codebase.text(SETTINGS_FILE))?.text, undefined);
  const [first] = problems;
  if (first !== undefined)
    note(`casebook: ${SETTINGS_FILE}:${first.line}: ${first.message} Its \`suite\` does not count.`);
  return input.suite;
}

/** The location that a person named in an earlier run. */
async function rememberedAt(
  publisher: Publisher,
  key: string,
  phases: readonly Phase[],
): Promise<Location | undefined> {
  const phase = phases.find(({ type }) => type === "root-cause");
  const text = phase === undefined ? undefined : (await publisher.current()).get(specFileOf(key, phase));
  return text === undefined ? undefined : labelledLocation(parseSpec("spec", text).spec.labels, "at");
}

/** Files that may be named as the place of the cause; every file is still read, searched and followed. */
function candidateTest(
  include: readonly string[],
  exclude: readonly string[],
): ((path: string) => boolean) | undefined {
  if (include.length === 0 && exclude.length === 0) return undefined;
  const [wanted, unwanted] = [include.map(matcherOf), exclude.map(matcherOf)];
  return (path) =>
    (wanted.length === 0 || wanted.some((matches) => matches(path))) &&
    !unwanted.some((matches) => matches(path));
}
