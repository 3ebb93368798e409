import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real git repository in a temporary folder, removed when disposed. */
export interface GitFolder extends Disposable {
  readonly path: string;
  /** Runs git in it and gives what it prints, ends trimmed. */
  git(...args: string[]): string;
  /** Writes files (undefined removes one) and commits everything; gives the commit's hash. */
  commit(files: Readonly<Record<string, string | Uint8Array | undefined>>, message?: string): string;
}

export function gitFolder(): GitFolder {
  const path = mkdtempSync(join(tmpdir(), "casebook-test-"));
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync("git", ["-C", path, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.org");
  return {
    path,
    git,
    commit(files, message = "Change") {
      for (const [name, content] of Object.entries(files)) {
        const place = join(path, name);
        if (content === undefined) {
          rmSync(place);
          continue;
        }
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(place, content);
      }
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A temporary folder, removed when disposed. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "casebook-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
