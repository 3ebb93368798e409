import type { SandboxState } from "../../src/sandbox/sandbox.ts";

/** Seconds after which the stack of a program of Python is written; a hang of 25 s in each of 3 runs is a minute of waiting. */
const [PATIENT, HURRIED] = [25, 6];

/** The sandbox, in which a program of Python that does not end is stopped sooner. */
export function hurried(state: SandboxState): SandboxState {
  if (state.kind === "none") return state;
  const { sandbox } = state;
  const alarm = (seconds: number): string => `dump_traceback_later(${seconds},`;
  return {
    kind: "ready",
    sandbox: {
      environment: sandbox.environment,
      run(request, signal) {
        const command = request.command.map((word) => word.replace(alarm(PATIENT), alarm(HURRIED)));
        if (!command.some((word) => word.includes(alarm(HURRIED))))
          throw new Error(`no word of this command says ${alarm(PATIENT)}`);
        return sandbox.run({ ...request, command }, signal);
      },
    },
  };
}
