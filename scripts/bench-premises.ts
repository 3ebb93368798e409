/**
 * Looks up what the issues of a benchmark take for granted, and plants faults that it should find: a path, a line, a version, a name and
 * words of a message that the repository has are each replaced by some that it does not have.
 *
 *   npm run bench:premises -- CASES.jsonl… MIRROR_DIR [--data DIR] [--only ID]
 *
 * CASES have `id`, `repo`, `base_commit`, `title` and `body`; MIRROR_DIR holds clones with full history:
 * MIRROR_DIR/<owner>+<name>/repo. Each case is worked at its base commit as if nothing later were there. Prints every premise of an
 * untouched issue, to be read by a person, and of each sort of fault how many were found.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkClaim } from "../src/claims/claim-types.ts";
import { messageAt } from "../src/claims/message-at.ts";
import type { Premise } from "../src/evidence/premises/premise.ts";
import { readIssueForms } from "../src/evidence/read-issue-forms.ts";
import { projectVersions, tagOf } from "../src/evidence/reported-places/version-tag.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { type ResearchContext, researchContext } from "../src/phases/builtin/research-context.ts";
import { pointers } from "../src/phases/builtin/pointers.ts";
import { pastOf } from "../src/repository/past.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string | null;
}

/** A text of the issue and what stands there instead. */
interface Fault {
  readonly sort: "path" | "line" | "version" | "name" | "message";
  readonly from: string;
  readonly to: string;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string", default: "/var/tmp/casebook-premises" }, only: { type: "string" } },
});
const [mirrors, ...files] = positionals.toReversed();
if (mirrors === undefined || files.length === 0) {
  console.error("usage: npm run bench:premises -- CASES.jsonl… MIRROR_DIR [--data DIR] [--only ID]");
  process.exit(2);
}
const cases = files
  .toReversed()
  .flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean))
  .map((line) => JSON.parse(line) as Case)
  .filter(({ id }) => values.only === undefined || values.only.split(",").includes(id));

const planted = new Map<Fault["sort"], { found: number; of: number }>();
let claims = 0;
let alarms = 0;
for (const one of cases) {
  const clone = join(mirrors, one.repo.replace("/", "+"), "repo");
  await using bench = await openWorkbench({ repository: clone, data: values.data, workers: 2 });
  const open = await reader(one, bench);
  const context = open(one.title, one.body ?? "");
  const untouched = await context.premises();
  alarms += untouched.length;
  for (const premise of untouched) console.log(`alarm ${one.id} ${JSON.stringify(premise)}`);
  const faults = await faultsFor(context);
  claims += untouched.length + faults.length;
  const before = new Set(untouched.map((premise) => JSON.stringify(premise)));
  for (const { sort, from, to } of faults) {
    const changed = open(one.title.replaceAll(from, to), (one.body ?? "").replaceAll(from, to));
    const found = (await changed.premises()).filter((premise) => !before.has(JSON.stringify(premise)));
    const score = planted.get(sort) ?? { found: 0, of: 0 };
    planted.set(sort, score);
    score.of++;
    if (found.some((premise) => isAbout(premise, sort))) score.found++;
    else console.log(`missed ${one.id} ${sort}: ${from} -> ${to} ${JSON.stringify(found)}`);
  }
}
console.log(`${cases.length} issues; ${claims} things looked up; ${alarms} alarms on untouched ones`);
for (const [sort, { found, of }] of planted) console.log(`${sort}: ${found} of ${of} planted faults found`);

function isAbout({ kind }: Premise, sort: Fault["sort"]): boolean {
  return kind === sort || (sort === "name" && kind === "option");
}

