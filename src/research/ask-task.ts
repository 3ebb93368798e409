import type { z } from "zod";
import { quotedAnswer, onOneLine } from "../agent/tools/answer.ts";
import { callersTool } from "../agent/tools/callers.ts";
import { historyTool } from "../agent/tools/history.ts";
import { pathFinder } from "../agent/tools/path-finder.ts";
import { referencesTool } from "../agent/tools/references.ts";
import { searchTool } from "../agent/tools/search.ts";
import { similarCodeTool } from "../agent/tools/similar-code.ts";
import { relationText } from "../claims/related.ts";
import { checkWhole } from "../claims/check-claims.ts";
import { openEvidence } from "../claims/open-evidence.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { repositorySource } from "../documents/repository-source.ts";
import type { Reason } from "../evidence/ranking/signal.ts";
import { readIssueForms } from "../evidence/read-issue-forms.ts";
import { callersOf } from "../evidence/references/reach.ts";
import { RunFailure } from "../failure.ts";
import { readReport } from "../issue/report/read-report.ts";
import { rowsOf } from "../issue/report/rows-of.ts";
import { visibleIssue } from "../issue/visible-issue.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { researchContext } from "../phases/builtin/research-context.ts";
import { belongsTo } from "../phases/names.ts";
import type { Config } from "../process/config.ts";
import { memoryPublisher } from "../repository/memory-publisher.ts";
import { counted } from "../text/counted.ts";
import { formatLocation, parseLocation } from "../text/location.ts";
import { type AskName, type AskRequest, type ASKS, helpAfter, type Told } from "./asks.ts";
import { briefOf } from "./brief.ts";
import type { FromResearcher, ServiceCall, ServiceLink } from "./protocol.ts";
import { investigateTask } from "./tasks.ts";
import { relatedAt } from "./related-at.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

interface Options {
  readonly config: Config;
  readonly say: (message: FromResearcher) => void;
  readonly signal: AbortSignal;
}

type Args<N extends AskName> = z.output<(typeof ASKS)[N]["args"]>;

const MAX_ROW = 1_000;
const MAX_REASONS = 3;
const MAX_BRIEF_BYTES = 1_000_000;
const MAX_BRIEF_FILES = 200;

/** Answers one question about a commit. A failure that a user can fix is an answer too; throws for the signal and for bugs. */
export async function askTask(request: AskRequest, options: Options): Promise<Told> {
  try {
    return await answer(request, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof RunFailure)) throw error;
    const text = quotedAnswer({
      nonce: request.nonce,
      head: `Casebook could not answer (${error.code}):`,
      source: "why, with words of the issue or the repository",
      lines: [onOneLine(error.message, 1_000)],
      foot: helpAfter(error.code),
    });
    return { text, isError: true };
  }
}

async function answer(request: AskRequest, options: Options): Promise<Told> {
  if (request.name === "investigate") return await investigated(request, options);
  const { signal, config } = options;
  const onStep = (step: string): void => options.say({ kind: "step", step });
  await using workbench = await openWorkbench({ repository: request.mirror, ...config, signal, onStep });
  switch (request.name) {
    case "locate":
      return await located(request, workbench);
    case "read_issue":
      return await reading(request, workbench, signal);
    case "related":
      return await related(request, workbench, signal);
    case "check":
      return await checked(request, workbench, signal);
    case "brief":
      return await brief(request, workbench, signal);
    case "callers":
    case "references":
    case "similar":
    case "search":
    case "history":
      return await lookedUp(request, workbench, { signal, onStep });
  }
}

/** The tools that a model of ours has, for somebody else's. */
async function lookedUp(
  { name, args, base, nonce }: AskRequest,
  workbench: Workbench,
  { signal, onStep }: { readonly signal: AbortSignal; readonly onStep: (step: string) => void },
): Promise<Told> {
  const { repository } = workbench;
  const codebase = await workbench.codebase(base);
  const { history } = repository;
  const paths = pathFinder(codebase.tree);
  const evidence = openEvidence({ codebase, history, signal, onStep });
  const { symbolIndex, uses, commits } = evidence;
  const tool =
    name === "callers"
      ? callersTool({
          codebase,
          symbolIndex,
          callers: async (target) => callersOf(target, await uses()),
          paths,
          nonce,
        })
      : name === "references"
        ? referencesTool({ codebase, symbolIndex, uses, paths, nonce })
        : name === "similar"
          ? similarCodeTool({ symbolIndex, paths, nonce })
          : name === "search"
            ? searchTool({ codebase, nonce })
            : historyTool({ commits, history, baseCommit: base, paths, nonce });
  return { text: await tool.answer(JSON.stringify(args), signal), isError: false };
}

