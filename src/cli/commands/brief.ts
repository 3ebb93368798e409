import { RunFailure } from "../../failure.ts";
import { branchOf } from "../../phases/names.ts";
import { briefOf } from "../../research/brief.ts";
import { chantFiles } from "../chant-files.ts";
import type { CommandIo } from "../io.ts";

/**
 * Prints what an investigation found as one short text for the next person or agent. Throws RunFailure `usage` when the branch holds no
 * document of the issue, `unknown-revision` when there is no branch.
 */
export async function briefCommand(
  key: string,
  { repo, ref = branchOf(key) }: { readonly repo: string; readonly ref?: string },
  io: CommandIo,
): Promise<number> {
  const brief = briefOf(key, await chantFiles({ repo, ref }, io));
  if (brief === undefined)
    throw new RunFailure(
      "usage",
      `${ref} holds no document of issue ${key}; \`casebook investigate\` writes them`,
    );
  io.out(brief);
  return 0;
}
