import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openModel } from "../../src/llm/io/open-model.ts";
import { openJournalFile } from "../../src/llm/io/journal-file.ts";
import type { Fault, ParsedRequest, ScriptedReply } from "../../src/simulator/model/contract.ts";
import { honestScript } from "../../src/simulator/model/honest-script.ts";
import { playScript } from "../../src/simulator/model/play-script.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { type FailureCode, RunFailure } from "../../src/failure.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";
import type { NextReply } from "../../src/llm/gateway.ts";
import { openLedger } from "../../src/llm/ledger.ts";
import { parseRecord } from "../../src/llm/record.ts";
import { paidGateway } from "../../src/llm/paid-gateway.ts";
import type { CheckSource } from "../../src/documents/check-document.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import { investigate } from "../../src/phases/investigate.ts";
import type { PhaseResult } from "../../src/phases/phase-result.ts";
import { modelResearcher } from "../../src/agent/model-researcher.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";
import { type ResearchIn, researchIn } from "../agent/research-in.ts";
import { exampleRepository } from "../fakes/casebook.ts";
import { type GitFolder, temporaryFolder } from "../fakes/git-folder.ts";

const CAP = 1_000_000;
const STEPS = 8;
const NOW = Date.UTC(2026, 0, 15, 12);
const JUDGED = "The symptom is told as the reporter tells it";
/** With a criterion that a second conversation decides. */
const comprehension = PHASES.find(({ type }) => type === "comprehension")!;
const phase = {
  ...comprehension,
  criteria: [...comprehension.criteria, { text: JUDGED, check: "judged" } as const],
};
const payer = { investigation: "cli/a", repository: 0, installation: 0 };

