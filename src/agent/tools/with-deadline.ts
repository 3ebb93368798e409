import { type FailureCode, RunFailure } from "../../failure.ts";
import type { Tool } from "../tool.ts";

/** What one place of a repository can be like; the others end the run. */
export const OF_THE_REPOSITORY: readonly FailureCode[] = ["incomplete-repository", "too-large", "usage"];

/** Seconds that one call may take. */
const CALL_SECONDS = 20;

/**
 * The tool with a clock: what takes too long is given up, and the model is asked for less. What is worked out once
 * for a run (the structure of the code) goes on behind it, so that asking again later succeeds. A repository that
 * cannot be read in one place is an answer too.
 */
export function withDeadline(tool: Tool, seconds: number = CALL_SECONDS): Tool {
  return {
    ...tool,
    async answer(args, signal) {
      signal.throwIfAborted();
      const deadline = AbortSignal.timeout(seconds * 1_000);
      const either = AbortSignal.any([signal, deadline]);
      try {
        return await Promise.race([tool.answer(args, either), whenAborted(either)]);
      } catch (error) {
        signal.throwIfAborted();
        if (deadline.aborted)
          return `${tool.spec.name} took longer than ${seconds} s; narrow it. What was worked out until now is kept, so the same call may be quick later.`;
        if (error instanceof RunFailure && OF_THE_REPOSITORY.includes(error.code))
          return `${tool.spec.name} cannot read this part of the repository (${error.code}); ask for something else.`;
        throw error;
      }
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
