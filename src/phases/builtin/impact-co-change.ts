import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { Block, Finding } from "../../documents/finding.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import type { CommitRecord } from "../../repository/history.ts";
import type { ResearchContext } from "./research-context.ts";
import { counted, fact, findings, hypothesis, measured, NO_TARGET, unknown } from "./statements.ts";
import { citationOf, qualifiedName } from "./suspects.ts";

const MAX_FILES = 10;
/** Of one co-change candidate; more is no help to a reader. */
const MAX_REASONS = 3;
/** Files that changed together less often than this did so by chance. */
const MIN_TOGETHER = 2;
const MIN_SHARE = 0.2;
/** A commit over more files is weak evidence for any pair of them. */
const MAX_COMMIT_FILES = 30;

/** Files that changed together before, and the files and functions that are likeliest to change now. */
export async function coChange(context: ResearchContext): Promise<readonly Block[]> {
  return [...(await filesTogether(context)), ...(await coChanges(context))];
}

/** What else may have to change: a ranking, so every line is a hypothesis with what speaks for it. */
async function coChanges(context: ResearchContext): Promise<readonly Block[]> {
  const [first] = await context.targets();
  if (first === undefined) return [];
  const files = (await context.coChangeFiles()).map(({ path, reasons }) => ({
    what: inlineCode(path),
    own: [],
    reasons,
  }));
  const functions = (await context.coChanges()).map(({ path, symbol, reasons }) => ({
    what: `${inlineCode(qualifiedName(symbol))} in ${inlineCode(path)}`,
    own: [citationOf({ path, ...symbol })],
    reasons,
  }));
  return [
    ...rankingOf(`Files likeliest to change with ${inlineCode(first.path)}`, files),
    ...rankingOf(`Functions likeliest to change with ${inlineCode(qualifiedName(first.symbol))}`, functions),
  ];
}

interface RankedCoChange {
  readonly what: string;
  readonly own: readonly Citation[];
  readonly reasons: readonly Reason[];
}

function rankingOf(title: string, ranked: readonly RankedCoChange[]): readonly Block[] {
  const recordAnswer = ranked.filter(({ reasons }) => reasons.length > 0);
  if (recordAnswer.length === 0) return [];
  const items = recordAnswer.map(({ what, own, reasons }, at) => {
    const shown = reasons.slice(0, MAX_REASONS);
    return hypothesis(`${at + 1}. ${what}: ${shown.map(({ text }) => text).join("; ")}`, [
      ...own,
      ...shown.flatMap(({ citations }) => citations),
    ]);
  });
  return [
    { kind: "note", text: `**${title}**, best first; a ranking, so a fix may need none of them.` },
    findings(...items),
  ];
}

async function filesTogether(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [suspect] = await context.suspects();
  const commits = await context.commits();
  const files = new Set(
    targets.length > 0 ? targets.map(({ path }) => path) : suspect === undefined ? [] : [suspect.path],
  );
  if (files.size === 0) return [unknown(NO_TARGET)];
  const items: Finding[] = [];
  for (const file of files) {
    const own = commits.filter(
      (commit) => commit.files.includes(file) && commit.files.length <= MAX_COMMIT_FILES,
    );
    const together = new Map<string, CommitRecord[]>();
    for (const commit of own)
      for (const path of commit.files) {
        if (path === file || context.codebase.tree.find(path) === undefined) continue;
        const known = together.get(path);
        if (known === undefined) together.set(path, [commit]);
        else known.push(commit);
      }
    const often = [...together]
      .filter(([, shared]) => shared.length >= MIN_TOGETHER && shared.length / own.length >= MIN_SHARE)
      .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    for (const [path, shared] of often.slice(0, MAX_FILES))
      items.push(
        fact(
          `${inlineCode(path)} changed in ${shared.length} of the ${counted(own.length, "commit")} that changed ${inlineCode(file)}`,
          shared.slice(0, 2).map(({ oid, subject }) => ({ kind: "commit", oid, subject, path })),
        ),
      );
    if (often.length === 0)
      items.push(
        measured(
          `no file changed together with ${inlineCode(file)} in ${MIN_TOGETHER} or more of the ${counted(own.length, "commit")} that changed it, among the ${counted(commits.length, "commit")} read`,
        ),
      );
  }
  return [findings(...items)];
}
