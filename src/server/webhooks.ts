import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pino } from "pino";
import { type ApplicationFunction, createNodeMiddleware, Probot } from "probot";
import { readDelivery, type Self } from "../github/read-delivery.ts";
import type { NewDelivery } from "../store/store.ts";
import type { Metrics } from "./metrics.ts";

/** Answers a request to the webhook path whose body is `body`. */
export type WebhookHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => Promise<void>;

/** Where a delivery is safe from a crash of this process. `kept`: who stores it later says whether it was known. */
export interface DeliveryStore {
  acceptDelivery(delivery: NewDelivery): Promise<"stored" | "known" | "kept">;
}

export interface WebhookOptions {
  readonly appId: number;
  readonly privateKey: string;
  /** Gives the secrets that count now, the newest first; an older one is still accepted during a rotation. */
  readonly secrets: () => readonly string[];
  readonly store: DeliveryStore;
  readonly metrics: Pick<Metrics, "delivery">;
  readonly logger: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Our own account, as far as it is known now. */
  readonly self: () => Self;
  /** Milliseconds that the store may take. */
  readonly storeMilliseconds?: number;
}

/** GitHub's own GUIDs; anything else in the header is cut to what can be stored. */
const MAX_GUID = 100;
/** After 9 s Probot's middleware answers 202 whatever happens later, so the store must have failed before. */
const STORE_MILLISECONDS = 8_000;
const EVENT_NAME = /^[a-z_]{1,50}$/;

/** Probot verifies a delivery's signature and dispatches it to the one handler that stores it; nothing else happens here. */
export async function openWebhooks(options: WebhookOptions): Promise<WebhookHandler> {
  const { appId, privateKey, secrets } = options;
  // Probot knows one secret. Its errors hold the payload, so it logs nothing.
  const doorOf = async (secret: string): Promise<Door> => {
    const probot = new Probot({ appId, privateKey, secret, log: pino({ level: "silent" }) });
    return { probot, enter: await createNodeMiddleware(storeDeliveries(options), { probot }) };
  };
  const doors = new Map<string, Promise<Door>>();
  /** A door for each secret that counts now. */
  const open = (): Promise<readonly Door[]> => {
    const now = secrets();
    for (const secret of doors.keys()) if (!now.includes(secret)) doors.delete(secret);
    return Promise.all(
      now.map((secret) => {
        const door = doors.get(secret) ?? doorOf(secret);
        doors.set(secret, door);
        return door;
      }),
    );
  };
  await open();
  return async (request, response, body) => {
    const text = body.toString("utf8");
    const { "x-github-event": event, "x-hub-signature-256": signature } = request.headers;
    // A signed body that is no object, and a name with other characters, are not from GitHub.
    if (!text.trimStart().startsWith("{") || !EVENT_NAME.test(String(event))) {
      response.writeHead(400).end();
      return;
    }
    request.body = {};
    request.rawBody = body;
    const all = await open();
    const verified = await Promise.all(
      all.map(({ probot }) => probot.webhooks.verify(text, String(signature)).catch(() => false)),
    );
    // Without a match, the newest one refuses it.
    await all[Math.max(verified.indexOf(true), 0)]!.enter(request, response);
  };
}

/** The way in for deliveries that are signed with one secret. */
interface Door {
  readonly probot: Probot;
  readonly enter: Awaited<ReturnType<typeof createNodeMiddleware>>;
}

/** An error in the handler makes the response an error, so that GitHub counts the delivery as failed. */
function storeDeliveries(options: WebhookOptions): ApplicationFunction {
  const { store, metrics, logger, self, storeMilliseconds = STORE_MILLISECONDS } = options;
  return (app) => {
    app.onAny(async ({ id, name, payload }) => {
      const meaning = readDelivery(name, payload, self());
      if (meaning.kind === "malformed") {
        logger.warn({ delivery: id, event: name }, "the payload does not have the shape of its event");
        throw new Refusal(422, "the body does not have the shape of its event");
      }
      const wanted = meaning.kind !== "ignored";
      const delivery = {
        key: keyOf(name, payload),
        guid: id.slice(0, MAX_GUID),
        event: name,
        payload,
        installation: installationOf(payload),
        wanted,
      };
      try {
        const stored = await within(storeMilliseconds, store.acceptDelivery(delivery));
        if (stored !== "kept") metrics.delivery(outcomeOf(delivery, stored));
      } catch (error) {
        logger.error({ delivery: id, event: name, error: String(error) }, "the delivery could not be stored");
        throw new Refusal(503, "the delivery could not be stored");
      }
    });
  };
}

/** How a stored delivery is counted. */
export function outcomeOf(
  { wanted }: Pick<NewDelivery, "wanted">,
  stored: "stored" | "known",
): "stored" | "known" | "ignored" {
  return stored === "known" ? "known" : wanted ? "stored" : "ignored";
}

/** Probot sends the status and the message to the caller. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whose delivery it is; its shape was read before. */
function installationOf(payload: object): number | undefined {
  const { installation } = payload as { readonly installation?: { readonly id?: unknown } | null };
  return typeof installation?.id === "number" ? installation.id : undefined;
}

/** Headers are not signed: the body and the event's name that it was read under identify a delivery. */
function keyOf(event: string, payload: object): string {
  return createHash("sha256").update(event).update("\n").update(JSON.stringify(payload)).digest("hex");
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
