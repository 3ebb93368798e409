import { readConfigInput } from "../investigation/settings/parse-repository-config.ts";
import { readConfig } from "../process/config.ts";
import type { Codebase } from "../repository/codebase.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import { withSuite } from "../sandbox/with-suite.ts";
import type { CommandIo } from "./io.ts";

const FILE = ".github/casebook.yml";

/**
 * What code finds in the sandbox, with the `suite` that the commit's own settings give. A file with a mistake is named on standard error
 * and does not count. Throws RunFailure `usage` for wrong settings of the operator.
 */
export async function sandboxAt(
  codebase: Pick<Codebase, "text">,
  io: Pick<CommandIo, "env" | "err">,
): Promise<SandboxSettings | undefined> {
  const { sandbox } = readConfig(io.env);
  const { input, problems } = readConfigInput((await codebase.text(FILE))?.text, undefined);
  const [first] = problems;
  if (first !== undefined)
    io.err(`casebook: ${FILE}:${first.line}: ${first.message} Its \`suite\` does not count.`);
  return withSuite(sandbox, input.suite);
}
