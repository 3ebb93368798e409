import type { Ran } from "../research/command-request.ts";
import { privateFolder } from "../process/private-folder.ts";
import { protocolOf } from "../repository/io/mirror.ts";
import { gitDirOf } from "../repository/io/open-repository.ts";
import type { CommandIo, ReaderIo } from "./io.ts";
import { notIsolated, placeOf } from "./place.ts";
import type { ReadingCommandName } from "./reading-commands.ts";

interface Request {
  /** What was read outside, such as the issue. */
  readonly given: object;
  /** Of the command. Without `repo` no repository is read. */
  readonly options: { readonly repo?: string | undefined; readonly data?: string | undefined };
  readonly onStep?: (step: string) => void;
}

/**
 * Runs the part of a command that reads foreign text as `investigate` does: in a process in bubblewrap, or beside this one and said aloud
 * where this host has none. What it prints comes back as text without control characters. Throws RunFailure.
 */
export async function inReader(
  command: ReadingCommandName,
  { given, options, onStep = () => undefined }: Request,
  io: CommandIo,
): Promise<Ran> {
  // Who runs the whole command line in one process wants this in it, too.
  if (io.research !== undefined) return await runHere(command, { given, options }, { ...io, step: onStep });
  const place = placeOf({ ...options, repo: options.repo ?? "." }, io, onStep);
  const mirror = options.repo === undefined ? undefined : await gitFolder(place);
  if (mirror !== undefined) privateFolder(place.data);
  const { commandInProcess } = await import("../research/run-task.ts");
  return await commandInProcess(
    {
      mirror,
      command,
      given: { ...given },
      options: { ...options, ...(mirror === undefined ? {} : { repo: mirror }), data: undefined },
      columns: io.columns,
    },
    {
      data: place.data,
      workers: place.workers,
      cacheBytes: place.cacheBytes,
      main: "../cli/reader",
      onNotIsolated: (why) => io.err(notIsolated(why)),
    },
    io.signal,
    onStep,
  );
}

/** The same where foreign text is read in this process. */
export async function runHere(
  command: ReadingCommandName,
  { given, options }: Pick<Request, "given" | "options">,
  io: Omit<ReaderIo, "out" | "file">,
): Promise<Ran> {
  const { READING_COMMANDS } = await import("./reading-commands.ts");
  const lines: string[] = [];
  let file: string | undefined;
  const run = await READING_COMMANDS[command]();
  const exit = await run(given as never, options as never, {
    ...io,
    out: (text) => void lines.push(text),
    file: (text) => void (file = text),
  });
  return { exit, out: lines.join("\n"), file };
}

async function gitFolder(place: ReturnType<typeof placeOf>): Promise<string> {
  // A folder needs no git here: the reader starts it.
  if (protocolOf(place.repository) === undefined) return gitDirOf(place.repository);
  const { openGit } = await import("../research/open-git.ts");
  using repository = await openGit(place);
  return repository.gitDir;
}
