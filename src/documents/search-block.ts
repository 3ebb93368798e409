import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { RecordedSearch, SearchHit, SearchQuery } from "../repository/recorded-search.ts";
import { sha256 } from "../text/hash.ts";
import { formatLocation, splitLocation } from "../text/location.ts";
import { printable } from "../text/inline-code.ts";

/** The language of the fenced block that records a search. */
export const SEARCH_LANGUAGE = "casebook-search";
/** More hits are recorded as their number and a digest. */
const MAX_LISTED_HITS = 200;
const MAX_BLOCK = 100_000;

/** A search as a block records it: the hits, or their number and digest. */
export interface SearchRecord {
  readonly query: SearchQuery;
  readonly count: number;
  /** Undefined when there were too many to list. */
  readonly hits: readonly SearchHit[] | undefined;
  readonly digest: string | undefined;
}

/** The inside of the fenced block: YAML, one key a line, then the hits. */
export function formatSearch({ query, hits }: RecordedSearch): string {
  const lines = [`${query.kind}: ${JSON.stringify(query.pattern)}`];
  if (query.include.length > 0) lines.push(`in: ${JSON.stringify(query.include)}`);
  if (query.exclude.length > 0) lines.push(`not: ${JSON.stringify(query.exclude)}`);
  lines.push(`hits: ${hits.length}`);
  if (hits.length > MAX_LISTED_HITS) lines.push(`digest: ${digestOf(hits)}`);
  else if (hits.length > 0) lines.push("list:", ...hits.map((hit) => `- ${JSON.stringify(formatHit(hit))}`));
  return lines.join("\n");
}

/** Reads such a block; a text when it says why it cannot be read. */
export function parseSearch(text: string): SearchRecord | string {
  if (text.length > MAX_BLOCK) return `the block has more than ${MAX_BLOCK} characters`;
  const document = parseDocument(text, { schema: "failsafe", maxAliasCount: 0 } as never);
  if (document.errors.length > 0)
    return `the block is not YAML: ${printable(document.errors[0]!.message).slice(0, 120)}`;
  const root = document.contents;
  if (!isMap(root)) return "the block is not a map of keys";
  const value = (key: string): string | undefined => {
    const node = root.get(key, true);
    return isScalar(node) ? String(node.value) : undefined;
  };
  const list = (key: string): readonly string[] => {
    const node: unknown = root.get(key, true);
    if (isScalar(node)) return [String(node.value)];
    return isSeq(node)
      ? node.items.flatMap((item: unknown) => (isScalar(item) ? [String(item.value)] : []))
      : [];
  };
  const kinds = (["word", "text", "regex"] as const).filter((kind) => value(kind) !== undefined);
  if (kinds.length !== 1) return "the block needs one of `word`, `text` and `regex`";
  const count = value("hits");
  if (count === undefined || !/^\d{1,9}$/.test(count)) return "the block needs `hits`, a number";
  const hits: SearchHit[] = [];
  for (const item of list("list")) {
    const hit = splitLocation(item);
    if (hit === undefined || hit.path === "" || hit.start < 1)
      return `the hit ${printable(item).slice(0, 80)} is not path:line`;
    hits.push({ path: hit.path, line: hit.start });
  }
  const digest = value("digest");
  if (digest === undefined && hits.length !== Number(count))
    return `it says ${count} hits and lists ${hits.length}`;
  const query = { kind: kinds[0]!, pattern: value(kinds[0]!)!, include: list("in"), exclude: list("not") };
  return { query, count: Number(count), hits: digest === undefined ? hits : undefined, digest };
}

/** Tells that two lists of hits differ. */
export function digestOf(hits: readonly SearchHit[]): string {
  return sha256(hits.map((hit) => `${formatHit(hit)}\n`).join("")).slice(0, 16);
}

function formatHit({ path, line }: SearchHit): string {
  return formatLocation({ path, start: line, end: line });
}
