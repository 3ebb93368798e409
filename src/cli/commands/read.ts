import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { issueInput } from "../read-issue.ts";
import type { ReadOptions } from "../reading/read.ts";

/**
 * Prints what the issue says, in the reporter's words. It needs no repository; of one that is given it reads the issue forms.
 * Exit code 0.
 */
export async function readCommand(options: ReadOptions, io: CommandIo): Promise<number> {
  const input = await issueInput(options.issue, options.number, io);
  const { exit, out } = await inReader("read", { given: { input }, options }, io);
  io.out(out);
  return exit;
}
