import type { SandboxEnvironment } from "../sandbox/sandbox.ts";
import type { SuiteSettings } from "../sandbox/suite-settings.ts";
import { FRAMEWORKS } from "./frameworks/frameworks.ts";
import type { Detected, RepositoryFiles, RunPlan } from "./frameworks/test-framework.ts";

/**
 * The test runners that a repository shows, best first: configured, then depended on, then told from its tests. Each runs as `suite`
 * says; where that names one, there is no other.
 */
export async function detectFrameworks(
  files: RepositoryFiles,
  suite: SuiteSettings = {},
): Promise<readonly Detected[]> {
  const found: Detected[] = [];
  for (const framework of FRAMEWORKS) {
    if (suite.framework !== undefined && suite.framework !== framework.name) continue;
    const detection = await framework.detect(files);
    if (detection !== undefined) found.push(withSettings({ framework, detection }, suite));
  }
  // Equal ones keep the order of the table.
  return found.sort((a, b) => b.detection.strength - a.detection.strength);
}

function withSettings(
  { framework, detection }: Detected,
  { command, selection, environment }: SuiteSettings,
): Detected {
  const inEnvironment = (plan: RunPlan): RunPlan => ({
    ...plan,
    env: { ...plan.env, ...environment },
    ...(plan.fallback === undefined
      ? {}
      : { fallback: { ...plan.fallback, plan: inEnvironment(plan.fallback.plan) } }),
  });
  return {
    framework:
      environment === undefined
        ? framework
        : {
            ...framework,
            runFile: (path, found) => inEnvironment(framework.runFile(path, found)),
            runAll: (found) => inEnvironment(framework.runAll(found)),
          },
    detection: {
      ...detection,
      ...(command === undefined ? {} : { command, options: [] }),
      ...(selection === undefined ? {} : { selection }),
    },
  };
}

export interface Runnable {
  /** Best first. */
  readonly can: readonly Detected[];
  /** With one sentence each. */
  readonly cannot: readonly { readonly detected: Detected; readonly why: string }[];
}

/** Which of them can run with what is in the sandbox. */
export function runnableIn(
  { toolchains, dependencies }: SandboxEnvironment,
  detected: readonly Detected[],
): Runnable {
  const can: Detected[] = [];
  const cannot: { detected: Detected; why: string }[] = [];
  for (const one of detected) {
    const missing = one.framework.needs.filter((name) => !toolchains.has(name));
    if (missing.length === 0) can.push(one);
    else
      cannot.push({
        detected: one,
        why: `${one.framework.name} needs ${missing.join(" and ")}, which the sandbox does not have${
          dependencies === undefined && missing.every((name) => PACKAGES.has(name))
            ? ": no dependencies are prepared"
            : ""
        }`,
      });
  }
  return { can, cannot };
}

/** What comes with a project's dependencies, not with a toolchain. */
const PACKAGES = new Set(["pytest", "jest", "vitest", "mocha", "tap", "ava"]);
