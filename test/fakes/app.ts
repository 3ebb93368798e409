import { appSettings } from "../../src/simulator/page/app-settings.ts";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";

import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { startServer, type RunningServer } from "../../src/server/start-server.ts";
import { readServerConfig } from "../../src/server/server-config.ts";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { openStore } from "../../src/store/io/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { freshDatabase } from "./fresh-database.ts";
import { type EitherResearch, researchEither } from "./research-here.ts";
import { waitFor } from "./patience.ts";

const example = join(import.meta.dirname, "../../examples/issue-42");
const issueText = readFileSync(join(example, "issue.md"), "utf8");

/** The files of the bundled example, without its issue. */
export function exampleFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(example, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== "issue.md")
      files[path.slice(example.length + 1)] = readFileSync(path, "utf8");
  }
  return files;
}

/** The example's title and text, as they are typed into GitHub's form. */
export function exampleIssue(): { readonly title: string; readonly body: string } {
  const [heading = "", ...rest] = issueText.split("\n");
  return { title: heading.replace(/^#\s*/, ""), body: rest.join("\n").trim() };
}

/** What a server of this App on this GitHub is started with: real settings, no waiting. */
export function settingsFor(
  github: SimulatedGitHub,
  data: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...appSettings(github, data),
    CASEBOOK_WORKERS: "1",
    CASEBOOK_WRITE_SPACING_MS: "0",
    LOG_LEVEL: "silent",
    ...more,
  };
}

export interface TestApp extends AsyncDisposable {
  readonly server: RunningServer;
  /** Where the next tasks run: in this process, unless a test is about the other one. */
  readonly research: EitherResearch;
  readonly databaseUrl: string;
  readonly store: Store;
  /** Jobs and runs that wait or are at work: `sync active 1`. */
  openJobs(): Promise<readonly string[]>;
}

/** Starts the real server in this process, with a database of its own, and lets the webhooks come to it. */
export async function startApp(
  github: SimulatedGitHub,
  data: string,
  {
    settings = {},
    logger = process.env["CASEBOOK_TEST_LOG"] === "1"
      ? pino({ level: "debug", base: null })
      : pino({ level: "silent" }),
  }: { readonly settings?: Readonly<Record<string, string>>; readonly logger?: Logger } = {},
): Promise<TestApp> {
  const database = await freshDatabase();
  const config = readServerConfig(settingsFor(github, data, { DATABASE_URL: database.url, ...settings }));
  const store = await openStore({ url: database.url });
  const research = researchEither(data);
  const server = await startServer(config, logger, { store, research });
  github.deliverTo(`${server.url}${WEBHOOK_PATH}`);
  return {
    server,
    research,
    databaseUrl: database.url,
    store,
    openJobs: () => openJobsOf(store),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Ends when nothing is on its way, no job is left to be worked now and no run waits for its place. */
export async function settled(github: SimulatedGitHub, app: Pick<TestApp, "openJobs">): Promise<void> {
  let open: readonly string[] = [];
  await waitFor(
    async () => {
      const deliveries = github.webhooks.log.length;
      await github.webhooks.settled();
      open = await app.openJobs();
      // A job that ended in between may have caused a webhook.
      return open.length === 0 && github.webhooks.log.length === deliveries;
    },
    () => [...open, `${github.requests.length} requests`, `${github.webhooks.log.length} deliveries`],
  );
}

const isOpen = ({ queue, state }: { readonly queue: string; readonly state: string }): boolean =>
  queue !== "dead" && ["created", "active", "retry"].includes(state);

/** A run that waits for its place has no job, and is no less under way. */
export async function openJobsOf(store: Pick<Store, "counts" | "openRuns">): Promise<readonly string[]> {
  const [jobs, runs] = await Promise.all([store.counts(), store.openRuns()]);
  return [
    ...runs.map(({ state, count }) => `run ${state} ${count}`),
    ...jobs.filter(isOpen).map(({ queue, state, count }) => `${queue} ${state} ${count}`),
  ];
}

/** The same of another process, from what it tells an operator. */
export async function openJobsAt(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  // What was acknowledged becomes jobs in a moment.
  if (!/^casebook_deliveries_waiting_bytes 0$/m.test(text)) return ["delivery kept 1"];
  const rows = [
    ...text.matchAll(/^casebook_(?:jobs\{queue="([a-z]+)",|runs\{)state="([a-z]+)"\} ([1-9]\d*)$/gm),
  ];
  return rows
    .filter(([, queue, state]) => queue === undefined || isOpen({ queue, state: state! }))
    .map(([, queue = "run", state, count]) => `${queue} ${state} ${count}`);
}

/** A temporary folder, removed when disposed, with a copy of `from` when given. */
export function dataFolder(from?: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "casebook-app-"));
  if (from !== undefined) cpSync(from, path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
