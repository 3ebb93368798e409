import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BlameLine, type CommitRecord, type History, MAX_FILES_PER_COMMIT } from "../history.ts";
import { gitRevisions, MERGES } from "./git-revisions.ts";
import { git, HISTORY_BYTES, tryGit } from "./git.ts";

/** Fields that cannot hold a NUL, each ended by one; `-z` ends file names the same way. */
const FORMAT = "--format=%x01%H%x00%ct%x00%an%x00%s%x00%b%x00";
const LOG = [
  "log",
  "-z",
  FORMAT,
  "--name-only",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-notes",
];
const PATCH = [
  "-c",
  "core.bigFileThreshold=1m",
  "show",
  "--format=",
  "--diff-merges=first-parent",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
];
/** Longer messages are cut: the rest is a quoted log or a list of merged commits. */
const MAX_BODY = 10_000;
/** Commits that write a number: the first, a revert, a backport. */
const MAX_NAMING = 20;
/** Twelve small trees in one old commit can name a billion files. */
const BOUNDS = { seconds: 120, bounds: { memory: HISTORY_BYTES } };

export function gitHistory(gitDir: string): History {
  const shallow = existsSync(join(commonDir(gitDir), "shallow"));
  const log = async (args: readonly string[], signal?: AbortSignal): Promise<readonly CommitRecord[]> =>
    parseLog(await git([...LOG, ...args, "--"], { gitDir, signal, ...BOUNDS }));
  // Documents cite the same few commits again and again.
  const records = new Map<string, Promise<CommitRecord | undefined>>();
  const read = async (base: string, oid: string): Promise<CommitRecord | undefined> => {
    const reached = await tryGit(["merge-base", "--is-ancestor", oid, base], { gitDir });
    return reached.code === 0 ? (await log(["-n", "1", oid]))[0] : undefined;
  };
  return {
    ...gitRevisions(gitDir),
    shallow,
    async commits(base, limit, signal) {
      return log(["-n", String(limit), base], signal);
    },
    commit(base, oid) {
      const key = `${base} ${oid}`;
      const known = records.get(key);
      if (known !== undefined) return known;
      const record = read(base, oid);
      records.set(key, record);
      record.catch(() => records.delete(key));
      return record;
    },
    async patch(base, oid, path, signal) {
      const reached = await tryGit(["merge-base", "--is-ancestor", oid, base], { gitDir, signal });
      if (reached.code !== 0) return undefined;
      const shown = await git([...PATCH, oid, "--", `:(literal,top)${path}`], { gitDir, signal, ...BOUNDS });
      return shown.toString();
    },
    commitsNaming(base, numbers, signal) {
      const naming = `--grep=#(${numbers.join("|")})([^0-9]|$)`;
      return log([MERGES, "-E", "-n", String(MAX_NAMING * numbers.length), naming, base], signal).catch(
        () => [],
      );
    },
    async blame(commit, path, start, end, signal) {
      const range = `${start},${end}`;
      // Lines that a commit only moved or indented are not its own.
      const own = ["-w", "-M", "-C"];
      const args = ["blame", "--line-porcelain", "--no-textconv", ...own, "-L", range, commit, "--", path];
      const { code, stdout } = await tryGit(args, { gitDir, signal, ...BOUNDS });
      const lines = code === 0 ? parseBlame(stdout.toString(), shallow) : undefined;
      return lines === undefined ? undefined : await withSubjects(lines, gitDir, signal);
    },
  };
}

/** Where all work trees of a repository keep what they share; git's own list of a shallow clone's edge is there. */
function commonDir(gitDir: string): string {
  const file = join(gitDir, "commondir");
  return existsSync(file) ? resolve(gitDir, readFileSync(file, "utf8").trim()) : gitDir;
}

function parseLog(output: Buffer): readonly CommitRecord[] {
  const fields = output.toString().split("\0");
  const commits: CommitRecord[] = [];
  for (let at = 0; at < fields.length;) {
    const head = fields[at++]!;
    if (!isHead(head)) continue;
    const [time, author, subject, body] = [fields[at]!, fields[at + 1]!, fields[at + 2]!, fields[at + 3]!];
    at += 4;
    const files: string[] = [];
    while (at < fields.length && !isHead(fields[at]!)) {
      const name = fields[at++]!;
      const file = name.startsWith("\n") ? name.slice(1) : name;
      if (file !== "") files.push(file);
    }
    commits.push({
      oid: head.slice(1),
      time: Number(time),
      author,
      subject,
      body: body.trim().slice(0, MAX_BODY),
      files: files.length > MAX_FILES_PER_COMMIT ? [] : files,
    });
  }
  return commits;
}

function isHead(field: string): boolean {
  return field.length === 41 && field.startsWith("\u0001") && /^[0-9a-f]{40}$/.test(field.slice(1));
}

/** Blame's summary is the first line of a message, and a subject its first paragraph: every other reader of the history has the subject. */
async function withSubjects(
  lines: readonly BlameLine[],
  gitDir: string,
  signal: AbortSignal | undefined,
): Promise<readonly BlameLine[]> {
  const oids = [...new Set(lines.map(({ oid }) => oid))];
  if (oids.length === 0) return lines;
  const args = ["log", "--no-walk", "--format=%H %s", ...oids];
  const shown = (await git(args, { gitDir, signal, ...BOUNDS })).toString().split("\n");
  const subjects = new Map(shown.map((text) => [text.slice(0, 40), text.slice(41)]));
  return lines.map((line) => ({ ...line, subject: subjects.get(line.oid) ?? line.subject }));
}

/** One group of headers a line, ended by the line itself after a tab. At the edge of a shallow clone nobody is known. */
function parseBlame(output: string, shallow: boolean): readonly BlameLine[] | undefined {
  const lines: BlameLine[] = [];
  let [oid, line, author, time, subject] = ["", 0, "", 0, ""];
  let boundary = false;
  for (const text of output.split("\n")) {
    if (text.startsWith("\t")) {
      if (boundary && shallow) return undefined;
      lines.push({ line, oid, author, time, subject });
      boundary = false;
    } else if (/^[0-9a-f]{40} \d+ \d+/.test(text)) {
      oid = text.slice(0, 40);
      line = Number(text.split(" ")[2]);
    } else if (text.startsWith("author ")) author = text.slice(7);
    else if (text.startsWith("committer-time ")) time = Number(text.slice(15));
    else if (text.startsWith("summary ")) subject = text.slice(8);
    else if (text === "boundary") boundary = true;
  }
  return lines;
}
