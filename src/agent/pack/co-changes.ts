import { qualifiedName } from "../../languages/syntax.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { Block } from "../../documents/finding.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import { findings, hypothesis } from "../../phases/builtin/statements.ts";
import { citationOf } from "../../phases/builtin/suspects.ts";

/** Of one co-change candidate; more is no help to a reader. */
const MAX_REASONS = 3;
/** What else may have to change: a ranking, so every line is a hypothesis with what speaks for it. */
export async function coChanges(context: ResearchContext): Promise<readonly Block[]> {
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
