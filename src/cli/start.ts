import { text } from "node:stream/consumers";
import { takeEnvironment } from "../process/take-environment.ts";
import { type Extras, runCli } from "./run-cli.ts";

/** Two signals within this time count as one: Ctrl-C comes from the terminal and from bin/casebook.mjs. */
const SAME_MILLISECONDS = 500;
/** A run that was stopped has so long to end; then the process ends whatever still hangs. */
const STOP_MILLISECONDS = 9_500;

/** Runs the command line with the arguments, streams, signals and exit code of this process. */
export async function start(extras: Extras = {}): Promise<void> {
  const env = takeEnvironment(process.env);
  const stop = new AbortController();
  // The first signal stops the run in order, the second one exits at once.
  let first = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (stop.signal.aborted && performance.now() - first > SAME_MILLISECONDS) process.exit(130);
      if (stop.signal.aborted) return;
      first = performance.now();
      setTimeout(() => process.exit(130), STOP_MILLISECONDS);
      stop.abort(new DOMException("stopped", "AbortError"));
    });
  // A reader may close its pipe early (`| head`).
  process.stdout.on("error", () => process.exit(0));

  process.exitCode = await runCli(
    process.argv.slice(2),
    {
      cwd: process.cwd(),
      env,
      signal: stop.signal,
      out: (line) => void process.stdout.write(`${line}\n`),
      err: (line) => void process.stderr.write(`${line}\n`),
      // Some CI systems have a terminal without a width. It gets plain lines.
      isTerminal: process.stderr.isTTY && process.stdout.isTTY && process.stdout.columns >= 40,
      ...(process.stdout.isTTY && process.stdout.columns >= 40 ? { columns: process.stdout.columns } : {}),
      stdin: () => text(process.stdin),
      streams: { input: process.stdin, output: process.stdout },
    },
    extras,
  );
  // A child that ignores its end, or a socket that nobody answers, would keep a stopped process alive.
  if (stop.signal.aborted) process.stdout.write("", () => process.exit());
}
