import { readConfig } from "../../src/process/config.ts";
import { repositoryMirrors } from "../../src/research/repository-mirrors.ts";
import { answer } from "../../src/research/research-process.ts";
import type { ServiceLink } from "../../src/research/protocol.ts";
import { checkTask, investigateTask } from "../../src/research/tasks.ts";
import type { Research } from "../../src/service/research.ts";

/** The real research in this process, for tests that start it so often that a process each would be most of their time. */
export function researchHere(data: string): Research {
  const mirrors = repositoryMirrors(data);
  const config = readConfig({ CASEBOOK_DATA: data, CASEBOOK_WORKERS: "1" });
  return {
    openMirror: (repository, token, signal) => mirrors.open(repository, token, signal),
    investigate(request, hooks, signal) {
      const ask = (question: Parameters<typeof answer>[0]): Promise<unknown> => {
        signal.throwIfAborted();
        return answer(question, hooks, signal);
      };
      return investigateTask(request, {
        config,
        link: { ask, settle: () => undefined } as ServiceLink,
        place: hooks.publisher.place,
        say: (message) => void (message.kind === "step" && hooks.onStep(message.step)),
        signal,
      });
    },
    check: (request, signal) => checkTask(request, { config, signal }),
  };
}
