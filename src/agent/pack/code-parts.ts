import { qualifiedName } from "../../languages/syntax.ts";
import { formatLocation } from "../../text/location.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import { type Suspect } from "../../phases/builtin/suspects.ts";
import { numbered, onOneLine } from "../tools/answer.ts";
import { excerptForms } from "./excerpt-forms.ts";
import { falling, type PackItem, type PackPart } from "./part.ts";

const MAX_REASONS = 5;
const MAX_EXAMPLE = 120;
const DEPTH = 2;
const MAX_FOLDERS = 40;

interface CodeExcerpt {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** One line: what it is and why it is here. */
  readonly head: string;
  readonly reasons: readonly string[];
  readonly evidence: readonly number[];
}

/** The suspects with their code, and every other function with the same faulty sequence as the first. */
export async function suspectsPart(context: ResearchContext, value: number): Promise<PackPart | undefined> {
  const places: CodeExcerpt[] = (await context.suspects()).map((suspect) => ({
    path: suspect.path,
    start: suspect.start,
    end: suspect.end,
    head: `${onOneLine(suspect.name, 160)}, ${sureness(suspect)}`,
    reasons: suspect.reasons.map(({ text }) => text),
    evidence: suspect.reasons.flatMap(({ citations }) =>
      citations.flatMap((citation) =>
        citation.kind === "lines" && citation.path === suspect.path ? [citation.start] : [],
      ),
    ),
  }));
  for (const { path, symbol, steps } of await context.targets())
    if (!places.some((place) => place.path === path && place.start === symbol.start))
      places.push({
        path,
        start: symbol.start,
        end: symbol.end,
        head: `${onOneLine(qualifiedName(symbol), 160)}, the same sequence as the leading suspect`,
        reasons: [],
        evidence: steps.map(({ line }) => line),
      });
  if (places.length === 0) return undefined;
  const valueOf = falling(value, 0.7);
  const items: PackItem[] = [];
  for (const [n, place] of places.entries()) {
    // A function inside a function was shown with it.
    const outer = places.slice(0, n).findIndex((other) => holds(other, place));
    items.push(await itemOf(place, { n, outer, value: valueOf(n) }, context));
  }
  return {
    name: "suspects",
    heading: "Suspects, best first, with their code",
    source: "analysis: ranking of functions, and code of the repository",
    items,
    more: (left) => `${left > 0 ? `${left} more suspects are left out. ` : ""}Code whole: tool read_file.`,
  };
}

function sureness({ given, proposed, strength }: Suspect): string {
  if (given) return "named by a person";
  return proposed === true ? "taken for the cause by an earlier reading" : `${strength} evidence`;
}

function holds(outer: CodeExcerpt, inner: CodeExcerpt): boolean {
  return outer.path === inner.path && outer.start <= inner.start && outer.end >= inner.end;
}

async function itemOf(
  { path, start, end, head, reasons, evidence }: CodeExcerpt,
  { n, outer, value }: { readonly n: number; readonly outer: number; readonly value: number },
  { codebase }: ResearchContext,
): Promise<PackItem> {
  const lines = (await codebase.text(path))?.lines ?? [];
  const about = [
    `${n + 1}. ${formatLocation({ path: onOneLine(path), start, end })}  ${head}`,
    ...reasons.slice(0, MAX_REASONS).map((reason) => `   why: ${onOneLine(reason)}`),
  ].join("\n");
  if (outer >= 0) return { forms: [`${about}\n   its lines stand in ${outer + 1}.`], value };
  const code = excerptForms(lines, { start, end, evidence });
  return { forms: [...code.map((form) => `${about}\n${form}`), about], value };
}

/** The test file that lies nearest to the leading suspect, as an example of how this project writes tests. */
export async function testExamplePart(
  context: ResearchContext,
  value: number,
): Promise<PackPart | undefined> {
  const example = await nearestTest(context);
  if (example === undefined) return undefined;
  const lines = (await context.codebase.text(example.path))?.lines ?? [];
  if (lines.length === 0) return undefined;
  const place = onOneLine(example.path);
  const beginning = (count: number): string => numbered(lines.slice(0, count), 1, 240).join("\n");
  const forms = [
    beginning(MAX_EXAMPLE),
    // Imports and fixtures stand at the beginning; a test of the suspect where it is used.
    ...excerptForms(lines, { start: 1, end: lines.length, evidence: example.uses }).filter(
      (form) => form.length < beginning(MAX_EXAMPLE).length,
    ),
    beginning(15),
  ];
  return {
    name: "test-example",
    heading: "How tests look here",
    source: "test file of the repository",
    items: [{ forms: [...new Set(forms)].map((form) => `${place} (${lines.length} lines)\n${form}`), value }],
    more: () => "The rest of it: tool read_file; other tests: tool list_files.",
  };
}

