import { COPY, MAX_COLLECTED, OUT } from "../sandbox/places.ts";
import type { ReportedProgram } from "../reproduction/reported/program.ts";
import { NODE_TRACER } from "./node-tracer.ts";
import { PYTHON_TRACER } from "./python-tracer.ts";
import { PRELOADED, TRACE } from "./traced-plan.ts";

/**
 * The same program with the tracer of its runtime, which writes to `TRACE`; undefined for a runtime that has none here. The starters of
 * the programs close the record.
 */
export function tracedProgram(program: ReportedProgram): ReportedProgram | undefined {
  const env = {
    ...program.env,
    CASEBOOK_TRACE: `${OUT}/${TRACE}`,
    CASEBOOK_TRACE_ROOT: COPY,
    CASEBOOK_TRACE_BYTES: String(MAX_COLLECTED - 1_000),
  };
  switch (program.runtime) {
    case "python": {
      const [python = "", flag = "", start = "", ...rest] = program.command;
      return { ...program, env, command: [python, flag, `${PYTHON_TRACER}\n${start}`, ...rest] };
    }
    case "node":
      return {
        ...program,
        env: { ...env, NODE_OPTIONS: `--require ${COPY}/${PRELOADED}` },
        files: new Map([...program.files, [PRELOADED, NODE_TRACER]]),
      };
    case "go":
    case "rust":
      return undefined;
  }
}
