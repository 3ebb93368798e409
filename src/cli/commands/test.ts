import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { RunFailure } from "../../failure.ts";
import { changeDetails, changeHeadline } from "../../phases/change-verdict.ts";
import { sandboxAt } from "../sandbox-at.ts";
import { readConfig } from "../../process/config.ts";
import { publicHost } from "../../repository/io/public-host.ts";
import { fetchPull, protocolOf } from "../../repository/io/mirror.ts";
import { sandboxesHere } from "../../research/sandbox-door.ts";
import { sealedTestOn, testChange } from "../../research/test-change.ts";
import type { GitRepository } from "../../repository/io/open-repository.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { CommandIo } from "../io.ts";
import { openPlace } from "../place.ts";
import { openProgress } from "../progress.ts";

export interface TestOptions {
  readonly repo: string;
  readonly ref: string;
  readonly patch?: string;
  readonly onto: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly data?: string;
}

/**
 * Runs the failing test of an investigation and all other tests without and with a change. A patch is for the commit that the
 * reproduction was made at. Exit code 1 unless the test passes with the change and nothing else gets worse.
 */
export async function testCommand(
  named: string | undefined,
  options: TestOptions,
  io: CommandIo,
): Promise<number> {
  if ((named === undefined) === (options.patch === undefined))
    throw new RunFailure("usage", "Name a branch, a commit or a pull request (#12), or give `--patch FILE`");
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("reading the repository");
    await using workbench = await openPlace(options, io, (step) => progress.step(step));
    const { repository } = workbench;
    const { test, base } = await sealedTestOn(options.ref, repository);
    const change: Parameters<typeof testChange>[0]["change"] =
      named === undefined
        ? {
            kind: "patch",
            base: await repository.resolve(base ?? options.onto),
            text: await readPatch(options.patch ?? "", io),
          }
        : {
            kind: "commit",
            head: await headOf(named, options, repository, io),
            onto: await repository.resolve(options.onto),
          };
    const settled = change.kind === "patch" ? change.base : change.onto;
    const sandbox = await sandboxAt(await workbench.codebase(settled), io);
    progress.start("testing the change");
    const { gitDir } = repository;
    await using sandboxes =
      sandbox === undefined ? undefined : sandboxesHere({ gitDir, data: workbench.data, settings: sandbox });
    const verdict = await testChange(
      { mirror: gitDir, change, test },
      { sandboxes, signal: io.signal, onStep: (step) => progress.step(step) },
    );
    await progress.close();
    const name = named === undefined ? "the patch" : inlineCode(named, 80);
    io.out(
      options.json === true
        ? JSON.stringify(verdict, null, 2)
        : [changeHeadline(verdict, name), changeDetails(verdict)].filter((part) => part !== "").join("\n\n"),
    );
    return verdict.kind === "passes" ? 0 : 1;
  } finally {
    await progress.close();
  }
}

async function headOf(
  named: string,
  { repo }: TestOptions,
  repository: Pick<GitRepository, "gitDir" | "resolve">,
  { env, signal }: CommandIo,
): Promise<string> {
  const number = /^#([1-9]\d{0,8})$/.exec(named)?.[1];
  if (number === undefined) return repository.resolve(named);
  if (protocolOf(repo) === undefined)
    throw new RunFailure(
      "usage",
      `${named} is a pull request on GitHub; name the repository by \`--repo URL\``,
    );
  const settings = await publicHost(repo, { allowed: readConfig(env).privateHosts });
  const head = await fetchPull(repository.gitDir, repo, Number(number), { settings, signal });
  if (head === undefined) throw new RunFailure("unknown-revision", `${repo} has no pull request ${number}`);
  return head;
}

async function readPatch(file: string, io: CommandIo): Promise<string> {
  if (file === "-") return io.stdin();
  try {
    return readFileSync(resolve(io.cwd, file), "utf8");
  } catch (error) {
    throw new RunFailure("usage", `Casebook cannot read ${file}`, error);
  }
}
