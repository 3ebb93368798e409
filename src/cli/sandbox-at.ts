import { suiteOf } from "../research/tasks.ts";
import { readConfig } from "../process/config.ts";
import type { Codebase } from "../repository/codebase.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import { withSuite } from "../sandbox/with-suite.ts";
import type { CommandIo } from "./io.ts";

/**
 * What code finds in the sandbox, with the `suite` that the commit's own settings give. A file with a mistake is named on standard error
 * and does not count. Throws RunFailure `usage` for wrong settings of the operator.
 */
export async function sandboxAt(
  codebase: Pick<Codebase, "text">,
  io: Pick<CommandIo, "env" | "err">,
): Promise<SandboxSettings | undefined> {
  const { sandbox } = readConfig(io.env);
  return withSuite(sandbox, await suiteOf(codebase, (text) => io.err(text)));
}
