import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confined } from "../../src/research/research-process.ts";
import { readFromResearcher } from "../../src/research/read-from-researcher.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";
import { researchIn } from "../agent/research-in.ts";
import { gitFolder } from "../fakes/git-folder.ts";
import type { Attack, Family } from "./attack.ts";

const CANARY = "canary-5a1f7c";

/** One call of a tool in a repository with links that lead out of it, and a file beside it that is in no commit. */
async function answerTo(tool: string, args: object): Promise<string> {
  using folder = gitFolder();
  symlinkSync("/etc/passwd", join(folder.path, "link"));
  symlinkSync("/etc", join(folder.path, "etc"));
  folder.commit({
    "src/a.py": "x = 1\n",
    "pages/[...slug].tsx": "export const page = 1;\n",
    "-x.py": "y = 2\n",
  });
  writeFileSync(join(folder.path, "untracked.txt"), CANARY);
  writeFileSync(join(folder.path, ".git/secret"), CANARY);
  await using research = await researchIn(folder.path);
  return await research.ask(tool, args);
}

const tool = (name: string, args: object): Attack => ({
  name: `${name} with ${JSON.stringify(args)}`,
  async run() {
    const answer = await answerTo(name, args);
    const got = /root:[x*]:0|canary-5a1f7c/.exec(answer)?.[0];
    return got === undefined ? undefined : `the answer holds ${got}`;
  },
});

const request = {
  mirror: "/m",
  base: "0".repeat(40),
  issue: { key: "42", title: "t", body: "b", comments: [] },
  include: [],
  exclude: [],
};

/** Whether a reader that is lost can publish a file there. */
async function published(path: string, phases: readonly string[]): Promise<boolean> {
  const message = {
    kind: "call",
    call: 1,
    ask: { kind: "publish", files: new Map([[path, "x"]]), message: "m" },
  };
  if (typeof readFromResearcher(message) === "string") return false;
  const memory = memoryPublisher();
  await confined(memory, { ...request, phases })
    .publish({ files: new Map([[path, "x"]]), message: "m" })
    .catch(() => undefined);
  return memory.files.size > 0;
}

const write = (path: string, phases: readonly string[] = ["fix"]): Attack => ({
  name: `to publish ${JSON.stringify(path)}`,
  run: async () => ((await published(path, phases)) ? "it is published" : undefined),
});

export const PATHS: Family = {
  name: "paths and citations",
  attacks: [
    tool("read_file", { path: "../../../../../../etc/passwd" }),
    tool("read_file", { path: "/etc/passwd" }),
    tool("read_file", { path: "src/../../../../etc/passwd" }),
    tool("read_file", { path: "link" }),
    tool("read_file", { path: "etc/passwd" }),
    tool("read_file", { path: ".git/secret" }),
    tool("read_file", { path: "untracked.txt" }),
    tool("read_file", { path: "--help" }),
    tool("read_file", { path: "HEAD:../untracked.txt" }),
    tool("blame", { path: "--contents=untracked.txt", start: 1, end: 1 }),
    tool("history", { path: "--output=/tmp/x" }),
    tool("list_files", { path: "../" }),
    tool("search", { text: CANARY }),
    write(".github/workflows/a.yml"),
    write(".git/hooks/pre-commit"),
    write("package.json"),
    write("../outside.py"),
    write("/etc/cron.d/a"),
    write("src/\0a.py"),
    write("CODEOWNERS"),
    write(".husky/pre-commit"),
    write("src/a.py", ["root-cause"]),
    write(".chant/research/issue-43-fix.md"),
    write(".chant/research/../../a.py"),
  ],
  benign: [
    {
      name: "a path with dots and brackets is read",
      run: async () =>
        (await answerTo("read_file", { path: "pages/[...slug].tsx" })).includes("page = 1")
          ? undefined
          : "it is not read",
    },
    {
      name: "a path that begins with a dash is read",
      run: async () =>
        (await answerTo("read_file", { path: "-x.py" })).includes("y = 2") ? undefined : "it is not read",
    },
    {
      name: "a fix of program text is published",
      run: async () => ((await published("src/a.py", ["fix"])) ? undefined : "it is refused"),
    },
  ],
};
