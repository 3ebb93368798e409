import { type Document, LineCounter, parseDocument, isMap, isScalar, visit, type YAMLMap } from "yaml";
import { z } from "zod";
import { inlineCode } from "../../text/inline-code.ts";
import { nearest } from "../../text/nearest.ts";
import { configSchema, type ConfigInput } from "./config-schema.ts";
import type { RepositoryConfig } from "./repository-config.ts";

export interface ConfigProblem {
  /** 1-based line of the file. */
  readonly line: number;
  /** What was expected and what stands there, in one sentence. */
  readonly message: string;
}

/** A settings file that people write has a few dozen lines. */
const MAX_CHARACTERS = 65_536;
const MAX_PROBLEMS = 200;
/** Characters of the place of a value. */
const MAX_PATH = 120;

/**
 * Reads `.github/casebook.yml`. No file and an empty one are valid and mean the defaults. All problems come together, each
 * with its line; with any of them `config` holds the defaults and no new work may rest on it. `phases` are the phases that
 * exist here, `models` the names of the operator's; without them no name of a model is a mistake.
 */
export function parseRepositoryConfig(
  text: string | undefined,
  phases: readonly string[],
  models?: readonly string[],
): { readonly config: RepositoryConfig; readonly problems: readonly ConfigProblem[] } {
  const { input, problems } = readConfigInput(text, phases, models);
  return { config: fillDefaults(problems.length > 0 ? {} : input, models), problems };
}

/** What a file says, without defaults. Without `phases` no name of a phase is a mistake. */
export function readConfigInput(
  text: string | undefined,
  phases: readonly string[] | undefined,
  models?: readonly string[],
): { readonly input: ConfigInput; readonly problems: readonly ConfigProblem[] } {
  if (text === undefined || text.trim() === "") return { input: {}, problems: [] };
  if (text.length > MAX_CHARACTERS)
    return failed(1, `Expected at most ${MAX_CHARACTERS} characters; found ${text.length}.`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core",
    // The library's own check compares each key with each.
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
  });
  // Where the stack ends differs from run to run, and with it the library's words.
  if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    return failed(1, "Expected keys of at most two levels; found text that nests far deeper.");
  const broken = [
    ...document.errors.map(({ pos, message }) => ({
      line: lines.linePos(pos[0]).line,
      message: `Expected YAML; ${inlineCode(message.split("\n", 1)[0] ?? "", 200)}.`,
    })),
    ...structureProblems(document, lines),
  ].sort(byLine);
  if (broken.length > 0) return { input: {}, problems: broken.slice(0, MAX_PROBLEMS) };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { input: {}, problems: [] };
  if (!isMap(contents))
    return failed(1, "Expected keys and values, such as `enabled: true`; found something else.");
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  const lineOf = (path: readonly PropertyKey[]): number => lineAt(contents, path, lines);
  const parsed = configSchema.safeParse(value);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, value, lineOf)),
    ...(phases === undefined
      ? []
      : [...unknownPhases(value, phases, lineOf), ...unknownModels(value, phases, models, lineOf)]),
  ].sort(byLine);
  return {
    input: problems.length > 0 ? {} : (parsed.data ?? {}),
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}

/** Aliases, which can stand for gigabytes and which nobody needs here; keys twice; keys that are no words. */
function structureProblems(document: Document, lines: LineCounter): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (offset: number | undefined, message: string): void => {
    problems.push({ line: lines.linePos(offset ?? 0).line, message });
  };
  visit(document, {
    Alias(_, { source, range }) {
      report(
        range?.[0],
        `Expected values written out, such as \`[fix]\`; found the alias ${inlineCode(`*${source}`, 60)}.`,
      );
    },
    Map(_, { items, range }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          report(range?.[0], "Expected keys that are words; found a list, a map or an alias as key.");
          continue;
        }
        const name = String(key.value);
        if (seen.has(name))
          report(key.range?.[0], `Expected each key once; found ${inlineCode(name, 60)} again.`);
        seen.add(name);
      }
    },
  });
  return problems;
}

