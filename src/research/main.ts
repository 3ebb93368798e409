import { readConfig } from "../process/config.ts";
import { type FromResearcher, type ToResearcher, serviceLink } from "./protocol.ts";
import { checkTask, investigateTask } from "./tasks.ts";

// A process of its own for one task: it reads hostile text, holds no secret and reaches nothing but a mirror on this
// disk and the service that started it. When that is gone, so is this.
const config = readConfig(process.env);
const stop = new AbortController();
process.on("disconnect", () => process.exit(1));
const say = (message: FromResearcher): void => void process.send?.(message);
const link = serviceLink(say);
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    stop.abort();
    link.abandon(new Error("stopped"));
  });

process.on("message", (message: ToResearcher) => {
  if (message.kind === "answer" || message.kind === "refusal") {
    link.settle(message);
    return;
  }
  const work = carryOut(message);
  void work
    .catch((error: unknown): FromResearcher => {
      const { name, code, message: text } = error as { name?: string; code?: string; message?: string };
      return {
        kind: "failed",
        code:
          name === "RunFailure" ? (code as Extract<FromResearcher, { kind: "failed" }>["code"]) : undefined,
        message: text ?? String(error),
      };
    })
    .then((end) => process.send?.(end, () => process.disconnect()));
});

async function carryOut(
  task: Exclude<ToResearcher, { kind: "answer" | "refusal" }>,
): Promise<FromResearcher> {
  const { signal } = stop;
  switch (task.kind) {
    case "investigate": {
      const { request, place } = task;
      return {
        kind: "investigated",
        result: await investigateTask(request, { config, link, place, say, signal }),
      };
    }
    case "check":
      return { kind: "checked", documents: await checkTask(task.request, { config, signal }) };
    case "test": {
      // Loaded when it is asked for: most tasks run no code.
      const { testChange } = await import("./test-change.ts");
      const { request } = task;
      return { kind: "tested", verdict: await testChange(request, { data: config.data, signal }) };
    }
  }
}
