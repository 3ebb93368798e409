import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import type { StatusOptions } from "../reading/status.ts";

/** Lists the investigations of a repository from the specs on its branches `casebook/issue-*`. */
export async function statusCommand(options: StatusOptions, io: CommandIo): Promise<number> {
  const { exit, out } = await inReader("status", { given: {}, options }, io);
  io.out(out);
  return exit;
}
