/**
 * Times the functions that read foreign text on texts that make careless patterns slow, at three sizes, in processor time. Prints each
 * function with its slowest text, and every text that takes more than 100 ms at 64 KiB or at a smaller size, or grows by more than
 * 2.5 with each doubling. Exits with 1 when there is one. Functions of the rooms below are found in the sources by their first
 * parameter, a string; those that need another parameter are called by the table, or named as left out.
 * `npm run bench:hostile -- [name ...]`
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cutReport } from "../src/agent/cut-report.ts";
import { cleanUntrusted } from "../src/agent/untrusted.ts";
import { failureLines } from "../src/issue/report/failure-lines.ts";
import { findCommandLines } from "../src/issue/command-lines.ts";
import { readReport } from "../src/issue/report/read-report.ts";
import { readBlocks } from "../src/issue/report/report-blocks.ts";
import { parseCommands } from "../src/investigation/commands/parse-commands.ts";
import { parseRepositoryConfig } from "../src/investigation/settings/parse-repository-config.ts";
import { PHASES } from "../src/phases/catalogue.ts";
import { parseXml } from "../src/reproduction/reports/read-junit.ts";
import { safeText } from "../src/text/safe-text.ts";
import { visibleText } from "../src/text/visible-text.ts";

const UNITS = [
  "a",
  " ",
  "\n",
  "a_",
  "1,",
  "@a ",
  "#1 ",
  "[](",
  "![](",
  "[a]: b\n",
  "<a",
  "<b>",
  "<!--",
  "> ",
  "- a\n",
  "# a\n",
  "| ",
  "`",
  "~~~",
  "/casebook\n",
  "- /casebook\n",
  "a: {",
  "- ",
  "- a\n  - b\n",
  ">\n>> a\n",
  "a*b ",
  "/*",
  "[a][b]",
  "1. a\n",
  "|a|b|\n|-|-|\n",
  "https://a.b/c ",
  "a.b.c:1:",
  "&amp;",
  "(a|",
  "``` \n",
  "def a(b):\n",
  "a: b\n",
  "at a (b:1)\n",
  "{(",
  '"',
  "\u200d",
  "\u0301\u0327",
] as const;
const SIZES = [4_096, 16_384, 65_536] as const;
/** Rooms whose functions read texts of people and of repositories. */
const ROOMS = [
  "text",
  "specs",
  "issue",
  "documents",
  "evidence",
  "claims",
  "reproduction",
  "github",
  "languages",
];
const types = PHASES.map(({ type }) => type);
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  safeText,
  visibleText,
  readBlocks: (text) => readBlocks(text),
  readReport: (text) => readReport({ title: { text: "t", hidden: [] }, body: { text, hidden: [] } }),
  findCommandLines: (text) => findCommandLines(`/casebook status\n\n${text}`, 50),
  failureLines: (text) => failureLines(text, () => true),
  cutReport: (text) => cutReport(text, [], 2_800),
  cleanUntrusted: (text) => cleanUntrusted(text, { nonce: "0123456789abcdef" }),
  parseCommands: (text) => parseCommands(text, types),
  parseRepositoryConfig: (text) => parseRepositoryConfig(text, types),
  parseXml,
};
/** Milliseconds for any text. */
const LIMIT = 100;
/** Milliseconds below which a ratio says nothing: some systems count a thread's time in steps of several. */
const NOISE = 50;
const RESOLUTION = 5;
/** 2.5 for each doubling: a size is four times the one before. */
const MOST = 2.5 ** 2;

/** Processor time of this thread, the least of two runs; undefined when it throws. */
function milliseconds(read: (text: string) => unknown, text: string): number | undefined {
  const times: number[] = [];
  for (let run = 0; run < 2; run++) {
    const from = process.threadCpuUsage();
    try {
      read(text);
    } catch {
      return undefined;
    }
    const { user, system } = process.threadCpuUsage(from);
    times.push((user + system) / 1_000);
  }
  return Math.min(...times);
}

/** Every exported function of the rooms that takes a string first, and is not in the table. */
async function foundReaders(): Promise<Readonly<Record<string, (text: string) => unknown>>> {
  const found: Record<string, (text: string) => unknown> = {};
  for (const room of ROOMS) {
    const root = join(import.meta.dirname, "../src", room);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!path.endsWith(".ts") || path.includes("/io/")) continue;
      const names = [
        ...readFileSync(path, "utf8").matchAll(/^export function (\w+)(?:<[^>]*>)?\(\s*\w+: string[,)]/gm),
      ].map(([, name]) => name!);
      if (names.length === 0) continue;
      const module = (await import(path)) as Readonly<Record<string, (text: string) => unknown>>;
      for (const name of names) if (!(name in READERS)) found[name] = module[name]!;
    }
  }
  return found;
}

const wanted = process.argv.slice(2);
const leftOut: string[] = [];
let slow = 0;
for (const [name, read] of Object.entries({ ...READERS, ...(await foundReaders()) })) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  let worst: { readonly unit: string; readonly time: number } | undefined;
  for (const unit of UNITS) {
    const times: number[] = [];
    for (const size of SIZES) {
      const time = milliseconds(read, unit.repeat(Math.ceil(size / unit.length)));
      if (time === undefined) break;
      times.push(time);
      // The next one would take minutes.
      if (time > 10 * LIMIT) break;
    }
    if (times.length === 0) continue;
    const most = Math.max(...times);
    if (worst === undefined || most > worst.time) worst = { unit, time: most };
    const grows = times.some(
      (time, i) => time > NOISE && i > 0 && time / Math.max(times[i - 1]!, RESOLUTION) > MOST,
    );
    if (most <= LIMIT && !grows) continue;
    slow++;
    console.log(
      `SLOW ${name} ${JSON.stringify(unit)}: ${times.map((time) => time.toFixed(1)).join(", ")} ms`,
    );
  }
  if (worst === undefined) leftOut.push(name);
  else console.log(`${name}: at most ${worst.time.toFixed(1)} ms, with ${JSON.stringify(worst.unit)}`);
}
if (leftOut.length > 0) console.log(`left out, since they need more than a text: ${leftOut.join(", ")}`);
process.exitCode = slow === 0 ? 0 : 1;