async function nearestTest(
  context: ResearchContext,
): Promise<{ readonly path: string; readonly uses: readonly number[] } | undefined> {
  const { codebase } = context;
  const isTest = (path: string): boolean => codebase.roleOf(path) === "test";
  const [leading] = await context.suspects();
  const symbolIndex = await context.symbolIndex();
  const tests = [...symbolIndex.files.keys()].filter(isTest).sort();
  if (tests.length === 0) return undefined;
  if (leading?.symbol !== undefined) {
    const uses = (await context.uses())
      .usesOf({ path: leading.path, symbol: leading.symbol })
      .filter((use) => isTest(use.path) && use.certainty !== "by-name");
    const [first] = uses;
    if (first !== undefined)
      return {
        path: first.path,
        uses: uses
          .filter(({ path }) => path === first.path)
          .map(({ line }) => line)
          .slice(0, 3),
      };
  }
  const path = leading?.path ?? (await context.ranking()).files[0]?.path;
  const language = path === undefined ? undefined : symbolIndex.files.get(path)?.language;
  const stem = stemOf(path ?? "");
  const scored = tests.map((test) => ({
    test,
    score:
      (stem.length > 2 && stemOf(test).includes(stem) ? 4 : 0) +
      (language !== undefined && symbolIndex.files.get(test)?.language === language ? 2 : 0) +
      // Helpers and fixtures show no test.
      (/test|spec/i.test(stemOf(test)) && !/conftest|helper|util|fixture|setup/i.test(stemOf(test)) ? 1 : 0),
  }));
  scored.sort((a, b) => b.score - a.score || (a.test < b.test ? -1 : 1));
  return { path: scored[0]!.test, uses: [] };
}

/** Where things are: folders of two levels by what their files are for. */
export function layoutPart({ codebase }: ResearchContext, value: number): PackPart {
  const folders = new Map<string, Map<string, number>>();
  for (const { path } of codebase.tree.entries) {
    const parts = path.split("/");
    const folder = parts.length === 1 ? "." : parts.slice(0, -1).slice(0, DEPTH).join("/");
    let roles = folders.get(folder);
    if (roles === undefined) folders.set(folder, (roles = new Map()));
    const role = codebase.roleOf(path);
    roles.set(role, (roles.get(role) ?? 0) + 1);
  }
  const USEFUL = new Set(["source", "test"]);
  const weight = (roles: ReadonlyMap<string, number>): number =>
    [...roles].reduce((sum, [role, n]) => sum + (USEFUL.has(role) ? n : 0), 0);
  const rows = [...folders]
    .filter(([, roles]) => weight(roles) > 0)
    .sort((a, b) => weight(b[1]) - weight(a[1]) || (a[0] < b[0] ? -1 : 1))
    .map(([folder, roles]) => {
      const counts = [...roles]
        .filter(([role]) => USEFUL.has(role))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([role, n]) => `${n} ${role}`);
      return `- ${onOneLine(folder)}: ${counts.join(", ")}`;
    });
  const settings = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => !path.includes("/") && SETTINGS.test(path))
    .map((path) => onOneLine(path));
  const valueOf = falling(value, 0.85);
  return {
    name: "layout",
    heading: "Where source and tests are",
    source: "folders and files of the repository",
    items: [
      ...(settings.length === 0 ? [] : [`- settings at the root: ${settings.join(", ")}`]),
      ...rows.slice(0, MAX_FOLDERS),
    ].map((text, n): PackItem => ({ forms: [text], value: valueOf(n) })),
    more: () => "Other folders: tool list_files.",
  };
}

/** Names that say how a project is built and tested. */
const SETTINGS =
  /^(package\.json|pyproject\.toml|setup\.(py|cfg)|tox\.ini|pytest\.ini|noxfile\.py|requirements[\w.-]{0,30}\.txt|makefile|justfile|go\.mod|cargo\.toml|pom\.xml|build\.gradle(\.kts)?|gemfile|rakefile|composer\.json|cmakelists\.txt|meson\.build|deno\.json|jest\.config\.\w{2,3}|vitest\.config\.\w{2,3})$/i;

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (name.includes(".") ? name.slice(0, name.indexOf(".")) : name).toLowerCase();
}
