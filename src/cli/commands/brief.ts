import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import type { BriefOptions } from "../reading/brief.ts";

/**
 * Prints what an investigation found as one short text for the next person or agent. Throws RunFailure `usage` when the branch holds no
 * document of the issue, `unknown-revision` when there is no branch.
 */
export async function briefCommand(key: string, options: BriefOptions, io: CommandIo): Promise<number> {
  const { exit, out } = await inReader("brief", { given: { key }, options }, io);
  io.out(out);
  return exit;
}
