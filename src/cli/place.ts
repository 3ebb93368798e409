import { resolve } from "node:path";
import { protocolOf } from "../repository/io/mirror.ts";
import { readConfig } from "../process/config.ts";
import type { WorkbenchOptions } from "../research/open-git.ts";
import type { Workbench } from "../research/workbench.ts";
import type { CommandIo } from "./io.ts";

export interface PlaceOptions {
  readonly repo: string;
  readonly data?: string | undefined;
}

type PlaceIo = Pick<CommandIo, "cwd" | "env" | "signal">;

/** The folder or URL of `--repo`. */
export function repositoryOf(repo: string, io: Pick<CommandIo, "cwd">): string {
  return protocolOf(repo) === undefined ? resolve(io.cwd, repo) : repo;
}

/** Where a command works, from its options and the operator's settings. Throws RunFailure `usage`. */
export function placeOf(
  { repo, data }: PlaceOptions,
  io: PlaceIo,
  onStep?: (step: string) => void,
): WorkbenchOptions & { readonly cacheBytes: number } {
  const config = readConfig(io.env);
  return {
    repository: repositoryOf(repo, io),
    data: data === undefined ? config.data : resolve(io.cwd, data),
    workers: config.workers,
    cacheBytes: config.cacheBytes,
    fetchBytes: config.fetchBytes,
    privateHosts: config.privateHosts,
    signal: io.signal,
    onStep,
  };
}

/** Opens the workbench of `--repo` with the operator's settings. */
export async function openPlace(
  options: PlaceOptions,
  io: PlaceIo,
  onStep?: (step: string) => void,
): Promise<Workbench> {
  const { openWorkbench } = await import("../research/workbench.ts");
  return openWorkbench(placeOf(options, io, onStep));
}

/** Says that this machine does not isolate the process that reads the repository. */
export function notIsolated(why: string): string {
  return `casebook: The repository is read with the rights of this user, because this machine isolates no process: ${why}`;
}
