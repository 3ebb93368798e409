import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeWhere } from "../../fakes/toolchain-copies.ts";
import { openSandbox } from "../../../src/sandbox/io/open-sandbox.ts";
import type { Sandbox, SandboxRequest, SandboxResult } from "../../../src/sandbox/sandbox.ts";

/** Why this host runs no sandbox; undefined when it does. */
const missing: string | undefined = await whyNone();

/** `describe` where there is a sandbox with Python. */
export const describeSandboxed = describeWhere(missing, "the sandbox");

async function whyNone(): Promise<string | undefined> {
  using folder = filesFolder({});
  const state = await openSandbox({ files: folder.path, toolchains: [] });
  if (state.kind === "none") return state.why;
  return state.sandbox.environment.toolchains.has("python3") ? undefined : "no python3 in it";
}

/** A folder with files, as a checkout makes it; `{ link }` makes a symbolic link. Removed when disposed. */
export function filesFolder(
  files: Readonly<Record<string, string | { readonly link: string }>>,
): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "casebook-files-"));
  for (const [name, content] of Object.entries(files)) {
    const place = join(path, name);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof content !== "string") symlinkSync(content.link, place);
    else {
      writeFileSync(place, content);
      if (content.startsWith("#!")) chmodSync(place, 0o755);
    }
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export async function sandboxOver(
  files: string,
  options: Partial<Parameters<typeof openSandbox>[0]> = {},
): Promise<Sandbox> {
  const state = await openSandbox({ toolchains: [], ...options, files });
  if (state.kind === "none") throw new Error(state.why);
  return state.sandbox;
}

/** Runs a command on files, or a Python program when it is given as text. */
export async function runOn(
  files: Parameters<typeof filesFolder>[0],
  command: string | readonly string[],
  request: Partial<SandboxRequest> = {},
): Promise<SandboxResult> {
  using folder = filesFolder(files);
  const sandbox = await sandboxOver(folder.path);
  // Awaited: the folder must be there until it ends.
  return await sandbox.run(
    {
      changes: new Map(),
      command: typeof command === "string" ? ["python3", "-c", command] : command,
      ...request,
    },
    new AbortController().signal,
  );
}

/** Processes of this machine whose command line holds the mark. */
export function processesWith(mark: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(mark));
}
