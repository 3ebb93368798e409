import { Worker } from "node:worker_threads";
import type { Self } from "../github/read-delivery.ts";
import type { SpoolPosition } from "../store/io/spool.ts";
import type { Metrics } from "./metrics.ts";
import { NotReady } from "./http-server.ts";
import type { Intake, IntakeHost, IntakeSettings } from "./intake.ts";

/** Where the thread keeps deliveries: in a folder for the thread that has the embedded database, or in PostgreSQL. */
export type KeepIn = { readonly spool: string } | { readonly url: string };

/** What the thread starts with. */
export interface IntakeTask {
  readonly settings: IntakeSettings;
  readonly keepIn: KeepIn;
}

/** Questions that only the thread with the jobs can answer. */
export type Question = "alive" | "ready" | "metrics";

export type FromIntake =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "kept" }
  | { readonly kind: "delivery"; readonly outcome: Parameters<Metrics["delivery"]>[0] }
  | { readonly kind: "acknowledged"; readonly seconds: number }
  | {
      readonly kind: "log";
      readonly level: "warn" | "error";
      readonly fields: object;
      readonly message: string;
    }
  | { readonly kind: "question"; readonly id: number; readonly question: Question };

export type ToIntake =
  | { readonly kind: "self"; readonly self: Self }
  | { readonly kind: "stored"; readonly position: SpoolPosition }
  | { readonly kind: "answer"; readonly id: number; readonly text: string }
  | { readonly kind: "problem"; readonly id: number; readonly notReady: string | undefined }
  | { readonly kind: "close"; readonly milliseconds: number };

export interface IntakeThread extends Intake {
  /** The deliveries of the spool are in the database up to here. */
  stored(position: SpoolPosition): void;
}

/** Milliseconds beyond those for open requests until a thread that does not end is ended. */
const END = 2_500;

/**
 * Runs the intake in a thread of its own, so that no job of this process delays an answer to GitHub. `onKept`: a delivery waits in
 * the spool. An error of the thread ends this process, as an error in the same thread would.
 */
export async function startIntakeThread(
  task: IntakeTask,
  { metrics, alive, ready, logger }: IntakeHost,
  onKept: () => void,
): Promise<IntakeThread> {
  const worker = new Worker(
    // Sources run as they are in a clone; a package holds them built.
    new URL(import.meta.url.endsWith(".ts") ? "./intake-worker.ts" : "./intake-worker.js", import.meta.url),
    // Flags of the process are about its own entry: a thread refuses --input-type.
    { workerData: task, execArgv: [], name: "intake" },
  );
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const tell = (message: ToIntake): void => worker.postMessage(message);
  const questions: Readonly<Record<Question, () => Promise<string>>> = {
    alive: async () => alive().then(() => ""),
    ready: async () => ready().then(() => ""),
    metrics: async () => metrics.text(),
  };
  const answer = async (id: number, question: Question): Promise<void> => {
    try {
      tell({ kind: "answer", id, text: await questions[question]() });
    } catch (error) {
      tell({ kind: "problem", id, notReady: error instanceof NotReady ? error.message : undefined });
    }
  };
  const listening = Promise.withResolvers<string>();
  let isListening = false;
  let isClosing = false;
  worker.on("message", (message: FromIntake) => {
    switch (message.kind) {
      case "listening":
        isListening = true;
        return listening.resolve(message.url);
      case "kept":
        return onKept();
      case "delivery":
        return metrics.delivery(message.outcome);
      case "acknowledged":
        return metrics.acknowledged(message.seconds);
      case "log":
        return logger[message.level](message.fields, message.message);
      case "question":
        return void answer(message.id, message.question);
    }
  });
  worker.on("error", (error) => {
    if (isListening) throw error;
    listening.reject(error);
  });
  const ended = Promise.withResolvers<void>();
  worker.on("exit", () => {
    ended.resolve();
    if (isListening && !isClosing) throw new Error("the thread of the webhooks ended");
  });
  const url = await listening.promise;
  return {
    url,
    waiting: () => 0,
    learn: (self) => tell({ kind: "self", self }),
    stored: (position) => tell({ kind: "stored", position }),
    async close(milliseconds = 10_000) {
      isClosing = true;
      tell({ kind: "close", milliseconds });
      const timer = setTimeout(() => void worker.terminate(), milliseconds + END);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}
