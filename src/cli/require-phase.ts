import { PHASES } from "../phases/catalogue.ts";
import { unknownPhase } from "../phases/choose-phases.ts";
import { git } from "../repository/io/git.ts";
import { protocolOf } from "../repository/io/mirror.ts";
import { openRepository } from "../repository/io/open-repository.ts";
import type { CommandIo } from "./io.ts";
import { repositoryOf } from "./place.ts";

const PHASE_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Throws RunFailure `unknown-phase` before the repository is read. For a phase of the repository's own git looks up one
 * file. A URL must be fetched first, so there an own phase is looked for later.
 */
export async function requirePhase(
  name: string,
  { repo, commit }: { readonly repo: string; readonly commit: string },
  io: CommandIo,
): Promise<void> {
  const builtIn = PHASES.map(({ type }) => type);
  if (builtIn.includes(name)) return;
  if (PHASE_NAME.test(name)) {
    if (protocolOf(repo) !== undefined) return;
    using repository = await openRepository(repositoryOf(repo, io));
    const file = `.chant/phases/${name}.md`;
    const tree = await repository.resolve(commit);
    const { gitDir } = repository;
    if ((await git(["ls-tree", tree, "--", file], { gitDir, signal: io.signal })).length > 0) return;
  }
  throw unknownPhase(name, builtIn);
}
