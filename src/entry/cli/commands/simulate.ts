import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { RunFailure } from "../../../domain/failure.ts";
import type { PageInput } from "../../simulate/page.ts";
import { openPageServer } from "../../simulate/page-server.ts";
import { openSimulation, type Simulation } from "../../simulate/simulation.ts";
import { watch, type Watch } from "../../simulate/watch.ts";
import type { CommandIo } from "../io.ts";
import { checkCommand } from "./check.ts";

export interface SimulateOptions {
  readonly port: string;
  readonly script?: boolean;
  readonly fast?: boolean;
}

const HELP = `Type a comment: it is the maintainer's. "rob: …" and "ana: …" speak for the reader and the reporter.
Also: label NAME, unlabel NAME, close, reopen, merge, quit. Try: /casebook investigate`;

/** A GitHub on this machine with the example and the real App: a page and this terminal to try it in, or a played script. */
export async function simulateCommand(options: SimulateOptions, io: CommandIo): Promise<number> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RunFailure("usage", "--port needs a number from 0 to 65535");
  io.out("starting a GitHub and the App on this machine …");
  await using simulation = await openSimulation({ fast: options.fast === true });
  const told = watch(simulation, (line) => {
    io.out(`  ${line}`);
    page?.changed();
  });
  let page: Awaited<ReturnType<typeof openPageServer>> | undefined;
  try {
    if (options.script === true) return await play(simulation, told, io);
    page = await openPageServer({
      port,
      show: () => showing(simulation, told),
      act: ({ kind, who, text }) => act(simulation, told, kind, who, text),
    });
    io.out(`The page is at ${page.url}\n${HELP}`);
    await converse(simulation, told, io);
    return 0;
  } finally {
    await told.stop();
    await page?.close();
  }
}

/** The life of an issue: refused, investigated, pointed at, merged; at the end the documents are checked. */
async function play(simulation: Simulation, told: Watch, io: CommandIo): Promise<number> {
  const { repository, issue } = simulation;
  const step = async (title: string, work: () => Promise<unknown>): Promise<void> => {
    io.out(title);
    await work();
    await told.quiet(io.signal);
  };
  await step("A reader asks for an investigation. Readers cannot start one:", () =>
    repository.comment("rob", issue, "/casebook investigate"),
  );
  await step("The maintainer asks:", () => repository.comment("mia", issue, "/casebook investigate"));
  await step("The maintainer mistypes a command:", () =>
    repository.comment("mia", issue, "/casebook refesh"),
  );
  await step("The maintainer says where the cause is:", () =>
    repository.comment("mia", issue, "/casebook at src/storage/store.py:31-35"),
  );
  const pull = (await simulation.state()).pulls[0];
  if (pull === undefined) {
    io.err("casebook: no pull request came of it");
    return 1;
  }
  io.out("The documents of the pull request are checked once more, by the command line:");
  const data = mkdtempSync(join(tmpdir(), "casebook-check-"));
  try {
    const exit = await checkCommand([], { repo: repository.gitDir, ref: pull.headBranch, data }, io);
    if (exit !== 0) return exit;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  await step("The maintainer merges the pull request:", () => repository.mergePull("mia", pull.number));
  const state = (await simulation.state()).issues.find(({ number }) => number === issue);
  io.out(`The issue ends with ${state?.labels.join(", ") ?? "nothing"} and one comment of the bot.`);
  return 0;
}

async function converse(simulation: Simulation, told: Watch, io: CommandIo): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  io.signal.addEventListener("abort", () => lines.close(), { once: true });
  for await (const line of lines) {
    const text = line.trim();
    if (text === "quit" || text === "exit") return;
    if (text === "") continue;
    try {
      const spoken = /^([a-z]+): (.+)$/s.exec(text);
      const command = /^(label|unlabel|close|reopen|merge)(?: (.+))?$/.exec(text);
      if (command !== null) await act(simulation, told, command[1]!, "mia", command[2] ?? "");
      else await act(simulation, told, "comment", spoken?.[1] ?? "mia", spoken?.[2] ?? text);
    } catch (error) {
      io.err(`casebook: ${(error as Error).message}`);
    }
    // What is piped in is said one after the other, each when the bot is done with the one before.
    if (!io.isTerminal) await told.quiet(io.signal);
  }
}

async function act(
  { repository, issue, people }: Simulation,
  told: Watch,
  kind: string,
  who: string,
  text: string,
): Promise<void> {
  if (!people.some(({ login }) => login === who))
    throw new RunFailure("usage", `There is nobody called ${who} here`);
  switch (kind) {
    case "comment":
      if (text.trim() !== "") await repository.comment(who, issue, text);
      return;
    case "investigate":
    case "help":
      await repository.comment(who, issue, `/casebook ${kind}`);
      return;
    case "label":
      return repository.label(
        who,
        issue,
        text === "" || text.startsWith("/") ? "casebook:investigate" : text,
      );
    case "unlabel":
      return repository.unlabel(who, issue, text);
    case "reopen":
      return repository.reopenIssue(who, issue);
    case "close": {
      const isOpen = told.latest?.issues.find(({ number }) => number === issue)?.state !== "closed";
      return isOpen ? repository.closeIssue(who, issue) : repository.reopenIssue(who, issue);
    }
    case "merge": {
      const pull = told.latest?.pulls.find(({ state }) => state === "open");
      if (pull !== undefined) await repository.mergePull(who, pull.number);
      return;
    }
    default:
      throw new RunFailure("usage", `There is nothing called ${kind} to do`);
  }
}

async function showing(simulation: Simulation, told: Watch): Promise<Omit<PageInput, "token" | "nonce">> {
  const { repository, issue, people, github } = simulation;
  const state = told.latest ?? (await simulation.state());
  const documents = new Map<string, string>();
  for (const { headBranch, files } of state.pulls)
    for (const path of files.filter((file) => file.startsWith(".chant/research/"))) {
      const text = (await repository.file(headBranch, path)) ?? (await repository.file("main", path));
      if (text !== undefined) documents.set(path, text);
    }
  return { state, issue, people, bot: github.app.bot.login, feed: told.feed, isBusy: told.isBusy, documents };
}
