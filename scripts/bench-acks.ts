/**
 * How fast the App acknowledges webhooks, and how fast a bare server does with the same database:
 * `npm run bench:webhooks -- [--rate 100] [--seconds 20] [--twice 0.05] [--database postgres://… --bare postgres://…]`.
 * Both get the same load, one after the other: signed deliveries of about 10 KB at a fixed rate. Prints percentiles of the time to
 * the answer, the ratio of the two p99, the peak memory of the App, and the deliveries that its database lost or doubled. The bare
 * server checks the signature and stores, and works no job. Without `--database` each has an embedded database of its own.
 * Everything stays on this machine.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { openDatabase } from "../src/store/io/database.ts";
import { openStore } from "../src/store/io/open-store.ts";
import { readSpool } from "../src/store/io/spool.ts";
import { startSimulatedGitHub } from "../src/simulator/github/start-simulated-github.ts";
import { WEBHOOK_PATH } from "../src/server/http-server.ts";
import { appSettings } from "../src/simulator/page/app-settings.ts";
import { startApp } from "../src/simulator/page/start-app.ts";
import { countLostAndDoubled, formatLoad, type LoadResult, percentile, sendLoad } from "./bench-webhooks.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    twice: { type: "string", default: "0.05" },
    database: { type: "string" },
    bare: { type: "string" },
  },
});
if ((values.database === undefined) !== (values.bare === undefined))
  throw new Error("--database and --bare go together: two empty databases of one PostgreSQL server.");
const load = { rate: Number(values.rate), seconds: Number(values.seconds), twice: Number(values.twice) };
const folder = mkdtempSync(join(tmpdir(), "casebook-bench-"));
try {
  await using github = await startSimulatedGitHub();
  const secret = github.app.webhookSecret;
  const bare = await loadBareServer(values.bare ?? join(folder, "bare"), secret);
  console.log(`bare server:\n${formatLoad(bare)}\n`);

  const data = join(folder, "app");
  mkdirSync(data);
  const app = await startApp({
    ...appSettings(github, data),
    LOG_LEVEL: "info",
    ...(values.database === undefined ? {} : { DATABASE_URL: values.database }),
  });
  const result = await sendLoad({ url: `${app.url}${WEBHOOK_PATH}`, secret, ...load });
  const peak = peakMegabytes(app.pid);
  await app.stop();
  console.log(`App:\n${formatLoad(result)}`);

  const { lost, doubled } = countLostAndDoubled(result.sent, await storedBy(data));
  const ratio = percentile(result.milliseconds, 99)! / percentile(bare.milliseconds, 99)!;
  console.log(
    [
      `p99 of the App / p99 of the bare server: ${ratio.toFixed(2)}`,
      `peak memory of the App: ${peak} MB`,
      `store: ${values.database === undefined ? "embedded" : "PostgreSQL"}, ${cpus().length} cores, Node ${process.version}; lost ${lost}, doubled ${doubled} of ${result.sent.length}`,
    ].join("\n"),
  );
  if (lost + doubled > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The same load on the server of `bare-webhooks.ts`. */
async function loadBareServer(place: string, secret: string): Promise<LoadResult> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "bare-webhooks.ts"), place, secret],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  try {
    const [url] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
    return await sendLoad({ url, secret, ...load });
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** The GUIDs that the App has in the end: what waited for the embedded database when it stopped is stored as a start would do. */
async function storedBy(data: string): Promise<readonly string[]> {
  const place = values.database === undefined ? { folder: data } : { url: values.database };
  if (values.database === undefined) {
    await using store = await openStore(place);
    await readSpool(join(data, "inbox"), {
      accept: (delivery) => store.acceptDelivery(delivery),
      onDelivery: () => undefined,
      onStored: () => undefined,
      onError: (error) => console.error(error),
    }).drain();
  }
  await using database = await openDatabase(place);
  const { rows } = await database.query<{ guid: string }>("SELECT guid FROM casebook.delivery");
  return rows.map(({ guid }) => guid);
}

/** The most memory that a process of this machine held at once, without its children; on Linux. */
function peakMegabytes(pid: number): string {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kilobytes === undefined ? "-" : String(Math.round(Number(kilobytes) / 1024));
}
