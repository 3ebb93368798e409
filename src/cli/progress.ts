import type { ListrTaskWrapper } from "listr2";
import type { CommandIo } from "./io.ts";

/** Shows which phase is at which step. `start` ends the one before. */
export interface Progress {
  start(title: string): void;
  step(text: string): void;
  /** Ends the running one; `note` stands behind its title. */
  end(note?: string): void;
  /** Ends everything; nothing is drawn afterwards. */
  close(): Promise<void>;
}

const QUIET: Progress = { start() {}, step() {}, end() {}, close: async () => {} };

/** On a terminal a list that is drawn in place, elsewhere plain lines, with `quiet` nothing. Times in seconds. */
export function openProgress(io: CommandIo, quiet: boolean): Progress {
  if (quiet) return QUIET;
  return io.isTerminal ? drawn() : plain(io);
}

const AGAIN_MS = 10_000;

function plain(io: CommandIo): Progress {
  let title = "";
  let from = 0;
  let last = "";
  let said = 0;
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
      // Counts change many times a second; a line for each would be noise, none for minutes would look like a hang.
      const kind = text.replace(/[\d,]+/g, "");
      if (kind === last && performance.now() - said < AGAIN_MS) return;
      io.err(`${title === "" ? "" : `${title}: `}${text}`);
      [last, said] = [kind, performance.now()];
    },
    end,
    close: async () => end(),
  };
}

type Task = ListrTaskWrapper<unknown, never, never>;

/** One list a phase, so that the next one can be added when it begins. */
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
        // Loaded only where something is drawn.
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
