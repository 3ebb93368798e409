/** One regression as a case: a history whose newest commit fails a test, and the commit that broke it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { placeKey } from "../src/execution/executed.ts";
import { executedFunctions } from "../src/execution/executed.ts";
import { narrowedPlan } from "../src/execution/narrowed-plan.ts";
import { traceTests } from "../src/execution/trace-tests.ts";
import { joinCovered } from "../src/execution/trace.ts";
import { type TriedTest, tryTest } from "../src/execution/try-test.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import type { DefinitionData } from "../src/claims/claim-data.ts";
import { type ResearchContext, researchContext } from "../src/phases/builtin/research-context.ts";
import { definitionOf } from "../src/phases/builtin/suspects.ts";
import { openCheckout } from "../src/repository/io/checkout.ts";
import { detectFrameworks, runnableIn } from "../src/reproduction/detect-frameworks.ts";
import type { Detected } from "../src/reproduction/frameworks/test-framework.ts";
import { runTests } from "../src/reproduction/run-tests.ts";
import type { TestResult } from "../src/reproduction/test-report.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";
import type { Sandbox } from "../src/sandbox/sandbox.ts";
import type { SandboxSettings } from "../src/sandbox/sandbox-settings.ts";

/** A past fix that a later commit undoes. */
export interface Planted {
  readonly kind: "planted";
  /** `owner/name`. */
  readonly repo: string;
  readonly fix: string;
  /** The newest commit of the real history. */
  readonly base: string;
  /** The file and the name of the test that fails without the fix. */
  readonly test: { readonly path: string; readonly name: string };
  /** First parents of `base` behind which the fix is undone. */
  readonly at: number;
  /** Undone by a commit of the line, or by one of a branch that is merged. */
  readonly shape: "line" | "merge";
  /** Part of the runs in which the fault shows, by chance or by the hash seed; absent: all. */
  readonly flaky?: { readonly part: number; readonly by: "chance" | "seed" };
}

/** A past fix, whose test is laid over the commit before it. */
export interface Real {
  readonly kind: "real";
  readonly repo: string;
  readonly fix: string;
  readonly test: { readonly path: string; readonly name: string };
  /** Found by running commit after commit; `since`: its parents pass. */
  readonly truth: { readonly kind: "since" | "back-to"; readonly commit: string; readonly runs: number };
}

export type Case = Planted | Real;

export interface Folders {
  readonly mirrors: string;
  readonly deps: string;
  readonly data: string;
}

/** A clone that shares the objects of its mirror and can hold commits of ours. */
export function cloneOf(repo: string, { mirrors, data }: Pick<Folders, "mirrors" | "data">): string {
  const folder = join(data, "clones", repo.replace("/", "+"));
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const from = join(mirrors, repo.replace("/", "+"), "repo");
    execFileSync("git", ["clone", "-q", "--bare", "--shared", from, folder]);
  }
  return folder;
}

