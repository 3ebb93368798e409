import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeEnvironment } from "./take-environment.ts";

/** Says in the environment of the second start that the settings are behind standard input. */
const HANDED_OVER = "CASEBOOK_HANDED_OVER";

/**
 * What a process was started with stays in `/proc/PID/environ` for every process of the same user, whatever it deletes later. So the server
 * starts itself once more, under the same number, with variables that hold no secret; the others go by a file that has no name any more.
 * Call it before anything else. Does nothing where no process can replace itself (Windows), where nothing is to be hidden, and below an
 * older Node, which holds the same variables itself.
 */
export function leaveEnvironment(): void {
  if (process.env[HANDED_OVER] === "1") {
    takeOver();
    return;
  }
  const clean: NodeJS.ProcessEnv = { ...process.env };
  const taken = takeEnvironment(clean);
  const hidden = Object.entries(taken).filter(([name]) => !(name in clean));
  if (hidden.length === 0 || process.execve === undefined || process.channel !== undefined) return;
  if (!existsSync("/proc/self/environ")) return;
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "casebook-"));
  const file = join(folder, "settings");
  try {
    writeFileSync(file, JSON.stringify(Object.fromEntries(hidden)), { mode: 0o600, flag: "wx" });
    // Standard streams are the only ones that a process keeps when it replaces itself, and the lowest number is given out first.
    closeSync(0);
    if (openSync(file, "r") !== 0) throw new Error("standard input could not be replaced");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...(clean as Record<string, string>),
    [HANDED_OVER]: "1",
  });
}

/** Takes the settings from standard input, which holds nothing after that. */
function takeOver(): void {
  const settings = JSON.parse(readFileSync(0, "utf8")) as Readonly<Record<string, string>>;
  closeSync(0);
  openSync("/dev/null", "r");
  delete process.env[HANDED_OVER];
  Object.assign(process.env, settings);
}
