import matter from "gray-matter";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Pair, YAMLMap } from "yaml";
import { errorAt, quoted } from "./problem.ts";
import type { SpecProblem } from "./problem.ts";
import { splitFrontMatter } from "./split-front-matter.ts";

/** Failsafe YAML: every scalar is text, whatever it looks like. */
export type YamlValue = string | readonly YamlValue[] | ReadonlyMap<string, YamlValue>;

/** The front matter of a file, read. With problems, `fields` holds what could be read all the same. */
export interface FrontMatter {
  readonly fields: ReadonlyMap<string, YamlValue>;
  /** 1-based line of each key. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly SpecProblem[];
  /** Offset of the first character after the front matter; after the byte order mark when there is none. */
  readonly bodyStart: number;
  /** For splicing; undefined when there is no front matter or it has problems. */
  readonly source?: FrontMatterSource;
}

export interface FrontMatterSource {
  /** Undefined when the front matter has no keys. */
  readonly map: YAMLMap | undefined;
  /** Added to an offset of a YAML node, it gives the offset in the file. */
  readonly offset: number;
  /** Offset of the closing line. */
  readonly end: number;
  readonly eol: "\n" | "\r\n";
}

/**
 * Reads front matter. gray-matter cuts it out; YAML is read by our own engine and every other language refused,
 * because gray-matter by default runs what follows `---js`. Options are always given: without them it answers from a
 * cache. Never throws; problems carry lines of the file.
 */
export function readFrontMatter(text: string): FrontMatter {
  const block = splitFrontMatter(text);
  const nothing = { fields: new Map(), lines: new Map(), bodyStart: block.bodyStart };
  if (block.kind === "none") return { ...nothing, problems: [] };
  if (block.kind === "broken") return { ...nothing, problems: [block.problem] };

  let read: YamlText = { map: undefined, fields: new Map(), lines: new Map(), problems: [] };
  const file = matter(text, {
    language: "yaml",
    engines: {
      ...DENIED,
      yaml: (yaml: string) => {
        // gray-matter cuts before the line feed of the last line and leaves its carriage return.
        read = readYaml(yaml.endsWith("\r") ? `${yaml}\n` : yaml);
        return {};
      },
    },
  });
  const bodyStart = text.length - file.content.length;
  if (bodyStart !== block.bodyStart) throw new Error("gray-matter and splitFrontMatter disagree on the body");
  const { fields, lines, problems } = read;
  if (problems.length > 0) return { fields, lines, problems, bodyStart };
  const source = { map: read.map, offset: block.start, end: block.end, eol: block.eol };
  return { fields, lines, problems, bodyStart, source };
}

function deny(): never {
  throw new Error("front matter in a language other than YAML is never read");
}
const DENIED = {
  js: deny,
  javascript: deny,
  json: deny,
  coffee: deny,
  coffeescript: deny,
  cson: deny,
  toml: deny,
};

interface YamlText {
  readonly map: YAMLMap | undefined;
  readonly fields: ReadonlyMap<string, YamlValue>;
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly SpecProblem[];
}

/** `yaml` starts on the file's first line, directly after `---`, so its line n is the file's line n. */
function readYaml(yaml: string): YamlText {
  const counter = new LineCounter();
  const lineOf = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const fields = new Map<string, YamlValue>();
  const lines = new Map<string, number>();
  const problems: SpecProblem[] = [];
  const result = { map: undefined, fields, lines, problems };

  // The library's own check for duplicate keys compares each with each.
  const options = {
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: counter,
  } as const;
  const document = parseDocument(yaml, options);
  for (const e of document.errors.slice(0, MAX_REPORTED)) {
    problems.push(
      errorAt(lineOf(e.pos[0]), "malformed-yaml", `Expected YAML; found a mistake: ${e.message}.`),
    );
  }
  visit(document, {
    // Aliases are refused rather than limited: a few lines of them can expand to gigabytes.
    Alias(_, node) {
      const message = `Expected values written out; found the alias ${quoted(`*${node.source}`)}.`;
      if (problems.length < MAX_REPORTED)
        problems.push(errorAt(lineOf(node.range?.[0] ?? 0), "yaml-alias", message));
    },
    Map(_, node) {
      const seen = new Set<string>();
      for (const pair of node.items) {
        const key = keyOf(pair);
        if (key !== undefined && !seen.has(key)) {
          seen.add(key);
          continue;
        }
        const line = lineOf(startOf(pair.key));
        if (problems.length >= MAX_REPORTED) return;
        problems.push(
          key === undefined
            ? errorAt(
                line,
                "malformed-yaml",
                "Expected keys that are plain text; found a list or a map as key.",
              )
            : errorAt(line, "duplicate-key", `Expected each key once; found ${quoted(key)} again.`),
        );
      }
    },
  });

  const map = document.contents;
  if (map === null || (isScalar(map) && map.value === "")) return result;
  if (!isMap(map)) {
    const message = "Expected keys and values, such as `status: pending`; found a list or plain text.";
    problems.push(errorAt(lineOf(map.range?.[0] ?? 0), "malformed-yaml", message));
    return result;
  }
  for (const pair of map.items) {
    const key = keyOf(pair);
    if (key === undefined || fields.has(key)) continue;
    fields.set(key, valueOf(pair.value));
    lines.set(key, lineOf(startOf(pair.key)));
  }
  return { ...result, map };
}

const MAX_REPORTED = 20;

function keyOf(pair: Pair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}

function valueOf(node: unknown): YamlValue {
  if (isScalar(node)) return typeof node.value === "string" ? node.value : "";
  if (isSeq(node)) return node.items.map(valueOf);
  if (!isMap(node)) return "";
  const map = new Map<string, YamlValue>();
  for (const pair of node.items) {
    const key = keyOf(pair);
    if (key !== undefined && !map.has(key)) map.set(key, valueOf(pair.value));
  }
  return map;
}