async function reader(
  { repo, base_commit }: Case,
  bench: Workbench,
): Promise<(title: string, body: string) => ResearchContext> {
  const commit = await bench.repository.resolve(base_commit);
  const codebase = await bench.codebase(commit);
  const time = (await bench.repository.history.commit(commit, commit))?.time ?? 0;
  const { history } = pastOf(bench.repository, commit, time);
  const forms = await readIssueForms(codebase.tree);
  return (title, body) =>
    researchContext({
      issue: visibleIssue({
        key: "bench",
        url: `https://github.com/${repo}/issues/1`,
        title,
        body,
        comments: [],
      }),
      codebase,
      history,
      forms,
      at: undefined,
    });
}

/** At most two faults of a sort, each in something that the report names and the repository has. */
async function faultsFor(context: ResearchContext): Promise<readonly Fault[]> {
  const { reading, report, history, issue } = context;
  const { places, frames } = await context.reported();
  const faults: Fault[] = [];
  const add = (sort: Fault["sort"], from: string, to: string): void => {
    if (from !== to && issue.text.includes(from) && faults.filter((one) => one.sort === sort).length < 2)
      faults.push({ sort, from, to });
  };
  for (const { named, path, ref, basePath } of places) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    // A link with a branch is not looked up, and a name alone may be any project's.
    const isWhole =
      /^[0-9a-f]{7,40}$/.test(ref) ||
      (path === basePath && path.split("/").length > 2 && named.replace(/^[\x60.]*\/?/, "").startsWith(path));
    if (isWhole && named.includes("/") && named.includes(name))
      add("path", named, named.replace(name, `lost_${name}`));
  }
  for (const { named, lines, commit, path } of places) {
    if (lines === undefined || !named.includes(String(lines.start))) continue;
    const count = (await history.textAt({ commit, path }))?.split("\n").length ?? 0;
    add("line", named, named.replace(new RegExp(`${lines.start}(?!\\d)`), String(count + 40)));
  }
  for (const { frame, lines, commit, path } of frames.toReversed()) {
    if (lines === undefined || frame.line === undefined) continue;
    const count = (await history.textAt({ commit, path }))?.split("\n").length ?? 0;
    const written = [`${frame.path}:${frame.line}`, `${frame.path}", line ${frame.line}`].find((text) =>
      issue.text.includes(text),
    );
    if (written !== undefined) add("line", written, written.replace(/\d+$/, String(count + 40)));
  }
  const name = issue.url?.split("/")[4] ?? "";
  const tags = await history.tags();
  for (const version of projectVersions(
    report.versions.filter(({ subject }) => subject !== ""),
    [name],
  ))
    if (/^v?\d+(?:\.\d+){1,3}$/.test(version) && tagOf(version, tags, [name]) !== undefined)
      add("version", version, version.replace(/\.\d+/, ".97"));
  const { definitions } = await context.symbolIndex();
  for (const { kind, text } of reading.textBlocks) {
    if (kind !== "inline-code") continue;
    const [, identifier] =
      /^(?:[A-Za-z_$][\w$]*(?:\.|::|#))?([A-Za-z_$][\w$]*)(?:\(\))?$/.exec(text.trim()) ?? [];
    const isCompound = identifier !== undefined && /\p{Ll}\p{Lu}|[\p{L}\p{N}]_[\p{L}\p{N}]/u.test(identifier);
    if (isCompound && identifier.length >= 8 && definitions.has(identifier))
      add("name", identifier, swapped(identifier));
  }
  for (const { claim } of await pointers(context)) {
    if (claim.type !== messageAt.name || (await checkClaim(claim, context)).verdict !== "holds") continue;
    const { words } = claim.data as { readonly words: string };
    const all = words.split(" ");
    const at = all.findIndex(
      (word, place) => place >= 2 && place + 2 < all.length && /^[A-Za-z]{3,}$/.test(word),
    );
    if (at >= 0) add("message", words, all.with(at, "wrongly").join(" "));
  }
  return faults;
}

/** Two neighbours in the middle of a word are swapped. */
function swapped(word: string): string {
  for (let at = Math.floor(word.length / 2); at + 1 < word.length; at++)
    if (word[at] !== word[at + 1] && /[a-z]{2}/.test(word.slice(at, at + 2)))
      return word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2);
  return word;
}
