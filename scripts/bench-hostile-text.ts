// Times the functions that read foreign text on texts that make careless patterns slow, at three sizes.
// A ratio of 4 means linear. Fails when the largest text takes more than eight times as long as the one a quarter its size.
// npm run bench:hostile
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
  "a: b\n",
  "at a (b:1)\n",
  "{(",
  '"',
  "/*",
  "\u200d",
  "\u0301\u0327",
] as const;
const SIZES = [16_384, 65_536, 262_144] as const;
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
/** Milliseconds below which a ratio says nothing. */
const NOISE = 50;
const MOST = 8;

function milliseconds(read: (text: string) => unknown, text: string): number {
  const times = [1, 2, 3].map(() => {
    const from = performance.now();
    read(text);
    return performance.now() - from;
  });
  return Math.min(...times);
}

let slow = 0;
for (const [name, read] of Object.entries(READERS))
  for (const unit of UNITS) {
    const times = SIZES.map((size) => milliseconds(read, unit.repeat(Math.ceil(size / unit.length))));
    const ratios = times.slice(1).map((time, i) => time / times[i]!);
    const isSlow = times.at(-1)! > NOISE && ratios.at(-1)! > MOST;
    if (isSlow) slow++;
    console.log(
      `${isSlow ? "SLOW " : ""}${name} ${JSON.stringify(unit)}: ${times.map((time) => `${time.toFixed(1)} ms`).join(", ")}; ratios ${ratios.map((ratio) => ratio.toFixed(1)).join(", ")}`,
    );
  }
process.exitCode = slow === 0 ? 0 : 1;
