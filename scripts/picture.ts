/** Draws what the demo prints as `docs/images/demo.svg`, the picture in the README. `npm run picture` */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const { stdout, status } = spawnSync(process.execPath, [join(root, "bin/casebook.mjs"), "demo"], {
  encoding: "utf8",
});
if (status !== 0) throw new Error("the demo failed");

const WIDTH = 118;
const LINE = 19;
const text = stdout.slice(0, stdout.indexOf("\nOn branch")).trimEnd();
const lines = ["$ npx casebook demo", "", ...text.split("\n").flatMap(wrap)];
const escape = (line: string): string =>
  line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const height = lines.length * LINE + 40;
const rows = lines.map(
  (line, i) =>
    `<text x="20" y="${34 + i * LINE}" fill="${colorOf(line)}" xml:space="preserve">${escape(line)}</text>`,
);
writeFileSync(
  join(root, "docs/images/demo.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="${height}" viewBox="0 0 960 ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">
<title>What the demo prints</title>
<rect width="960" height="${height}" rx="8" fill="#0d1117"/>
${rows.join("\n")}
</svg>
`,
);

function wrap(line: string): readonly string[] {
  if (line.length <= WIDTH) return [line];
  const at = line.lastIndexOf(" ", WIDTH);
  return [line.slice(0, at), ...wrap(`  ${line.slice(at + 1)}`)];
}

function colorOf(line: string): string {
  if (line.startsWith("$")) return "#7ee787";
  if (/\bcompleted\b/.test(line)) return "#3fb950";
  if (/\bneeds attention\b/.test(line)) return "#d29922";
  return /left out/.test(line) ? "#8b949e" : "#e6edf3";
}
