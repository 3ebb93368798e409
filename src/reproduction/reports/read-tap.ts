import { parse } from "yaml";
import { z } from "zod";

/** A test point with the points of its subtest. */
export interface TapPoint {
  readonly isOk: boolean;
  readonly name: string;
  readonly directive: "skip" | "todo" | undefined;
  /** Its YAML block; empty where there is none that can be read. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly children: readonly TapPoint[];
}

interface Level {
  readonly points: TapPoint[];
  plan: number | undefined;
}

const MAX_DEPTH = 32;
const DIRECTIVE = /\s#\s*(skip|todo)\b.*$/i;
/** What node-tap adds behind a name. */
const TIME = /\s#\s*time=\S+$/;
const fields = z.record(z.string(), z.unknown());

/**
 * The test points of a TAP stream, or one sentence on why it cannot be believed. The stream of some runners is what the tests
 * print, so a test can print points too: a point out of turn, a second plan or a plan that counts other points is refused.
 * `plan`: `ignored` for a runner that counts otherwise and lets no test print into its stream.
 */
export function readTap(
  text: string | undefined,
  { plan }: { readonly plan: "checked" | "ignored" },
): readonly TapPoint[] | string {
  if (text === undefined) return "the runner left no report";
  const levels: Level[] = [];
  /** Points whose subtest follows in braces, innermost last. */
  const open: { readonly depth: number; readonly point: Omit<TapPoint, "children"> }[] = [];
  const lines = text.split("\n");
  const levelAt = (depth: number): Level => (levels[depth] ??= { points: [], plan: undefined });
  const close = (depth: number): readonly TapPoint[] | string => {
    const level = levels[depth];
    levels.length = Math.min(levels.length, depth);
    if (level === undefined) return [];
    return plan === "checked" && level.plan !== level.points.length
      ? "the runner's report is cut off, or something else wrote into it"
      : level.points;
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const depth = Math.floor((line.length - line.trimStart().length) / 4);
    const word = line.trim();
    if (depth > MAX_DEPTH) return "the runner's report nests too deep";
    if (word.startsWith("Bail out!")) return "the runner gave up";
    const planned = /^1\.\.(\d{1,7})(?:\s+#.*)?$/.exec(word);
    if (planned !== null) {
      const level = levelAt(depth);
      if (level.plan !== undefined) return "the runner's report has two plans";
      level.plan = Number(planned[1]);
      continue;
    }
    if (word === "}" && open.at(-1)?.depth === depth) {
      const children = close(depth + 1);
      if (typeof children === "string") return children;
      levelAt(depth).points.push({ ...open.pop()!.point, children });
      continue;
    }
    const point = /^(not )?ok\b(?:\s+(\d{1,7}))?(?:\s+-)?\s*(.*)$/.exec(word);
    if (point === null || line.startsWith(" ".repeat(depth * 4 + 1))) continue;
    const [, not, id, rest = ""] = point;
    const level = levelAt(depth);
    const turn = level.points.length + 1 + open.filter((one) => one.depth === depth).length;
    if (id !== undefined && Number(id) !== turn) return "the runner's report has a test out of turn";
    const isBraced = rest.endsWith("{");
    const name = rest.replace(/\s*\{$/, "").replace(TIME, "");
    const block = blockAfter(lines, at, depth * 4 + 2);
    const read = {
      isOk: not === undefined,
      name: name.replace(DIRECTIVE, "").trim(),
      directive: DIRECTIVE.exec(name)?.[1]?.toLowerCase() as TapPoint["directive"],
      details: detailsOf(block),
    };
    at += block.length === 0 ? 0 : block.length + 1;
    if (isBraced) {
      open.push({ depth, point: read });
      continue;
    }
    const children = close(depth + 1);
    if (typeof children === "string") return children;
    level.points.push({ ...read, children });
  }
  return open.length > 0 || levels[0]?.plan === undefined ? "the runner's report is cut off" : close(0);
}

/** The lines of a YAML block behind a point, its first line `---` included and its last one not; none: there is no block. */
function blockAfter(lines: readonly string[], point: number, indent: number): readonly string[] {
  const edge = " ".repeat(indent);
  if (lines[point + 1] !== `${edge}---`) return [];
  const end = lines.indexOf(`${edge}...`, point + 1);
  return end < 0 ? [] : lines.slice(point + 1, end).map((line) => line.slice(indent));
}

function detailsOf(block: readonly string[]): Readonly<Record<string, unknown>> {
  try {
    return fields.safeParse(parse(block.join("\n"), { maxAliasCount: 0 })).data ?? {};
  } catch {
    return {};
  }
}
