import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../repository/io/git.ts";
import { openSandbox } from "../sandbox/io/open-sandbox.ts";
import { RunFailure } from "../failure.ts";
import { sandboxReport } from "../sandbox/sandbox-report.ts";
import { readConfig } from "../process/config.ts";
import { whyNotIsolated } from "../research/start-reader.ts";
import type { DoctorRow } from "./commands/doctor.ts";

/** The first git with `safe.bareRepository`, a setting of every call. */
const OLDEST_GIT = [2, 38] as const;

/** Tries what a run needs of this machine besides a model. */
export async function machineRows(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly DoctorRow[]> {
  const { sandbox, data } = readConfig(env);
  const rows = [await readerRow(data), await gitRow()];
  if (sandbox === undefined)
    return [sandboxReport({ kind: "none", why: "CASEBOOK_SANDBOX is off" }), ...rows];
  const files = mkdtempSync(join(tmpdir(), "casebook-doctor-"));
  try {
    return [sandboxReport(await openSandbox({ ...sandbox, files })), ...rows];
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}

async function readerRow(data: string): Promise<DoctorRow> {
  const why = await whyNotIsolated(data);
  return {
    name: "reader",
    ok: why === undefined,
    detail:
      why === undefined
        ? "what reads repositories and reports is kept from the network, keys and other files"
        : `what reads repositories and reports has the rights of this user: ${why}`,
  };
}

async function gitRow(): Promise<DoctorRow> {
  const name = "git";
  try {
    const version = /\d+(?:\.\d+)+/.exec((await git(["version"])).toString())?.[0] ?? "unknown version";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isNew = major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1]);
    return {
      name,
      ok: isNew,
      detail: isNew
        ? version
        : `${version}; Casebook needs ${OLDEST_GIT.join(".")} or newer for safe.bareRepository`,
    };
  } catch (error) {
    if (error instanceof RunFailure) return { name, ok: false, detail: error.message };
    throw error;
  }
}
