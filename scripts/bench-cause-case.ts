/** One past fix as a case: the commit before it, with the tests of the fix laid over. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isFunctionLike, qualifiedName } from "../src/languages/syntax.ts";
import { openCheckout } from "../src/repository/io/checkout.ts";
import type { IndexedCodebase } from "../src/repository/open-codebase.ts";
import { detectFrameworks, runnableIn } from "../src/reproduction/detect-frameworks.ts";
import type { Detected } from "../src/reproduction/frameworks/test-framework.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";
import type { Sandbox } from "../src/sandbox/sandbox.ts";
import { functionsOfHunk, hunksOf } from "../src/execution/hunks.ts";
import { placeKey } from "../src/execution/executed.ts";

export interface Case {
  /** `owner/name`. */
  readonly repo: string;
  readonly fix: string;
  /** Files of the fix that are laid over its parent. */
  readonly tests: readonly string[];
}

export interface OpenCase extends AsyncDisposable {
  readonly bench: Workbench;
  readonly codebase: IndexedCodebase;
  /** The codebase of the fix. */
  readonly fixed: IndexedCodebase;
  readonly sandbox: Sandbox;
  readonly framework: Detected;
  readonly parent: string;
  /** The tests of the fix, by path. */
  readonly laid: ReadonlyMap<string, string>;
  /** Source files that the fix changes, with their text after it. */
  readonly source: ReadonlyMap<string, string | undefined>;
  /** Functions of the parent that the fix changes. */
  readonly gold: readonly {
    readonly path: string;
    readonly name: string;
    readonly start: number;
    readonly end: number;
  }[];
}

/** Opens a case; a text says why it cannot be. Dependencies lie in `deps/<name>`: Python packages, or a `node_modules`. */
export async function openCase(
  { repo, fix, tests }: Case,
  { mirrors, deps, data }: { readonly mirrors: string; readonly deps: string; readonly data: string },
): Promise<OpenCase | string> {
  const bench = await openWorkbench({
    repository: join(mirrors, repo.replace("/", "+"), "repo"),
    data,
    workers: 1,
  });
  const stack = new AsyncDisposableStack();
  stack.use(bench);
  const give = async (why: string): Promise<string> => {
    await stack.disposeAsync();
    return why;
  };
  const parent = await bench.repository.resolve(`${fix}^`);
  const [codebase, fixed] = [await bench.codebase(parent), await bench.codebase(fix)];
  const record = await bench.repository.history.commit(fix, fix);
  const laid = new Map<string, string>();
  for (const path of tests) {
    const text = (await fixed.text(path))?.text;
    if (text !== undefined) laid.set(path, text);
  }
  const source = new Map<string, string | undefined>();
  for (const path of record?.files ?? [])
    if (codebase.roleOf(path) === "source") source.set(path, (await fixed.text(path))?.text);
  const gold: OpenCase["gold"][number][] = [];
  for (const [path, text] of source) {
    const before = (await codebase.text(path))?.text;
    const functions = (await codebase.syntax(path))?.symbols.filter(isFunctionLike) ?? [];
    // A stub of types is never run.
    if (before === undefined || text === undefined || path.endsWith(".pyi")) continue;
    for (const hunk of hunksOf(before, text))
      for (const { start, end, ...symbol } of functionsOfHunk(hunk, functions)) {
        const one = { path, name: qualifiedName(symbol), start, end };
        if (!gold.some((other) => placeKey(other) === placeKey(one))) gold.push(one);
      }
  }
  if (gold.length === 0) return give("the fix changes no function of the parent");
  const checkout = stack.use(await openCheckout(codebase.tree, data));
  const folder = join(deps, repo.split("/")[1]!);
  const isNode = existsSync(join(folder, "node_modules"));
  const state = await openSandbox({
    files: checkout.path,
    toolchains: [],
    node: dirname(process.execPath),
    ...(existsSync(folder)
      ? {
          dependencies: isNode
            ? { from: join(folder, "node_modules"), at: "node_modules" }
            : { from: folder, at: ".deps/site-packages" },
        }
      : {}),
  });
  if (state.kind === "none") return give(state.why);
  const { can } = runnableIn(
    state.sandbox.environment,
    await detectFrameworks({
      paths: codebase.tree.entries.map(({ path }) => path),
      text: async (path) => (await codebase.text(path))?.text,
    }),
  );
  const framework = can[0];
  if (framework === undefined) return give("no framework can run");
  return {
    bench,
    codebase,
    fixed,
    sandbox: state.sandbox,
    framework,
    parent,
    laid,
    source,
    gold,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
