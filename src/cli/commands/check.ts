import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { RunFailure } from "../../failure.ts";
import { chantFiles } from "../chant-files.ts";
import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { readIssue } from "../read-issue.ts";
import { trackerOf } from "../read-tracker.ts";
import type { CheckGiven, CheckOptions } from "../reading/check.ts";
import { writeResult } from "../write-result.ts";

/**
 * Checks documents and specs at a commit: `--commit`, or the commit that the document names, or HEAD. Exit code 1 when a
 * reference does not hold.
 */
export async function checkCommand(
  files: readonly string[],
  options: CheckOptions,
  io: CommandIo,
): Promise<number> {
  const issue = options.issue === undefined ? undefined : await readIssue(options.issue, options.number, io);
  const texts =
    files.length > 0
      ? readFiles(files, io)
      : options.ref === undefined
        ? await chantFiles(options, io)
        : undefined;
  const tracker = await trackerOf(issue, options, io);
  const given: CheckGiven = {
    ...(tracker === undefined ? {} : { tracker: tracker.list }),
    ...(issue === undefined ? {} : { issue }),
    ...(texts === undefined ? {} : { texts: [...texts] }),
    isWhole: files.length === 0,
  };
  const { exit, out, file } = await inReader("check", { given, options }, io);
  if (options.sarif !== undefined && file !== undefined) writeResult(options.sarif, file, io);
  io.out(out);
  return exit;
}

function readFiles(files: readonly string[], io: CommandIo): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = resolve(io.cwd, file);
    try {
      texts.set(relative(io.cwd, path).split(sep).join("/"), readFileSync(path, "utf8"));
    } catch (error) {
      throw new RunFailure(
        "usage",
        `Casebook cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
        error,
      );
    }
  }
  return texts;
}
