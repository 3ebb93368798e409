import { RE2JS } from "re2js";
import { z } from "zod";
import type { RecordedSearch, SearchQuery } from "../../repository/recorded-search.ts";
import type { Codebase } from "../../repository/codebase.ts";
import { matcherOf } from "../../repository/glob.ts";
import { yielder } from "../../process/clock.ts";
import { MAX_STEPS, runSearch } from "../../repository/run-search.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, onOneLine, quotedAnswer } from "./answer.ts";
import { yieldingCodebase, entriesWhere } from "./yielding.ts";

const MAX_HITS = 250;
const MAX_LINE = 200;
const MAX_PATTERN = 500;
const globs = z.array(z.string().min(1).max(MAX_PATTERN)).max(20).default([]);

/** What a model is told of the tool. */
export const SEARCH = {
  name: "search",
  description: `Finds every line of the repository's text files, at the commit under research, that matches; case counts. The answer repeats the query in the form in which it can be cited: it can be run again, so "no others" can rest on it. At most ${MAX_HITS} hits come back, with the total; ask for the rest with "from", or narrow it with "include".`,
  args: z.strictObject({
    kind: z
      .enum(["word", "text", "regex"])
      .describe('"word": a whole identifier. "text": these characters. "regex": RE2 syntax, no look-around.'),
    pattern: z.string().min(1).max(MAX_PATTERN),
    include: globs.describe('Globs of paths, e.g. "src/**" or "*.py"; empty means every file.'),
    exclude: globs,
    from: z.int().min(1).max(10_000_000).default(1).describe("The first hit to show."),
  }),
};

/** Finds lines; the query that comes back with the hits is what a document cites. */
export function searchTool({
  codebase,
  nonce,
}: {
  readonly codebase: Codebase;
  readonly nonce: string;
}): Tool {
  return defineTool({
    ...SEARCH,
    async run({ from, ...query }, signal) {
      const wrong = wrongPattern(query);
      if (wrong !== undefined) return wrong;
      const yieldNow = yielder(signal);
      // Looked at here with the clock in view; the search itself then passes every path.
      const isWanted = wantedBy(query);
      const entries = await entriesWhere(codebase.tree.entries, isWanted, yieldNow);
      const result = await runSearch(query, yieldingCodebase(codebase, entries, yieldNow), signal);
      return describe(result, from);
    },
  });

  async function describe({ query, hits }: RecordedSearch, from: number): Promise<string> {
    const files = new Set(hits.map(({ path }) => path)).size;
    const total =
      hits.length === 0
        ? "No line matches."
        : `${counted(hits.length, "line")} in ${counted(files, "file")}.`;
    const beyond = from > Math.max(1, hits.length);
    const shown = beyond ? [] : hits.slice(from - 1, from - 1 + MAX_HITS);
    const lines = [`query: ${JSON.stringify(query)}`];
    // The hit that each line of the answer ends with, so that a cut between lines can be counted.
    const upTo = [0];
    let path: string | undefined;
    for (const [i, hit] of shown.entries()) {
      if (hit.path !== path) {
        lines.push(onOneLine((path = hit.path)));
        upTo.push(i);
      }
      const text = (await codebase.text(hit.path))?.lines[hit.line - 1] ?? "";
      lines.push(`${hit.line}\t${aroundMatch(text, query)}`);
      upTo.push(i + 1);
    }
    const next = (count: number): string =>
      beyond || from - 1 + count >= hits.length
        ? ""
        : `Shown: hits ${from} to ${from + count - 1} of ${hits.length}. Ask for the rest with "from": ${from + count}, or narrow the query.`;
    return quotedAnswer({
      nonce,
      head: beyond ? `${total} "from" is beyond them.` : total,
      source: "query and matching lines of the repository",
      lines,
      rest: (count) => next(upTo[count - 1] ?? 0),
    });
  }
}

function wantedBy({ include, exclude }: SearchQuery): (path: string) => boolean {
  const [wanted, unwanted] = [include.map(matcherOf), exclude.map(matcherOf)];
  return (path) =>
    (wanted.length === 0 || wanted.some((matches) => matches(path))) &&
    !unwanted.some((matches) => matches(path));
}

function wrongPattern({ kind, pattern, include, exclude }: SearchQuery): string | undefined {
  if (/[\n\r]/.test(pattern) && kind !== "regex")
    return "Lines are searched one by one, so a pattern with a line break finds nothing; search for one of its lines.";
  if (include.some((glob) => glob.startsWith("/")) || exclude.some((glob) => glob.startsWith("/")))
    return 'Paths have no leading "/": write "src/**", not "/src/**".';
  if (kind !== "regex") return undefined;
  try {
    if (RE2JS.compile(pattern).programSize() > MAX_STEPS)
      return "The pattern is too large when its repetitions are written out; make the counts smaller or search for a part of it.";
  } catch (error) {
    return `The pattern is not in RE2's syntax (no look-around, no back references): ${onOneLine((error as Error).message.split(": `")[0]!, 200)}`;
  }
  return undefined;
}

/** A long line from a little before its match. */
function aroundMatch(line: string, { kind, pattern }: SearchQuery): string {
  if (line.length <= MAX_LINE) return line;
  const at = kind === "regex" ? matchIn(line, pattern) : line.indexOf(pattern);
  const start = Math.max(0, Math.min(at - 60, line.length - MAX_LINE));
  const end = Math.min(line.length, start + MAX_LINE);
  return `${start > 0 ? "…" : ""}${line.slice(start, end).toWellFormed()}${end < line.length ? "…" : ""}`;
}

function matchIn(line: string, pattern: string): number {
  const matcher = RE2JS.compile(pattern).matcher(line.slice(0, 20_000));
  return matcher.find() ? matcher.start() : 0;
}
