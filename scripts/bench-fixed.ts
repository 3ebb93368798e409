/**
 * Asks whether the issues of a benchmark are already fixed, at the commit of their fix and at the one before it.
 *
 *   npm run bench:fixed -- CASES.jsonl… MIRROR_DIR [--pulls PULLS.jsonl] [--data DIR] [--only ID]
 *
 * CASES have `id` (`owner__name-PULL`), `repo`, `base_commit`, `issue_number`, `title`, `body` and `gold_files`; MIRROR_DIR holds clones
 * with full history. The fix is the commit of the main line that names the pull request and changes a file of `gold_files`; a case without
 * one is not asked. PULLS are merged pull requests (`repo`, `number`, `title`, `body`), the tracker that is at hand. Prints what was named, and how often it was the fix and its first tag. Before the fix everything named is wrong.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mainLine } from "../src/backtest/find-fixes.ts";
import { readIssueForms } from "../src/evidence/read-issue-forms.ts";
import { shortlist } from "../src/evidence/related/shortlist.ts";
import type { Sought, TrackedIssue, Tracker } from "../src/issue/parse-tracker.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { alreadyFixed } from "../src/phases/builtin/already-fixed.ts";
import { researchContext } from "../src/phases/builtin/research-context.ts";
import { git } from "../src/repository/io/git.ts";
import { pastOf } from "../src/repository/past.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly issue_number: number | null;
  readonly title: string;
  readonly body: string | null;
  readonly gold_files: readonly string[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-fixed" },
    only: { type: "string" },
    pulls: { type: "string" },
  },
});
const [mirrors, ...files] = positionals.toReversed();
if (mirrors === undefined || files.length === 0) {
  console.error("usage: npm run bench:fixed -- CASES.jsonl… MIRROR_DIR [--data DIR] [--only ID]");
  process.exit(2);
}
const cases = files
  .toReversed()
  .flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean))
  .map((line) => JSON.parse(line) as Case)
  .filter(({ id }) => values.only === undefined || values.only.split(",").includes(id));

interface Pull {
  readonly repo: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
}

const pulls =
  values.pulls === undefined
    ? undefined
    : readFileSync(values.pulls, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Pull);

/** The merged pull requests of a repository, as an export has them. */
function trackerOf(repo: string): Tracker {
  const own = (pulls ?? []).filter((pull) => pull.repo === repo);
  const entries = own.map(({ number, title, body }): TrackedIssue => ({
    key: String(number),
    title,
    body,
    comments: [],
    isPull: true,
    isOpen: false,
    created: undefined,
    isMerged: true,
    mergeCommit: undefined,
  }));
  return { issues: new Map(entries.map((entry) => [entry.key, entry])), unreadable: 0 };
}

const counts = { asked: 0, numbered: 0, first: 0, firstNumbered: 0, other: 0, before: 0, withFix: 0 };
const LATER = Number.POSITIVE_INFINITY;
for (const one of cases) {
  const gitDir = join(mirrors, one.repo.replace("/", "+"), "repo");
  await using bench = await openWorkbench({ repository: gitDir, data: values.data, workers: 2 });
  counts.asked++;
  if (one.issue_number !== null) counts.numbered++;
  const before = await namedAt(one.base_commit, one, bench);
  if (before.length > 0) counts.before++;
  const fix = await fixOf(one, bench);
  if (fix !== undefined) counts.withFix++;
  const after = fix === undefined ? [] : await namedAt(fix.tip, one, bench);
  const isRight = after[0] !== undefined && fix!.commits.has(after[0].oid);
  if (isRight) counts.first++;
  if (isRight && one.issue_number !== null) counts.firstNumbered++;
  if (after[0] !== undefined && !isRight) counts.other++;
  console.log(
    `${one.id} #${one.issue_number ?? "?"} fix ${fix?.tip.slice(0, 10) ?? "unknown"}: ${isRight ? "right" : "no"} ${after.map(({ text }) => text).join(" / ")}${before.length > 0 ? ` BEFORE: ${before.map(({ text, oid }) => `${oid.slice(0, 10)} ${text}`).join(" / ")}` : ""}`,
  );
}
console.log(JSON.stringify(counts));

async function namedAt(
  revision: string,
  { repo, issue_number, title, body }: Case,
  bench: Workbench,
): Promise<readonly { readonly oid: string; readonly text: string }[]> {
  const commit = await bench.repository.resolve(revision);
  const codebase = await bench.codebase(commit);
  const { history } = pastOf(bench.repository, commit, LATER);
  const context = researchContext({
    issue: visibleIssue({
      key: issue_number === null ? "local-bench" : String(issue_number),
      url: `https://github.com/${repo}/issues/${issue_number ?? 1}`,
      title,
      body: body ?? "",
      comments: [],
    }),
    codebase,
    history,
    forms: await readIssueForms(codebase.tree),
    at: undefined,
    ...(pulls === undefined
      ? {}
      : { tracker: async (sought: Sought) => shortlist(sought, trackerOf(repo), repo) }),
  });
  return (await alreadyFixed(context)).flatMap((block) =>
    block.kind === "claims"
      ? block.items.map(({ data, text }) => ({ oid: (data as { oid: string }).oid, text }))
      : [],
  );
}

/** The commit of the main line that brought the pull request, and every commit that it brought. */
async function fixOf(
  { id, gold_files }: Case,
  { repository }: Workbench,
): Promise<{ readonly tip: string; readonly commits: ReadonlySet<string> } | undefined> {
  const pull = id.slice(id.lastIndexOf("-") + 1);
  const head = await repository.resolve("HEAD");
  const found = (
    await git(
      ["log", "--format=%H", "-E", `--grep=(\\(#${pull}\\)|^Merge pull request #${pull} )`, head, "--"],
      { gitDir: repository.gitDir },
    )
  )
    .toString()
    .split("\n")
    .filter(Boolean);
  const lineage = await repository.history.lineage(head, 200_000);
  const broughtBy = mainLine(lineage, head);
  for (const oid of found.toReversed()) {
    const tip = broughtBy.get(oid);
    if (tip === undefined) continue;
    const changed = await repository.history.changesOf(tip);
    if (changed === undefined || !gold_files.some((path) => changed.has(path))) continue;
    return { tip, commits: new Set([...broughtBy].filter(([, by]) => by === tip).map(([one]) => one)) };
  }
  return undefined;
}
