/**
 * How fast webhooks are acknowledged:
 * `node scripts/bench-webhooks.ts --url http://127.0.0.1:3000/api/github/webhooks --secret S [--rate 100] [--seconds 20] [--twice 0.05]`.
 * Sends signed deliveries of about 10 KB, each with a body of its own, at a fixed rate, whether earlier ones were answered
 * or not, a share of them twice with the same GUID; prints percentiles of the time from when a delivery was due to its
 * answer. To this machine only. `sendLoad` and `countLostAndDoubled` are for a script that starts the App as well.
 */
import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import webhookExamples from "@octokit/webhooks-examples" with { type: "json" };

export interface LoadOptions {
  /** Of the webhook, on this machine. */
  readonly url: string;
  readonly secret: string;
  /** Deliveries a second, those that are sent twice counted once. */
  readonly rate: number;
  readonly seconds: number;
  /** Share of the deliveries that are sent again, 0 to 1. */
  readonly twice: number;
  /** Text of the nth comment; by default talk, and every tenth time a command. */
  readonly comment?: (n: number) => string;
}

export interface SentDelivery {
  readonly guid: string;
  readonly event: string;
  /** A 2xx came, for one of its sendings at least. */
  readonly isAcknowledged: boolean;
}

export interface LoadResult {
  readonly sent: readonly SentDelivery[];
  /** Milliseconds from due to answered, one for every sending that was acknowledged, in rising order. */
  readonly milliseconds: readonly number[];
  /** What came instead of a 2xx, with how often. */
  readonly errors: ReadonlyMap<string, number>;
  /** Milliseconds that the generator itself was late at worst: beyond some, the figures are its own. */
  readonly late: number;
}

interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
}

type Payload = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const BODY_BYTES = 10_000;
/** A second copy comes after the first was answered, as a rule. */
const AGAIN_AFTER = 250;
const TIMEOUT = 10_000;
const PERCENTILES = [50, 90, 99, 99.9];
const INSTALLATIONS = 7;

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://127.0.0.1:3000/api/github/webhooks" },
      secret: { type: "string" },
      rate: { type: "string", default: "100" },
      seconds: { type: "string", default: "20" },
      twice: { type: "string", default: "0.05" },
    },
  });
  if (values.secret === undefined) throw new Error("--secret is missing: the webhook secret of the App.");
  const result = await sendLoad({
    url: values.url,
    secret: values.secret,
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    twice: Number(values.twice),
  });
  console.log(formatLoad(result));
  if (result.errors.size > 0) process.exitCode = 1;
}

/** Ends when every delivery was answered, was cut or ran out of time. */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const url = loopback(options.url);
  for (const name of ["rate", "seconds"] as const)
    if (!(options[name] > 0)) throw new Error(`${name} must be more than 0.`);
  if (!(options.twice >= 0 && options.twice <= 1)) throw new Error("twice must be a share from 0 to 1.");

  const agent = new Agent({ keepAlive: true });
  const milliseconds: number[] = [];
  const errors = new Map<string, number>();
  const acknowledged = new Set<string>();
  const deliveries: { readonly guid: string; readonly event: string }[] = [];
  const sendings: Promise<void>[] = [];
  const send = async (delivery: Delivery, signature: string, due: number): Promise<void> => {
    // A timer can end a moment early: that moment is no speed of the App's.
    const from = Math.min(due, performance.now());
    const outcome = await post(url, agent, delivery, signature);
    if (outcome === "ok") {
      milliseconds.push(performance.now() - from);
      acknowledged.add(delivery.guid);
    } else errors.set(outcome, (errors.get(outcome) ?? 0) + 1);
  };
  const sendAgain = async (delivery: Delivery, signature: string, due: number): Promise<void> => {
    await wait(Math.max(0, due - performance.now()));
    await send(delivery, signature, due);
  };

  const count = Math.round(options.rate * options.seconds);
  const makeBody = bodies(options.comment ?? talk);
  const begin = performance.now() + 50;
  let late = 0;
  try {
    for (let n = 0; n < count; n++) {
      const due = begin + (n * 1_000) / options.rate;
      const { event, body } = makeBody(n);
      const delivery = { guid: randomUUID(), event, body };
      const signature = `sha256=${createHmac("sha256", options.secret).update(body).digest("hex")}`;
      // Only the names are kept: a long run must not fill the memory with bodies.
      deliveries.push({ guid: delivery.guid, event });
      const early = due - performance.now();
      if (early > 0) await wait(early);
      late = Math.max(late, performance.now() - due);
      sendings.push(send(delivery, signature, due));
      const isTwice = Math.floor((n + 1) * options.twice) > Math.floor(n * options.twice);
      if (isTwice) sendings.push(sendAgain(delivery, signature, due + AGAIN_AFTER));
    }
    await Promise.all(sendings);
  } finally {
    agent.destroy();
  }
  return {
    sent: deliveries.map((one) => ({ ...one, isAcknowledged: acknowledged.has(one.guid) })),
    milliseconds: milliseconds.sort((a, b) => a - b),
    errors,
    late,
  };
}

