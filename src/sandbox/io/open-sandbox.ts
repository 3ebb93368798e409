import { COPY } from "../places.ts";
import type { SandboxEnvironment, SandboxState } from "../sandbox.ts";
import { type CopiedFiles, isPlainPath, listFiles, parentsOf } from "./copied-files.ts";
import type { SuiteSettings } from "../suite-settings.ts";
import { findHostPrograms } from "./host-programs.ts";
import { probe } from "./probe.ts";
import { runProgram, type Workshop } from "./run-program.ts";
import { seccompFilter } from "./seccomp.ts";
import {
  isMavenPackages,
  isPythonPackages,
  programsOf,
  surroundingsProblem,
  type Surroundings,
} from "./surroundings.ts";
import { findToolchains } from "./toolchains.ts";

export interface SandboxOptions extends Surroundings {
  /** A folder with the commit's files. Read at every run and never written; the caller keeps it as long as it runs code. */
  readonly files: string;
  /** How the project's tests are started; handed on to whoever starts them. */
  readonly suite?: SuiteSettings | undefined;
}

/** The same for every program: nothing of ours, nothing of the machine, no colours, no questions. */
const ENVIRONMENT = {
  HOME: "/home/casebook",
  USER: "casebook",
  LOGNAME: "casebook",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
  CI: "1",
  NO_COLOR: "1",
  TERM: "dumb",
} as const;

type Tried =
  | { readonly kind: "passed"; readonly toolchains: ReadonlyMap<string, string> }
  | { readonly kind: "failed"; readonly why: string };

/** By what the operator prepared: a process asks the host once. */
const tried = new Map<string, Promise<Tried>>();

/**
 * A sandbox over the commit's files, when this host can hold one: that is tried for real before the first run. It keeps
 * nothing between runs and needs no closing.
 */
export async function openSandbox({
  files: folder,
  suite,
  ...surroundings
}: SandboxOptions): Promise<SandboxState> {
  const { dependencies } = surroundings;
  if (dependencies !== undefined && !isPlainPath(dependencies.at))
    return none(`${dependencies.at} is no path inside the repository`);
  const problem = surroundingsProblem(surroundings);
  if (problem !== undefined) return none(problem);
  const host = await findHostPrograms();
  if (typeof host === "string") return none(host);

  const workshop = (files: CopiedFiles): Workshop => ({
    host,
    programs: programsOf(surroundings),
    files,
    dependencies,
    env: {
      ...ENVIRONMENT,
      ...(dependencies !== undefined && isPythonPackages(dependencies)
        ? { PYTHONPATH: `${COPY}/${dependencies.at}` }
        : {}),
      ...(dependencies !== undefined && isMavenPackages(dependencies)
        ? { MAVEN_OPTS: `-Dmaven.repo.local=${COPY}/${dependencies.at}` }
        : {}),
    },
  });
  const key = JSON.stringify([host.bwrap, surroundings]);
  let trying = tried.get(key);
  if (trying === undefined) {
    trying = tryOut(workshop(new Map()));
    tried.set(key, trying);
    // What broke for another reason than the host is tried again.
    trying.catch(() => tried.delete(key));
  }
  const result = await trying;
  if (result.kind === "failed") return none(result.why);

  const files = listFiles(folder, dependencies?.at);
  const blocked =
    dependencies && [dependencies.at, ...parentsOf(dependencies.at)].find((path) => files.has(path));
  if (blocked !== undefined)
    return none(
      `the prepared dependencies cannot be put at ${dependencies!.at}: ${blocked} is a file of the commit`,
    );
  const ready = workshop(files);
  const environment: SandboxEnvironment = {
    sandbox: `bubblewrap ${host.version}${seccompFilter(process.arch) === undefined ? " without seccomp" : ""}`,
    toolchains: result.toolchains,
    dependencies: dependencies?.at,
    ...(suite === undefined ? {} : { suite }),
  };
  return {
    kind: "ready",
    sandbox: { environment, run: (request, signal) => runProgram(ready, request, signal) },
  };
}

async function tryOut(workshop: Workshop): Promise<Tried> {
  const why = await probe(workshop);
  return why === undefined
    ? { kind: "passed", toolchains: await findToolchains(workshop) }
    : { kind: "failed", why };
}

function none(why: string): SandboxState {
  return { kind: "none", why };
}
