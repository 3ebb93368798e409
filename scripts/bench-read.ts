/**
 * Reads every issue of a benchmark and writes one prediction a line, for `score_fields.py`.
 *
 *   npm run bench:read -- LABELS.jsonl TEXTS.jsonl… OUT.jsonl
 */
import { readFileSync, writeFileSync } from "node:fs";
import { toJson } from "../src/cli/reading/read.ts";
import { readReport } from "../src/issue/report/read-report.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";

const files = process.argv.slice(2);
if (files.length < 3) {
  console.error("usage: npm run bench:read -- LABELS.jsonl TEXTS.jsonl… OUT.jsonl");
  process.exit(2);
}
const rows = (file: string): Record<string, string>[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string>);
const texts = new Map(
  files
    .slice(1, -1)
    .flatMap(rows)
    .map((row) => [row["id"], row]),
);
const lines = rows(files[0]!).map(({ id }) => {
  const { title = "", body } = texts.get(id)!;
  const issue = visibleIssue({ key: "bench", title, body: body ?? "", comments: [] });
  return JSON.stringify({ id, ...toJson(readReport(issue)) });
});
writeFileSync(files.at(-1)!, `${lines.join("\n")}\n`);
