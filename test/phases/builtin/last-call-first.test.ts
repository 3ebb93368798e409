import { expect, test } from "@jest/globals";
import type { SymbolDefinition } from "../../../src/languages/syntax.ts";
import { type Suspect, withLastCallFirst } from "../../../src/phases/builtin/suspects.ts";

const symbol = (name: string, start: number): SymbolDefinition =>
  ({ name, container: [], kind: "function", start, end: start + 5 }) as unknown as SymbolDefinition;
const [LOAD, PARSE, OTHER] = [symbol("load", 1), symbol("parse", 10), symbol("other", 20)];
const suspect = (of: SymbolDefinition, more: Partial<Suspect> = {}): Suspect => ({
  path: "a.py",
  symbol: of,
  start: of.start,
  end: of.end,
  name: of.name,
  strength: "strong",
  likelihood: 0.4,
  reasons: [],
  patterns: [],
  given: false,
  ...more,
});
const frame = (of: SymbolDefinition, path = "a.py", text = "return items[0]") => ({
  basePath: path,
  function: of,
  text,
});
const SOURCE = [
  "def load(path):",
  "    return parse(path)",
  ...Array.from({ length: 8 }, () => ""),
  "def parse(path):",
  "    return items[0]",
];
const codebase = {
  roleOf: (path: string) => (path.startsWith("test") ? "test" : "source"),
  text: async (path: string) => ({
    lines: path === "raising.py" ? SOURCE.map((line) => line.replace("return items", "raise items")) : SOURCE,
  }),
} as never;
const names = (found: readonly Suspect[]): readonly string[] => found.map(({ name }) => name);

test("the last call of the trace leads where an earlier call did", async () => {
  const found = [suspect(LOAD), suspect(OTHER)];
  expect(names(await withLastCallFirst(found, [frame(LOAD), frame(PARSE)], codebase))).toEqual([
    "parse",
    "load",
    "other",
  ]);
});

test("the last call of a trace of another version leads where nothing of it raises an error", async () => {
  const found = [suspect(LOAD)];
  const last = (path: string) => ({ basePath: path, function: PARSE });
  expect(names(await withLastCallFirst(found, [frame(LOAD), last("a.py")], codebase))).toEqual([
    "parse",
    "load",
  ]);
  expect(await withLastCallFirst(found, [frame(LOAD), last("raising.py")], codebase)).toBe(found);
});

test("the last call of the trace leads before a weak guess outside of it", async () => {
  const found = [suspect(OTHER), suspect(LOAD)];
  expect(names(await withLastCallFirst(found, [frame(LOAD), frame(PARSE)], codebase))).toEqual([
    "parse",
    "other",
    "load",
  ]);
});

test.each([
  [
    "a function outside the trace is likely",
    [suspect(OTHER, { likelihood: 0.6 }), suspect(LOAD)],
    [frame(LOAD), frame(PARSE)],
  ],
  ["it leads already", [suspect(PARSE), suspect(LOAD)], [frame(LOAD), frame(PARSE)]],
  [
    "the last call raises it on purpose",
    [suspect(LOAD)],
    [frame(LOAD), frame(PARSE, "a.py", "  raise ValueError(name)")],
  ],
  ["there is no trace", [suspect(LOAD)], []],
  ["the last call is in a test", [suspect(LOAD)], [frame(LOAD), frame(PARSE, "test/a.py")]],
  [
    "a known sequence leads",
    [suspect(LOAD, { patterns: [{}] as never }), suspect(PARSE)],
    [frame(LOAD), frame(PARSE)],
  ],
])("nothing moves where %s", async (_, found, frames) =>
  expect(await withLastCallFirst(found, frames, codebase)).toBe(found),
);
