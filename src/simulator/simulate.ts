import { once } from "node:events";
import { createInterface } from "node:readline";
import { RunFailure } from "../failure.ts";
import { parseForm, parseLine, perform } from "./page/act.ts";
import { openPageServer } from "./page/page-server.ts";
import { play } from "./page/play.ts";
import { showing } from "./page/showing.ts";
import { openSimulation, type Simulation } from "./page/simulation.ts";
import { POLL, watch, type Watch } from "./page/watch.ts";
import type { CommandIo } from "../cli/io.ts";
import type { SimulateOptions } from "../cli/run-cli.ts";

const HELP = `Type a comment: it is the maintainer's. "reader: …" and "reporter: …" speak for the others.
Also: label NAME, unlabel NAME, close, reopen, merge, quit. Try: /casebook investigate`;

/** Starts the simulated GitHub with the example and the real App, then serves a page and this terminal, or plays a script. */
export async function simulateCommand(options: SimulateOptions, io: CommandIo): Promise<number> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RunFailure("usage", "--port needs a number from 0 to 65535");
  io.out("starting a GitHub and the App on this machine …");
  await using simulation = await openSimulation({
    fast: options.fast === true,
    model: options.model === "scripted",
  });
  io.signal.throwIfAborted();
  if (simulation.hasModel)
    io.out(
      "The model is a script that knows this issue: it needs no key and costs nothing, and its prices are made up.",
    );
  let page: Awaited<ReturnType<typeof openPageServer>> | undefined;
  const told = watch(
    simulation,
    (line) => io.out(`  ${line}`),
    () => page?.changed(),
    options.fast === true ? POLL.fast : POLL.normal,
  );
  // Without the App nothing more would happen, and the reason would stay hidden.
  const crashed = simulation.appEnded.then((words) => {
    throw new Error(`the App ended by itself: ${words}`);
  });
  crashed.catch(() => undefined);
  try {
    if (options.script === true) return await Promise.race([play(simulation, told, io), crashed]);
    const show = showing(simulation, told);
    page = await openPageServer({
      ...show,
      port,
      act: (form) => perform(parseForm(form, simulation.people), simulation),
    });
    io.out(`The page is at ${page.url}\n${HELP}`);
    await Promise.race([converse(simulation, told, io), crashed]);
    return 0;
  } finally {
    await told.stop();
    await page?.close();
  }
}

/** Reads lines until "quit", the end of input, or a signal. Without any line, it waits for a signal while the page is used. */
async function converse(simulation: Simulation, told: Watch, io: CommandIo): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const close = (): void => lines.close();
  io.signal.addEventListener("abort", close, { once: true });
  let heard = 0;
  try {
    for await (const line of lines) {
      heard++;
      try {
        const act = parseLine(line, simulation.people);
        if (act === "quit") return;
        if (act !== undefined) await perform(act, simulation);
      } catch (error) {
        if (io.signal.aborted) break;
        io.err(`casebook: ${(error as Error).message}`);
      }
      // Piped lines run one after the other, each when the bot is idle.
      if (!process.stdin.isTTY) await told.quiet(io.signal);
    }
    if (heard === 0 && !process.stdin.isTTY && !io.signal.aborted) await once(io.signal, "abort");
  } finally {
    io.signal.removeEventListener("abort", close);
    // An open standard input would keep the process alive.
    lines.close();
    process.stdin.destroy();
  }
}