let folder: GitFolder;
let research: ResearchIn;
let source: CheckSource;
let honest: Ended;
beforeAll(async () => {
  folder = exampleRepository("issue-42");
  research = await researchIn(folder.path);
  const repository = await openRepository(folder.path);
  const { codebase, issue, baseCommit } = research.context;
  source = await repositorySource(repository, baseCommit, async () => codebase, issue.text);
  honest = await work({ fault: undefined, isAt: () => false });
});
afterAll(async () => {
  await research[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

interface Ended {
  readonly result: PhaseResult | undefined;
  readonly failure: FailureCode | undefined;
  readonly files: ReadonlyMap<string, string>;
  readonly document: string;
  readonly requests: readonly ParsedRequest[];
  /** What the gateway said, in order. */
  readonly ends: readonly NextReply["kind"][];
  /** Milliseconds that were slept between tries, on a clock that only sleeping moves. */
  readonly slept: number;
  /** Calls whose end is not known. */
  readonly open: number;
  readonly taken: number;
  readonly cost: number;
  readonly notes: readonly string[];
}

/** What a fault at a call leaves of it. */
interface Trouble {
  readonly fault: Fault | undefined;
  /** `step`: of the phase's conversation, from 0; the judge's call is `judge`. `n`: faults so far. */
  readonly isAt: (step: number | "judge", n: number) => boolean;
}

const isJudge = ({ messages }: ParsedRequest): boolean => messages[0]?.text.startsWith("You judge") === true;

/** Faults that leave a reply of the model which does nothing. */
const WASTED: readonly Fault["kind"][] = ["invented-tool", "endless-calls", "broken-arguments"];
/** Faults that only time ends. */
const SILENT: readonly Fault["kind"][] = ["stall"];

/** The phase in this process: a real endpoint, a real journal in a file, the real loop. */
async function work({ fault, isAt }: Trouble): Promise<Ended> {
  using data = temporaryFolder();
  const file = join(data.path, "run.jsonl");
  let faults = 0;
  let wasted = 0;
  await using server = await startScriptedServer({
    reply(request): ScriptedReply {
      const step = request.step - wasted;
      // One step of looking first, so that the phase has a middle.
      const said = isJudge(request)
        ? honestly(request)
        : step === 0
          ? { calls: [{ name: "read_file", arguments: { path: "src/storage/store.py" } }] }
          : honestly({ ...request, step: step - 1 });
      if (fault === undefined || !isAt(isJudge(request) ? "judge" : step, faults)) return said;
      faults++;
      if (WASTED.includes(fault.kind)) wasted++;
      return { ...said, fault };
    },
  });
  const notes: string[] = [];
  let slept = 0;
  const sleep = async (milliseconds: number): Promise<void> => void (slept += milliseconds);
  const now = (): number => NOW + slept;
  const model = openModel(
    {
      name: "scripted",
      url: server.url,
      model: "scripted",
      contextTokens: 32_768,
      outputTokens: 2_048,
      price: { input: 1, output: 4 },
      tools: "auto",
      maxTokensField: "auto",
      concurrency: 2,
      timeoutSeconds: fault !== undefined && SILENT.includes(fault.kind) ? 0.4 : 30,
      idleSeconds: 120,
    },
    { now, sleep, random: () => 1, idleMilliseconds: 250, onNote: (note) => notes.push(note) },
  );
  using journal = openJournalFile(file);
  const ends: NextReply["kind"][] = [];
  const paid = paidGateway({
    journal,
    run: "run-a",
    payer,
    modelsFor: () => [model],
    caps: { phase: CAP, investigation: CAP },
    now,
    sleep,
  });
  const researcher = modelResearcher({
    gateway: {
      ...paid,
      async next(question, signal) {
        const next = await paid.next(question, signal);
        ends.push(next.kind);
        return next;
      },
    },
    source,
    sandbox: { kind: "none", why: "none is needed" },
    limits: { steps: STEPS, tokens: 400_000, milliseconds: 1_200_000, rounds: 3, packTokens: 2_000 },
    run: "run-a",
    signal: new AbortController().signal,
    now,
  });
  const publisher = memoryPublisher();
  let failure: FailureCode | undefined;
  let result: PhaseResult | undefined;
  try {
    ({
      phases: [result],
    } = await investigate(
      { issue: research.context.issue, phases: [phase], at: undefined },
      { context: research.context, source, publisher, researcher, now: () => new Date(NOW) },
    ));
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    failure = error.code;
  }
  const { investigation: taken } = await journal.taken(payer, NOW);
  const { micros } = await journal.cost({ run: "run-a", name: phase.type, payer });
  return {
    open: openCalls(file),
    result,
    failure,
    files: publisher.files,
    document: [...publisher.files].find(([path]) => path.includes("/research/"))?.[1] ?? "",
    requests: [...server.requests],
    ends,
    slept,
    taken,
    cost: micros,
    notes,
  };
}

function honestly(request: ParsedRequest): ScriptedReply {
  return playScript(honestScript)(request);
}

function openCalls(file: string): number {
  const lines = parseRecord(readFileSync(file, "utf8"));
  return [...openLedger(lines).calls.values()].filter(({ state }) => state === "reserved").length;
}

/** What is not as it must be, whatever happened. */
function disorder(ended: Ended): readonly string[] {
  const { taken, cost, open, files, requests, slept, result, failure } = ended;
  const wrong: string[] = [];
  const must = (isSo: boolean, words: string): void => void (isSo || wrong.push(words));
  must(open === 0, `${open} calls are open`);
  must(taken === cost, `${taken} are counted and ${cost} were spent`);
  must(taken <= CAP, `${taken} are more than the cap`);
  // Four tries of each call, and one that was paid for made again; a transcript that is too long is shortened four times.
  must(requests.length <= (STEPS + 3) * 5, `${requests.length} requests`);
  must(slept <= 120_000, `${slept} ms slept`);
  must((result === undefined) !== (failure === undefined), "no end, or two");
  // Nothing is written, or all of it.
  must(files.size === (result === undefined ? 0 : 2), `${files.size} files`);
  const spec = [...files].find(([path]) => path.includes("/specs/"))?.[1];
  must(
    spec === undefined || parseSpec("spec", spec).spec.status !== "in_progress",
    "the spec is in progress",
  );
  must(result === undefined || result.cost?.micros === taken, "the result names another cost");
  return wrong;
}

const SENTENCE = "`Store.set` has `def set(self, key, value):`";

/** How it ended, in a word. */
function endOf({ result, failure, document }: Ended): string {
  if (failure !== undefined) return failure;
  const isPartial = result?.partial !== undefined && result.partial !== "";
  if (document === honest.document) return isPartial ? "partial, and whole" : "honest";
  const what = document.includes(SENTENCE) ? "what was found" : "what is known without a model";
  return isPartial ? `partial: ${what}` : `${what}, as if it were all`;
}

const FAULTS: readonly Fault[] = [
  { kind: "rate-limited", retryAfter: 1 },
  { kind: "rate-limited", retryAfter: 3_600 },
  { kind: "quota" },
  { kind: "status", status: 500, body: "it broke" },
  { kind: "status", status: 502, body: "bad gateway" },
  { kind: "status", status: 401, body: "the key is wrong" },
  { kind: "cut", at: "start" },
  { kind: "cut", at: "middle" },
  { kind: "stall", at: "start" },
  { kind: "stall", at: "headers" },
  { kind: "stall", at: "middle" },
  { kind: "slow", milliseconds: 1 },
  { kind: "garbage", what: "words" },
  { kind: "garbage", what: "page" },
  { kind: "garbage", what: "stream" },
  { kind: "garbage", what: "empty" },
  { kind: "wrong-schema" },
  { kind: "invented-tool" },
  { kind: "endless-calls" },
  { kind: "broken-arguments" },
  { kind: "context-exceeded" },
  { kind: "refuses", what: "tools" },
  { kind: "refuses", what: "schema" },
  { kind: "refuses", what: "usage" },
  { kind: "refuses", what: "system" },
  { kind: "refuses", what: "max_tokens" },
  { kind: "no-usage" },
  { kind: "bare-deltas" },
  { kind: "no-stream" },
  { kind: "redirect", to: "http://127.0.0.1:9/v1/chat/completions" },
];

/** These change how an answer comes, not what it says: the document is the honest one however often they come. */
const HARMLESS: readonly Fault["kind"][] = [
  "slow",
  "refuses",
  "no-usage",
  "bare-deltas",
  "no-stream",
  "wrong-schema",
];
/** One of these costs a try or a step, and the next one brings what was wanted. */
const MENDED: readonly Fault["kind"][] = [
  ...HARMLESS,
  "cut",
  "stall",
  "invented-tool",
  "endless-calls",
  "broken-arguments",
  "context-exceeded",
];
const isMended = (fault: Fault): boolean =>
  MENDED.includes(fault.kind) ||
  (fault.kind === "rate-limited" && fault.retryAfter === 1) ||
  (fault.kind === "status" && fault.status >= 500);

const nameOf = (fault: Fault): string => Object.values(fault).join(" ");
const POSITIONS = [
  ["first", 0],
  ["middle", 1],
  ["last", 2],
] as const;

/** Faults that pass by themselves, for who asks again later. */
const PASSING: readonly Fault["kind"][] = ["rate-limited", "cut", "stall"];

/** Nothing was found before: the run fails by its name, or by its steps. Something was: it is published, with why it is not more. */
function unableAt(fault: Fault, at: number): string {
  if (at === 2) return "partial: what was found";
  if (WASTED.includes(fault.kind)) return "partial: what is known without a model";
  const passes = PASSING.includes(fault.kind) || (fault.kind === "status" && fault.status >= 500);
  return passes ? "model-unavailable" : "model-refused";
}

test("without a fault: the honest document, three calls and two of judges", () => {
  expect(disorder(honest)).toEqual([]);
  expect(honest.ends).toEqual(["reply", "reply", "reply", "reply", "reply"]);
  expect(endOf(honest)).toBe("honest");
  expect(honest.document).toContain(SENTENCE);
  expect(honest.result!.criteria.at(-1)).toMatchObject({ how: "model", result: "met" });
});

describe.each(FAULTS.map((fault) => [nameOf(fault), fault] as const))("%s", (_, fault) => {
  test.each(POSITIONS)("once, at the %s call", async (_position, at) => {
    const ended = await work({ fault, isAt: (step, n) => step === at && n === 0 });
    expect(disorder(ended)).toEqual([]);
    expect(endOf(ended)).toBe(isMended(fault) ? "honest" : unableAt(fault, at));
  });

  test.each(POSITIONS)("from the %s call on, for ever", async (_position, at) => {
    const ended = await work({ fault, isAt: (step) => step === "judge" || step >= at });
    expect(disorder(ended)).toEqual([]);
    expect(endOf(ended)).toBe(HARMLESS.includes(fault.kind) ? "honest" : unableAt(fault, at));
  });

  test("at the judge's call: the document stands, and the criterion stays open where nothing could be read", async () => {
    const ended = await work({ fault, isAt: (step) => step === "judge" });
    expect(disorder(ended)).toEqual([]);
    expect(endOf(ended)).toBe("honest");
    const verdict = ended.result!.criteria.find(({ text }) => text === JUDGED)!;
    // A call that nobody offered beside the JSON is left out, and the JSON read.
    const isRead = fault.kind !== "wrong-schema" && [...HARMLESS, ...WASTED].includes(fault.kind);
    expect(verdict.result).toBe(isRead ? "met" : "undecided");
  });
});
