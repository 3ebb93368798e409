import { appSettings } from "../../src/simulator/page/app-settings.ts";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";

import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { startServer, type RunningServer } from "../../src/server/start-server.ts";
import { readServerConfig, type ServerConfig } from "../../src/server/server-config.ts";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { prepareStore } from "./prepared-store.ts";

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
  readonly config: ServerConfig;
}

/** Starts the real server in this process and lets the webhooks come to it. */
export async function startApp(
  github: SimulatedGitHub,
  data: string,
  more: Readonly<Record<string, string>> = {},
): Promise<TestApp> {
  await prepareStore(data);
  const config = readServerConfig(settingsFor(github, data, more));
  const logger =
    process.env["CASEBOOK_TEST_LOG"] === "1"
      ? pino({ level: "debug", base: null })
      : pino({ level: "silent" });
  const server = await startServer(config, logger);
  github.deliverTo(`${server.url}${WEBHOOK_PATH}`);
  return { server, config, [Symbol.asyncDispose]: () => server.stop() };
}

const DEADLINE = 60_000;
const LOOK = 50;

/** Ends when nothing is on its way, no job is left to be worked now and no run waits for its place; throws with what is left when that never comes. */
export async function settled(github: SimulatedGitHub, url: string): Promise<void> {
  const until = Date.now() + DEADLINE;
  for (let calm = 0; calm < 3;) {
    await github.webhooks.settled();
    const open = await openJobs(url);
    calm = open.length === 0 ? calm + 1 : 0;
    if (Date.now() > until) throw new Error(`not settled: ${open.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Jobs and runs that wait or are worked, as the metrics tell an operator: `sync active 1`. */
async function openJobs(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  // A run that waits for its place has no job, and is no less under way.
  const runs = [...text.matchAll(/^casebook_runs\{state="([a-z]+)"\} ([1-9]\d*)$/gm)].map(
    ([, state, count]) => `run ${state} ${count}`,
  );
  const jobs = [...text.matchAll(/^casebook_jobs\{queue="([a-z]+)",state="([a-z]+)"\} ([1-9]\d*)$/gm)]
    .filter(
      ([, queue, state]) =>
        queue !== "dead" && (state === "created" || state === "active" || state === "retry"),
    )
    .map(([, queue, state, count]) => `${queue} ${state} ${count}`);
  return [...runs, ...jobs];
}

/** A temporary folder, removed when disposed, with a copy of `from` when given. */
export function dataFolder(from?: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "casebook-app-"));
  if (from !== undefined) cpSync(from, path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
