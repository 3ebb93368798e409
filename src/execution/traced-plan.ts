import type { FrameworkName, RunPlan } from "../reproduction/frameworks/test-framework.ts";
import { COPY, MAX_COLLECTED, OUT } from "../sandbox/places.ts";
import { NODE_TRACER } from "./node-tracer.ts";
import { NODE_WATCHER } from "./node-watcher.ts";
import { PYTHON_TRACER } from "./python-tracer.ts";
import { PYTHON_WATCHER } from "./python-watcher.ts";
import type { Watched } from "./watched.ts";

/** Where the tracers write, below `/out`. */
export const TRACE = "casebook-trace.txt";
/** The tracer of Node in the copy; nothing else of the repository changes its place. */
export const PRELOADED = ".casebook-trace.cjs";

export interface TracedPlan {
  readonly plan: RunPlan;
  /** The laid-over files, with what the tracer needs. */
  readonly changes: ReadonlyMap<string, string | undefined>;
}

/**
 * The same run with a tracer. In: the plan of a framework, the files laid over the commit, the test files that are run, and what is
 * watched; without that, lines are noted. Undefined for a framework whose runtime has no such tracer here. No line of a test file moves.
 */
export function tracedPlan(
  framework: FrameworkName,
  plan: RunPlan,
  changes: ReadonlyMap<string, string | undefined>,
  tests: ReadonlyMap<string, string>,
  watched?: Watched,
): TracedPlan | undefined {
  const traced: RunPlan = {
    command: plan.command,
    env: {
      ...plan.env,
      CASEBOOK_TRACE: `${OUT}/${TRACE}`,
      CASEBOOK_TRACE_ROOT: COPY,
      CASEBOOK_TRACE_BYTES: String(MAX_COLLECTED - 1_000),
      ...(watched === undefined ? {} : watchedIn(watched)),
    },
    collect: [...plan.collect, TRACE],
  };
  switch (framework) {
    case "pytest":
    case "unittest": {
      const [python = "", flag = "", program = "", ...rest] = plan.command;
      // Started by the repository's own command, there is no program of ours to put the tracer before.
      if (flag !== "-c") return undefined;
      const plugin = framework === "pytest" ? ["-p", "casebook_trace"] : [];
      const tracer = watched === undefined ? PYTHON_TRACER : PYTHON_WATCHER;
      return {
        plan: { ...traced, command: [python, flag, `${tracer}\n${program}`, ...plugin, ...rest] },
        changes,
      };
    }
    case "jest":
    case "vitest":
    case "mocha":
    case "node:test": {
      const own = traced.env["NODE_OPTIONS"];
      const hooked = [...tests].map(([path, text]) => [path, withHook(framework, path, text)] as const);
      return {
        plan: {
          ...traced,
          env: {
            ...traced.env,
            NODE_OPTIONS: [`--require ${COPY}/${PRELOADED}`, own].filter(Boolean).join(" "),
          },
        },
        changes: new Map([
          ...changes,
          ...hooked,
          [PRELOADED, watched === undefined ? NODE_TRACER : NODE_WATCHER],
        ]),
      };
    }
    case "tap":
    case "ava":
    case "go test":
    case "cargo test":
    case "mvn test":
    case "ctest":
      return undefined;
  }
}

function watchedIn({ functions, asked }: Watched): Readonly<Record<string, string>> {
  const places = new Map<string, Omit<Watched["functions"][number], "path">[]>();
  for (const { path, ...place } of functions) places.set(path, [...(places.get(path) ?? []), place]);
  return {
    CASEBOOK_WATCHED: JSON.stringify(Object.fromEntries(places)),
    CASEBOOK_ASKED: JSON.stringify(asked.map(({ path, line, expressions }) => [path, line, expressions])),
  };
}

/** How each runner names the test that a hook stands behind. */
const NAMES: Readonly<Record<"jest" | "vitest" | "mocha" | "node:test", string>> = {
  jest: "(function () { return expect.getState().currentTestName; })",
  mocha: "(function () { return this.currentTest.fullTitle(); })",
  vitest:
    '(function (context) { const names = []; for (let one = context.task ?? context.meta; one && !one.filepath; one = one.suite) names.unshift(one.name); return names.join(" ").trim(); })',
  "node:test": "(function (context) { return context.fullName ?? context.name; })",
};

/** The test file with a hook after its last line, which closes the record of each test; first it closes that of the import. */
function withHook(framework: keyof typeof NAMES, path: string, text: string): string {
  const isModule =
    path.endsWith(".mjs") || (!/\.c[jt]s$/.test(path) && /^\s*(?:import|export)\b/m.test(text));
  const load = (name: string, from: string): string =>
    isModule
      ? `import * as ${name} from ${JSON.stringify(from)};`
      : `const ${name} = require(${JSON.stringify(from)});`;
  const hook =
    framework === "vitest"
      ? { load: load("casebookRunner", "vitest"), name: "casebookRunner.afterEach" }
      : framework === "node:test"
        ? { load: load("casebookRunner", "node:test"), name: "casebookRunner.afterEach" }
        : { load: "", name: "afterEach" };
  const take =
    '(Reflect.get(casebookInspector, "casebookTake") ?? Reflect.get(Reflect.get(casebookInspector, "default") ?? {}, "casebookTake"))';
  // Under `afterEach` of Mocha, the arguments of the hook decide whether it waits for a callback.
  const call =
    framework === "mocha" || framework === "jest"
      ? `function () { casebookTake(${NAMES[framework]}.call(this)); }`
      : `function (context) { casebookTake(${NAMES[framework]}(context)); }`;
  return `${text.replace(/\n?$/, "\n")}${load("casebookInspector", "inspector")} ${hook.load} const casebookTake = ${take}; casebookTake(null); ${hook.name}(${call});\n`;
}
