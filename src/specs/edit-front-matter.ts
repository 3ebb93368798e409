import { isMap, isScalar, isSeq } from "yaml";
import type { Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { formatFlowList, formatFlowMap, formatScalar } from "./format-yaml.ts";
import type { FrontMatterSource } from "./front-matter.ts";
import { keyRank } from "./keys.ts";
import type { Splice } from "../text/splice.ts";

/** New values; an empty list or undefined removes the key. The entries of a map are added to the ones that are there. */
export type KeyChange = string | readonly string[] | ReadonlyMap<string, string> | undefined;

/** Why nothing can be spliced into this front matter: the key and what is unusual about it. */
export class NotSpliceable extends Error {}

/**
 * The splices that give these keys these values and leave every other byte alone. The caller leaves out keys whose
 * value is the same already. Throws NotSpliceable for keys that do not start a line.
 */
export function spliceKeys(
  text: string,
  source: FrontMatterSource,
  changes: ReadonlyMap<string, KeyChange>,
): Splice[] {
  const place = { text, offset: source.offset, eol: source.eol };
  return spliceMap(place, source.map, source.end, changes, keyRank);
}

/** The lines of front matter that has only these keys, in chant's order, without the lines around. */
export function formatKeys(changes: ReadonlyMap<string, KeyChange>, eol: string): string {
  const ordered = [...changes].sort(([a], [b]) => keyRank(a) - keyRank(b));
  return ordered.map(([key, value]) => formatKey("", key, value, eol)).join("");
}

interface Place {
  readonly text: string;
  /** Of YAML offsets in the text. */
  readonly offset: number;
  readonly eol: string;
}

function spliceMap(
  place: Place,
  map: YAMLMap | undefined,
  emptyAt: number,
  changes: ReadonlyMap<string, KeyChange>,
  rank: (key: string) => number,
): Splice[] {
  const pairs = map?.items ?? [];
  if (map?.flow) throw new NotSpliceable("keys inside `{ }`");
  const first = pairs[0];
  const indent = first
    ? place.text.slice(lineStart(place, keyStart(place, first)), keyStart(place, first))
    : "";
  if (indent.trim() !== "") throw new NotSpliceable("a key that does not start its line");

  const ordered = [...changes].sort(([a], [b]) => rank(a) - rank(b));
  return ordered.flatMap(([key, value]) => {
    const pair = pairs.find((p) => isScalar(p.key) && String(p.key.value) === key);
    if (pair) return splicePair(place, pair, indent, value);
    const added = formatKey(indent, key, value, place.eol);
    if (added === "") return [];
    const at = first ? insertionPoint(place, pairs, first, rank(key), rank) : emptyAt;
    return [{ start: at, end: at, text: added }];
  });
}

/** After the last of the keys that come before it in chant's order, else before the first key. */
function insertionPoint(
  place: Place,
  pairs: readonly Pair[],
  first: Pair,
  ofKey: number,
  rank: (key: string) => number,
): number {
  let before: Pair | undefined;
  let highest = -1;
  for (const pair of pairs) {
    const r = rank(isScalar(pair.key) ? String(pair.key.value) : "");
    if (r <= ofKey && r >= highest) {
      before = pair;
      highest = r;
    }
  }
  return before ? pairEnd(place, before) : lineStart(place, keyStart(place, first));
}

function splicePair(place: Place, pair: Pair, indent: string, value: KeyChange): Splice[] {
  const start = lineStart(place, keyStart(place, pair));
  if (place.text.slice(start, keyStart(place, pair)) !== indent) {
    throw new NotSpliceable("a key that does not start its line");
  }
  const old = pair.value;
  if (value === undefined || (isList(value) && value.length === 0)) {
    return [{ start, end: pairEnd(place, pair), text: "" }];
  }
  if (typeof value === "string") return spliceValue(place, pair, ` ${formatScalar(value)}`);
  if (isList(value)) {
    if (isSeq(old) && old.flow) return spliceValue(place, pair, ` ${formatFlowList(value)}`);
    const items = isSeq(old) ? spliceItems(place, old, value) : undefined;
    return items ?? spliceValue(place, pair, formatList(indent, value, place.eol));
  }
  if (isMap(old) && old.flow) {
    const merged = new Map(old.items.map((p) => [scalarText(p.key), scalarText(p.value)]));
    for (const [key, v] of value) merged.set(key, v);
    return spliceValue(place, pair, ` ${formatFlowMap(merged)}`);
  }
  if (isMap(old)) return spliceMap(place, old, 0, value, mapRank(value));
  return spliceValue(place, pair, formatMap(indent, value, place.eol));
}

/** `text` starts with what follows the colon: a space and a value, or a line ending and an indented block. */
function spliceValue(place: Place, pair: Pair, text: string): Splice[] {
  const old = pair.value;
  const colon = colonEnd(place, pair);
  const isFlow = (isSeq(old) || isMap(old)) && old.flow === true;
  const isOneLiner = isScalar(old) && old.type !== "BLOCK_LITERAL" && old.type !== "BLOCK_FOLDED";
  if (!isFlow && !isOneLiner) {
    return [{ start: colon, end: pairEnd(place, pair), text: text + place.eol }];
  }
  const from = place.offset + (old.range?.[0] ?? 0);
  const to = place.offset + (old.range?.[1] ?? 0);
  if (from === to) return [{ start: colon, end: colon, text }];
  return text.startsWith(" ")
    ? [{ start: from, end: to, text: text.slice(1) }]
    : [{ start: colon, end: to, text }];
}

/** Keeps the items at both ends that stay, with the comments between; undefined when an item is not one plain line. */
function spliceItems(place: Place, seq: YAMLSeq, value: readonly string[]): Splice[] | undefined {
  const items = seq.items.filter(isScalar).map((item) => {
    const at = place.offset + (item.range?.[0] ?? 0);
    const start = lineStart(place, at);
    return { value: scalarText(item), lead: place.text.slice(start, at), start, end: nodeEnd(place, item) };
  });
  const [head] = items;
  if (!head || items.length !== seq.items.length) return undefined;
  if (!items.every((i) => isDash(i.lead)) || items.some((i, n) => i.start < (items[n - 1]?.end ?? 0))) {
    return undefined;
  }

  let same = 0;
  while (same < items.length && same < value.length && items[same]?.value === value[same]) same++;
  let tail = 0;
  while (
    tail < items.length - same &&
    tail < value.length - same &&
    items.at(-1 - tail)?.value === value.at(-1 - tail)
  ) {
    tail++;
  }
  const removed = items.slice(same, items.length - tail).map(({ start, end }) => ({ start, end, text: "" }));
  const added = value.slice(same, value.length - tail).map((v) => head.lead + formatScalar(v) + place.eol);
  const at = items[same - 1]?.end ?? head.start;
  return added.length === 0 ? removed : [...removed, { start: at, end: at, text: added.join("") }];
}

function isDash(lead: string): boolean {
  return lead.trim() === "-";
}

function formatKey(indent: string, key: string, value: KeyChange, eol: string): string {
  if (value === undefined || (isList(value) && value.length === 0)) return "";
  if (typeof value === "string") return `${indent}${key}: ${formatScalar(value)}${eol}`;
  const block = isList(value) ? formatList(indent, value, eol) : formatMap(indent, value, eol);
  return `${indent}${key}:${block}${eol}`;
}

function formatList(indent: string, items: readonly string[], eol: string): string {
  return items.map((item) => `${eol}${indent}- ${formatScalar(item)}`).join("");
}

function formatMap(indent: string, entries: ReadonlyMap<string, string>, eol: string): string {
  return [...entries].map(([key, value]) => `${eol}${indent}  ${key}: ${formatMember(key, value)}`).join("");
}

/** Members that chant reads as a boolean; every other value is text and is quoted where it could be taken for more. */
const BOOLEANS = new Set(["required"]);

function formatMember(key: string, value: string): string {
  return BOOLEANS.has(key) && (value === "true" || value === "false") ? value : formatScalar(value);
}

function isList(value: KeyChange): value is readonly string[] {
  return Array.isArray(value);
}

/** Entries of a nested map go in the order given. */
function mapRank(value: ReadonlyMap<string, string>): (key: string) => number {
  const keys = [...value.keys()];
  return (key) => keys.indexOf(key);
}

function scalarText(node: unknown): string {
  return isScalar(node) && typeof node.value === "string" ? node.value : "";
}

function keyStart(place: Place, pair: Pair): number {
  return place.offset + ((pair.key as Scalar).range?.[0] ?? 0);
}

function colonEnd(place: Place, pair: Pair): number {
  const colon = place.text.indexOf(":", place.offset + ((pair.key as Scalar).range?.[1] ?? 0));
  if (colon < 0) throw new NotSpliceable("a key without a colon");
  return colon + 1;
}

function lineStart(place: Place, at: number): number {
  return place.text.lastIndexOf("\n", at - 1) + 1;
}

/** Start of the line after the pair's last one; a comment at the end of that line belongs to the pair. */
function pairEnd(place: Place, pair: Pair): number {
  return nodeEnd(place, isEmptyNode(pair.value) ? pair.key : pair.value);
}

function isEmptyNode(node: unknown): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
}

function nodeEnd(place: Place, node: unknown): number {
  if (isSeq(node) && !node.flow && node.items.length > 0) return nodeEnd(place, node.items.at(-1));
  if (isMap(node) && !node.flow && node.items.length > 0) return pairEnd(place, node.items.at(-1) as Pair);
  const range = isScalar(node) || isSeq(node) || isMap(node) ? node.range : undefined;
  const end = place.offset + (range?.[1] ?? 0);
  if (place.text[end - 1] === "\n") return end;
  const feed = place.text.indexOf("\n", end);
  return feed < 0 ? place.text.length : feed + 1;
}
