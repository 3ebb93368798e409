import type { Issue } from "../../../src/issue/issue.ts";
import type { Entry, Reply } from "../../../src/llm/transcript.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import type { ModelGateway } from "../../../src/llm/gateway.ts";
import { repositorySource } from "../../../src/documents/repository-source.ts";
import { investigate, type InvestigateResult } from "../../../src/phases/investigate.ts";
import { modelResearcher } from "../../../src/agent/model-researcher.ts";
import type { SandboxState } from "../../../src/sandbox/sandbox.ts";
import { memoryPublisher } from "../../../src/repository/memory-publisher.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { exampleIssue, researchIn } from "../research-in.ts";

/** What a model says at one step of one conversation; nothing more ends it. */
export type Says = (
  conversation: string,
  step: number,
) => {
  readonly text?: string;
  readonly model?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: object }[];
};

/** A gateway that keeps what it is given, as one that survives a kill does. */
function keepingGateway(says: Says, stored: Map<string, Entry[]> = new Map()): ModelGateway {
  return {
    open: async (conversation) => [...(stored.get(conversation) ?? [])],
    async next({ conversation, at, entries }) {
      const known = (stored.get(conversation) ?? []).slice(0, at);
      const step = [...known, ...entries].filter(({ kind }) => kind === "reply").length;
      const { text = "", calls = [], model = "scripted" } = says(conversation, step);
      const reply: Reply = {
        kind: "reply",
        text,
        model,
        calls: calls.map(({ name, arguments: args }, i) => ({
          id: `call-${conversation}-${step}-${i}`,
          name,
          arguments: JSON.stringify(args),
        })),
        usage: { input: 1, cached: 0, output: 1, estimated: false },
      };
      stored.set(conversation, [...known, ...entries, reply]);
      return { kind: "reply", reply };
    },
    cost: async () => ({
      micros: 0,
      inputTokens: 0,
      outputTokens: 0,
      calls: 0,
      models: [says("", 0).model ?? "scripted"],
    }),
  };
}

/** A sandbox in which each test has the name and the end that are told; nothing is run. */
export function pretendSandbox(
  failing: (
    changed: readonly string[],
  ) => readonly { readonly name: string; readonly file: string; readonly message: string }[],
  outcome: "failed" | "passed" = "failed",
): SandboxState {
  return {
    kind: "ready",
    sandbox: {
      environment: {
        sandbox: "pretended 1",
        toolchains: new Map([["python3", "3.11.2"]]),
        dependencies: undefined,
      },
      run: async ({ changes, collect = [] }) => {
        const tests = [
          ...failing([...changes.keys()]).map((test) => ({
            ...test,
            outcome,
            type: "AssertionError",
            at: [test.file, 5],
          })),
          {
            name: "test_set_and_get",
            file: "tests/test_store.py",
            outcome: "passed",
            type: null,
            message: null,
            at: null,
          },
        ];
        return {
          end: { kind: "exit", code: tests.length > 1 && outcome === "failed" ? 1 : 0 },
          output: "",
          cut: 0,
          milliseconds: 5,
          files: new Map(collect.map((name) => [name, JSON.stringify({ tests })])),
        };
      },
    },
  };
}

export interface PhaseIn {
  readonly result: InvestigateResult;
  /** By path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Works phases on the example with a model that says what it is told to. */
export async function phasesIn(options: {
  readonly says: Says;
  readonly phases?: readonly string[];
  readonly sandbox?: SandboxState;
  readonly stored?: Map<string, Entry[]>;
  readonly issue?: Issue;
  readonly before?: ReadonlyMap<string, string>;
  readonly steps?: number;
  /** The example as a repository; a fresh one without it, whose commits have other dates. */
  readonly path?: string;
}): Promise<PhaseIn> {
  const { says, stored, phases = PHASES.map(({ type }) => type), issue = exampleIssue() } = options;
  using folder = options.path === undefined ? exampleRepository("issue-42") : undefined;
  const path = options.path ?? folder!.path;
  await using research = await researchIn(path, issue);
  using repository = await openRepository(path);
  const source = await repositorySource(
    repository,
    await repository.resolve("HEAD"),
    async () => research.context.codebase,
    research.context.issue.text,
  );
  const publisher = memoryPublisher(options.before ?? new Map());
  const result = await investigate(
    {
      issue: research.context.issue,
      phases: PHASES.filter(({ type }) => phases.includes(type)),
      present: PHASES,
      at: undefined,
    },
    {
      context: research.context,
      source,
      publisher,
      now: () => new Date("2026-01-02T03:04:05Z"),
      researcher: modelResearcher({
        gateway: keepingGateway(says, stored),
        source,
        sandbox: options.sandbox ?? { kind: "none", why: "it was not asked for" },
        limits: {
          rounds: 2,
          packTokens: 0,
          steps: options.steps ?? 20,
          tokens: 1_000_000,
          milliseconds: 60_000,
        },
        run: "a run",
        signal: new AbortController().signal,
        now: () => 0,
      }),
    },
  );
  return { result, files: publisher.files };
}
