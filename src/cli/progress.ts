import type { ListrTaskWrapper } from "listr2";
import type { CommandIo } from "./io.ts";

/** Shows the running phase and its step. `start` ends the previous one. */
export interface Progress {
  start(title: string): void;
  step(text: string): void;
  /** Ends the running phase; `note` follows its title. */
  end(note?: string): void;
  /** Stops drawing. A phase that still runs has failed and gets no line. */
  close(): Promise<void>;
}

const QUIET: Progress = { start() {}, step() {}, end() {}, close: async () => {} };

/** Draws a list on a terminal, prints lines elsewhere, and prints nothing with `quiet`. Times are in seconds. */
export function openProgress(io: CommandIo, quiet: boolean): Progress {
  if (quiet) return QUIET;
  return io.isTerminal ? drawn() : plain(io);
}

const AGAIN_MS = 10_000;

function plain(io: CommandIo): Progress {
  let title = "";
  let from = 0;
  let last = "";
  let printed = 0;
  const end = (note = "done"): void => {
    if (title !== "") io.err(`${title}: ${note} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
    title = "";
  };
  return {
    start(next) {
      end();
      title = next;
      from = performance.now();
    },
    step(text) {
      // Counts change many times a second. A line for each would be noise, none for minutes would look like a hang.
      const kind = text.replace(/[\d,]+/g, "");
      if (kind === last && performance.now() - printed < AGAIN_MS) return;
      io.err(`${title === "" ? "" : `${title}: `}${text}`);
      [last, printed] = [kind, performance.now()];
    },
    end,
    close: async () => void (title = ""),
  };
}

type Task = ListrTaskWrapper<unknown, never, never>;

/** One list for each phase, so that the next one can start later. */
function drawn(): Progress {
  let task: Pick<Task, "title" | "output"> | undefined;
  let finish: (() => void) | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let from = 0;
  const end = (note?: string): void => {
    if (task !== undefined)
      task.title = `${task.title}${note === undefined ? "" : `: ${note}`} (${((performance.now() - from) / 1000).toFixed(1)} s)`;
    task = undefined;
    finish?.();
    finish = undefined;
  };
  return {
    start(title) {
      end();
      from = performance.now();
      const done = new Promise<void>((resolve) => (finish = resolve));
      const before = running;
      running = before.then(async () => {
        // Only a terminal needs the package.
        const { Listr } = await import("listr2");
        return new Listr([
          {
            title,
            task: (_, own) => {
              task = own as unknown as Pick<Task, "title" | "output">;
              return done;
            },
          },
        ]).run();
      });
    },
    step(text) {
      if (task !== undefined) task.output = text;
    },
    end,
    async close() {
      end();
      await running;
    },
  };
}
