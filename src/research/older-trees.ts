import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { OlderTrees, Trial } from "../agent/show-since.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { SandboxDoor } from "./sandbox-door.ts";

/** Commits that lie checked out at once: a border has two, and a merge more. */
const MOST_OPEN = 4;

const line = z.strictObject({
  commit: z.string(),
  nth: z.int(),
  trial: z.strictObject({
    end: z.enum(["same", "passes", "other", "no-start"]),
    command: z.array(z.string()),
    code: z.int().optional(),
    report: z.string(),
  }),
});

/**
 * Older commits of a repository, each in a sandbox of its own. Every run is recorded in a file below `data` until the search is at its
 * end, so that a search which was killed continues from there. `about`: what is run; `minutes`: from now. `at` throws RunFailure where a
 * commit cannot be read or written. Dispose it: it holds files.
 */
export function openOlderTrees({
  sandboxes,
  data,
  about,
  minutes,
  signal,
}: {
  readonly sandboxes: SandboxDoor;
  readonly data: string;
  readonly about: readonly string[];
  readonly minutes: number;
  readonly signal: AbortSignal;
}): OlderTrees & Disposable & { readonly finish: () => void } {
  const until = performance.now() + minutes * 60_000;
  const open = new Map<string, { readonly sandbox: Sandbox; readonly close: () => void }>();
  const folder = join(data, "since");
  const name = createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 24);
  const file = join(folder, `${name}.jsonl`);
  const known = readTrials(file);
  return {
    async at(commit) {
      const there = open.get(commit);
      if (there !== undefined) {
        open.delete(commit);
        open.set(commit, there);
        return there.sandbox;
      }
      const { state, close } = await sandboxes.open({ commit }, signal);
      if (state.kind === "none") {
        close();
        return state.why;
      }
      const [oldest] = open.keys();
      if (open.size >= MOST_OPEN && oldest !== undefined) {
        open.get(oldest)!.close();
        open.delete(oldest);
      }
      open.set(commit, { sandbox: state.sandbox, close });
      return state.sandbox;
    },
    recorded: (commit, nth) => known.get(`${commit} ${nth}`),
    record(commit, nth, trial) {
      mkdirSync(folder, { recursive: true });
      appendFileSync(file, `${JSON.stringify({ commit, nth, trial })}\n`);
    },
    isLate: () => performance.now() > until,
    finish: () => rmSync(file, { force: true }),
    [Symbol.dispose]() {
      for (const { close } of open.values()) close();
      open.clear();
    },
  };
}

/** What was recorded, without a last line that was cut. */
function readTrials(file: string): ReadonlyMap<string, Trial> {
  const found = new Map<string, Trial>();
  for (const text of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
    const read = line.safeParse(parsed(text));
    if (!read.success) continue;
    const { commit, nth, trial } = read.data;
    found.set(`${commit} ${nth}`, { ...trial, code: trial.code });
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
