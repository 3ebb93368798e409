import type { Investigation } from "../investigation/investigation.ts";
import { isGateShut } from "../investigation/plan.ts";
import type { Rules } from "../investigation/event.ts";
import { specFileOf, specIdOf } from "../phases/names.ts";
import { phaseSpec } from "../phases/phase-spec.ts";
import type { Phase } from "../phases/phase.ts";
import { approvalChanges } from "../specs/approval.ts";
import { editSpec, type SpecChanges } from "../specs/edit-spec.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import type { Publisher } from "../repository/repository.ts";

export interface GateContext {
  readonly investigation: Investigation;
  readonly issueTitle: string;
  readonly phases: readonly Phase[];
  readonly rules: Rules;
}

/** Writes people's approvals into the specs they opened: the file says who and when, and a run may start. */
export async function recordApprovals(
  publisher: Publisher,
  { investigation, phases }: GateContext,
): Promise<void> {
  const files = await publisher.current();
  for (const { phase: type, by, at, text: seen } of investigation.approvals) {
    const phase = phases.find((known) => known.type === type);
    const file = phase === undefined ? undefined : specFileOf(String(investigation.issue), phase);
    const text = file === undefined ? undefined : files.get(file);
    if (phase === undefined || file === undefined || text === undefined) continue;
    const { approval } = parseSpec(specIdOf(String(investigation.issue), phase), text).spec;
    if (approval?.required !== true || approval.status === "approved") continue;
    await write(
      publisher,
      file,
      text,
      approvalChanges("approved", {
        by,
        at,
        reason: seen === undefined ? "" : `The issue's text then: sha256 ${seen.slice(0, 16)}`,
      }),
      `Approve ${specIdOf(String(investigation.issue), phase)}`,
    );
  }
}

/** The spec of the phase that waits is on the branch with its gate shut, so that the files say what is waited for. */
export async function writeShutGate(publisher: Publisher, context: GateContext): Promise<void> {
  const { investigation, issueTitle, phases, rules } = context;
  const [next] = investigation.wanted;
  const phase = phases.find(({ type }) => type === next);
  if (phase === undefined || !isGateShut(investigation, phase.type, rules)) return;
  const key = String(investigation.issue);
  const file = specFileOf(key, phase);
  const files = await publisher.current();
  const present = phases.filter((other) => other.type === phase.type || files.has(specFileOf(key, other)));
  const text =
    files.get(file) ?? phaseSpec({ issueKey: key, issueTitle, phase, present, at: investigation.at });
  if (parseSpec(specIdOf(key, phase), text).spec.approval !== undefined) return;
  const approval = new Map([
    ["required", "true"],
    ["status", "pending"],
  ]);
  await write(publisher, file, text, { set: { approval } }, `Await approval of ${specIdOf(key, phase)}`);
}

/** A rejection goes into the spec whose gate was shut, with who said so and why. */
export async function recordRejection(
  publisher: Publisher,
  { investigation, phases }: Pick<GateContext, "investigation" | "phases">,
  at: string,
): Promise<void> {
  const ask = investigation.asks.findLast(({ text }) => /^\/case(?:book)?\s+reject\b/i.test(text));
  if (ask === undefined) return;
  const key = String(investigation.issue);
  const files = await publisher.current();
  for (const phase of phases) {
    const file = specFileOf(key, phase);
    const text = files.get(file);
    if (text === undefined) continue;
    const { approval } = parseSpec(specIdOf(key, phase), text).spec;
    if (approval?.required !== true || approval.status !== "pending") continue;
    const reason = ask.text.replace(/^\/case(?:book)?\s+reject\s*/i, "");
    await write(
      publisher,
      file,
      text,
      approvalChanges("rejected", { by: ask.by.login, at, reason }),
      `Reject ${specIdOf(key, phase)}`,
    );
  }
}

async function write(
  publisher: Publisher,
  file: string,
  text: string,
  changes: SpecChanges,
  action: string,
): Promise<void> {
  const edited = editSpec(text, changes);
  // A spec that cannot be edited is named by the run that needs it.
  if (edited.ok)
    await publisher.publish({ files: new Map([[file, edited.text]]), message: `chant: ${action}\n` });
}
