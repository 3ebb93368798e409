import { rm } from "node:fs/promises";
import { runGit, tryGit } from "./git-http.ts";
import type { GitEnd } from "./git-runner.ts";

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
}

export interface NewCommit {
  readonly branch: string;
  /** Undefined for the first commit of a branch without history. */
  readonly parent: string | undefined;
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
  readonly additions: ReadonlyMap<string, Uint8Array>;
  readonly deletions: readonly string[];
}

export interface DescribedCommit {
  readonly oid: string;
  readonly tree: string;
  readonly message: string;
  /** When it was committed, ISO 8601. */
  readonly date: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface ChangedFile {
  readonly path: string;
  readonly status: "added" | "removed" | "modified";
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
}

const NO_OID = "0".repeat(40);

/** A real bare repository in a folder: the truth about commits and branches of the simulated GitHub. */
export class BareRepository {
  readonly gitDir: string;
  /** What git printed about hashes, by its arguments: that never changes. */
  readonly #facts = new Map<string, Promise<GitEnd>>();
  /** Answers that hold until a branch moves. */
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(gitDir: string) {
    this.gitDir = gitDir;
  }

  static async create(gitDir: string): Promise<BareRepository> {
    await rm(gitDir, { recursive: true, force: true });
    await runGit(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", gitDir]);
    return new BareRepository(gitDir);
  }

  /** Asks once until a branch moves. */
  whileUnmoved<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** Does what may move a branch. */
  async moving<T>(move: () => Promise<T>): Promise<T> {
    this.#answers.clear();
    try {
      return await move();
    } finally {
      // What was asked meanwhile may have seen either state.
      this.#answers.clear();
    }
  }

  /** Branch to its head. */
  branches(): Promise<ReadonlyMap<string, string>> {
    return this.whileUnmoved("branches", async () => {
      const list = await this.#git(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"]);
      const rows = list.toString().split("\n").filter(Boolean);
      return new Map(rows.map((row) => [row.slice(41 + "refs/heads/".length), row.slice(0, 40)]));
    });
  }

  async head(branch: string): Promise<string | undefined> {
    return (await this.branches()).get(branch);
  }

  /** The full hash of a commit that is there. */
  async commit(oid: string): Promise<string | undefined> {
    if (!/^[0-9a-f]{40}$/.test(oid)) return undefined;
    const { code, stdout } = await this.#fact(["rev-parse", "--verify", "--quiet", `${oid}^{commit}`]);
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** Points a branch at a commit (undefined: deletes it) if it is where it is expected (undefined: not there). */
  async move(branch: string, from: string | undefined, to: string | undefined): Promise<boolean> {
    const ref = `refs/heads/${branch}`;
    const args =
      to === undefined ? ["update-ref", "-d", ref, from ?? NO_OID] : ["update-ref", ref, to, from ?? NO_OID];
    return (await this.moving(() => this.#try(args))).code === 0;
  }

  /** GitHub keeps the head of each pull request at a name of its own. */
  async setPullHead(number: number, oid: string): Promise<void> {
    await this.moving(() => this.#git(["update-ref", `refs/pull/${number}/head`, oid]));
  }

  async isBranchName(name: string): Promise<boolean> {
    return !name.startsWith("-") && (await this.#try(["check-ref-format", `refs/heads/${name}`])).code === 0;
  }

  /** Makes a commit and puts the branch on it; gives its hash. */
  async write(commit: NewCommit): Promise<string> {
    const ref = `refs/heads/${commit.branch}`;
    const parts: (string | Uint8Array)[] = [
      `commit ${ref}\n`,
      `author ${signature(commit.author)}\ncommitter ${signature(commit.committer)}\n`,
      ...data(Buffer.from(commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`)),
      commit.parent === undefined ? "" : `from ${commit.parent}\n`,
      ...commit.deletions.map((path) => `D ${quoted(path)}\n`),
    ];
    for (const [path, content] of commit.additions)
      parts.push(`M 100644 inline ${quoted(path)}\n`, ...data(content));
    const input = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
    await this.moving(() =>
      runGit(["fast-import", "--quiet", "--date-format=raw"], { gitDir: this.gitDir, input }),
    );
    const head = await this.head(commit.branch);
    if (head === undefined) throw new Error(`git wrote no commit on ${commit.branch}`);
    return head;
  }

  /** A commit with its message and the paths it touches, as a push tells it. */
  async described(oid: string): Promise<DescribedCommit> {
    const format = "%T%x00%an%x00%ae%x00%cn%x00%ce%x00%cI%x00%B";
    const [tree = "", name = "", email = "", by = "", byEmail = "", date = "", message = ""] = (
      await this.#print(["show", "--no-patch", `--format=${format}`, oid])
    ).split("\0");
    const listed = (
      await this.#print([
        "diff-tree",
        "--root",
        "-r",
        "-z",
        "--no-commit-id",
        "--name-status",
        "--no-renames",
        oid,
      ])
    ).split("\0");
    const paths = (letter: string): readonly string[] =>
      listed.filter((_, at) => at % 2 === 1 && listed[at - 1] === letter);
    return {
      oid,
      tree,
      message: message.trimEnd(),
      date,
      author: { name, email },
      committer: { name: by, email: byEmail },
      added: paths("A"),
      removed: paths("D"),
      modified: paths("M"),
    };
  }

  /** Commits of `head` that `base` does not reach, oldest first. */
  async between(base: string | undefined, head: string): Promise<readonly string[]> {
    const range = base === undefined ? [head] : [head, `^${base}`];
    const listed = await this.#print(["rev-list", "--reverse", "--topo-order", ...range]);
    return listed.split("\n").filter(Boolean);
  }

  async parents(oid: string): Promise<readonly string[]> {
    return (await this.#print(["rev-list", "--parents", "-n", "1", oid])).trim().split(" ").slice(1);
  }

  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const { code, stdout } = await this.#fact(["merge-base", one, other]);
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** Objects that these commits need and the known ones do not reach. */
  async objects(wanted: readonly string[], known: readonly string[]): Promise<readonly GitObject[]> {
    const revisions = [...wanted, ...known.map((oid) => `^${oid}`)].join("\n");
    const oids = await runGit(["rev-list", "--objects", "--no-object-names", "--stdin"], {
      gitDir: this.gitDir,
      input: `${revisions}\n`,
    });
    return parseBatch(await runGit(["cat-file", "--batch"], { gitDir: this.gitDir, input: oids }));
  }

  /** Content of a file at a commit. */
  async file(oid: string, path: string): Promise<Buffer | undefined> {
    const { code, stdout } = await this.#fact(["cat-file", "blob", `${oid}:${path}`]);
    return code === 0 ? stdout : undefined;
  }

  /** What a branch changes since it left the base. */
  async changedFiles(base: string, head: string): Promise<readonly ChangedFile[]> {
    const from = (await this.mergeBase(base, head)) ?? base;
    const diff = ["diff", "--raw", "--numstat", "--no-renames", "--abbrev=40", "-z", from, head];
    const raw = (await this.#print(diff)).split("\0");
    const stats = new Map(
      raw
        .filter((part) => /^(?:\d+|-)\t(?:\d+|-)\t/.test(part))
        .map((part) => part.split("\t") as [string, string, string])
        .map(([added, deleted, path]) => [path, { added: Number(added), deleted: Number(deleted) }]),
    );
    return raw.flatMap((part, at): readonly ChangedFile[] => {
      if (!part.startsWith(":")) return [];
      const [, , , oid = "", letter = "M"] = part.split(" ");
      const path = raw[at + 1] ?? "";
      const { added = 0, deleted = 0 } = stats.get(path) ?? {};
      const status = letter === "A" ? "added" : letter === "D" ? "removed" : "modified";
      return [{ path, status, oid, additions: added || 0, deletions: deleted || 0 }];
    });
  }

  /** The tree of a merge of two commits, without touching a branch; undefined when they are in conflict. */
  async mergeTree(base: string, head: string): Promise<string | undefined> {
    const { code, stdout } = await this.#try(["merge-tree", "--write-tree", base, head]);
    return code === 0 ? stdout.toString().split("\n")[0] : undefined;
  }

  /** A commit of a tree that is there; no branch is moved. */
  async writeMerge(
    tree: string,
    parents: readonly string[],
    message: string,
    author: Signature,
    committer: Signature,
  ): Promise<string> {
    const text = [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${signature(author)}`,
      `committer ${signature(committer)}`,
      "",
      message.endsWith("\n") ? message : `${message}\n`,
    ].join("\n");
    const written = await runGit(["hash-object", "-t", "commit", "-w", "--stdin"], {
      gitDir: this.gitDir,
      input: text,
    });
    return written.toString().trim();
  }

  /** What git prints about hashes. */
  async #print(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#fact(args);
    if (code !== 0) throw new Error(`git ${args[0] ?? ""} ended with ${code}: ${stderr}`);
    return stdout.toString();
  }

  /** Asks once about hashes. A commit that is not there yet may come, so a failure is asked for again. */
  #fact(args: readonly string[]): Promise<GitEnd> {
    const key = args.join("\0");
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const fact = tryGit(args, { gitDir: this.gitDir });
    this.#facts.set(key, fact);
    const forget = (): void => void this.#facts.delete(key);
    fact.then(({ code }) => (code === 0 ? undefined : forget()), forget);
    return fact;
  }

  #git(args: readonly string[]): Promise<Buffer> {
    return runGit(args, { gitDir: this.gitDir });
  }

  #try(args: readonly string[]): Promise<{ readonly code: number; readonly stdout: Buffer }> {
    return tryGit(args, { gitDir: this.gitDir });
  }
}

/** A path that a tree can hold: relative, without empty, dot or `.git` parts. */
export function isTreePath(path: string): boolean {
  return (
    path.length > 0 &&
    path.length <= 4096 &&
    !path.includes("\0") &&
    path
      .split("/")
      .every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git")
  );
}

function signature({ name, email, seconds }: Signature): string {
  return `${name} <${email}> ${seconds} +0000`;
}

function data(content: Uint8Array): readonly (string | Uint8Array)[] {
  return [`data ${content.length}\n`, content, "\n"];
}

/** As git quotes a path in C style; always quoted, so that nothing in it is read as something else. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** What `cat-file --batch` prints: a line `oid type size`, that many bytes, a line end. */
function parseBatch(output: Buffer): readonly GitObject[] {
  const objects: GitObject[] = [];
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const [oid = "", type = "", size = "0"] = output.subarray(at, end).toString().split(" ");
    const from = end + 1;
    const to = from + Number(size);
    objects.push({ oid, type, content: output.subarray(from, to) });
    at = to + 1;
  }
  return objects;
}
