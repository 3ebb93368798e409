import { randomBytes, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { Webhooks } from "@octokit/webhooks";
import PQueue from "p-queue";
import { LIMITS } from "../../text/github-limits.ts";
import type { Delivery, SimulatedWebhooks } from "./contract.ts";

export interface WebhookOptions {
  readonly secret: string;
  readonly appId: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Deliveries on their way at once. 1: they arrive in the order of what happened. */
  readonly atOnce?: number;
  readonly timeoutMilliseconds?: number;
}

interface DeliveryPage {
  /** In the shape of `GET /app/hook/deliveries`, newest first. */
  readonly items: readonly DeliveryItem[];
  /** `cursor` of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

interface DeliveryItem {
  readonly id: number;
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  /** Seconds. */
  readonly duration: number;
  /** `OK`, or why it failed. */
  readonly status: string;
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
  readonly installation_id: number | null;
  readonly repository_id: number | null;
  readonly throttled_at: string | null;
}

export interface WebhookSender {
  deliverTo(url: string): void;
  /** Logs and queues a delivery; ends when that is done, not when it arrived. `action` becomes the body's first member. */
  emit(event: string, action: string | undefined, payload: object): Promise<void>;
  /** A page of the delivery log; what is held or on its way is not on it yet. */
  deliveries(query: { readonly perPage?: number; readonly cursor?: string }): DeliveryPage;
  /** Sends a delivery of the log again with its GUID, in the background. Throws when the log does not have it. */
  redeliver(id: number): Promise<void>;
}

/** A delivery with what the API tells of it. */
interface Attempt extends Delivery {
  status: number | undefined;
  readonly installation: number | null;
  readonly repository: number | null;
  readonly redelivery: boolean;
  /** When and how it ended; undefined while held or on its way. */
  end: { readonly at: number; readonly seconds: number; readonly answer: DeliveryResult } | undefined;
}

interface DeliveryResult {
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  /** Status in the delivery log. */
  readonly code: number;
  readonly words: string;
}

const UNREACHED: DeliveryResult = { status: undefined, code: 502, words: "failed to connect to host" };
const TIMED_OUT: DeliveryResult = { status: undefined, code: 504, words: "timed out" };

const FIRST_ID = 12_345_678_001;
const DAY = 24 * 60 * 60 * 1_000;
const DEFAULT_PAGE = 30;

/**
 * GitHub's side of webhooks: every delivery is signed over its exact bytes, logged and sent, in order unless `atOnce`
 * says otherwise. A body over 25 MB is never sent and never logged. Nothing is sent again by itself.
 */
export function createWebhooks(options: WebhookOptions): SimulatedWebhooks & WebhookSender {
  const { clock, timeoutMilliseconds = LIMITS.webhookSeconds * 1_000 } = options;
  const queue = new PQueue({ concurrency: options.atOnce ?? 1 });
  const log: Attempt[] = [];
  let held: Attempt[] = [];
  const underway = new Set<Promise<unknown>>();
  const hookId = 400_000_000 + options.appId;
  const userAgent = `GitHub-Hookshot/${randomBytes(4).toString("hex").slice(0, 7)}`;
  let url: string | undefined;
  let isHolding = false;
  let isLosing = false;

  const record = (
    delivery: Pick<Delivery, "guid" | "event" | "action" | "body">,
    of: Pick<Attempt, "installation" | "repository" | "redelivery">,
  ): Attempt => {
    const attempt: Attempt = {
      id: FIRST_ID + log.length,
      guid: delivery.guid,
      event: delivery.event,
      action: delivery.action,
      body: delivery.body,
      status: undefined,
      installation: of.installation,
      repository: of.repository,
      redelivery: of.redelivery,
      end: undefined,
    };
    log.push(attempt);
    return attempt;
  };

  const send = async (attempt: Attempt): Promise<void> => {
    const began = performance.now();
    const answer =
      url === undefined
        ? UNREACHED
        : await post(url, attempt, { secret: options.secret, timeoutMilliseconds, headers: ownHeaders() });
    attempt.status = answer.status;
    attempt.end = { at: clock(), seconds: Math.round((performance.now() - began) / 10) / 100, answer };
  };

  const ownHeaders = (): Record<string, string> => ({
    "user-agent": userAgent,
    "x-github-hook-id": String(hookId),
    "x-github-hook-installation-target-id": String(options.appId),
    "x-github-hook-installation-target-type": "integration",
  });

  const track = async (sending: Promise<unknown>): Promise<void> => {
    underway.add(sending);
    try {
      await sending;
    } finally {
      underway.delete(sending);
    }
  };

  const inTurn = (attempt: Attempt): Promise<void> => track(queue.add(async () => send(attempt)));

  /** A new delivery is lost, held, or sent in its turn. */
  const dispatch = (attempt: Attempt): void => {
    if (isLosing) attempt.end = { at: clock(), seconds: 0, answer: UNREACHED };
    else if (isHolding) held.push(attempt);
    else void inTurn(attempt);
  };

  const isKept = ({ end }: Attempt): boolean =>
    end !== undefined && end.at > clock() - LIMITS.deliveryDays * DAY;

  const again = (attempt: Attempt): Attempt => record(attempt, { ...attempt, redelivery: true });

  return {
    log,
    get held() {
      return [...held];
    },
    hold() {
      isHolding = true;
    },
    lose(isLost) {
      isLosing = isLost;
    },
    deliverTo(to) {
      if (new URL(to).protocol !== "http:")
        throw new Error(`Webhooks go to http:// addresses; ${to} is none.`);
      url = to;
    },
    async emit(event, action, payload) {
      const body = JSON.stringify(action === undefined ? payload : { action, ...payload });
      if (Buffer.byteLength(body) > LIMITS.webhookBytes) return;
      const places = {
        installation: idOf(payload, "installation"),
        repository: idOf(payload, "repository"),
      };
      dispatch(record({ guid: randomUUID(), event, action, body }, { ...places, redelivery: false }));
    },
    async release({ order, times = 1 } = {}) {
      isHolding = false;
      const waiting = held;
      const chosen = order === undefined ? waiting : order.map((index) => at(waiting, index));
      held = waiting.filter((attempt) => !chosen.includes(attempt));
      // Queued all at once: what these deliveries cause comes after them.
      const isSent = new Set<Attempt>();
      const sendings = chosen.flatMap((attempt) =>
        Array.from({ length: times }, () => {
          const one = isSent.has(attempt) ? again(attempt) : attempt;
          isSent.add(attempt);
          return inTurn(one);
        }),
      );
      await Promise.all(sendings);
    },
    async resend(delivery, { guid = delivery.guid, event = delivery.event } = {}) {
      const places = log.find(({ id }) => id === delivery.id) ?? { installation: null, repository: null };
      const attempt = record(
        { guid, event, action: delivery.action, body: delivery.body },
        { ...places, redelivery: guid === delivery.guid },
      );
      await track(send(attempt));
      return attempt.status ?? 0;
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
    deliveries({ perPage = DEFAULT_PAGE, cursor }) {
      const before = cursor === undefined ? Infinity : Number(cursor);
      const found = log.filter((attempt) => attempt.id < before && isKept(attempt)).reverse();
      const page = found.slice(0, perPage);
      return {
        items: page.map(itemOf),
        next: found.length > perPage ? String(page.at(-1)?.id) : undefined,
      };
    },
    async redeliver(id) {
      const attempt = log.find((one) => one.id === id);
      if (attempt === undefined || !isKept(attempt)) throw new Error(`There is no delivery ${id}.`);
      dispatch(again(attempt));
    },
  };
}

function at(waiting: readonly Attempt[], index: number): Attempt {
  const attempt = waiting[index];
  if (attempt === undefined)
    throw new Error(`There is no held delivery ${index}; ${waiting.length} are held.`);
  return attempt;
}

function itemOf(attempt: Attempt): DeliveryItem {
  const { end } = attempt;
  return {
    id: attempt.id,
    guid: attempt.guid,
    delivered_at: new Date(end?.at ?? 0).toISOString(),
    redelivery: attempt.redelivery,
    duration: end?.seconds ?? 0,
    status: end?.answer.words ?? "pending",
    status_code: end?.answer.code ?? 0,
    event: attempt.event,
    action: attempt.action ?? null,
    installation_id: attempt.installation,
    repository_id: attempt.repository,
    throttled_at: null,
  };
}

function idOf(payload: object, name: string): number | null {
  const place: unknown = (payload as Record<string, unknown>)[name];
  const id =
    typeof place === "object" && place !== null ? (place as Record<string, unknown>)["id"] : undefined;
  return typeof id === "number" ? id : null;
}

/** One POST on its own connection, so that a stopping receiver closes at once. */
async function post(
  url: string,
  { guid, event, body }: Delivery,
  {
    secret,
    timeoutMilliseconds,
    headers,
  }: {
    readonly secret: string;
    readonly timeoutMilliseconds: number;
    readonly headers: Readonly<Record<string, string>>;
  },
): Promise<DeliveryResult> {
  const bytes = Buffer.from(body);
  const signature = await new Webhooks({ secret }).sign(body);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(TIMED_OUT);
      sending.destroy();
    }, timeoutMilliseconds);
    const end = (answer: DeliveryResult): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const sending = httpRequest(
      url,
      {
        method: "POST",
        agent: false,
        headers: {
          accept: "*/*",
          "content-type": "application/json",
          "content-length": bytes.length,
          ...headers,
          "x-github-delivery": guid,
          "x-github-event": event,
          "x-hub-signature-256": signature,
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const words = status >= 200 && status < 300 ? "OK" : `Invalid HTTP Response: ${status}`;
        answer.resume();
        answer.on("close", () => end({ status, code: status, words }));
      },
    );
    sending.on("error", () => end(UNREACHED));
    sending.end(bytes);
  });
}
