/** Repositories for the benchmark: one made from nothing, and parts of one that exists. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const ENV = {
  ...process.env,
  GIT_AUTHOR_NAME: "Bench",
  GIT_AUTHOR_EMAIL: "bench@example.org",
  GIT_COMMITTER_NAME: "Bench",
  GIT_COMMITTER_EMAIL: "bench@example.org",
};

function git(args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync("git", args, {
    encoding: "utf8",
    input: input ?? "",
    env: ENV,
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/**
 * A new bare repository with `count` files in its newest commit: source in four languages (a fifth of it tests), prose,
 * data and pictures, no two alike but for one in twenty, sizes from 0.2 to some 50 KB, on average 4; and 3,000 commits before it that
 * change one to four files each. The same count gives the same objects. Throws when git fails.
 */
export async function makeRepository(dir: string, count: number): Promise<string> {
  git(["init", "-q", "--bare", "-b", "main", dir]);
  const child = spawn("git", [`--git-dir=${dir}`, "-c", "core.compression=1", "fast-import", "--quiet"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(child, "close");
  // In pieces of many files: a write for each would cost more than its text.
  await pipeline(Readable.from(importStream(count)), child.stdin);
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  return dir;
}

const COMMITS = 3_000;
const PIECE = 1 << 20;

/** What `git fast-import` reads: one commit with every file, then the small ones. */
function* importStream(count: number): Iterable<Buffer> {
  const chance = chanceFrom(count);
  const files = Array.from({ length: count }, (_, i) => makeFile(i));
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (...more: readonly (string | Buffer)[]): void => {
    for (const part of more) {
      const buffer = typeof part === "string" ? Buffer.from(part) : part;
      parts.push(buffer);
      bytes += buffer.length;
    }
  };
  const addFile = ({ path, content }: MadeFile, change = ""): void => {
    const text = content();
    const whole = change === "" ? text : Buffer.concat([text, Buffer.from(change)]);
    add(`M 100644 inline ${path}\ndata ${whole.length}\n`, whole, "\n");
  };
  for (let n = 0; n <= COMMITS; n++) {
    const message = n === 0 ? "Make files" : `${title(chance)}\n\n${sentence(chance)}`;
    add(
      `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_700_000_000 + n * 600} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n`,
    );
    const touched =
      n === 0 ? files : Array.from({ length: 1 + (n % 4) }, () => files[Math.floor(chance() * count)]!);
    for (const file of touched) {
      addFile(file, n === 0 ? "" : `\n// ${sentence(chance)}\n`);
      if (bytes > PIECE) {
        yield Buffer.concat(parts);
        [parts, bytes] = [[], 0];
      }
    }
  }
  yield Buffer.concat(parts);
}

interface MadeFile {
  readonly path: string;
  /** Made when asked for: all of them at once would not fit into memory. */
  readonly content: () => Buffer;
}

/** Of twenty files: fourteen of source, four of prose and data, one picture, one copy of an earlier file. */
const KINDS = "py ts go java py ts go java py ts go java ts java md json yaml md png copy".split(" ");

function makeFile(i: number): MadeFile {
  const kind = KINDS[i % KINDS.length]!;
  const chance = chanceFrom(i);
  const folder = `${pick(chance, 40)}/${pick(chance, 200)}/${pick(chance, 400)}`;
  const name = `${pick(chance)}_${pick(chance)}_${i}`;
  if (kind === "copy")
    return { path: `vendor/${folder}/${name}.ts`, content: () => makeFile(i - 18).content() };
  const isTest = i % 5 === 0;
  const path = `${isTest ? "tests" : "src"}/${folder}/${isTest ? "test_" : ""}${name}.${kind}`;
  return { path, content: () => contentOf(kind, i) };
}

function contentOf(kind: string, i: number): Buffer {
  const chance = chanceFrom(i + 0x5eed);
  // Sizes of files have a long tail: most are small, a few are large.
  const parts = Math.min(150, 1 + Math.floor(-Math.log(1 - chance()) * 16));
  if (kind === "png")
    return Buffer.from(Uint8Array.from({ length: 300 * parts }, () => Math.floor(chance() * 256)));
  const make = PART[kind]!;
  const text = Array.from({ length: parts }, (_, n) => make(chance, n)).join("\n");
  if (kind === "java") return Buffer.from(`package made;\n\npublic class C${i} {\n${text}}\n`);
  if (kind === "go") return Buffer.from(`package made\n\n${text}`);
  if (kind === "json") return Buffer.from(`{\n${text}\n  "end": 0\n}\n`);
  return Buffer.from(text);
}

type Chance = () => number;

/** One function, paragraph or entry of a file of each kind. */
const PART: Readonly<Record<string, (chance: Chance, n: number) => string>> = {
  py(chance, n) {
    const [a, b, c] = [pick(chance), pick(chance), pick(chance)];
    return `def ${a}_${b}_${n}(self, ${c}):\n    """${sentence(chance)}"""\n    # ${sentence(chance)}\n    ${b} = self.${pick(chance)}(${c})\n    if ${b}.${pick(chance)} > ${n}:\n        raise ValueError("${title(chance)}")\n    return ${b}\n`;
  },
  ts(chance, n) {
    const [a, b, c] = [pick(chance), pick(chance), pick(chance)];
    return `/** ${sentence(chance)} */\nexport function ${a}${capital(b)}${n}(${c}: string): number {\n  const ${b} = ${pick(chance)}(${c});\n  for (const item of ${b}) {\n    // ${sentence(chance)}\n    if (item === ${n}) throw new Error("${title(chance)}");\n  }\n  return ${b}.${pick(chance)};\n}\n`;
  },
  go(chance, n) {
    const [a, b, c] = [pick(chance), pick(chance), pick(chance)];
    return `// ${capital(a)}${capital(b)}${n}: ${sentence(chance)}\nfunc ${capital(a)}${capital(b)}${n}(${c} string) (int, error) {\n\t${b}, err := ${pick(chance)}(${c})\n\tif err != nil {\n\t\treturn 0, fmt.Errorf("${title(chance)}: %w", err)\n\t}\n\treturn ${b}.${capital(pick(chance))}, nil\n}\n`;
  },
  java(chance, n) {
    const [a, b, c] = [pick(chance), pick(chance), pick(chance)];
    return `  /** ${sentence(chance)} */\n  public int ${a}${capital(b)}${n}(String ${c}) {\n    int ${b} = ${pick(chance)}(${c});\n    while (${b} > ${n}) {\n      ${b} = this.${pick(chance)}.${pick(chance)}(${b}); // ${title(chance)}\n    }\n    return ${b};\n  }\n`;
  },
  md: (chance) => `## ${title(chance)}\n\n${sentence(chance)} ${sentence(chance)}\n`,
  json: (chance, n) => `  "${pick(chance)}_${n}": { "${pick(chance)}": "${title(chance)}" },`,
  yaml: (chance, n) => `${pick(chance)}_${n}:\n  ${pick(chance)}: ${title(chance)}`,
};

/** As many words as a real project of this size has; the first of them are the most frequent. */
const WORDS = Array.from({ length: 6_000 }, (_, i) => {
  const syllables = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");
  let word = "";
  for (let rest = i + 20; rest > 0; rest = Math.floor(rest / 20)) word += syllables[rest % 20];
  return word;
});
const COMMON =
  "read write store value key file lock worker update cache entry index merge stream buffer token parse".split(
    " ",
  );

/** A word, frequent ones more often; `of`: only from the first so many. */
function pick(chance: Chance, of = WORDS.length): string {
  const at = Math.floor(of * chance() ** 3);
  return COMMON[at] ?? WORDS[at]!;
}

function title(chance: Chance): string {
  return capital(Array.from({ length: 4 }, () => pick(chance)).join(" "));
}

function sentence(chance: Chance): string {
  return `${capital(Array.from({ length: 9 }, () => pick(chance)).join(" "))}.`;
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** Numbers from 0 up to 1, always the same for a seed (mulberry32). */
function chanceFrom(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A bare repository that borrows another's objects and holds every (1/share)th of its files in one commit. */
export function shrinkRepository(
  repo: string,
  commit: string,
  share: number,
  dir: string,
): { dir: string; commit: string; files: number } {
  const common = git(["-C", repo, "rev-parse", "--path-format=absolute", "--git-common-dir"]).trim();
  git(["init", "-q", "--bare", dir]);
  writeFileSync(join(dir, "objects/info/alternates"), `${join(common, "objects")}\n`);
  const step = Math.round(1 / share);
  const entries = git(["-C", repo, "ls-tree", "-r", "-z", commit])
    .split("\0")
    .filter((entry, i) => entry !== "" && !entry.startsWith("160000") && i % step === 0);
  git(
    [`--git-dir=${dir}`, "update-index", "-z", "--index-info"],
    entries.map((entry) => `${entry}\0`).join(""),
  );
  const tree = git([`--git-dir=${dir}`, "write-tree"]).trim();
  return {
    dir,
    commit: git([`--git-dir=${dir}`, "commit-tree", tree, "-m", "Part"]).trim(),
    files: entries.length,
  };
}
