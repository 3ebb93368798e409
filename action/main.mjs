/**
 * The GitHub Action: reads the issue with the token, runs the published package without it, and shows the documents in the job's summary.
 * Inputs and what the runner knows come as environment variables: https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** GitHub shows a summary of at most 1 MiB. */
const MOST_SUMMARY = 900_000;
const PAGE = 100;
const ORDER = ["root-cause", "comprehension", "reproduction", "impact-map"];

const { env } = process;
const input = (name) => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();

try {
  process.exitCode = await (input("command") === "check" ? check() : investigate());
} catch (error) {
  // One line that the runner shows at the step.
  console.log(
    `::error::${String(error instanceof Error ? error.message : error).replaceAll(/[\r\n]+/g, " ")}`,
  );
  process.exitCode = 1;
}

async function investigate() {
  const number = input("issue") || String(eventNumber() ?? "");
  if (!/^[1-9]\d{0,9}$/.test(number))
    throw new Error("No issue: give its number as `issue`, or run on an event of an issue");
  const issue = await readIssue(number);
  const file = join(mkdtempSync(join(tmpdir(), "casebook-issue-")), `${number}.json`);
  writeFileSync(file, JSON.stringify(issue));
  if (input("public") !== "true" && (await isPublic()) && looksConfidential(file, number)) {
    // The job's log and its summary are public, too: no word of what the issue says.
    summarise(`Casebook researches such a report only in private.${policy()}`);
    console.log("::notice::Casebook did not research the issue in public; `public: true` does");
    output("answer", "");
    return 0;
  }
  const out = resolve(env.GITHUB_WORKSPACE ?? ".", input("out") || "casebook-documents");
  const { status } = casebook(
    "investigate",
    "--issue",
    file,
    "--number",
    number,
    "--repo",
    workspace(),
    "--out",
    out,
  );
  if (status !== 0) return status;
  const folder = join(out, ".chant", "research");
  const documents = ORDER.map((phase) => join(folder, `issue-${number}-${phase}.md`)).filter((path) =>
    existsSync(path),
  );
  const texts = documents.map((path) => readFileSync(path, "utf8"));
  summarise(texts.map(shown).join("\n\n"));
  output("out", out);
  output("answer", /^\*\*(.+?)\*\*/m.exec(texts[0] ?? "")?.[1] ?? "");
  return 0;
}

/** True where it is not known: then the stricter rule holds. */
async function isPublic() {
  try {
    return (await ask(`/repos/${env.GITHUB_REPOSITORY}`)).private !== true;
  } catch {
    return true;
  }
}

/** The package's own rule; one that does not say it is taken for the stricter answer. */
function looksConfidential(file, number) {
  const { status, stdout } = run("read", "--issue", file, "--number", number, "--json");
  if (status !== 0) throw new Error("Casebook cannot read the issue");
  return JSON.parse(stdout).looks_like_vulnerability !== false;
}

/** A sentence with the repository's security policy, where GitHub looks for one. */
function policy() {
  const path = [".github/SECURITY.md", "SECURITY.md", "docs/SECURITY.md"].find((one) =>
    existsSync(join(workspace(), one)),
  );
  const page = `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${env.GITHUB_REPOSITORY}/blob/HEAD/${path}`;
  return path === undefined ? "" : ` [The security policy](${page}) says how to send it.`;
}

/** Paths are the workflow's own; nothing of an issue is among them. */
function check() {
  const documents = input("documents")
    .split("\n")
    .map((path) => path.trim())
    .filter((path) => path !== "");
  if (documents.length === 0) throw new Error("No document: give paths as `documents`, one a line");
  const sarif = input("sarif");
  const { status, stdout } = casebook("check", ...documents, ...(sarif === "" ? [] : ["--sarif", sarif]));
  summarise(`## Casebook check\n\n${fenced(stdout)}`);
  return status;
}

/** Runs the package and shows what it prints. */
function casebook(...args) {
  const ended = run(...args);
  console.log(ended.stdout);
  return ended;
}

/** With the token out of reach: whatever the repository holds, there is nothing to take. */
function run(...args) {
  const { PATH, HOME, TMPDIR, LANG } = env;
  const { status, stdout, error } = spawnSync("npx", ["--yes", input("package") || "casebook", ...args], {
    cwd: workspace(),
    env: Object.fromEntries(
      Object.entries({ PATH, HOME, TMPDIR, LANG, NO_COLOR: "1" }).filter(([, value]) => value !== undefined),
    ),
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64_000_000,
  });
  if (error !== undefined) throw error;
  return { status: status ?? 1, stdout };
}

/** The issue and its comments in the form of `gh issue view --json`. */
async function readIssue(number) {
  const path = `/repos/${env.GITHUB_REPOSITORY}/issues/${number}`;
  const issue = await ask(path);
  if (issue.pull_request !== undefined) throw new Error(`#${number} is a pull request, not an issue`);
  const comments = [];
  for (let page = 1; comments.length < issue.comments; page++) {
    const more = await ask(`${path}/comments?per_page=${PAGE}&page=${page}`);
    comments.push(...more);
    if (more.length < PAGE) break;
  }
  const { title, body, user, html_url } = issue;
  return { number: Number(number), title, body, user, html_url, comments };
}

async function ask(path) {
  const address = `${env.GITHUB_API_URL ?? "https://api.github.com"}${path}`;
  const answer = await fetch(address, {
    redirect: "error",
    signal: AbortSignal.timeout(60_000),
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      ...(input("token") === "" ? {} : { authorization: `Bearer ${input("token")}` }),
    },
  });
  if (!answer.ok)
    throw new Error(
      `GitHub answers ${answer.status} to ${path}; the job needs \`permissions: issues: read\``,
    );
  return answer.json();
}

function eventNumber() {
  const path = env.GITHUB_EVENT_PATH;
  return path !== undefined && existsSync(path)
    ? JSON.parse(readFileSync(path, "utf8")).issue?.number
    : undefined;
}

function workspace() {
  return env.GITHUB_WORKSPACE ?? process.cwd();
}

/** What a reader needs, without the data of the claims behind the last fold. */
function shown(text) {
  const at = text.lastIndexOf("<details><summary>Claims, as data");
  return (at < 0 ? text : text.slice(0, at)).trimEnd();
}

function summarise(text) {
  if (env.GITHUB_STEP_SUMMARY !== undefined)
    appendFileSync(env.GITHUB_STEP_SUMMARY, `${text.slice(0, MOST_SUMMARY)}\n`);
}

function output(name, value) {
  if (env.GITHUB_OUTPUT !== undefined)
    appendFileSync(env.GITHUB_OUTPUT, `${name}=${value.replaceAll(/[\r\n]+/g, " ")}\n`);
}

function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
