import { z } from "zod";
import { fromJson } from "../reports/read-jest-json.ts";
import { findLine, folderOf, manifests, nameOf, pathsBelow } from "./evidence.ts";
import { scriptWords } from "./script-words.ts";
import type { Detection, RepositoryFiles, RunPlan } from "./test-framework.ts";

const names = z.record(z.string(), z.unknown()).catch({});
const schema = z.object({
  scripts: names.default({}),
  dependencies: names.default({}),
  devDependencies: names.default({}),
});

export const JS_TESTS = /((^|\/)__tests__\/.*\.[cm]?[jt]sx?$|\.(test|spec)\.[cm]?[jt]sx?$)/;

/**
 * A runner that a `package.json` names: in a script (3), by a settings file (3), as a dependency (2). Of several packages
 * in a repository, the one nearest to the root.
 */
export async function detectPackage(
  files: RepositoryFiles,
  {
    dependency,
    script,
    settings,
    tests,
  }: {
    readonly dependency?: string;
    readonly script: RegExp;
    readonly settings?: RegExp;
    readonly tests: RegExp;
  },
): Promise<Detection | undefined> {
  let best: Detection | undefined;
  for (const path of manifests(files, /^package\.json$/)) {
    const text = await files.text(path);
    const parsed = schema.safeParse(fromJson(text ?? ""));
    if (!parsed.success) continue;
    const { scripts, dependencies, devDependencies } = parsed.data;
    const line = (pattern: RegExp): Promise<string | undefined> => findLine(files, [path], pattern);
    const folder = folderOf(path);
    const found = { folder, tests: pathsBelow(files, folder, tests), env: envOf(scripts) };
    const called = Object.entries(scripts).find(
      (entry): entry is [string, string] =>
        /^test\b/.test(entry[0]) && typeof entry[1] === "string" && script.test(entry[1]),
    );
    if (called !== undefined) {
      const [name, run] = called;
      const evidence = (await line(new RegExp(`"${name.replaceAll(/[^\w:-]/g, ".")}"\\s*:`))) ?? `${path}:1`;
      const { env, options, selection } = scriptWords(run, script);
      return { evidence, strength: 3, ...found, env: { ...found.env, ...env }, options, selection };
    }
    const setting =
      settings && files.paths.find((other) => folderOf(other) === folder && settings.test(nameOf(other)));
    if (setting !== undefined) return { evidence: `${setting}:1`, strength: 3, ...found };
    if (dependency !== undefined && (dependency in dependencies || dependency in devDependencies))
      best ??= {
        evidence: (await line(new RegExp(`"${dependency}"\\s*:`))) ?? `${path}:1`,
        strength: 2,
        ...found,
      };
  }
  return best;
}

/** Options that a runner needs and a script sets: `NODE_OPTIONS=--experimental-vm-modules jest`. */
function envOf(scripts: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const modules = Object.values(scripts).some(
    (run) => typeof run === "string" && run.includes("--experimental-vm-modules"),
  );
  return modules ? { NODE_OPTIONS: "--experimental-vm-modules" } : undefined;
}

/** What Node says of a module that a settings file or an option names and that is not there. */
export const MISSING_MODULE =
  /Cannot find (?:module|package|dependency)\b|ERR_MODULE_NOT_FOUND|MISSING DEPENDENCY/;

/** A plan that is tried without the project's options when these need what is not there. In: how a plan is made from options. */
export function withFallback(
  make: (options: readonly string[]) => RunPlan,
  {
    options = [],
    instead = [],
    shownBy = MISSING_MODULE,
    leavesOut,
  }: {
    readonly options?: readonly string[] | undefined;
    /** What keeps the runner from reading its settings; none: it cannot be kept from it. */
    readonly instead?: readonly string[];
    readonly shownBy?: RegExp;
    readonly leavesOut: string;
  },
): RunPlan {
  return options.length === 0 && instead.length === 0
    ? make(options)
    : { ...make(options), fallback: { shownBy, plan: make(instead), leavesOut } };
}

/** `store.test.ts` gives `<topic>.test.ts`. */
export function jsTestName(like: string | undefined, topic: string, fallback: string): string {
  const ending = /(\.(?:test|spec))?\.[cm]?[jt]sx?$/.exec(like ?? "")?.[0];
  return `${topic}${ending ?? fallback}`;
}
