import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** What of the host starts a sandbox, by absolute path. */
export interface HostPrograms {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly choom: string;
  /** Of bubblewrap. */
  readonly version: string;
}

/** The first that has `--disable-userns` and `--size`. */
const OLDEST = [0, 8] as const;

/** The programs, or one sentence on what to install. */
export async function findHostPrograms(folders = foldersOfHost()): Promise<HostPrograms | string> {
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find(isExecutable);
  const bwrap = find("bwrap");
  if (bwrap === undefined)
    return "bubblewrap is not installed (Debian and Ubuntu: `apt-get install bubblewrap`)";
  const prlimit = find("prlimit");
  const choom = find("choom");
  if (prlimit === undefined || choom === undefined)
    return "prlimit and choom are not installed (Debian and Ubuntu: `apt-get install util-linux`)";
  const version = await versionOf(bwrap);
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  if (version === undefined || major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return `bubblewrap ${OLDEST.join(".")} or newer is needed, ${version ?? "an unknown version"} is installed`;
  return { bwrap, prlimit, choom, version };
}

/** Those of the PATH, and the usual ones: services are often started without a PATH. */
function foldersOfHost(): readonly string[] {
  return [...(process.env["PATH"] ?? "").split(":"), "/usr/bin", "/bin", "/usr/local/bin"].filter((folder) =>
    folder.startsWith("/"),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(bwrap: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(bwrap, ["--version"], { env: {}, timeout: 10_000 }, (_, stdout) =>
      resolve(/(\d+(?:\.\d+)+)/.exec(stdout)?.[1]),
    );
  });
}
