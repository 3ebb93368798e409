import type { SandboxDoor } from "./sandbox-door.ts";
import type { ServiceLink } from "./protocol.ts";

/** Sandboxes that another process starts. */
export function sandboxesOverLink({ ask }: Pick<ServiceLink, "ask">): SandboxDoor {
  return {
    async open(files, signal) {
      const opened = await ask({ kind: "sandbox-open", ...files });
      const close = (): void => void ask({ kind: "sandbox-close", sandbox: opened.sandbox }).catch(() => {});
      if (opened.state.kind === "none") return { state: opened.state, changed: opened.changed, close };
      const { environment } = opened.state;
      return {
        changed: opened.changed,
        close,
        state: {
          kind: "ready",
          sandbox: {
            environment,
            run: (request, stop) =>
              unlessAborted(
                ask({ kind: "sandbox-run", sandbox: opened.sandbox, request }),
                AbortSignal.any([signal, stop]),
              ),
          },
        },
      };
    },
  };
}

/** What runs there ends by its own limits, or with the task. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