export function git(gitDir: string, ...args: readonly string[]): string {
  return execFileSync("git", ["--git-dir", gitDir, ...args], {
    encoding: "utf8",
    maxBuffer: 500_000_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

export function isAncestor(gitDir: string, commit: string, of: string): boolean {
  try {
    git(gitDir, "merge-base", "--is-ancestor", commit, of);
    return true;
  } catch {
    return false;
  }
}

/** The files of a fix that hold program code, which a later commit undoes. */
export function sourcesOf(gitDir: string, fix: string): readonly string[] {
  return git(gitDir, "diff", "--name-only", "--diff-filter=M", `${fix}^`, fix)
    .split("\n")
    .filter(
      (path) =>
        /\.([cm]?[jt]sx?|py)$/.test(path) &&
        !/(^|\/)(tests?|docs?|examples?|spec|__tests__|dist)\//.test(path) &&
        !/\.(test|spec|d)\.[cm]?[jt]s$/.test(path) &&
        !/(^|\/)test_/.test(path),
    );
}

/** The text of a file at a commit without what the fix changed; undefined where that cannot be taken out cleanly. */
export function undoer(gitDir: string, fix: string): (commit: string, path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (commit, path) => {
    let blob: string;
    try {
      blob = git(gitDir, "rev-parse", "--verify", `${commit}:${path}`).trim();
    } catch {
      return undefined;
    }
    const key = `${blob} ${path}`;
    if (!known.has(key)) known.set(key, undo(gitDir, fix, blob, path));
    return known.get(key);
  };
}

function undo(gitDir: string, fix: string, blob: string, path: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "casebook-since-"));
  try {
    const write = (name: string, object: string): string => {
      const file = join(folder, name);
      writeFileSync(file, git(gitDir, "cat-file", "blob", object));
      return file;
    };
    const files = [write("ours", blob), write("base", `${fix}:${path}`), write("theirs", `${fix}^:${path}`)];
    const text = execFileSync("git", ["merge-file", "-p", "-q", ...files], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return text === git(gitDir, "cat-file", "blob", blob) ? undefined : text;
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the planted history. In: first parents of the base, newest first. Undefined where the fix cannot be undone on each of them. */
export function plant(
  gitDir: string,
  { fix, at, shape, flaky }: Pick<Planted, "fix" | "at" | "shape" | "flaky">,
  line: readonly string[],
): { readonly head: string; readonly truth: string } | undefined {
  const paths = sourcesOf(gitDir, fix);
  const textAt = undoer(gitDir, fix);
  const changed = (commit: string): ReadonlyMap<string, string> | undefined => {
    const found = new Map<string, string>();
    for (const path of paths) {
      const bad = textAt(commit, path);
      if (bad === undefined) return undefined;
      found.set(
        path,
        flaky === undefined
          ? bad
          : flakyText(path, bad, git(gitDir, "cat-file", "blob", `${commit}:${path}`), flaky),
      );
    }
    return found;
  };
  const input: string[] = [];
  let mark = 0;
  const write = (
    like: string,
    subject: string,
    parents: readonly string[],
    files: ReadonlyMap<string, string>,
  ): string => {
    const [author, time] = git(gitDir, "log", "-1", "--format=%an <%ae>%x00%ct", like).trim().split("\0");
    const who = `${author!.replaceAll(/[^ -~]/g, "x")} ${time} +0000`;
    const size = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`;
    mark++;
    input.push(
      `commit refs/heads/casebook-bench\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${size(subject)}\n`,
      ...parents.map((parent, i) => `${i === 0 ? "from" : "merge"} ${parent}\n`),
      `M 040000 ${git(gitDir, "rev-parse", `${like}^{tree}`).trim()} ""\n`,
      ...[...files].map(([path, text]) => `M 100644 inline ${path}\n${size(text)}\n`),
      "\n",
    );
    return `:${mark}`;
  };
  const start = line[at]!;
  const here = changed(start);
  if (here === undefined) return undefined;
  let tip: string;
  let truth: number;
  if (shape === "line") {
    tip = write(start, "Reorganize", [start], here);
    truth = mark;
  } else {
    const fork = line[at + 2];
    const there = fork === undefined ? undefined : changed(fork);
    if (fork === undefined || there === undefined) return undefined;
    const notes = (n: number): [string, string] => [`casebook-notes-${n}.txt`, "notes\n"];
    let branch = write(fork, "Add notes", [fork], new Map([notes(1)]));
    branch = write(fork, "Reorganize", [branch], new Map([...there, notes(1)]));
    truth = mark;
    branch = write(fork, "Add more notes", [branch], new Map([...there, notes(1), notes(2)]));
    tip = write(start, "Merge a branch", [start, branch], new Map([...here, notes(1), notes(2)]));
  }
  for (let i = at - 1; i >= 0; i--) {
    const files = changed(line[i]!);
    if (files === undefined) return undefined;
    tip = write(line[i]!, git(gitDir, "log", "-1", "--format=%s", line[i]!).trim(), [tip], files);
  }
  const marks = join(mkdtempSync(join(tmpdir(), "casebook-since-")), "marks");
  execFileSync("git", ["--git-dir", gitDir, "fast-import", "--quiet", "--force", `--export-marks=${marks}`], {
    input: input.join(""),
    stdio: ["pipe", "ignore", "inherit"],
  });
  const oids = new Map(
    execFileSync("cat", [marks], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((text) => text.split(" ") as [string, string]),
  );
  rmSync(dirname(marks), { recursive: true });
  return { head: oids.get(tip)!, truth: oids.get(`:${truth}`)! };
}

/** Both texts of a file in one: which of them is run is left to chance, or to the hash seed. */
function flakyText(
  path: string,
  bad: string,
  good: string,
  { part, by }: NonNullable<Planted["flaky"]>,
): string {
  const texts = [JSON.stringify(bad), JSON.stringify(good)];
  if (path.endsWith(".py"))
    return `import random as _random\n_is_bad = ${by === "chance" ? "_random.random()" : "(hash('casebook') % 1000) / 1000"} < ${part}\nexec(compile(${texts[0]} if _is_bad else ${texts[1]}, __file__, "exec"))\n`;
  return `const text = Math.random() < ${part} ? ${texts[0]} : ${texts[1]};\nnew Function("module", "exports", "require", "__filename", "__dirname", text)(module, exports, require, __filename, __dirname);\n`;
}

/** What the project needs, as an operator would prepare it. */
export function surroundingsOf(repo: string, { deps }: Pick<Folders, "deps">): SandboxSettings {
  const folder = join(deps, repo.split("/")[1]!);
  const isNode = existsSync(join(folder, "node_modules"));
  return {
    sinceMinutes: 0,
    toolchains: [],
    node: dirname(process.execPath),
    ...(existsSync(folder)
      ? {
          dependencies: isNode
            ? { from: join(folder, "node_modules"), at: "node_modules" }
            : { from: folder, at: ".deps/site-packages" },
        }
      : {}),
  };
}

export interface OpenHistory extends AsyncDisposable {
  readonly workbench: Workbench;
  readonly context: ResearchContext;
  readonly sandbox: Sandbox;
  readonly framework: Detected;
  readonly settings: SandboxSettings;
}

/** A commit of a clone with its codebase and a sandbox. A text says why it cannot be opened. `words`: what stands for the report. */
export async function openHistory(
  gitDir: string,
  repo: string,
  base: string,
  folders: Folders,
  words: { readonly title: string; readonly body: string },
): Promise<OpenHistory | string> {
  const stack = new AsyncDisposableStack();
  const workbench = stack.use(await openWorkbench({ repository: gitDir, data: folders.data, workers: 1 }));
  const codebase = await workbench.codebase(base);
  const issue = visibleIssue({ key: "1", ...words, comments: [] });
  const context = researchContext({
    issue,
    codebase,
    history: workbench.repository.history,
    at: undefined,
  });
  const checkout = stack.use(await openCheckout(codebase.tree, folders.data));
  const settings = surroundingsOf(repo, folders);
  const state = await openSandbox({ ...settings, files: checkout.path });
  const give = async (why: string): Promise<string> => {
    await stack.disposeAsync();
    return why;
  };
  if (state.kind === "none") return give(state.why);
  const files = {
    paths: codebase.tree.entries.map(({ path }) => path),
    text: async (path: string) => (await codebase.text(path))?.text,
  };
  const { can } = runnableIn(state.sandbox.environment, await detectFrameworks(files));
  const [framework] = can;
  if (framework === undefined) return give("no framework can run");
  return {
    workbench,
    context,
    sandbox: state.sandbox,
    framework,
    settings,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export const LIMITS = { seconds: 120 };

/** The test alone, as the file has it at a commit of a fix; undefined where it does not fail in the tree. */
export async function triedTest(
  { framework, sandbox }: Pick<OpenHistory, "framework" | "sandbox">,
  { path, name }: Planted["test"],
  text: string,
): Promise<TriedTest | undefined> {
  const signal = new AbortController().signal;
  const plan = narrowedPlan(
    framework.framework.name,
    framework.framework.runFile(path, framework.detection),
    name,
  );
  const own: Detected =
    plan === undefined
      ? framework
      : { ...framework, framework: { ...framework.framework, runFile: () => plan } };
  const laid = new Map([[path, text]]);
  const [run] = await runTests(sandbox, own, { changes: laid, file: path, times: 1, limits: LIMITS }, signal);
  const tests: readonly TestResult[] = run?.report.kind === "report" ? run.report.tests : [];
  const failing = tests.find((one) => one.name === name && one.outcome === "failed");
  return failing === undefined
    ? undefined
    : { framework, laid, file: path, failing, alone: plan !== undefined, limits: LIMITS };
}

/** Functions that the test runs, those first that the ranking has first. */
export async function placesFor(
  { framework, sandbox, context }: OpenHistory,
  { laid, file, failing, alone }: TriedTest,
): Promise<readonly DefinitionData[]> {
  const signal = new AbortController().signal;
  const plan = alone
    ? narrowedPlan(
        framework.framework.name,
        framework.framework.runFile(file, framework.detection),
        failing.name,
      )
    : undefined;
  const own =
    plan === undefined
      ? framework
      : { ...framework, framework: { ...framework.framework, runFile: () => plan } };
  const traced = await traceTests(
    sandbox,
    own,
    { changes: laid, file, text: laid.get(file)!, limits: LIMITS },
    signal,
  );
  const { functions } = await context.ranking();
  const ranked = functions.map(({ path, symbol }) => definitionOf(path, symbol));
  if (traced.kind === "none") return ranked;
  const covered = [...traced.trace.tests].flatMap(([name, one]) =>
    name.includes(failing.name.split(/[.›]/).at(-1)!.trim()) ? [one] : [],
  );
  const ran = await executedFunctions(joinCovered([...covered, traced.trace.outside]), context.codebase);
  const keys = new Set(ran.map(placeKey));
  const executed = ranked.filter((place) => keys.has(placeKey(place)));
  return executed.length > 0
    ? executed
    : ran.map(({ path, name, start, end }) => ({ path, name, start, end }));
}

export { tryTest };
