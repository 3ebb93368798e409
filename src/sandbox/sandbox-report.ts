import type { SandboxState } from "./sandbox.ts";

/** A row of `casebook doctor`. */
export interface SandboxReport {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether code of repositories can be run on this host, and with what; without a sandbox it never is. */
export function sandboxReport(state: SandboxState): SandboxReport {
  const name = "sandbox";
  if (state.kind === "none") return { name, ok: false, detail: `no code is run: ${state.why}` };
  const { sandbox, toolchains, dependencies } = state.sandbox.environment;
  const found = [...toolchains].map(([tool, version]) => `${tool} ${version}`);
  const parts = [
    sandbox,
    found.length === 0 ? "no toolchain" : found.join(", "),
    dependencies === undefined ? "no prepared dependencies" : `prepared dependencies in ${dependencies}`,
  ];
  return { name, ok: true, detail: parts.join("; ") };
}
