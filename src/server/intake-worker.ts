/** The thread that answers webhooks. It knows the process around it by messages only; see `intake-thread.ts`. */
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openStore } from "../store/io/open-store.ts";
import { openSpool, type SpoolPosition } from "../store/io/spool.ts";
import { NotReady } from "./http-server.ts";
import { openIntake } from "./intake.ts";
import type { FromIntake, IntakeTask, KeepIn, Question, ToIntake } from "./intake-thread.ts";
import { errorFields } from "./log.ts";
import type { DeliveryStore } from "./webhooks.ts";

/** How often, and after how many milliseconds each, a thread that ends looks whether what it kept is stored. */
const LAST_LOOKS = 100;
const LOOK = 20;

const { settings, keepIn } = workerData as IntakeTask;
const port = parentPort!;
const tell = (message: FromIntake): void => port.postMessage(message);
const log =
  (level: "warn" | "error") =>
  (fields: object, message: string): void =>
    tell({ kind: "log", level, fields, message });
const logger = { warn: log("warn"), error: log("error") };

let asked = 0;
const open = new Map<number, PromiseWithResolvers<string>>();
const ask = (question: Question): Promise<string> => {
  const answer = Promise.withResolvers<string>();
  open.set(++asked, answer);
  tell({ kind: "question", id: asked, question });
  return answer.promise;
};

const place = await openPlace(keepIn);
const intake = await openIntake(settings, place, {
  metrics: {
    delivery: (outcome) => tell({ kind: "delivery", outcome }),
    acknowledged: (seconds) => tell({ kind: "acknowledged", seconds }),
    text: () => ask("metrics"),
    contentType: "text/plain; version=0.0.4; charset=utf-8",
  },
  alive: async () => void (await ask("alive")),
  ready: async () => void (await ask("ready")),
  logger,
});
port.on("message", (message: ToIntake) => {
  switch (message.kind) {
    case "self":
      return intake.learn(message.self);
    case "stored":
      return place.stored(message.position);
    case "answer":
      open.get(message.id)?.resolve(message.text);
      return void open.delete(message.id);
    case "problem":
      open
        .get(message.id)
        ?.reject(message.notReady === undefined ? new Error("no answer") : new NotReady(message.notReady));
      return void open.delete(message.id);
    case "close":
      return void close(message.milliseconds);
  }
});
tell({ kind: "listening", url: intake.url });

async function close(milliseconds: number): Promise<void> {
  await intake.close(milliseconds);
  await place[Symbol.asyncDispose]();
  port.close();
}

interface Place extends DeliveryStore, AsyncDisposable {
  stored(position: SpoolPosition): void;
}

async function openPlace(where: KeepIn): Promise<Place> {
  if ("url" in where) {
    const store = await openStore({
      url: where.url,
      onError: (error) => logger.error(errorFields(error), "store error in the background"),
    });
    return {
      acceptDelivery: (delivery) => store.acceptDelivery(delivery),
      stored: () => undefined,
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  }
  const spool = openSpool(where.spool);
  return {
    async acceptDelivery(delivery) {
      spool.keep(delivery);
      tell({ kind: "kept" });
      return "kept";
    },
    stored: (position) => spool.stored(position),
    // The rest is stored at the next start.
    async [Symbol.asyncDispose]() {
      for (let i = 0; i < LAST_LOOKS && !spool.isEmpty; i++) await pause(LOOK);
    },
  };
}
