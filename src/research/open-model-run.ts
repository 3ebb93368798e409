import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openJournalFile } from "../llm/io/journal-file.ts";
import { RunFailure } from "../failure.ts";
import { microsOf } from "../llm/money.ts";
import { DEFAULT_LIMITS, type ModelSettings, modelsFor } from "../llm/model-settings.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import { replayRecord } from "../llm/replay.ts";
import { paidGateway } from "../llm/paid-gateway.ts";
import type { ResearchLimits } from "../agent/phase-run.ts";
import type { ModelResearch } from "../service/research.ts";
import { openModels } from "../llm/io/open-models.ts";
import { readModelSettings } from "../llm/io/read-model-settings.ts";

export interface ModelRunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly data: string;
  /** What the run is about: the same parts continue a run that was stopped. */
  readonly about: readonly string[];
  /** One of the operator's models, for every phase. */
  readonly model?: string | undefined;
  /** US dollars for the whole investigation. */
  readonly budget?: number | undefined;
  /** A file that gets every call of a model, for a report. */
  readonly record?: string | undefined;
  /** Such a file in the place of the endpoint. */
  readonly replay?: string | undefined;
  /** Begins anew, also where a run was stopped. */
  readonly fresh?: boolean | undefined;
  readonly onProblem: (problem: string) => void;
}

export interface ModelRun extends Disposable {
  readonly gateway: ModelGateway;
  readonly research: ModelResearch;
}

/** Days after its last call that an investigation's conversations are kept, so that a stopped run can continue. */
const KEPT_DAYS = 90;
/** Tokens of evidence in the first message of a phase. */
const PACK_TOKENS = 8_000;

/** Models, money and journal for one investigation from the command line. Throws RunFailure `usage` or `busy`. */
export async function openModelRun(options: ModelRunOptions): Promise<ModelRun> {
  return options.replay === undefined ? openPaidRun(options) : openReplay(options.replay);
}

async function openPaidRun(options: ModelRunOptions): Promise<ModelRun> {
  const { env, data, model, record, fresh } = options;
  const settings = settingsOf(env, model);
  const models = openModels(settings, env);
  const about = createHash("sha256")
    .update(JSON.stringify([...options.about, model ?? ""]))
    .digest("hex")
    .slice(0, 24);
  const run = fresh === true ? `cli-${randomUUID()}` : `cli-${about}`;
  const payer = { investigation: `cli/${about}`, repository: 0, installation: 0 };
  const write = record === undefined ? undefined : recorderOf(record);
  const folder = join(data, "runs");
  await forgetOld(folder, Date.now() - KEPT_DAYS * 86_400_000);
  const journal = openJournalFile(join(folder, `${about}.jsonl`), { onProblem: options.onProblem });
  if (write !== undefined) journal.copyTo(run, write);
  const gateway = paidGateway({
    journal,
    run,
    payer,
    modelsFor: (conversation) => {
      const purpose = purposeOf(conversation);
      // The judge is somebody else than the model that was asked for, where there is another one.
      const wanted = purpose === "judge" && settings.phases["judge"] !== undefined ? undefined : model;
      return modelsFor(settings, purpose, { wanted }).flatMap(({ name }) => models.get(name) ?? []);
    },
    caps: {
      phase: microsOf(settings.budget.phase),
      investigation: microsOf(options.budget ?? settings.budget.investigation),
    },
    now: Date.now,
  });
  return {
    gateway: journal.recordEnds(gateway, run, payer),
    research: { run, limits: limitsOf(settings) },
    [Symbol.dispose]: () => journal[Symbol.dispose](),
  };
}

/** Nobody is asked, nothing is paid and no code is run: what the record holds is shown as it was. */
function openReplay(file: string): ModelRun {
  try {
    const { run, gateway } = replayRecord(textOf(file));
    return { gateway, research: { run, limits: limitsOf(undefined) }, [Symbol.dispose]: () => {} };
  } catch (error) {
    if (error instanceof SyntaxError) throw new RunFailure("usage", `${file}: ${error.message}`, error);
    throw error;
  }
}

/** `root-cause/judge-…` is the judge's, `locate/order-…` is for `locate`. */
export function purposeOf(conversation: string): string {
  return conversation.includes("/judge") ? "judge" : conversation.split("/", 1)[0]!;
}

export function limitsOf(settings: Pick<ModelSettings, "limits"> | undefined): ResearchLimits {
  const { steps, tokens, minutes, rounds } = settings?.limits ?? DEFAULT_LIMITS;
  return { steps, tokens, milliseconds: minutes * 60_000, rounds, packTokens: PACK_TOKENS };
}

function settingsOf(
  env: Readonly<Record<string, string | undefined>>,
  wanted: string | undefined,
): ModelSettings {
  const settings = readModelSettings(env);
  if (settings === undefined)
    throw new RunFailure(
      "usage",
      "No model is set up: CASEBOOK_MODEL_URL, CASEBOOK_MODEL and CASEBOOK_MODEL_PRICE name one, and CASEBOOK_MODEL_KEY its key",
    );
  if (wanted !== undefined && !settings.models.some(({ name }) => name === wanted))
    throw new RunFailure(
      "usage",
      `There is no model ${wanted}; there are ${settings.models.map(({ name }) => name).join(", ")}`,
    );
  return settings;
}

function recorderOf(file: string): (line: string) => void {
  try {
    writeFileSync(file, "", { mode: 0o600 });
  } catch (error) {
    throw new RunFailure("no-permission", `${file} cannot be written`, error);
  }
  return (line) => appendFileSync(file, `${line}\n`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new RunFailure("usage", `The recording ${file} cannot be read`, error);
  }
}

/** Removes the conversations of investigations that nothing continued since `time`; what they cost stays counted. */
async function forgetOld(folder: string, time: number): Promise<void> {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, name);
    if (!name.endsWith(".jsonl") || statSync(file).mtimeMs >= time) continue;
    try {
      using journal = openJournalFile(file);
      await journal.forgetBefore(time);
    } catch (error) {
      // Another process holds it, or it cannot be written: a later run removes them.
      if (!(error instanceof RunFailure)) throw error;
    }
  }
}
