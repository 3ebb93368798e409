import { RunFailure } from "../../failure.ts";
import { printable } from "../../text/inline-code.ts";
import { parseChantConfig } from "../../specs/parse-chant-config.ts";
import { renderPrompt } from "../../specs/render-prompt.ts";
import { lintSpecs } from "../../specs/lint-specs.ts";
import { parseSpec } from "../../specs/parse-spec.ts";
import { blockersOf, shownStatus } from "../../specs/readiness.ts";
import type { Spec } from "../../specs/spec.ts";
import { specIdOfPath } from "../../specs/spec-path.ts";
import { chantFiles } from "../chant-files.ts";
import type { ReaderIo } from "../io.ts";
import { table } from "../table.ts";

export interface SpecOptions {
  /** Undefined: the texts are given. */
  readonly repo?: string | undefined;
  readonly ref?: string;
  readonly json?: boolean;
  /** `spec show` only: print the prompt for an agent instead. */
  readonly prompt?: boolean;
}

export interface SpecGiven {
  /** Files of the folder, path and text; of `--ref` when undefined. */
  readonly texts?: readonly (readonly [path: string, text: string])[];
  /** `spec show` only. */
  readonly id?: string;
}

async function filesOf(
  given: SpecGiven,
  options: SpecOptions,
  io: ReaderIo,
): Promise<ReadonlyMap<string, string>> {
  return given.texts === undefined ? await chantFiles(options, io) : new Map(given.texts);
}

async function specFiles(
  given: SpecGiven,
  options: SpecOptions,
  io: ReaderIo,
): Promise<ReadonlyMap<string, string>> {
  return new Map(
    [...(await filesOf(given, options, io))].filter(([path]) => specIdOfPath(path) !== undefined),
  );
}

function specsOf(files: ReadonlyMap<string, string>): ReadonlyMap<string, Spec> {
  return new Map(
    [...files].map(([path, text]) => [specIdOfPath(path)!, parseSpec(specIdOfPath(path)!, text).spec]),
  );
}

/** Lists every spec with its status. */
export async function specListHere(given: SpecGiven, options: SpecOptions, io: ReaderIo): Promise<number> {
  const specs = specsOf(await specFiles(given, options, io));
  const rows = [...specs.values()].map((spec) => ({
    id: spec.id,
    type: spec.type,
    status: shownStatus(spec, specs),
    criteria: spec.criteria.length,
    done: spec.criteria.filter(({ done }) => done).length,
    title: spec.title,
  }));
  if (options.json === true) io.out(JSON.stringify(rows, null, 2));
  else if (rows.length === 0)
    io.out(
      options.ref === undefined
        ? "There is no spec in .chant/specs. Use `--ref casebook/issue-<n>` to read a branch."
        : `There is no spec in .chant/specs on ${options.ref}.`,
    );
  else
    io.out(
      table(
        ["spec", "type", "status", "criteria", "title"],
        rows.map(({ id, type, status, criteria, done, title }) => [
          id,
          printable(type),
          printable(status),
          `${done}/${criteria}`,
          printable(title),
        ]),
      ),
    );
  return 0;
}

/** The prompt of a spec for an agent, from `.chant/prompts`. Throws RunFailure `usage` with all problems. */
function promptOf(spec: Spec, text: string, files: ReadonlyMap<string, string>): string {
  const prompts = new Map(
    [...files].flatMap(([path, body]) => {
      const name = /^\.chant\/prompts\/([^/]+)\.md$/.exec(path)?.[1];
      return name === undefined ? [] : [[name, body] as const];
    }),
  );
  const { config } = parseChantConfig(files.get(".chant/config.md") ?? "");
  const rendered = renderPrompt(
    spec.prompt ?? config.defaultPrompt ?? (spec.type === "research" ? "research" : "standard"),
    prompts,
    {
      "project.name": config.projectName ?? "",
      "spec.id": spec.id,
      "spec.title": spec.title,
      "spec.description": spec.description,
      "spec.path": `.chant/specs/${spec.id}.md`,
      spec: text,
      "spec.target_files": spec.targetFiles.join("\n"),
      "spec.context": spec.context.join("\n"),
    },
  );
  if (rendered.ok) return rendered.text;
  throw new RunFailure(
    "usage",
    `Casebook cannot write the prompt of ${spec.id}: ${rendered.problems.map(printable).join("; ")}`,
  );
}

/** Shows one spec. Throws RunFailure `usage` for an unknown id. */
export async function specShowHere(given: SpecGiven, options: SpecOptions, io: ReaderIo): Promise<number> {
  const { id = "" } = given;
  const files = await specFiles(given, options, io);
  const specs = specsOf(files);
  const spec = specs.get(id);
  if (spec === undefined)
    throw new RunFailure(
      "usage",
      `There is no spec ${printable(id)}; \`casebook spec list\` lists the specs`,
    );
  if (options.prompt === true) {
    const path = [...files.keys()].find((candidate) => specIdOfPath(candidate) === id)!;
    io.out(promptOf(spec, files.get(path)!, await filesOf(given, options, io)));
    return 0;
  }
  const blockers = blockersOf(spec, specs);
  if (options.json === true) {
    const { fields: _, ...shown } = spec;
    io.out(JSON.stringify({ ...shown, status: shownStatus(spec, specs), blockers }, null, 2));
    return 0;
  }
  io.out(
    `${printable(spec.title)}\n${spec.id}, ${printable(spec.type)}, ${printable(shownStatus(spec, specs))}`,
  );
  for (const blocker of blockers)
    io.out(
      blocker.kind === "approval"
        ? "waits for approval"
        : `waits for ${blocker.id} (${blocker.kind === "missing" ? "it does not exist" : blocker.status})`,
    );
  if (spec.targetFiles.length > 0) io.out(`target files: ${spec.targetFiles.map(printable).join(", ")}`);
  io.out("");
  for (const { done, text } of spec.criteria) io.out(`[${done ? "x" : " "}] ${printable(text)}`);
  return 0;
}

/** Lists every problem with its line. Exit code 5 when one is an error. */
export async function specLintHere(given: SpecGiven, options: SpecOptions, io: ReaderIo): Promise<number> {
  const files = await specFiles(given, options, io);
  const problems = lintSpecs(files);
  if (options.json === true) io.out(JSON.stringify(problems, null, 2));
  else {
    for (const { path, line, severity, message } of problems)
      io.out(`${path}:${line}: ${severity}: ${printable(message)}`);
    io.out(
      `${files.size} ${files.size === 1 ? "spec" : "specs"}, ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`,
    );
  }
  return problems.some(({ severity }) => severity === "error") ? 5 : 0;
}
