import { createHash } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";
import { type Logger } from "pino";
import { Probot } from "probot";
import { readDelivery, type Self } from "../github/read-delivery.ts";
import type { Store } from "../store/store.ts";

export interface Intake {
  /** Verifies the signature of a raw body and stores the delivery with its job. Gives the status to answer with. */
  receive(delivery: RawDelivery): Promise<{ readonly status: number; readonly outcome: Outcome }>;
}

export type Outcome = "stored" | "known" | "ignored" | "refused" | "failed";

export interface RawDelivery {
  readonly guid: string | undefined;
  readonly event: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

export interface IntakeOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly secrets: readonly string[];
  readonly store: Pick<Store, "acceptDelivery">;
  readonly logger: Logger;
  /** Who we are, as far as it is known now. */
  readonly self: () => Self;
}

/** GitHub's own GUIDs; anything else in the header is shortened to what can be stored. */
const MAX_GUID = 100;

/**
 * The webhook side: it verifies raw bytes, stores, answers, and does nothing else. Probot dispatches to the one handler
 * below; a handler that fails makes the answer an error, so that GitHub counts the delivery as failed.
 */
export async function openIntake(options: IntakeOptions): Promise<Intake> {
  const { appId, privateKey, secrets, store, logger, self } = options;
  const verifiers = secrets.map((secret) => new Webhooks({ secret }));
  const probot = new Probot({
    appId,
    privateKey,
    secret: secrets[0],
    log: logger.child({}, { level: "silent" }),
  });
  // The body is known again by its identity: what Probot hands over is the object that was parsed from the bytes.
  const keys = new WeakMap<object, { readonly key: string; readonly outcome: (outcome: Outcome) => void }>();
  await probot.load((app) => {
    app.onAny(async ({ id, name, payload }) => {
      const known = keys.get(payload);
      if (known === undefined) return;
      const meaning = readDelivery(name, payload, self());
      if (meaning.kind === "malformed") {
        logger.warn({ delivery: id, event: name }, "a body that does not have the shape of its event");
        return known.outcome("refused");
      }
      const wanted = meaning.kind !== "ignored";
      const stored = await store.acceptDelivery({ key: known.key, guid: id, event: name, payload, wanted });
      known.outcome(stored === "known" ? "known" : wanted ? "stored" : "ignored");
    });
  });
  await probot.ready();
  return {
    async receive({ guid, event, signature, body }) {
      if (guid === undefined || event === undefined || !/^[a-z_]{1,50}$/.test(event))
        return { status: 400, outcome: "refused" };
      if (body.length === 0) return { status: 400, outcome: "refused" };
      const text = body.toString("utf8");
      if (signature === undefined || !(await isSigned(verifiers, text, signature)))
        return { status: 401, outcome: "refused" };
      let payload: unknown;
      try {
        payload = JSON.parse(text);
      } catch {
        return { status: 400, outcome: "refused" };
      }
      if (typeof payload !== "object" || payload === null || Array.isArray(payload))
        return { status: 400, outcome: "refused" };
      // Headers are not signed: the body and the name that it was read under are what makes a delivery the same.
      const key = createHash("sha256").update(event).update("\n").update(body).digest("hex");
      let outcome: Outcome = "failed";
      keys.set(payload, { key, outcome: (what) => (outcome = what) });
      try {
        await probot.receive({ id: guid.slice(0, MAX_GUID), name: event, payload } as Parameters<
          Probot["receive"]
        >[0]);
      } catch (error) {
        logger.error({ delivery: guid, event, error: String(error) }, "a delivery could not be stored");
        return { status: 503, outcome: "failed" };
      }
      return { status: STATUS[outcome], outcome };
    },
  };
}

const STATUS: Readonly<Record<Outcome, number>> = {
  stored: 202,
  known: 200,
  ignored: 200,
  refused: 422,
  failed: 503,
};

async function isSigned(verifiers: readonly Webhooks[], body: string, signature: string): Promise<boolean> {
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) return false;
  for (const webhooks of verifiers) if (await webhooks.verify(body, signature)) return true;
  return false;
}
