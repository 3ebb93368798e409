import { compareFix } from "./compare-fix.ts";
import { readConfig } from "../process/config.ts";
import type { FromResearcher } from "./protocol.ts";
import { sandboxesOverLink } from "./sandboxes-over-link.ts";
import { serveTasks, type Task, type TaskHooks } from "./serve-tasks.ts";
import { checkTask, investigateTask, locateTask } from "./tasks.ts";

// A process of its own for one task: it reads hostile text, holds no secret and reaches nothing but a mirror on this
// disk and the service that started it.
const config = readConfig(process.env);
await serveTasks(carryOut);

async function carryOut(task: Task, { link, say, signal }: TaskHooks): Promise<FromResearcher> {
  const sandboxesFor = ({ sandbox }: { readonly sandbox?: object | undefined }) =>
    sandbox === undefined ? undefined : sandboxesOverLink(link);
  switch (task.kind) {
    case "investigate": {
      const { request, place } = task;
      return {
        kind: "investigated",
        result: await investigateTask(request, {
          config,
          link,
          place,
          say,
          signal,
          sandboxes: sandboxesFor(request),
        }),
      };
    }
    case "check":
      return { kind: "checked", documents: await checkTask(task.request, { config, signal }) };
    case "compare-fix":
      return { kind: "compared", phases: await compareFix(task.request, { config, signal }) };
    case "locate":
      return { kind: "located", located: await locateTask(task.request, { config, link, say, signal }) };
    case "ask": {
      const { askTask } = await import("./ask-task.ts");
      return { kind: "told", told: await askTask(task.request, { config, say, signal }) };
    }
    case "test": {
      // Loaded when it is asked for: most tasks run no code.
      const { testChange } = await import("./test-change.ts");
      const { request } = task;
      return {
        kind: "tested",
        verdict: await testChange(request, { sandboxes: sandboxesFor(request), signal }),
      };
    }
    case "command":
      throw new Error("commands have a reader of their own");
  }
}
