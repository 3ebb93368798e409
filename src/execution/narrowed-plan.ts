import type { FrameworkName, RunPlan } from "../reproduction/frameworks/test-framework.ts";

/**
 * The plan of a test file, with one of its tests alone: a quick look before the file is run. In: the name as the report has it.
 * Undefined where the runner has no such option; a name that the runner does not find runs nothing, or more.
 */
export function narrowedPlan(framework: FrameworkName, plan: RunPlan, name: string): RunPlan | undefined {
  const { command } = plan;
  const exactly = `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/ [>›] | › |\s+/g, "[ >›]+")}$`;
  switch (framework) {
    case "pytest": {
      const [head = "", bracket = "", rest = ""] = name.split(/(\[)(.*)/s);
      const id = `${command.at(-1)}::${head.split(".").join("::")}${bracket}${rest}`;
      return { ...plan, command: [...command.slice(0, -1), id] };
    }
    case "jest":
    case "vitest":
      return { ...plan, command: [...command, "-t", exactly] };
    case "mocha":
      return { ...plan, command: [...command, "--grep", exactly] };
    case "unittest":
    case "node:test":
    case "tap":
    case "ava":
    case "go test":
    case "cargo test":
    case "mvn test":
    case "ctest":
      return undefined;
  }
}
