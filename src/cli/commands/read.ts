import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { readIssue } from "../read-issue.ts";
import type { ReadOptions } from "../reading/read.ts";

/**
 * Prints what the issue says, in the reporter's words. It needs no repository; of one that is given it reads the issue forms.
 * Exit code 0.
 */
export async function readCommand(options: ReadOptions, io: CommandIo): Promise<number> {
  const issue = await readIssue(options.issue, options.number, io);
  const { exit, out } = await inReader("read", { given: { issue }, options }, io);
  io.out(out);
  return exit;
}