async function located({ args, base, issue, nonce }: AskRequest, workbench: Workbench): Promise<Told> {
  const { top } = args as Args<"locate">;
  const { files, functions, candidates } = await workbench.locate(visibleIssue(issue!), base, top);
  if (files.length === 0)
    return {
      text: `Casebook ranked none of the ${counted(candidates, "source file")} at ${base.slice(0, 12)}: the issue says too little, or they hold none of its words.`,
      isError: false,
    };
  const lines = [
    ...files.map(
      ({ path, strength, confidence, reasons }) =>
        `${onOneLine(path)}  ${strength}, ${percent(confidence)}: ${why(reasons)}`,
    ),
    ...functions.map(
      ({ path, symbol, strength, confidence, reasons }) =>
        `${formatLocation({ path: onOneLine(path), start: symbol.start, end: symbol.end })}  ${symbol.kind} ${onOneLine(qualifiedName(symbol), 120)}  ${strength}, ${percent(confidence)}: ${why(reasons)}`,
    ),
  ];
  const text = quotedAnswer({
    nonce,
    head: `${counted(candidates, "source file")} at ${base}: the first ${counted(files.length, "file")}, then the first ${counted(functions.length, "function")}. The percentage is the probability that a fix changes it.`,
    source: "files and functions of the repository, words of the issue",
    lines,
    rest: (shown) => (shown < lines.length ? `${lines.length - shown} more are not shown.` : ""),
  });
  return { text, isError: false };
}

function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}

/** The strongest reasons with the lines that show them. */
function why(reasons: readonly Reason[]): string {
  return reasons
    .slice(0, MAX_REASONS)
    .map(({ text, citations }) => {
      const at = citations.flatMap((one) => (one.kind === "lines" ? [formatLocation(one)] : [])).slice(0, 2);
      return onOneLine(`${text}${at.length === 0 ? "" : ` (${at.join(", ")})`}`, 400);
    })
    .join("; ");
}

async function reading(
  { base, issue, nonce }: AskRequest,
  { repository }: Workbench,
  signal: AbortSignal,
): Promise<Told> {
  const forms = await readIssueForms(await repository.tree(base, signal), signal);
  const lines = rowsOf(readReport(visibleIssue(issue!), forms), MAX_ROW);
  const text = quotedAnswer({
    nonce,
    head: "What the issue says, in the reporter's words. A part that Casebook did not find has no line.",
    source: "issue",
    lines,
    rest: (shown) => (shown < lines.length ? `${lines.length - shown} more are not shown.` : ""),
  });
  return { text, isError: false };
}

