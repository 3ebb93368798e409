import type { Citation } from "../../documents/citation.ts";
import type { SearchHit, SearchQuery } from "../../repository/recorded-search.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { claimsOf } from "./claims.ts";
import type { PlainStatement } from "./plain-statement.ts";
import type { SubmittedCitation, SubmittedFinding } from "./submission.ts";
import { universalMatch } from "./universal-claim.ts";
import { covers, reasonless } from "./dismissals.ts";
import { type FindingSource, runAgain } from "./read-citation.ts";

/** Hits that one statement may set aside; more are shown by a narrower statement. */
const MAX_DISMISSED = 20;

interface Shown {
  readonly reasons: readonly string[];
  readonly dismissed: readonly Dismissed[];
}

/**
 * A sentence about everything or nothing holds only when a search over the whole commit, for the name that it is about, has
 * no hit that is neither cited nor dismissed with a reason that fits the line. Neither the model's choice of files counts
 * nor its choice of a pattern: whatever it asked, the name is looked for as a whole word.
 */
export async function unproven(
  statement: PlainStatement,
  submitted: SubmittedFinding,
  citations: Citation[],
  from: FindingSource,
): Promise<Shown> {
  const { text: words, at } = universalMatch(statement.words)!;
  const fail = (...reasons: string[]): Shown => ({ reasons, dismissed: [] });
  const given = submitted.citations.filter(({ search }) => search !== undefined);
  if (given.length === 0)
    return fail(
      `“${words}” speaks of everything or nothing: cite the \`search\` that shows it, or say only what the cited lines hold.`,
    );
  const about = namesNear(statement, at);
  const sought = given.filter(({ search }) => about.some((name) => isFor(search!, name)));
  if (about.length === 0 || sought.length === 0)
    return fail(
      `The search for ${inlineCode(given[0]!.search!.pattern, 60)} is not about what “${words}” says: say it of a name between backticks, and search for that name.`,
    );
  const reasons: string[] = [];
  const dismissed: Dismissed[] = [];
  for (const { search, dismissed: setAside = [] } of sought) {
    const name = about.find((candidate) => isFor(search!, candidate))!;
    const query: SearchQuery = { kind: "word", pattern: name, include: [], exclude: [] };
    const whole = await runAgain(IDENTIFIER.test(name) ? query : { ...query, kind: "text" }, from);
    if (typeof whole === "string") return fail(whole);
    const index = citations.findIndex(
      (citation) => citation.kind === "search" && citation.search.query.pattern === search!.pattern,
    );
    if (index >= 0) citations[index] = { kind: "search", search: whole };
    const open: SearchHit[] = [];
    for (const hit of whole.hits) {
      if (covers(citations, hit)) continue;
      if (LOCATED.test(statement.words) && (await isInside(hit, statement.code, name, from))) continue;
      const one = setAside.find(({ path, line }) => path === hit.path && line === hit.line);
      if (one === undefined) open.push(hit);
      else {
        const wrong = await reasonless(one, from);
        if (wrong === undefined) dismissed.push(one);
        else reasons.push(wrong);
      }
    }
    if (open.length > 0)
      reasons.push(
        `“${words}”: the search for ${inlineCode(name, 60)} over the whole commit also finds ${open
          .slice(0, 10)
          .map(({ path, line }) => inlineCode(`${path}:${line}`))
          .join(
            ", ",
          )}${open.length > 10 ? ` and ${open.length - 10} more` : ""}; cite each, or dismiss it with the reason.`,
      );
  }
  if (dismissed.length > MAX_DISMISSED)
    reasons.push(`At most ${MAX_DISMISSED} hits are dismissed for one statement; say it of fewer places.`);
  return { reasons, dismissed };
}

type Dismissed = NonNullable<SubmittedCitation["dismissed"]>[number];
const IDENTIFIER = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
/** Says where the only ones are: "stands in \`Store\` alone". */
const LOCATED = /\b(?:alone|only in|nowhere (?:but|else)|outside|exclusively in|solely in|elsewhere)\b/i;

/**
 * The names that stand next to the words that speak of everything: the one before them and the one after; where it says in
 * what something stands alone, the one before.
 */
function namesNear({ code, codeAt, words }: PlainStatement, at: number): readonly string[] {
  const after = code.findIndex((_, i) => codeAt[i]! >= at);
  const before = code.findLastIndex((_, i) => codeAt[i]! < at);
  const near = LOCATED.test(words) && before >= 0 ? [code[before]] : [code[after], code[before]];
  const spans = near.flatMap((text) => (text === undefined ? [] : [text]));
  const plain = claimsOf({ code: [], codeAt: [], words, markdown: "" }).filter(({ kind }) => kind === "name");
  const names = spans.length > 0 ? spans : plain.map(({ text }) => text);
  return names.flatMap((name) => [name, lastPart(name)]).filter((name) => name.length >= 3);
}

/** `set` of `Store.set(key)`. */
function lastPart(name: string): string {
  const parts = name.replace(/\(.*$/s, "").split(/\.|::|->|#/);
  return parts.at(-1) ?? "";
}

/** A search for this name, or for something that holds it as a word. */
function isFor({ kind, pattern }: SearchQuery, name: string): boolean {
  if (kind === "word" || pattern === name) return pattern === name;
  const names: readonly string[] =
    pattern.replace(/\\[a-zA-Z]/g, " ").match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  return names.includes(name);
}

/** True when the hit lies in a file or definition that the sentence names. */
async function isInside(
  { path, line }: SearchHit,
  code: readonly string[],
  name: string,
  from: FindingSource,
): Promise<boolean> {
  const around = [path, ...(await from.symbolsAt(path, line, line))];
  return code.some((span) => span !== name && around.includes(span));
}
