import { RunFailure } from "../failure.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { Publisher } from "../repository/repository.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { ResearchHooks } from "../service/research.ts";
import { openChannel } from "./channel.ts";
import type { CommandRequest, Ran } from "./command-request.ts";
import {
  type FromResearcher,
  type KeeperAnswer,
  type KeeperAsk,
  type SandboxCall,
  type ServiceCall,
  type ServiceLink,
  serviceLink,
  type ToResearcher,
} from "./protocol.ts";
import { trimReaderHomes } from "./reader-home.ts";
import type { Task } from "./serve-tasks.ts";
import { type ReaderOptions, startHelper, startReader } from "./start-reader.ts";

/** Milliseconds that a process has to end by itself after a stop signal. */
const GRACE = 2_000;

/** Carries out a command of the command line in a process of its own, `options.main`. Throws RunFailure, and for the signal. */
export async function commandInProcess(
  request: CommandRequest,
  options: ReaderOptions,
  signal: AbortSignal,
  onStep: (step: string) => void = () => undefined,
): Promise<Ran> {
  const end = await runTask({ kind: "command", request }, options, signal, {
    onStep,
    publisher: PUBLISHES_NOTHING,
    onPhase: async () => undefined,
  });
  if (end.kind !== "ran") throw new Error(`the command ended with ${end.kind}`);
  return end.ran;
}

/** For tasks that write nothing. */
export const PUBLISHES_NOTHING: Publisher = {
  place: "nowhere",
  current: async () => new Map(),
  publish: async () => {
    throw new Error("an answer is not published");
  },
};

type End = Extract<
  FromResearcher,
  { kind: "investigated" | "checked" | "compared" | "tested" | "located" | "told" | "ran" }
>;

/**
 * Carries out one task in a process of its own and answers what it asks through `hooks`. Throws what it failed with (RunFailure), and for
 * the signal. Loads nothing that a command which only reads does not need.
 */
export async function runTask(
  task: Task,
  options: ReaderOptions,
  signal: AbortSignal,
  hooks?: ResearchHooks,
): Promise<End> {
  signal.throwIfAborted();
  const { mirror } = task.request;
  trimReaderHomes(options.data, options.cacheBytes, Date.now());
  let failure: Error | undefined;
  let end: End | undefined;
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };
  await using stack = new AsyncDisposableStack();
  const settings = "sandbox" in task.request ? task.request.sandbox : undefined;
  const keeper =
    settings === undefined || mirror === undefined
      ? undefined
      : stack.use(keeperOf(mirror, settings, options));
  const reader = await startReader(mirror, options, {
    onBroken(why) {
      fail(new Error(`the researcher sent what it may not send: ${why}`));
      reader.child.kill("SIGKILL");
    },
    onMessage(message) {
      switch (message.kind) {
        case "started":
          return;
        case "call": {
          const { call, ask } = message;
          const isOfSandbox = ask.kind.startsWith("sandbox-");
          const answered = isOfSandbox
            ? askKeeper(keeper, ask as SandboxCall)
            : hooks === undefined
              ? Promise.reject(new Error(`the researcher asked for ${ask.kind}`))
              : answer(ask as Exclude<ServiceCall, SandboxCall>, hooks, signal);
          answered.then(
            (value) => say({ kind: "answer", call, value }),
            (error: unknown) => {
              const code = isOfSandbox && error instanceof RunFailure ? error.code : undefined;
              say({
                kind: "refusal",
                call,
                message: code === undefined ? "refused" : (error as Error).message,
                ...(code === undefined ? {} : { code }),
              });
              if (code !== undefined) return;
              // The researcher cannot continue without what the service refused; the reason stays on this side.
              fail(error);
              stop();
            },
          );
          return;
        }
        case "step":
          hooks?.onStep(message.step);
          return;
        case "note":
          hooks?.onNote?.(message.note);
          return;
        case "failed":
          fail(
            message.code === undefined
              ? new Error(`the researcher failed: ${message.message}`)
              : new RunFailure(message.code, message.message),
          );
          return;
        case "investigated":
        case "checked":
        case "compared":
        case "tested":
        case "located":
        case "told":
        case "ran":
          end = message;
      }
    },
  });
  const { child } = reader;
  const say = (message: ToResearcher): void => reader.channel.say(message);
  let killer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    say({ kind: "stop" });
    killer ??= setTimeout(() => child.kill("SIGKILL"), GRACE);
  };
  // What is awaited ends before the keeper is given back.
  return await new Promise<End>((resolve, reject) => {
    signal.addEventListener("abort", stop, { once: true });
    child.on("error", fail);
    child.on("close", (code, by) => {
      clearTimeout(killer);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason as Error);
      else if (failure !== undefined) reject(failure);
      else if (end !== undefined) resolve(end);
      else reject(new Error(`the researcher ended with ${by ?? code}: ${reader.told().slice(-500)}`));
    });
    if (signal.aborted) stop();
    else say(task);
  });
}

interface Keeper extends AsyncDisposable {
  ask(call: SandboxCall): Promise<unknown>;
}

/** Starts the process that starts sandboxes, when the first one is asked for. */
function keeperOf(gitDir: string, settings: SandboxSettings, options: ReaderOptions): Keeper {
  let started: { readonly link: ServiceLink; readonly end: () => Promise<void> } | undefined;
  const start = (): NonNullable<typeof started> => {
    const { child, channel: stream, stderr } = startHelper("sandbox-keeper", options);
    stderr.resume();
    const channel = openChannel(stream, {
      onMessage: (message) => link.settle(message as KeeperAnswer),
      onBroken: (why) => link.abandon(new Error(why)),
      onEnd: () => link.abandon(new Error("the process that starts sandboxes ended")),
    });
    const link = serviceLink((message) => channel.say(message));
    channel.say({ kind: "keep", gitDir, data: options.data, settings } satisfies KeeperAsk);
    const ended = new Promise<void>((resolve) => {
      child.on("error", () => resolve());
      child.on("close", () => resolve());
    });
    const end = async (): Promise<void> => {
      channel.destroy();
      const killer = setTimeout(() => child.kill("SIGKILL"), GRACE);
      await ended;
      clearTimeout(killer);
    };
    return { link, end };
  };
  return {
    ask: (call) => (started ??= start()).link.ask(call),
    [Symbol.asyncDispose]: async () => started?.end(),
  };
}

function askKeeper(keeper: Keeper | undefined, ask: SandboxCall): Promise<unknown> {
  return (
    keeper?.ask(ask) ?? Promise.reject(new Error("the researcher asks for a sandbox, and none was offered"))
  );
}

/** The service's side of what a researcher asks. */
export async function answer(
  ask: Exclude<ServiceCall, SandboxCall>,
  hooks: ResearchHooks,
  signal: AbortSignal,
): Promise<unknown> {
  switch (ask.kind) {
    case "current":
      return hooks.publisher.current();
    case "publish":
      return hooks.publisher.publish({ files: ask.files, message: ask.message });
    case "phase":
      await hooks.onPhase(ask.event);
      return undefined;
    case "tracker":
      return hooks.tracker?.(ask.sought);
    case "model-open":
      return gatewayOf(hooks).open(ask.conversation);
    case "model-next":
      return gatewayOf(hooks).next(ask.question, signal);
    case "model-cost":
      return gatewayOf(hooks).cost(ask.conversation);
  }
}

function gatewayOf({ gateway }: ResearchHooks): ModelGateway {
  if (gateway === undefined) throw new Error("the researcher asks for a model, and none was offered to it");
  return gateway;
}