async function related(
  { base, issue, tracker, nonce }: AskRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<Told> {
  const seen = visibleIssue(issue!);
  const found = await relatedAt({ issue: seen, commit: base, tracker: tracker! }, workbench, signal);
  const { relations, size, last } = found;
  const end =
    /^\d+$/.test(seen.key) && Number(seen.key) > last ? ` It ends at #${last}, before the issue.` : "";
  if (relations.length === 0)
    return {
      text: `No check relates the issue to one of the ${counted(size, "entry", "entries")} of the tracker.${end}`,
      isError: false,
    };
  const lines = relations.map((relation) => onOneLine(relationText(relation), MAX_ROW));
  const text = quotedAnswer({
    nonce,
    head: `${counted(relations.length, "entry", "entries")} of ${size} in the tracker, compared at ${base}.${end}`,
    source: "words of the issue and of the tracker",
    lines,
    rest: (shown) => (shown < lines.length ? `${lines.length - shown} more are not shown.` : ""),
  });
  return { text, isError: false };
}

async function checked(
  { args, base, issue, nonce }: AskRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<Told> {
  const { document } = args as Args<"check">;
  const { repository } = workbench;
  const commit = await repository.resolve(parseDocument(document).baseCommit ?? base);
  const codebase = await workbench.codebase(commit);
  const seen = issue && visibleIssue(issue);
  const at = {
    codebase,
    history: repository.history,
    signal,
  };
  const source = await repositorySource(repository, commit, async () => codebase, seen?.text);
  const evidence =
    seen === undefined
      ? openEvidence(at)
      : researchContext({ ...at, issue: seen, at: undefined, webUrl: repository.webUrl });
  const { checked: counts, problems, undecided } = await checkWhole(document, source, evidence, signal);
  const references = Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.claim;
  const head = [
    `${counted(references, "reference")} and ${counted(counts.claim, "claim")} checked at ${commit}, ${problems.length} wrong.`,
    ...(undecided > 0 ? [`${counted(undecided, "claim")} could not be decided.`] : []),
  ].join(" ");
  if (problems.length === 0) return { text: head, isError: false };
  const text = quotedAnswer({
    nonce,
    head,
    source: "what does not hold, with words of the document and the repository",
    lines: problems.map(({ line, message }) => `line ${line}: ${onOneLine(message, MAX_ROW)}`),
    rest: (shown) => (shown < problems.length ? `${problems.length - shown} more are not shown.` : ""),
  });
  return { text, isError: false };
}

/** The documents of a branch, as a brief. */
async function brief(
  { args, base, nonce }: AskRequest,
  { repository }: Workbench,
  signal: AbortSignal,
): Promise<Told> {
  const { key } = args as Args<"brief">;
  const tree = await repository.tree(base, signal);
  const entries = tree.entries.filter(({ path, kind }) => kind === "file" && belongsTo(key, path));
  const bytes = entries.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (entries.length > MAX_BRIEF_FILES || bytes > MAX_BRIEF_BYTES)
    throw new RunFailure(
      "too-large",
      `The investigation has more than ${MAX_BRIEF_FILES} files or ${MAX_BRIEF_BYTES / 1_000_000} MB`,
    );
  const files = new Map<string, string>();
  for await (const { entry, bytes: read } of tree.read(entries, signal))
    if (read !== undefined) files.set(entry.path, new TextDecoder().decode(read));
  const text = briefOf(key, files);
  return text === undefined
    ? { text: "The branch holds no document of this issue; the tool investigate makes one.", isError: true }
    : { text: quotedBrief(text, nonce), isError: false };
}

/** Runs every phase that needs no model, keeps the files in memory, and gives the brief of them. */
async function investigated(
  { mirror, base, issue, args, nonce }: AskRequest,
  { config, say, signal }: Options,
): Promise<Told> {
  const { at: written } = args as Args<"investigate">;
  const at = written === undefined ? undefined : parseLocation(written);
  if (at !== undefined && "problem" in at)
    throw new RunFailure("usage", `${written} is not PATH:LINE or PATH:LINE-LINE: ${at.problem}`);
  const kept = memoryPublisher();
  const result = await investigateTask(
    {
      mirror,
      base,
      issue: issue!,
      phases: [],
      choice: {},
      ...(at === undefined ? {} : { at: { path: at.path, start: at.start, end: at.end } }),
      include: [],
      exclude: [],
    },
    { config, link: linkTo(kept), place: kept.place, say, signal, sandboxes: undefined },
  );
  const text = briefOf(issue!.key, kept.files);
  if (text !== undefined) return { text: quotedBrief(text, nonce), isError: false };
  const failed = quotedAnswer({
    nonce,
    head: "The investigation wrote no document.",
    source: "how each phase ended",
    lines: result.phases.map(({ type, status, reason = "" }) =>
      `${type}: ${status} ${onOneLine(reason)}`.trimEnd(),
    ),
  });
  return { text: failed, isError: true };
}

function quotedBrief(text: string, nonce: string): string {
  return quotedAnswer({
    nonce,
    head: "The brief of the investigation.",
    source: "brief, with words of the report and the repository",
    lines: text.split("\n"),
  });
}

/** What an investigation asks of the process that started it, answered here: nothing leaves this one but the answer. */
function linkTo(kept: ReturnType<typeof memoryPublisher>): ServiceLink {
  const reply = async (ask: ServiceCall): Promise<unknown> => {
    switch (ask.kind) {
      case "current":
        return await kept.current();
      case "publish":
        return await kept.publish({ files: ask.files, message: ask.message });
      case "phase":
        return undefined;
      default:
        throw new Error(`an investigation without a model asked for ${ask.kind}`);
    }
  };
  return {
    ask: reply as ServiceLink["ask"],
    settle: () => undefined,
    abandon: () => undefined,
    idle: () => Promise.resolve(),
  };
}
