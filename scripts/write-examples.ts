/**
 * Writes docs/examples: what Casebook finds for real issues, with what their fix changed beside it.
 *
 *   npm run examples -- CASES.jsonl MIRROR_DIR ID…
 *
 * CASES and MIRROR_DIR as for `bench:localize`. Only the commit before the fix and its history are read.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Case {
  readonly id: string;
  readonly repo: string;
  /** Null where only the pull request is known, whose number the id ends with. */
  readonly issue_number: number | null;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string | null;
  readonly gold_files: readonly string[];
  readonly gold_functions: readonly string[] | null;
}

const [casesFile, mirrors, ...ids] = process.argv.slice(2);
if (casesFile === undefined || mirrors === undefined || ids.length === 0) {
  console.error("usage: npm run examples -- CASES.jsonl MIRROR_DIR ID…");
  process.exit(2);
}
const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "casebook-examples-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const cases = readFileSync(casesFile, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case);

for (const id of ids) {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is no case of ${casesFile}`);
  const name = `${found.repo.split("/")[1]!.toLowerCase()}-${numberOf(found)}.md`;
  writeFileSync(join(root, "docs/examples", name), pageOf(found));
  console.log(name);
}

function pageOf(one: Case): string {
  const issue = join(scratch, "issue.md");
  writeFileSync(issue, `---\nnumber: ${numberOf(one)}\n---\n# ${one.title}\n\n${one.body ?? ""}\n`);
  const common = [
    `--issue=${issue}`,
    `--repo=${join(mirrors!, one.repo.replace("/", "+"), "repo")}`,
    `--commit=${one.base_commit}`,
    `--data=${join(scratch, "data")}`,
  ];
  const out = mkdtempSync(join(scratch, "out-"));
  casebook(["investigate", "--quiet", "--out", out, ...common]);
  const research = join(out, ".chant/research");
  const phases = ["comprehension", "root-cause", "impact-map"];
  const documents = phases.flatMap((phase) => {
    const name = readdirSync(research).find((file) => file.endsWith(`-${phase}.md`));
    // Below a likelihood no impact map is written.
    return name === undefined ? [] : [withoutData(readFileSync(join(research, name), "utf8"))];
  });
  const { files, functions } = JSON.parse(casebook(["locate", "--json", "--top", "50", ...common])) as {
    files: readonly { path: string }[];
    functions: readonly { path: string; name: string }[];
  };
  const rows = [
    ...one.gold_files.map((path) => [`\`${path}\``, place(files.findIndex((file) => file.path === path))]),
    ...(one.gold_functions ?? []).map((gold) => [
      `\`${gold.replace(/^.*\//, "")}\``,
      place(
        functions.findIndex(
          ({ path, name }) => gold === `${path}::${name}` || gold === `${path}::${name.split(".").at(-1)}`,
        ),
      ),
    ]),
  ];
  const what = one.issue_number === null ? "pull request" : "issue";
  return `# ${one.repo}, ${what} ${numberOf(one)}

[The ${what}](https://github.com/${one.repo}/issues/${numberOf(one)})${one.issue_number === null ? ", which fixes the issue" : ""}; read at its repository's commit \`${one.base_commit}\`, the one before the fix. What
the fix changed, which Casebook did not see, and the place it has in Casebook's ranking:

| changed by the fix | place |
| ------------------ | ----- |
${rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}

The documents as they were written, without a model and without the data of their claims:

${documents.map((document) => `---\n\n${deeper(document)}`).join("\n\n")}
`;
}

/** Exit 1 is an answer, too: not every criterion is met. */
function casebook(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "bin/casebook.mjs"), ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0 && status !== 1) throw new Error(`casebook ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Without the last fold, which is for `casebook check`. */
function withoutData(document: string): string {
  return document.slice(0, document.lastIndexOf("<details>"));
}

/** Headings one level down; a \`#\` in a block of code stays. */
function deeper(document: string): string {
  let inCode = false;
  return document
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (/^(> )?\s*(```|~~~)/.test(line)) inCode = !inCode;
      return !inCode && line.startsWith("#") ? `#${line}` : line;
    })
    .join("\n");
}

function numberOf({ id, issue_number }: Case): number {
  return issue_number ?? Number(id.slice(id.lastIndexOf("-") + 1));
}

function place(at: number): string {
  return at < 0 ? "not among the first 50" : String(at + 1);
}
