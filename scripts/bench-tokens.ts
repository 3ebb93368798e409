/**
 * What the evidence in the first message of each phase costs and saves, printed as Markdown tables: tokens, calls, money
 * and seconds per phase on `examples/issue-42`, without evidence and with packs of several sizes.
 *
 *   npm run bench:tokens -- [--packs 0,2000,4000,8000,16000] [--runs 3] [--input 3] [--output 15]
 *
 * The model is a script (`honest-script.ts`) behind a real endpoint on this machine: it takes the same steps each time, and
 * without evidence it first looks for it in seven calls. So the figures show what messages cost, not what a real model
 * would do with them. Tokens are bytes / 4 of the tools, the messages and the replies; prices are US dollars per million.
 */
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCheckout } from "../src/repository/io/checkout.ts";
import { makeExample } from "../src/repository/io/make-example.ts";
import { openModel } from "../src/llm/io/open-model.ts";
import { openJournalFile } from "../src/llm/io/journal-file.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";
import type { ParsedRequest } from "../src/simulator/model/contract.ts";
import { honestScript } from "../src/simulator/model/honest-script.ts";
import { playScript } from "../src/simulator/model/play-script.ts";
import { startScriptedServer } from "../src/simulator/model/start-scripted-server.ts";
import { RunFailure } from "../src/failure.ts";
import { parseIssueInput } from "../src/issue/parse-issue-input.ts";
import { formatMoney } from "../src/llm/money.ts";
import { DEFAULT_LIMITS } from "../src/llm/model-settings.ts";
import { paidGateway } from "../src/llm/paid-gateway.ts";
import { repositorySource } from "../src/documents/repository-source.ts";
import { investigate } from "../src/phases/investigate.ts";
import { phasesOf } from "../src/phases/parse-phase.ts";
import { modelResearcher } from "../src/agent/model-researcher.ts";
import { researchContext } from "../src/phases/builtin/research-context.ts";
import type { SandboxState } from "../src/sandbox/sandbox.ts";
import { memoryPublisher } from "../src/repository/memory-publisher.ts";
import { readConfig } from "../src/process/config.ts";
import { openWorkbench } from "../src/research/workbench.ts";

const { values } = parseArgs({
  options: {
    packs: { type: "string", default: "0,2000,4000,8000,16000" },
    runs: { type: "string", default: "3" },
    input: { type: "string", default: "3" },
    output: { type: "string", default: "15" },
  },
});
const packs = values.packs.split(",").map(Number);
const runs = Number(values.runs);
const price = { input: Number(values.input), output: Number(values.output) };

