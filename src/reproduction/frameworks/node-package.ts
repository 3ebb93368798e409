import { z } from "zod";
import { fromJson } from "../reports/read-jest-json.ts";
import { findLine, folderOf, manifests, nameOf, pathsBelow } from "./evidence.ts";
import type { Detection, RepositoryFiles } from "./test-framework.ts";

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
      ([name, run]) => /^test\b/.test(name) && typeof run === "string" && script.test(run),
    );
    if (called !== undefined) {
      const evidence =
        (await line(new RegExp(`"${called[0].replaceAll(/[^\w:-]/g, ".")}"\\s*:`))) ?? `${path}:1`;
      return { evidence, strength: 3, ...found };
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

/** `store.test.ts` gives `<topic>.test.ts`. */
export function jsTestName(like: string | undefined, topic: string, fallback: string): string {
  const ending = /(\.(?:test|spec))?\.[cm]?[jt]sx?$/.exec(like ?? "")?.[0];
  return `${topic}${ending ?? fallback}`;
}
