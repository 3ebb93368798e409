import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { printable } from "../../text/inline-code.ts";
import { RunFailure } from "../../failure.ts";
import { type ModelRow, modelsFor, type ModelSettings } from "../../llm/model-settings.ts";
import { formatMoney, microsOf } from "../../llm/money.ts";
import { examineModel, type ModelReport } from "../../llm/examine-model.ts";
import { estimateExamination } from "../../llm/examination.ts";
import { type DemandingPhase, lacksFor, PHASE_DEMANDS } from "../../llm/phase-demands.ts";
import { openProbe } from "../../llm/io/open-models.ts";
import { readModelSettings } from "../../llm/io/read-model-settings.ts";
import type { CommandIo } from "../io.ts";
import { table } from "../table.ts";

export interface DoctorOptions {
  readonly model?: string;
  /** The most that the examination of one model may cost, in US dollars. */
  readonly budget?: number;
  /** A file with more variables, as `serve` reads `.env`. */
  readonly env?: string;
  readonly json?: boolean;
}

/** A fact about this machine for the same report. It does not change the exit code. */
export interface DoctorRow {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const DEFAULT_BUDGET = 0.5;

/**
 * Examines the configured models and lists the phases that each can serve. Exit code 1 when a phase has no model. Without a
 * configured model it explains what works without one.
 */
export async function doctorCommand(
  { model: wanted, budget = DEFAULT_BUDGET, env: file, json = false }: DoctorOptions,
  io: CommandIo,
  machineRows: (env: CommandIo["env"]) => Promise<readonly DoctorRow[]> = async () => [],
): Promise<number> {
  const env = { ...(file === undefined ? {} : variablesOf(file, io)), ...io.env };
  const settings = readModelSettings(env);
  if (settings === undefined) {
    if (wanted !== undefined) throw new RunFailure("usage", "No model is configured");
    const machine = await machineRows(env);
    io.out(json ? JSON.stringify({ models: [], phases: [], machine }, null, 2) : withoutModel(machine));
    return 0;
  }
  const rows = settings.models.filter(({ name }) => wanted === undefined || name === wanted);
  if (rows.length === 0)
    throw new RunFailure(
      "usage",
      `There is no model ${printable(wanted ?? "")}; the models are ${settings.models.map(({ name }) => name).join(", ")}`,
    );
  // Wrong settings of the sandbox must fail before the first call costs money.
  const machine = await machineRows(env);
  const reports: ModelReport[] = [];
  for (const row of rows) {
    const { micros } = estimateExamination(row, microsOf(budget));
    io.err(`${row.name}: the examination costs at most ${formatMoney(micros)}`);
    const report = await examineModel(openProbe(row, env), {
      signal: io.signal,
      maxMicros: microsOf(budget),
      onStep: (step) => io.err(`${row.name}: ${step}`),
    });
    reports.push(report);
    if (!json) io.out(`${formatReport(row, report)}\n`);
  }
  const phases = phasesOf(settings, reports, wanted);
  if (json) io.out(JSON.stringify({ models: reports, phases, machine }, null, 2));
  else io.out([formatPhases(phases), ...formatMachine(machine)].join("\n\n"));
  return phases.every(({ ok }) => ok) ? 0 : 1;
}

interface PhaseService {
  readonly phase: string;
  readonly ok: boolean;
  /** In the order in which Casebook tries them. */
  readonly models: readonly { readonly name: string; readonly why: readonly string[] }[];
}

/** Every phase with its examined models; with `--model`, only the phases of that model. */
function phasesOf(
  settings: ModelSettings,
  reports: readonly ModelReport[],
  wanted: string | undefined,
): readonly PhaseService[] {
  const own = Object.keys(settings.phases).filter((key) => key !== "default" && !(key in PHASE_DEMANDS));
  const served = [...Object.keys(PHASE_DEMANDS), ...own].map((phase) => {
    const models = modelsFor(settings, phase).flatMap(({ name }) => {
      const report = reports.find((each) => each.name === name);
      return report === undefined ? [] : [{ name, why: whyNot(report, phase) }];
    });
    return { phase, ok: models.some(({ why }) => why.length === 0), models };
  });
  return wanted === undefined ? served : served.filter(({ models }) => models.length > 0);
}

function whyNot(report: ModelReport, phase: string): readonly string[] {
  const known = report.phases.find((each) => each.phase === phase);
  if (known !== undefined) return known.why;
  // A repository's own phase demands as much as the hardest built-in one.
  const hardest: DemandingPhase = "root-cause";
  return report.phases.find((each) => each.phase === hardest)?.why ?? lacksFor(hardest, report.capacity);
}

function formatReport({ name, model, url }: ModelRow, { findings, phases, cost }: ModelReport): string {
  const checks = table(
    ["check", "result", "detail"],
    findings.map((finding) => [
      finding.name,
      finding.ok === undefined ? "-" : finding.ok ? "ok" : "no",
      printable(finding.detail),
    ]),
  );
  const able = phases.filter(({ ok }) => ok).map(({ phase }) => phase);
  return [
    `${name}${model === name ? "" : ` (${model})`} at ${new URL(url).host}`,
    checks,
    `It can serve ${able.length === 0 ? "no phase" : able.join(", ")}.`,
    `The examination cost ${formatMoney(cost.micros)}: ${cost.inputTokens.toLocaleString("en-US")} tokens in, ${cost.outputTokens.toLocaleString("en-US")} out.`,
  ].join("\n\n");
}

function formatPhases(phases: readonly PhaseService[]): string {
  return table(
    ["phase", "served by", "not served by"],
    phases.map(({ phase, models }) => [
      phase,
      models
        .filter(({ why }) => why.length === 0)
        .map(({ name }) => name)
        .join(", ") || "no model",
      models
        .filter(({ why }) => why.length > 0)
        .map(({ name, why }) => `${name}: ${why.join(" and ")}`)
        .join("; "),
    ]),
  );
}

function formatMachine(machine: readonly DoctorRow[]): readonly string[] {
  if (machine.length === 0) return [];
  const rows = machine.map(({ name, ok, detail }) => [name, ok ? "ok" : "no", printable(detail)]);
  return [table(["machine", "result", "detail"], rows)];
}

function withoutModel(machine: readonly DoctorRow[]): string {
  return [
    "No model is configured.",
    "Without a model Casebook runs comprehension, root-cause and impact-map with its own analysis, at no cost. Reproduction and\nfix need a model. In the other phases a model continues from the evidence.",
    [
      "To configure one, set these variables:",
      "  CASEBOOK_MODEL_URL=https://api.example.com/v1   any OpenAI-compatible endpoint, also one on this machine",
      "  CASEBOOK_MODEL=name-of-the-model",
      "  CASEBOOK_MODEL_PRICE=3/15                       US dollars per million tokens in and out; 0/0 for your own server",
      "  CASEBOOK_MODEL_KEY=...                          if the endpoint needs one",
      "For several models, name a file in CASEBOOK_MODELS. Then run `casebook doctor` again: it asks the model a few questions.",
      "To check the settings of the server: casebook doctor --env .env",
    ].join("\n"),
    ...formatMachine(machine),
  ].join("\n\n");
}

/** Only an explicit file: the `.env` of a foreign repository could send the key to another server. */
function variablesOf(file: string, io: CommandIo): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(resolve(io.cwd, file), "utf8"));
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new RunFailure("usage", `Casebook cannot read the file of --env (${code})`, error);
  }
}
