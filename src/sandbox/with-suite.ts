import type { SandboxSettings } from "./sandbox-settings.ts";
import type { SuiteSettings } from "./suite-settings.ts";

/**
 * What the operator prepared, with the settings of a repository where the operator takes them. Runner and command belong together, the
 * operator's other settings win, and the fewer seconds count.
 */
export function withSuite(
  sandbox: SandboxSettings | undefined,
  repository: SuiteSettings | undefined,
): SandboxSettings | undefined {
  if (sandbox === undefined || repository === undefined || sandbox.takesSuites === false) return sandbox;
  return { ...sandbox, suite: merged(sandbox.suite ?? {}, repository) };
}

function merged(own: SuiteSettings, theirs: SuiteSettings): SuiteSettings {
  const starts = own.framework === undefined && own.command === undefined ? theirs : own;
  const seconds = [own.seconds, theirs.seconds].filter((one) => one !== undefined);
  const selection = own.selection ?? theirs.selection;
  const environment = { ...theirs.environment, ...own.environment };
  return {
    ...(starts.framework === undefined ? {} : { framework: starts.framework }),
    ...(starts.command === undefined ? {} : { command: starts.command }),
    ...(selection === undefined ? {} : { selection }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(seconds.length === 0 ? {} : { seconds: Math.min(...seconds) }),
  };
}
