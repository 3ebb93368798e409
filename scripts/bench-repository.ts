/** Repositories for the benchmark: one made from nothing, and parts of one that exists. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** Writes `count` small source files in four languages into a new repository with one commit; gives its folder. */
export function makeRepository(dir: string, count: number): string {
  const words =
    "read write store value key file lock worker update cache entry index merge stream buffer token parse".split(
      " ",
    );
  const word = (i: number): string => words[i % words.length]!;
  for (let i = 0; i < count; i++) {
    const folder = join(dir, word(i >> 4), `part${i % 37}`);
    mkdirSync(folder, { recursive: true });
    const [a, b, c] = [word(i), word(i * 7 + 3), word(i * 13 + 5)];
    const texts = [
      [
        `${a}_${i}.py`,
        Array.from(
          { length: 12 },
          (_, f) =>
            `def ${b}_${c}_${f}(self, ${a}):\n    data = self.${b}(${a})\n    if data.${c} > ${f}:\n        return data\n    return None\n`,
        ).join("\n"),
      ],
      [
        `${a}_${i}.ts`,
        Array.from(
          { length: 12 },
          (_, f) =>
            `export function ${b}${f}(${a}: string): number {\n  const value = ${c}(${a});\n  for (const x of value) if (x === ${f}) return x;\n  return 0;\n}\n`,
        ).join("\n"),
      ],
      [
        `${a}_${i}.go`,
        `package part\n\n${Array.from({ length: 12 }, (_, f) => `func ${b}${f}(${a} string) (int, error) {\n\tv, err := ${c}(${a})\n\tif err != nil {\n\t\treturn 0, err\n\t}\n\treturn v, nil\n}\n`).join("\n")}`,
      ],
      [
        `C${i}.java`,
        `class C${i} {\n${Array.from({ length: 12 }, (_, f) => `  int ${b}${f}(String ${a}) {\n    int v = ${c}(${a});\n    while (v > ${f}) v--;\n    return v;\n  }\n`).join("\n")}}\n`,
      ],
    ] as const;
    const [name, text] = texts[i % 4]!;
    writeFileSync(join(folder, name), text);
  }
  git(["-C", dir, "init", "-q"]);
  git(["-C", dir, "add", "-A"]);
  git(["-C", dir, "commit", "-q", "-m", "Make files"]);
  return dir;
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
