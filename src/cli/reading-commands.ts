import type { ReaderIo } from "./io.ts";

/** The part of a command that reads foreign text. Gives its exit code. */
type ReadingCommand = (given: never, options: never, io: ReaderIo) => Promise<number>;

/** By the name of the command; each is loaded when it is asked for. */
export const READING_COMMANDS = {
  locate: async () => (await import("./reading/locate.ts")).locateHere,
  check: async () => (await import("./reading/check.ts")).checkHere,
  signs: async () => (await import("./reading/signs.ts")).signsHere,
  related: async () => (await import("./reading/related.ts")).relatedHere,
  fixed: async () => (await import("./reading/backtest.ts")).fixedHere,
  backtest: async () => (await import("./reading/backtest.ts")).backtestHere,
  read: async () => (await import("./reading/read.ts")).readHere,
  "spec list": async () => (await import("./reading/spec.ts")).specListHere,
  "spec show": async () => (await import("./reading/spec.ts")).specShowHere,
  "spec lint": async () => (await import("./reading/spec.ts")).specLintHere,
  status: async () => (await import("./reading/status.ts")).statusHere,
  brief: async () => (await import("./reading/brief.ts")).briefHere,
} as const satisfies Readonly<Record<string, () => Promise<ReadingCommand>>>;

export type ReadingCommandName = keyof typeof READING_COMMANDS;