/** `stored`: the GUID of every delivery that the App kept, as often as it kept it. Acknowledged and not there: lost. */
export function countLostAndDoubled(
  sent: readonly SentDelivery[],
  stored: readonly string[],
): { readonly lost: number; readonly doubled: number } {
  const times = new Map<string, number>();
  for (const guid of stored) times.set(guid, (times.get(guid) ?? 0) + 1);
  return {
    lost: sent.filter(({ guid, isAcknowledged }) => isAcknowledged && !times.has(guid)).length,
    doubled: sent.filter(({ guid }) => (times.get(guid) ?? 0) > 1).length,
  };
}

export function formatLoad({ sent, milliseconds, errors, late }: LoadResult): string {
  const shown = [
    ...PERCENTILES.map((percent) => [`p${percent}`, percentile(milliseconds, percent)] as const),
    ["max", milliseconds.at(-1)] as const,
  ].map(([name, value]) => `${name} ${value === undefined ? "-" : `${value.toFixed(1)} ms`}`);
  const failed = [...errors].map(([what, count]) => `${count} x ${what}`).join(", ");
  return [
    `${sent.length} deliveries, ${milliseconds.length} acknowledgements`,
    `ack: ${shown.join(", ")}`,
    `errors: ${failed === "" ? "none" : failed}`,
    `the generator was ${late.toFixed(1)} ms late at worst`,
  ].join("\n");
}

/** The smallest value that `percent` of all values do not exceed. `values` in rising order. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  return values[Math.max(0, Math.ceil((values.length * percent) / 100) - 1)];
}

/** Load is for one's own machine: nobody's server is to be tried with it. */
function loopback(text: string): URL {
  const url = new URL(text);
  const isHere = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/.test(url.hostname);
  if (url.protocol === "http:" && isHere) return url;
  throw new Error(
    `Load goes to http:// on this machine only (127.0.0.1, ::1, localhost), not to ${url.origin}.`,
  );
}

function talk(n: number): string {
  if (n % 10 === 9) return "/casebook status";
  return `I see this too, for the ${n}th time since yesterday.`;
}

/** Bodies of `issue_comment.created` and `issues.labeled` by turns, made of payloads that GitHub really sent. */
function bodies(
  comment: (n: number) => string,
): (n: number) => { readonly event: string; readonly body: string } {
  const commented = example("issue_comment", "created");
  const labelled = example("issues", "labeled");
  return (n) => {
    const installation = 1 + (n % INSTALLATIONS);
    const isComment = n % 2 === 0;
    const base = isComment ? commented : labelled;
    const payload = {
      ...base,
      issue: { ...base["issue"], id: 10_000_000 + n, number: 1 + n },
      ...(isComment
        ? { comment: { ...base["comment"], id: 20_000_000 + n, body: comment(n / 2) } }
        : { label: { ...base["label"], name: "casebook:investigate" } }),
      repository: { ...base["repository"], id: 1_000 + installation },
      installation: { id: installation, node_id: `installation-${installation}` },
    };
    // The issue's text brings a body to the size that deliveries have with a report of some length.
    const missing = Math.max(0, BODY_BYTES - JSON.stringify(payload).length);
    const words = `It happens in run ${n}. `;
    const text = words.repeat(Math.ceil(missing / words.length)).slice(0, missing);
    const body = JSON.stringify({ ...payload, issue: { ...payload.issue, body: text } });
    return { event: isComment ? "issue_comment" : "issues", body };
  };
}

function example(event: string, action: string): Payload {
  // The package's types are those of a module that the file is not.
  const all = webhookExamples as unknown as readonly {
    readonly name: string;
    readonly examples: readonly (Payload & { readonly action?: unknown })[];
  }[];
  const found = all.find(({ name }) => name === event)?.examples.find((one) => one.action === action);
  if (found === undefined) throw new Error(`There is no example of ${event}.${action}.`);
  return found;
}

/** `ok`, or what came instead. */
function post(url: URL, agent: Agent, { guid, event, body }: Delivery, signature: string): Promise<string> {
  return new Promise((resolve) => {
    const sending = request(
      url,
      {
        method: "POST",
        agent,
        timeout: TIMEOUT,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "GitHub-Hookshot/bench",
          "x-github-delivery": guid,
          "x-github-event": event,
          "x-hub-signature-256": signature,
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        answer.resume();
        answer.on("error", () => resolve("cut"));
        answer.on("end", () => resolve(status >= 200 && status < 300 ? "ok" : `status ${status}`));
      },
    );
    sending.on("timeout", () => {
      resolve("no answer in 10 s");
      sending.destroy();
    });
    sending.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "cut"));
    sending.end(body);
  });
}
