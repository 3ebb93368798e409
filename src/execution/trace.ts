import { inflateSync } from "node:zlib";
import { z } from "zod";
import { pathInRepository } from "../reproduction/reports/place-of.ts";

/** What ran, by path: lines in functions, and functions of files whose lines could not be told. */
export interface Covered {
  readonly lines: ReadonlyMap<string, ReadonlySet<number>>;
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What each test of a run ran; under no name, what ran outside of all tests: imports and fixtures of a module. */
export interface Trace {
  readonly outside: Covered;
  readonly tests: ReadonlyMap<string, Covered>;
}

const schema = z.object({
  test: z.string().nullish(),
  files: z.record(z.string(), z.string()).default({}),
  named: z.record(z.string(), z.array(z.string())).default({}),
});

/** Bytes of one record, unpacked, and lines of one range that are read: code under test can write into the file. */
const MOST_BYTES = 20_000_000;
const MOST_LINES = 200_000;

/** Reads which lines a tracer noted. */
export function readTrace(text: string): Trace {
  const outside = emptyCovered();
  const tests = new Map<string, MutableCovered>();
  for (const record of recordsIn(text, schema)) {
    const name = record.test ?? undefined;
    let covered = name === undefined ? outside : tests.get(name);
    if (covered === undefined) tests.set(name!, (covered = emptyCovered()));
    for (const [raw, ranges] of Object.entries(record.files)) {
      const path = pathInRepository(raw, "");
      if (path !== undefined) for (const one of linesOf(ranges)) addTo(covered.lines, path, one);
    }
    for (const [raw, names] of Object.entries(record.named)) {
      const path = pathInRepository(raw, "");
      if (path !== undefined) for (const one of names) addTo(covered.named, path, one);
    }
  }
  return { outside, tests };
}

interface MutableCovered {
  readonly lines: Map<string, Set<number>>;
  readonly named: Map<string, Set<string>>;
}

function emptyCovered(): MutableCovered {
  return { lines: new Map(), named: new Map() };
}

export function joinCovered(parts: readonly Covered[]): Covered {
  const joined = emptyCovered();
  for (const { lines, named } of parts) {
    for (const [path, found] of lines) for (const line of found) addTo(joined.lines, path, line);
    for (const [path, found] of named) for (const name of found) addTo(joined.named, path, name);
  }
  return joined;
}

function addTo<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, new Set([value]));
  else found.add(value);
}

/** The records that a tracer wrote, each a compressed line; one that is not of the form is skipped. */
export function* recordsIn<T>(text: string, form: z.ZodType<T>): Generator<T> {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const json = inflateSync(Buffer.from(line, "base64"), { maxOutputLength: MOST_BYTES }).toString();
      const { data } = form.safeParse(JSON.parse(json));
      if (data !== undefined) yield data;
    } catch {
      continue;
    }
  }
}

/** `1-3,7` as lines. */
function* linesOf(ranges: string): Generator<number> {
  let count = 0;
  for (const range of ranges.split(",")) {
    const [start = 0, end = start] = range.split("-").map(Number);
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 1) continue;
    for (let line = start; line <= end; line++) {
      if (++count > MOST_LINES) return;
      yield line;
    }
  }
}
