import { readConfig } from "../../src/process/config.ts";
import { repositoryMirrors } from "../../src/research/repository-mirrors.ts";
import { confined, researchInProcesses } from "../../src/research/research-process.ts";
import { answer } from "../../src/research/run-task.ts";
import type { ServiceLink } from "../../src/research/protocol.ts";
import { compareFix } from "../../src/research/compare-fix.ts";
import { checkTask, investigateTask } from "../../src/research/tasks.ts";
import { sandboxesHere } from "../../src/research/sandbox-door.ts";
import { testChange } from "../../src/research/test-change.ts";
import type { Research } from "../../src/service/research.ts";

/** The real research in this process, for tests that start it so often that a process each would be most of their time. */
export function researchHere(data: string): Research {
  const mirrors = repositoryMirrors(data);
  // Threads to parse in cost half a second of a core for each task; tests of processes start them.
  const config = { ...readConfig({ CASEBOOK_DATA: data }), workers: 0 };
  return {
    openMirror: (repository, token, signal) => mirrors.open(repository, token, signal),
    discardMirror: (repository) => mirrors.discard(repository),
    async investigate(request, given, signal) {
      const { mirror: gitDir, sandbox: settings } = request;
      await using sandboxes = settings === undefined ? undefined : sandboxesHere({ gitDir, data, settings });
      const hooks = { ...given, publisher: confined(given.publisher, request) };
      const ask = (question: Parameters<typeof answer>[0]): Promise<unknown> => {
        signal.throwIfAborted();
        return answer(question, hooks, signal);
      };
      return await investigateTask(request, {
        config,
        link: {
          ask,
          settle: () => undefined,
          abandon: () => undefined,
          idle: () => Promise.resolve(),
        } as ServiceLink,
        place: hooks.publisher.place,
        sandboxes,
        say: (message) =>
          void (message.kind === "step"
            ? hooks.onStep(message.step)
            : message.kind === "note" && hooks.onNote?.(message.note)),
        signal,
      });
    },
    check: (request, signal) => checkTask(request, { config, signal }),
    compareFix: (request, signal) => compareFix(request, { config, signal }),
    async test(request, signal) {
      const { mirror: gitDir, sandbox: settings } = request;
      await using sandboxes = settings === undefined ? undefined : sandboxesHere({ gitDir, data, settings });
      return await testChange(request, { sandboxes, signal });
    },
  };
}

export interface EitherResearch extends Research {
  /** A task that starts from now on runs in a process of its own, as it does for users. */
  inProcesses: boolean;
  /** Done before the next test of a change runs, once. */
  beforeTest: (() => Promise<unknown>) | undefined;
}

/** Research in this process, or in processes where a test asks for them: each takes most of a second of a core. */
export function researchEither(data: string): EitherResearch {
  const here = researchHere(data);
  const apart = researchInProcesses({ data, workers: 1, cacheBytes: 100_000_000 });
  const research: EitherResearch = {
    inProcesses: false,
    beforeTest: undefined,
    openMirror: (...args) => here.openMirror(...args),
    discardMirror: (repository) => here.discardMirror(repository),
    investigate: (...args) => (research.inProcesses ? apart : here).investigate(...args),
    check: (...args) => (research.inProcesses ? apart : here).check(...args),
    compareFix: (...args) => (research.inProcesses ? apart : here).compareFix(...args),
    async test(...args) {
      const before = research.beforeTest;
      research.beforeTest = undefined;
      await before?.();
      return (research.inProcesses ? apart : here).test(...args);
    },
  };
  return research;
}