const scratch = mkdtempSync(join(tmpdir(), "casebook-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const EXAMPLE = join(import.meta.dirname, "../examples/issue-42");
const folder = join(scratch, "repository");
cpSync(EXAMPLE, folder, { recursive: true });
rmSync(join(folder, "issue.md"));
await makeExample(folder);
const issue = visibleIssue(
  parseIssueInput({ text: readFileSync(join(EXAMPLE, "issue.md"), "utf8"), number: "42" }),
);

interface Spent {
  readonly phase: string;
  readonly status: string;
  readonly calls: number;
  readonly input: number;
  /** Of the input, what stood at the beginning of the call before: endpoints with a cache ask a fraction for it. */
  readonly before: number;
  readonly output: number;
  readonly micros: number;
  readonly seconds: number;
}

/** One investigation, all phases, in this process. */
async function work(packTokens: number): Promise<readonly Spent[]> {
  await using workbench = await openWorkbench({
    repository: folder,
    data: join(scratch, "data"),
    workers: 1,
  });
  const commit = await workbench.repository.resolve("HEAD");
  const tree = await workbench.repository.tree(commit);
  await using stack = new AsyncDisposableStack();
  const codebase = await workbench.codebase(commit);
  const source = await repositorySource(workbench.repository, commit, async () => codebase, issue.text);
  const told = new Map<string, string>();
  const before = new Map<string, number>();
  let phase = "";
  await using server = await startScriptedServer({
    reply(request) {
      const sent = textOf(request);
      before.set(phase, (before.get(phase) ?? 0) + repeated(sent, request, told));
      const said = playScript(honestScript)(request);
      const output = tokensOf((said.text ?? "") + JSON.stringify(said.calls ?? []));
      return { ...said, usage: { input: tokensOf(sent), output } };
    },
  });
  const model = openModel({
    name: "scripted",
    url: server.url,
    model: "scripted",
    contextTokens: 128_000,
    outputTokens: 8_192,
    price,
    tools: "native",
    maxTokensField: "max_tokens",
    concurrency: 1,
    timeoutSeconds: 60,
    idleSeconds: 120,
  });
  using journal = openJournalFile(join(scratch, `${randomUUID()}.jsonl`));
  const signal = new AbortController().signal;
  const researcher = modelResearcher({
    gateway: paidGateway({
      journal,
      run: "bench",
      payer: { investigation: "bench", repository: 0, installation: 0 },
      modelsFor: () => [model],
      caps: {},
      now: Date.now,
    }),
    source,
    sandbox: await sandboxIn(stack),
    limits: {
      steps: DEFAULT_LIMITS.steps,
      tokens: DEFAULT_LIMITS.tokens,
      milliseconds: DEFAULT_LIMITS.minutes * 60_000,
      rounds: DEFAULT_LIMITS.rounds,
      packTokens,
    },
    run: "bench",
    signal,
    now: () => performance.now(),
  });
  const context = researchContext({
    issue,
    codebase,
    history: workbench.repository.history,
    at: undefined,
  });
  const seconds = new Map<string, number>();
  let from = 0;
  const { phases } = await investigate(
    { issue, phases: await phasesOf(tree, () => undefined), at: undefined },
    {
      context,
      source,
      publisher: memoryPublisher(),
      researcher,
      now: () => new Date(),
      onPhase: ({ type }, event) => {
        if (event === "start") [phase, from] = [type, performance.now()];
        else seconds.set(type, (performance.now() - from) / 1_000);
      },
    },
  );
  return phases.map(({ type, status, cost }) => ({
    phase: type,
    status,
    calls: cost?.calls ?? 0,
    input: cost?.inputTokens ?? 0,
    before: before.get(type) ?? 0,
    output: cost?.outputTokens ?? 0,
    micros: cost?.micros ?? 0,
    seconds: seconds.get(type) ?? 0,
  }));

  async function sandboxIn(stack: AsyncDisposableStack): Promise<SandboxState> {
    const { sandbox } = readConfig(process.env);
    if (sandbox === undefined) return { kind: "none", why: "it is switched off" };
    try {
      const checkout = stack.use(await openCheckout(tree, join(scratch, "data"), signal));
      return await openSandbox({ ...sandbox, files: checkout.path });
    } catch (error) {
      if (error instanceof RunFailure) return { kind: "none", why: error.message };
      throw error;
    }
  }
}

/** What a model reads: the tools stand before the messages, in every call. */
function textOf({ body, messages }: ParsedRequest): string {
  return JSON.stringify(body["tools"] ?? []) + JSON.stringify(messages);
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens at the beginning of a request that the one before of the same conversation began with as well. */
function repeated(text: string, { messages }: ParsedRequest, told: Map<string, string>): number {
  const key = messages
    .slice(0, 2)
    .map((message) => message.text)
    .join("\n");
  const last = told.get(key) ?? "";
  told.set(key, text);
  let same = 0;
  while (same < last.length && last[same] === text[same]) same++;
  return tokensOf(text.slice(0, same));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function row(cells: readonly (string | number)[]): void {
  console.log(
    `| ${cells.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : cell)).join(" | ")} |`,
  );
}

const commit = spawnSync("git", ["-C", import.meta.dirname, "rev-parse", "--short=12", "HEAD"], {
  encoding: "utf8",
}).stdout.trim();
console.log(
  `examples/issue-42, scripted model, $${price.input} and $${price.output} per million tokens in and out; casebook ${commit}; ${cpus().length} cores; n = ${runs} runs of each (tokens are the same in all, seconds are medians).\n`,
);
// The first one reads files into the index.
await work(packs[0] ?? 0);

const results = new Map<number, readonly Spent[]>();
for (const pack of packs) {
  const rounds: (readonly Spent[])[] = [];
  for (let round = 0; round < runs; round++) rounds.push(await work(pack));
  const [first] = rounds;
  if (rounds.some((round) => round.some(({ calls }, i) => calls !== first![i]!.calls)))
    console.error(`the runs with a pack of ${pack} tokens did not take the same calls`);
  results.set(
    pack,
    first!.map((spent, i) => ({ ...spent, seconds: median(rounds.map((round) => round[i]!.seconds)) })),
  );
}

const total = (spent: readonly Spent[], of: "calls" | "input" | "before" | "output" | "micros" | "seconds") =>
  spent.reduce((sum, each) => sum + each[of], 0);
row(["evidence, tokens", "calls", "tokens in", "of these sent before", "tokens out", "money", "seconds"]);
row(["---", "---", "---", "---", "---", "---", "---"]);
for (const [pack, spent] of results)
  row([
    pack === 0 ? "none" : `up to ${pack.toLocaleString("en-US")}`,
    total(spent, "calls"),
    total(spent, "input"),
    total(spent, "before"),
    total(spent, "output"),
    formatMoney(total(spent, "micros")),
    total(spent, "seconds").toFixed(1),
  ]);

for (const [pack, spent] of results) {
  console.log(
    `\n${pack === 0 ? "Without evidence" : `Evidence of up to ${pack.toLocaleString("en-US")} tokens`}:\n`,
  );
  row(["phase", "end", "calls", "tokens in", "of these sent before", "tokens out", "money", "seconds"]);
  row(["---", "---", "---", "---", "---", "---", "---", "---"]);
  for (const { phase, status, calls, input, before, output, micros, seconds } of spent)
    row([
      phase,
      status.replace("_", " "),
      calls,
      input,
      before,
      output,
      formatMoney(micros),
      seconds.toFixed(1),
    ]);
}
