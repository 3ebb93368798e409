import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { exampleRepository } from "../fakes/casebook.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { tokenOf } from "../simulator/github/client.ts";
import { filesFolder } from "../sandbox/io/sandbox-here.ts";

const ROOT = join(import.meta.dirname, "../..");
const ISSUE = readFileSync(join(ROOT, "examples/issue-42/issue.md"), "utf8");
let github: SimulatedGitHub;

beforeAll(async () => {
  github = await startSimulatedGitHub();
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

interface Job {
  readonly inputs: Readonly<Record<string, string>>;
  readonly event?: object;
  readonly repository?: string;
}

/** Runs the action's program as a runner does, on the example's repository; `npx` starts the package of this clone. */
async function run({ inputs, event = {}, repository: name = "acme/store" }: Job) {
  using repository = exampleRepository("issue-42");
  using job = filesFolder({
    "event.json": JSON.stringify(event),
    summary: "",
    output: "",
    "bin/npx": `#!/bin/sh\necho "$GITHUB_TOKEN$INPUT_TOKEN$GITHUB_API_URL" > "$TMPDIR/leaked"\nshift 2\nexec ${process.execPath} ${ROOT}/bin/casebook.mjs "$@"\n`,
  });
  chmodSync(join(job.path, "bin/npx"), 0o755);
  writeFileSync(join(repository.path, "SECURITY.md"), "Write to security@example.org.\n");
  writeFileSync(join(repository.path, "cites.md"), "See `src/storage/store.py:1` and `src/gone.py:4`.\n");
  const { main } = (parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as { runs: { main: string } }).runs;
  const child = spawn(process.execPath, [join(ROOT, main)], {
    env: {
      PATH: `${join(job.path, "bin")}:${process.env["PATH"]}`,
      HOME: job.path,
      TMPDIR: job.path,
      GITHUB_TOKEN: "ghs_of_the_job",
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: name,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_EVENT_PATH: join(job.path, "event.json"),
      GITHUB_WORKSPACE: repository.path,
      GITHUB_STEP_SUMMARY: join(job.path, "summary"),
      GITHUB_OUTPUT: join(job.path, "output"),
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
  return {
    code,
    stdout,
    stderr,
    summary: read(join(job.path, "summary")),
    output: read(join(job.path, "output")),
    leaked: read(join(job.path, "leaked")).trim(),
    sarif: read(join(repository.path, "out.sarif")),
    branches: repository.git("branch", "--list", "casebook/*"),
  };
}

test("an issue is read with the token, worked without it, and shown in the job's summary", async () => {
  const store = await github.createRepository("acme", "store", { files: { "README.md": "A store.\n" } });
  const [title = "", ...body] = ISSUE.replace(/^---[^]*?---\s*/, "").split("\n");
  const number = await store.openIssue("ann", title.replace(/^# /, ""), body.join("\n"));
  await store.comment("ben", number, "I see it, too.");
  const job = await run({
    inputs: { command: "investigate", token: await tokenOf(github, "acme") },
    event: { issue: { number } },
  });
  expect(job).toMatchObject({ code: 0, leaked: "", branches: "" });
  expect(job.summary).toContain(`# Root cause of issue ${number}`);
  expect(job.summary).toContain("src/storage/store.py");
  expect(job.summary).not.toContain("casebook-claims");
  expect(job.output).toMatch(/^out=.*casebook-documents\nanswer=.*Store/);
  expect(github.violations).toEqual([]);
}, 300_000);

const TITLE = "Path traversal in `Store.set`";
const BODY = "An attacker can write outside of the folder with a key such as `../x`: path traversal.";

/** Runs the action on such a report. */
async function runOnVulnerability(name: string, isPrivate: boolean, allowed = "") {
  const files = { "README.md": "A store.\n" };
  const store = await github.createRepository("acme", name, { files, isPrivate });
  const number = await store.openIssue("acme", TITLE, BODY);
  const inputs = { command: "investigate", token: await tokenOf(github, "acme"), public: allowed };
  return await run({ inputs, event: { issue: { number } }, repository: `acme/${name}` });
}

test("a report that looks like a vulnerability is not researched in public, and no word of it is shown", async () => {
  const job = await runOnVulnerability("open", false);
  expect(job).toMatchObject({ code: 0, leaked: "", output: "answer=\n" });
  expect(job.summary).toBe(
    "Casebook researches such a report only in private. [The security policy](https://github.com/acme/open/blob/HEAD/SECURITY.md) says how to send it.\n",
  );
  expect(`${job.stdout}${job.stderr}`).not.toMatch(/store\.py|traversal|Store\.set|vulnerab/i);
}, 300_000);

test.each([
  ["in a private repository", true, ""],
  ["where the workflow says so", false, "true"],
] as const)(
  "it is researched %s",
  async (where, isPrivate, allowed) => {
    const job = await runOnVulnerability(`told-${where.length}`, isPrivate, allowed);
    expect(job).toMatchObject({ code: 0, leaked: "" });
    expect(job.summary).toContain("# Root cause of issue 1");
  },
  300_000,
);

test("the package is the one of this repository", () => {
  const { inputs } = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as {
    inputs: { package: { default: string } };
  };
  const { name, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  expect(inputs.package.default).toBe(`${name}@${version}`);
});

test("documents are checked, with findings for code scanning", async () => {
  const job = await run({ inputs: { command: "check", documents: "cites.md\n", sarif: "out.sarif" } });
  expect(job.code).toBe(1);
  expect(job.summary).toContain("src/gone.py:4");
  expect(JSON.parse(job.sarif)).toMatchObject({ version: "2.1.0" });
}, 120_000);

test.each<readonly [string, Job, RegExp]>([
  ["no issue", { inputs: { command: "investigate" } }, /^::error::No issue: /],
  ["a number that is none", { inputs: { issue: "1; rm -rf /" } }, /^::error::No issue: /],
  [
    "an issue that is not there",
    { inputs: { issue: "4711" } },
    /^::error::GitHub answers 40\d to \/repos\/acme\/store\/issues\/4711; .*issues: read/,
  ],
  ["no document", { inputs: { command: "check" } }, /^::error::No document: /],
])("%s is said in one line", async (_, job, line) => {
  const ended = await run(job);
  expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(line), leaked: "" });
  expect(ended.stdout.trim().split("\n")).toHaveLength(1);
});
