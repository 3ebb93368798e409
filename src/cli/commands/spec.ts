import { chantFiles } from "../chant-files.ts";
import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import type { SpecGiven, SpecOptions } from "../reading/spec.ts";

/** The part of a command that reads the specs runs in the reader; files of a folder are handed to it. */
async function inSpecReader(
  command: "spec list" | "spec show" | "spec lint",
  given: SpecGiven,
  options: SpecOptions,
  io: CommandIo,
): Promise<number> {
  const isFolder = options.ref === undefined;
  const texts = isFolder ? { texts: [...(await chantFiles(options, io))] } : {};
  const { exit, out } = await inReader(
    command,
    {
      given: { ...given, ...texts },
      // A folder of specs need not be in a repository.
      options: isFolder ? { ...options, repo: undefined } : options,
    },
    io,
  );
  io.out(out);
  return exit;
}

/** Lists every spec with its status. */
export async function specListCommand(options: SpecOptions, io: CommandIo): Promise<number> {
  return await inSpecReader("spec list", {}, options, io);
}

/** Shows one spec: its status, its blockers and its criteria. Throws RunFailure `usage` for an unknown id. */
export async function specShowCommand(id: string, options: SpecOptions, io: CommandIo): Promise<number> {
  return await inSpecReader("spec show", { id }, options, io);
}

/** Lists every problem with its line. Exit code 5 when one is an error. */
export async function specLintCommand(options: SpecOptions, io: CommandIo): Promise<number> {
  return await inSpecReader("spec lint", {}, options, io);
}
