import { RunFailure } from "../failure.ts";
import type { Entry, Reply, ToolCall } from "../llm/transcript.ts";
import type { AgentLimits, ModelGateway, NextReply } from "../llm/gateway.ts";
import type { Tool } from "./tool.ts";
import { OF_THE_REPOSITORY } from "./tools/with-deadline.ts";

export interface AgentTask {
  readonly conversation: string;
  readonly instructions: string;
  readonly request: string;
  readonly tools: readonly Tool[];
  readonly limits: AgentLimits;
  /** True once nothing more is wanted from the model; looked at after the answers to each reply. */
  readonly isDone: () => boolean;
  /** Said to a model that ends without being done, at most `MAX_NUDGES` times in a row. */
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
  /** The model called nothing, again and again, and was not done. */
  | { readonly kind: "gave-up" }
  | { readonly kind: "limit"; readonly limit: "money" | "tokens" | "steps" | "minutes"; readonly why: string }
  | Extract<NextReply, { kind: "unavailable" }>;

/** A model that only talks is asked twice to do something; once it did something, it may talk again. */
const MAX_NUDGES = 2;
/** Calls of one reply that are carried out; more is no plan. */
const MAX_CALLS = 16;
const TOO_MANY = `Not carried out: of one reply the first ${MAX_CALLS} calls are. Call it again if it is still needed.`;

/**
 * Lets a model work with tools until it is done or a limit is reached. The transcript only grows, and is stored before
 * each call: a run that was killed continues from there, its tools brought to where they were, and pays for no reply twice.
 * A reply is kept as it came, and every call of it gets an answer, so that what is stored, what the model saw and what a
 * later try reads are the same. Throws the signal's reason, what a tool throws that is no answer, and bugs.
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
    // A tool that was stopped may have given an answer all the same.
    signal.throwIfAborted();
    if (task.isDone()) return { kind: "done" };
    if (transcript.at(-1)?.kind === "reply") {
      // It said something and called nothing.
      if (nudgesInARow(transcript, task.nudge) >= MAX_NUDGES) return { kind: "gave-up" };
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
    transcript.push(next.reply);
    storedCount = transcript.length;
  }
}

/** Answers the calls of the last reply that have no answer yet. What goes wrong with a call goes back to the model. */
async function answerCalls(
  transcript: Entry[],
  tools: readonly Tool[],
  signal: AbortSignal,
  onStep: ((step: string) => void) | undefined,
): Promise<void> {
  for (const [call, place] of openCalls(transcript)) {
    const text = place < MAX_CALLS ? await answerTo(call, tools, signal, onStep) : TOO_MANY;
    transcript.push({ kind: "answer", call: call.id, tool: call.name, text });
  }
}

async function answerTo(
  call: ToolCall,
  tools: readonly Tool[],
  signal: AbortSignal,
  onStep: ((step: string) => void) | undefined,
): Promise<string> {
  onStep?.(describe(call));
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (tool === undefined)
    return `There is no tool ${JSON.stringify(call.name.slice(0, 60))}. There are: ${tools.map(({ spec }) => spec.name).join(", ")}.`;
  try {
    return await tool.answer(call.arguments, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A place of the repository that cannot be read is no end; what only the operator can mend is.
    if (!(error instanceof RunFailure) || !OF_THE_REPOSITORY.includes(error.code)) throw error;
    return `${call.name} came upon a part of the repository that cannot be read (${error.code}); do without it.`;
  }
}

/** The calls of the last reply that have no answer yet, with their places in it. */
function openCalls(transcript: readonly Entry[]): readonly (readonly [ToolCall, number])[] {
  const at = transcript.findLastIndex(({ kind }) => kind === "reply");
  const reply = transcript[at];
  if (reply?.kind !== "reply" || transcript.slice(at + 1).some(({ kind }) => kind === "request")) return [];
  const answered = new Set(pairsOf(transcript.slice(at)).map(([call]) => call));
  return reply.calls.flatMap((call, place) => (answered.has(call) ? [] : [[call, place] as const]));
}

/** Calls with their answers. An identifier belongs to its reply alone, and twice in one reply it is two calls, in order. */
function pairsOf(transcript: readonly Entry[]): readonly (readonly [ToolCall, AnswerEntry])[] {
  const pairs: (readonly [ToolCall, AnswerEntry])[] = [];
  let open: ToolCall[] = [];
  for (const entry of transcript)
    if (entry.kind === "reply") open = [...entry.calls];
    else if (entry.kind === "answer") {
      const at = open.findIndex(({ id }) => id === entry.call);
      if (at >= 0) pairs.push([open.splice(at, 1)[0]!, entry]);
    }
  return pairs;
}

type AnswerEntry = Extract<Entry, { readonly kind: "answer" }>;

/** Tools that keep something see again what they were called with and what they said. */
async function restore(
  transcript: readonly Entry[],
  tools: readonly Tool[],
  signal: AbortSignal,
): Promise<void> {
  for (const [call, { tool: name, text }] of pairsOf(transcript)) {
    if (text === TOO_MANY) continue;
    await tools.find(({ spec }) => spec.name === name)?.restore?.(call.arguments, text, signal);
  }
}

/** Times that it was asked since it last called something. */
function nudgesInARow(transcript: readonly Entry[], nudge: string): number {
  const worked = transcript.findLastIndex((entry) => entry.kind === "reply" && entry.calls.length > 0);
  return transcript.slice(worked + 1).filter((entry) => entry.kind === "request" && entry.text === nudge)
    .length;
}

/** What people who watch see: the tool and what it is about, nothing that the model wrote at length. */
function describe({ name, arguments: text }: ToolCall): string {
  const about = /"(?:path|pattern|name|symbol|glob|folder)"\s*:\s*"([^"\\]{1,60})/.exec(
    text.slice(0, 2_000),
  )?.[1];
  const words = about === undefined ? name.slice(0, 40) : `${name.slice(0, 40)} ${about}`;
  // It is printed to terminals; a model must not move their cursors.
  return words.replace(/\p{C}/gu, "?");
}
