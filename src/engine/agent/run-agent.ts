import type { Entry, Reply, ToolCall } from "../../domain/model/transcript.ts";
import type { AgentLimits, ModelGateway, NextReply } from "./gateway.ts";
import type { Tool } from "./tool.ts";

export interface AgentTask {
  readonly conversation: string;
  readonly instructions: string;
  readonly request: string;
  readonly tools: readonly Tool[];
  readonly limits: AgentLimits;
  /** True once nothing more is wanted from the model; looked at after the answers to each reply. */
  readonly isDone: () => boolean;
  /** Said to a model that ends without being done, at most `MAX_NUDGES` times. */
  readonly nudge: string;
}

export interface AgentDependencies {
  readonly gateway: ModelGateway;
  readonly signal: AbortSignal;
  /** Milliseconds, any origin. */
  readonly now: () => number;
  readonly onStep?: ((step: string) => void) | undefined;
}

/** Every way a conversation ends. */
export type AgentEnd =
  | { readonly kind: "done" }
  /** The model said nothing more and was not done. */
  | { readonly kind: "gave-up" }
  | { readonly kind: "limit"; readonly limit: "money" | "tokens" | "steps" | "minutes"; readonly why: string }
  | Extract<NextReply, { kind: "unavailable" }>;

/** A model that only talks is asked twice to do something. */
const MAX_NUDGES = 2;
/** Calls of one reply that are answered; more is no plan. */
const MAX_CALLS = 16;

/**
 * Lets a model work with tools until it is done or a limit is reached. The transcript only grows, and is stored before
 * each call: a run that was killed goes on from there, its tools brought to where they were, and pays for no reply twice.
 */
export async function runAgent(task: AgentTask, dependencies: AgentDependencies): Promise<AgentEnd> {
  const { gateway, signal, now, onStep } = dependencies;
  const { conversation, limits } = task;
  const started = now();
  const stored = await gateway.open(conversation);
  const transcript: Entry[] = [...stored];
  if (transcript.length === 0)
    transcript.push(
      { kind: "instructions", text: task.instructions },
      { kind: "request", text: task.request },
    );
  await restore(transcript, task.tools, signal);

  let storedCount = stored.length;
  for (;;) {
    signal.throwIfAborted();
    await answerCalls(transcript, task.tools, signal, onStep);
    if (task.isDone()) return { kind: "done" };
    if (transcript.at(-1)?.kind === "reply") {
      // It said something and called nothing.
      if (nudgesIn(transcript, task.nudge) >= MAX_NUDGES) return { kind: "gave-up" };
      transcript.push({ kind: "request", text: task.nudge });
    }

    const replies = transcript.filter((entry): entry is Reply => entry.kind === "reply");
    if (replies.length >= limits.steps)
      return { kind: "limit", limit: "steps", why: `the limit of ${limits.steps} steps was reached` };
    const tokens = replies.reduce((sum, { usage }) => sum + usage.input + usage.output, 0);
    if (tokens >= limits.tokens)
      return {
        kind: "limit",
        limit: "tokens",
        why: `the limit of ${limits.tokens.toLocaleString("en-US")} tokens was reached`,
      };
    if (now() - started >= limits.milliseconds)
      return {
        kind: "limit",
        limit: "minutes",
        why: `the limit of ${Math.round(limits.milliseconds / 60_000)} minutes was reached`,
      };

    onStep?.(`step ${replies.length + 1}: asking the model`);
    const next = await gateway.next(
      {
        conversation,
        at: storedCount,
        entries: transcript.slice(storedCount),
        tools: task.tools.map(({ spec }) => spec),
      },
      signal,
    );
    if (next.kind === "over") return { kind: "limit", limit: "money", why: next.why };
    if (next.kind === "unavailable") return next;
    transcript.push({ ...next.reply, calls: next.reply.calls.slice(0, MAX_CALLS) });
    storedCount = transcript.length;
  }
}

/** Answers the calls of the last reply that have no answer yet. What goes wrong with a call is told to the model. */
async function answerCalls(
  transcript: Entry[],
  tools: readonly Tool[],
  signal: AbortSignal,
  onStep: ((step: string) => void) | undefined,
): Promise<void> {
  for (const call of openCalls(transcript)) {
    onStep?.(describe(call));
    const tool = tools.find(({ spec }) => spec.name === call.name);
    const text =
      tool === undefined
        ? `There is no tool ${JSON.stringify(call.name.slice(0, 60))}. There are: ${tools.map(({ spec }) => spec.name).join(", ")}.`
        : await tool.answer(call.arguments, signal);
    transcript.push({ kind: "answer", call: call.id, tool: call.name, text });
  }
}

function openCalls(transcript: readonly Entry[]): readonly ToolCall[] {
  const at = transcript.findLastIndex(({ kind }) => kind === "reply");
  const reply = transcript[at];
  if (reply?.kind !== "reply") return [];
  const after = transcript.slice(at + 1);
  if (after.some(({ kind }) => kind === "request")) return [];
  const answered = new Set(after.flatMap((entry) => (entry.kind === "answer" ? [entry.call] : [])));
  return reply.calls.filter(({ id }) => !answered.has(id));
}

/** Tools that keep something see again what they were called with and what they said. */
async function restore(
  transcript: readonly Entry[],
  tools: readonly Tool[],
  signal: AbortSignal,
): Promise<void> {
  const calls = new Map(
    transcript.flatMap((entry) =>
      entry.kind === "reply" ? entry.calls.map((call) => [call.id, call]) : [],
    ) as [string, ToolCall][],
  );
  for (const entry of transcript) {
    if (entry.kind !== "answer") continue;
    const call = calls.get(entry.call);
    const tool = tools.find(({ spec }) => spec.name === entry.tool);
    if (call !== undefined) await tool?.restore?.(call.arguments, entry.text, signal);
  }
}

function nudgesIn(transcript: readonly Entry[], nudge: string): number {
  return transcript.filter((entry) => entry.kind === "request" && entry.text === nudge).length;
}

/** What people who watch see: the tool and what it is about, nothing that the model wrote at length. */
function describe({ name, arguments: text }: ToolCall): string {
  const about = /"(?:path|pattern|name|symbol|glob|folder)"\s*:\s*"([^"\\]{1,60})/.exec(
    text.slice(0, 2_000),
  )?.[1];
  return about === undefined ? name.slice(0, 40) : `${name.slice(0, 40)} ${about}`;
}