export function fillDefaults(input: ConfigInput, models: readonly string[] = []): RepositoryConfig {
  const { triggers = {}, who = {}, limits = {}, paths = {} } = input;
  return {
    enabled: input.enabled ?? true,
    shadow: input.shadow ?? false,
    tracker: input.tracker ?? true,
    phases: input.phases ?? [],
    gates: input.gates ?? ["fix"],
    triggers: {
      comments: triggers.comments ?? true,
      labels: triggers.labels ?? true,
      opened: triggers.opened ?? false,
    },
    who: { start: who.start ?? "write", apps: who.apps ?? [] },
    limits: {
      runs: limits.runs ?? 2,
      minutes: limits.minutes ?? 20,
      startsPerHour: limits.startsPerHour ?? 5,
      openedPerDay: limits.openedPerDay ?? 20,
      openedPerMonth: limits.openedPerMonth ?? 200,
      openedComments: limits.openedComments ?? 20,
      openedPerPerson: limits.openedPerPerson ?? 3,
      openedAccountDays: limits.openedAccountDays ?? 7,
    },
    paths: { include: paths.include ?? [], exclude: paths.exclude ?? [] },
    impactFrom: input.impactFrom ?? 0.5,
    doubtful: input.doubtful ?? "show",
    runCode: input.runCode ?? true,
    destination: input.destination ?? "pull-request",
    pullRequests: input.pullRequests ?? "investigation",
    mode: input.mode ?? "full",
    researcher: input.researcher ?? (models.length > 0 ? "model" : "builtin"),
    models: input.models ?? {},
    budget: input.budget ?? {},
    suite: input.suite ?? {},
  };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  lineOf: (path: readonly PropertyKey[]) => number,
): readonly ConfigProblem[] {
  // A key of `models` is the file's own word.
  const where =
    issue.path.length === 0 ? "" : ` in ${inlineCode(issue.path.map(String).join("."), MAX_PATH)}`;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => {
      const close = nearest(key, known);
      return {
        line: lineOf([...issue.path, key]),
        message: `Expected a key that Casebook knows${where}; found ${inlineCode(key, 60)}. ${
          close === undefined
            ? `There are ${known.map((name) => `\`${name}\``).join(", ")}.`
            : `Did you mean \`${close}\`?`
        }`,
      };
    });
  }
  const found = inlineCode(JSON.stringify(valueAt(value, issue.path)) ?? "nothing", 60);
  return [{ line: lineOf(issue.path), message: `${issue.message}${where}; found ${found}.` }];
}

/** The keys that the schema has at a place. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType = configSchema;
  for (const key of path) {
    const inner = unwrap(at);
    const next =
      inner instanceof z.ZodObject ? (inner.shape[String(key)] as z.ZodType | undefined) : undefined;
    if (next === undefined) return [];
    at = next;
  }
  const object = unwrap(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrap(type: z.ZodType): z.ZodType {
  return type instanceof z.ZodOptional ? unwrap(type.unwrap() as z.ZodType) : type;
}

function unknownPhases(
  value: unknown,
  known: readonly string[],
  lineOf: (path: readonly PropertyKey[]) => number,
): readonly ConfigProblem[] {
  return (["phases", "gates"] as const).flatMap((key) => {
    const names: unknown = valueAt(value, [key]);
    return (Array.isArray(names) ? names : []).flatMap((name: unknown, i) => {
      if (typeof name !== "string" || known.includes(name)) return [];
      return [
        {
          line: lineOf([key, i]),
          message: `Expected a phase in \`${key}\`; found ${inlineCode(name, 60)}. ${oneOf(name, known)}`,
        },
      ];
    });
  });
}

/** The key of `models` for every phase that it does not name. */
const DEFAULT = "default";

/** Phases that do not exist, and models that the operator does not offer. */
function unknownModels(
  value: unknown,
  phases: readonly string[],
  models: readonly string[] | undefined,
  lineOf: (path: readonly PropertyKey[]) => number,
): readonly ConfigProblem[] {
  const chosen: unknown = valueAt(value, ["models"]);
  if (typeof chosen !== "object" || chosen === null || Array.isArray(chosen)) return [];
  const keys = [DEFAULT, ...phases];
  return Object.entries(chosen).flatMap(([key, names]: [string, unknown]) => [
    ...(keys.includes(key)
      ? []
      : [
          {
            line: lineOf(["models", key]),
            message: `Expected a phase or \`${DEFAULT}\` in \`models\`; found ${inlineCode(key, 60)}. ${oneOf(key, keys)}`,
          },
        ]),
    ...(models === undefined || !Array.isArray(names) ? [] : names).flatMap((name: unknown, i) =>
      typeof name !== "string" || models?.includes(name) === true
        ? []
        : [
            {
              line: lineOf(["models", key, i]),
              message: `Expected a model that is offered here in ${inlineCode(`models.${key}`, MAX_PATH)}; found ${inlineCode(name, 60)}. ${
                models?.length === 0 ? "None is set up here." : oneOf(name, models ?? [])
              }`,
            },
          ],
    ),
  ]);
}

/** The nearest of the names, or all of them. */
function oneOf(found: string, names: readonly string[]): string {
  const close = nearest(found, names);
  return close === undefined
    ? `There are ${names.map((name) => inlineCode(name, 60)).join(", ")}.`
    : `Did you mean ${inlineCode(close, 60)}?`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    value,
  );
}

/** The line of the deepest part of a path that the file has. */
function lineAt(root: YAMLMap, path: readonly PropertyKey[], lines: LineCounter): number {
  let offset = root.range?.[0] ?? 0;
  let at: unknown = root;
  for (const key of path) {
    if (isMap(at)) {
      const pair = at.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      at = pair.value;
    } else {
      const item = (at as { items?: readonly { range?: readonly number[] | null }[] } | null)?.items?.[
        Number(key)
      ];
      if (item === undefined) break;
      offset = item.range?.[0] ?? offset;
      at = item;
    }
  }
  return lines.linePos(offset).line;
}

function byLine(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line;
}

function failed(
  line: number,
  message: string,
): { readonly input: ConfigInput; readonly problems: readonly ConfigProblem[] } {
  return { input: {}, problems: [{ line, message }] };
}
