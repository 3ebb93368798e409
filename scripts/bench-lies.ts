/**
 * Plays a fluent model against the real protocol, statement by statement, and prints what of each one is published and where.
 *
 *   npm run bench:lies -- MIRROR_DIR DEPS_DIR [--only lies|honest] [--judge silent|follows] [--id TEXT] [--data DIR] [--out FILE]
 *
 * `scripts/lies/lies.jsonl` holds false statements, `honest.jsonl` true ones, `issues.jsonl` what they are about. Each is handed in as
 * well as the protocol lets a model do it (`first`), once more in other words where something is refused (`again`). MIRROR_DIR
 * holds clones: MIRROR_DIR/<owner>+<name>/repo; DEPS_DIR/<name> what their tests need. `published` are the lines that are in the document
 * because of the statement: not in the one of a model that hands in only what a phase asks for (`beside`).
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { modelResearcher } from "../src/agent/model-researcher.ts";
import { repositorySource } from "../src/documents/repository-source.ts";
import { parseIssueInput } from "../src/issue/parse-issue-input.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { DEFAULT_LIMITS } from "../src/llm/model-settings.ts";
import { researchContext } from "../src/phases/builtin/research-context.ts";
import { PHASES } from "../src/phases/catalogue.ts";
import { investigate } from "../src/phases/investigate.ts";
import { openCheckout } from "../src/repository/io/checkout.ts";
import { memoryPublisher } from "../src/repository/memory-publisher.ts";
import { openWorkbench } from "../src/research/workbench.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";
import { type Issue, type Judge, play, type Statement } from "./bench-lies-play.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    judge: { type: "string", default: "silent" },
    id: { type: "string", default: "" },
    data: { type: "string", default: join(tmpdir(), "casebook-lies") },
    out: { type: "string" },
  },
});
const [mirrors, deps] = positionals;
if (mirrors === undefined || deps === undefined) {
  console.error(
    "usage: npm run bench:lies -- MIRROR_DIR DEPS_DIR [--only lies|honest] [--judge silent|follows]",
  );
  process.exit(2);
}
const judge: Judge = values.judge === "follows" ? "follows" : "silent";
if (values.out !== undefined) writeFileSync(values.out, "");

const read = (name: string): readonly unknown[] =>
  readFileSync(join(import.meta.dirname, "lies", name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
const issues = read("issues.jsonl") as readonly Issue[];
const statements = ["lies", "honest"]
  .filter((kind) => values.only === "" || values.only === kind)
  .flatMap((kind) => read(`${kind}.jsonl`) as readonly Statement[])
  .filter(({ id }) => id.includes(values.id));
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

for (const repository of new Set(issues.map((one) => one.repository))) {
  const own = issues.filter((one) => one.repository === repository);
  if (!statements.some(({ issue }) => own.some(({ id }) => id === issue))) continue;
  await using bench = await openWorkbench({
    repository: join(mirrors, repository.replace("/", "+"), "repo"),
    data: values.data,
    workers: 1,
  });
  const commit = await bench.repository.resolve(own[0]!.commit);
  const codebase = await bench.codebase(commit);
  using checkout = await openCheckout(codebase.tree, values.data);
  const sandbox = await openSandbox({
    files: checkout.path,
    toolchains: [],
    node: dirname(process.execPath),
    ...dependenciesOf(repository),
  });
  for (const issue of own) {
    const visible = visibleIssue({
      ...parseIssueInput({ text: `# ${issue.title}\n\n${issue.body}`, number: String(issue.number) }),
      author: issue.author,
    });
    const context = researchContext({
      issue: visible,
      codebase,
      history: bench.repository.history,
      at: undefined,
    });
    const source = await repositorySource(bench.repository, commit, async () => codebase, visible.text);
    const documentOf = async (statement: Statement) => {
      const model = play(statement, issue, judge);
      const publisher = memoryPublisher();
      const { phases } = await investigate(
        {
          issue: visible,
          phases: PHASES.filter(({ type }) => type === statement.phase),
          present: PHASES,
          at: undefined,
        },
        {
          context,
          source,
          publisher,
          now: () => new Date("2026-01-02T03:04:05Z"),
          researcher: modelResearcher({
            gateway: model.gateway,
            source,
            sandbox,
            limits: { ...DEFAULT_LIMITS, milliseconds: 600_000, packTokens: 0 },
            run: "bench",
            signal: new AbortController().signal,
            now: () => performance.now(),
          }),
        },
      );
      const lines = [...publisher.files]
        .filter(([path]) => !path.includes("/sources/"))
        .flatMap(([path, text]) => linesOf(text).map((line) => ({ path: path.split("/").at(-1)!, line })));
      return { lines, model, phase: phases[0]! };
    };
    const plain = new Map<string, ReadonlySet<string>>();
    for (const statement of statements.filter((one) => one.issue === issue.id)) {
      const { phase } = statement;
      if (!plain.has(phase)) {
        const { lines } = await documentOf({ ...statement, runs: [], first: { claims: [] }, again: {} });
        plain.set(phase, new Set(lines.map(({ line }) => line)));
      }
      const { lines, model, phase: result } = await documentOf(statement);
      const published = lines.filter(({ line }) => !plain.get(phase)!.has(line));
      const row = {
        id: statement.id,
        kind: statement.kind,
        statement: statement.statement,
        refused: model.refused(),
        lost: model.lost(),
        dropped: result.dropped,
        outcome: result.outcome?.kind,
        published: published.map(({ path, line }) => `${path}: ${line}`),
      };
      if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(row)}\n`);
      console.log(`\n## ${row.id} (${row.kind}): ${row.statement}`);
      for (const why of row.refused) console.log(`  refused: ${why}`);
      for (const what of row.lost) console.log(`  never taken: ${what}`);
      for (const line of row.published) console.log(`  ${line}`);
      count(`${statement.id.split("-")[0]}: ${row.lost.length === 0 ? "all taken" : "something not taken"}`);
    }
  }
}
console.log(`\n${JSON.stringify(Object.fromEntries(counts))}`);

/** Each line with the heading before it; without the claims as data, which say the same once more, and counts of the checks. */
function linesOf(text: string): readonly string[] {
  let heading = "";
  return text
    .split("<details><summary>Claims, as data")[0]!
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("#")) {
        heading = line.replace(/^#+ /, "");
        return [];
      }
      return line.trim() === "" || heading === "Agent Output" ? [] : [`${heading} | ${line}`];
    });
}

function dependenciesOf(repository: string) {
  const folder = join(deps!, repository.split("/")[1]!);
  if (!existsSync(folder)) return {};
  const modules = join(folder, "node_modules");
  return {
    dependencies: existsSync(modules)
      ? { from: modules, at: "node_modules" }
      : { from: folder, at: ".deps/site-packages" },
  };
}
