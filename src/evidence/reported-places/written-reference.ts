import type { ReportReference } from "../../issue/report/report-references.ts";

/** What a reference of a report says before the repository is asked. */
export type WrittenReference = WrittenPlace | WrittenChange;

export interface WrittenPlace {
  readonly kind: "place";
  readonly named: string;
  /** `owner/name` of a link. */
  readonly repository?: string;
  /** The revision of a link and the path behind it; a branch with a `/` in its name looks like a folder. */
  readonly ref?: string;
  readonly path: string;
  readonly lines?: { readonly start: number; readonly end: number };
}

export interface WrittenChange {
  readonly kind: "change";
  readonly named: string;
  readonly repository?: string;
  /** The number of a pull request or issue. */
  readonly number?: number;
  /** A hash, whole or its beginning. */
  readonly hash?: string;
}

const BLOB =
  /^https?:\/\/[\w.-]+\/([\w.-]+\/[\w.-]+)\/(?:-\/)?(?:blob|blame|tree|raw)\/([^/]+)\/([^#?]+)(?:\?[^#]*)?(?:#(.*))?$/;
const COMMIT = /^https?:\/\/[\w.-]+\/([\w.-]+\/[\w.-]+)\/(?:-\/)?commits?\/([0-9a-f]{7,40})/;
const NUMBERED =
  /^https?:\/\/[\w.-]+\/([\w.-]+\/[\w.-]+)\/(?:-\/)?(?:pull|pulls|merge_requests|issues)\/(\d{1,8})/;
const SHORT = /^(?:([\w.-]+\/[\w.-]+))?#(\d{1,8})$/;
const HASH = /\b([0-9a-f]{7,40})\b`?$/;
const ANCHOR = /^L(\d{1,7})(?:C\d+)?(?:-L?(\d{1,7})?)?/;
/** `a.c:12`, `a.c:12:3`, `a.c(12)`. */
const COLON = /^`?([^\s`]+?\.\w{1,6})(?::(\d{1,7})(?::\d{1,7})?|\((\d{1,7})\))`?$/;
/** `line 12 of a.c`, `a.c, Zeile 12`, `around lines 12-14 in a.c`: a path, and apart from it a number or two. */
const PATH = /[\w@.+/\\-]{1,200}\.[A-Za-z]\w{0,5}(?![\w/])/;
const NUMBERS = /(?<![\w.])(\d{1,6})(?:\s?[-–]\s?(\d{1,6}))?(?![\w.]\w)/;

/** The hash of a revision that was used; undefined for other references. */
export function usedRevision({ kind, quote }: ReportReference): string | undefined {
  return kind === "revision" ? HASH.exec(quote)?.[1] : undefined;
}

/** Undefined for what names no file, number or hash. */
export function parseReference({ kind, quote }: ReportReference): WrittenReference | undefined {
  switch (kind) {
    case "permalink":
    case "line":
    case "file":
      return placeOf(quote);
    case "revision":
      return undefined;
    case "commit": {
      const link = COMMIT.exec(quote);
      if (link !== null) return { kind: "change", named: quote, repository: link[1]!, hash: link[2]! };
      const hash = HASH.exec(quote)?.[1];
      return hash === undefined ? undefined : { kind: "change", named: quote, hash };
    }
    case "pull":
    case "issue": {
      const [, repository, number] = NUMBERED.exec(quote) ?? SHORT.exec(quote) ?? [];
      if (number === undefined) return undefined;
      return {
        kind: "change",
        named: quote,
        ...(repository === undefined ? {} : { repository }),
        number: Number(number),
      };
    }
  }
}

function placeOf(named: string): WrittenPlace | undefined {
  const link = BLOB.exec(named);
  if (link !== null) {
    const anchor = ANCHOR.exec(link[4] ?? "");
    return {
      kind: "place",
      named,
      repository: link[1]!,
      ref: decoded(link[2]!),
      path: decoded(link[3]!),
      ...linesOf(anchor?.[1], anchor?.[2]),
    };
  }
  const colon = COLON.exec(named);
  if (colon !== null)
    return { kind: "place", named, path: cleaned(colon[1]!), ...linesOf(colon[2] ?? colon[3]) };
  const inWords = /\s|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}/u.test(named)
    ? PATH.exec(named)?.[0]
    : undefined;
  const numbers = inWords === undefined ? null : NUMBERS.exec(named.replace(inWords, " "));
  if (inWords !== undefined && numbers !== null)
    return { kind: "place", named, path: cleaned(inWords), ...linesOf(numbers[1], numbers[2]) };
  const path = named.replaceAll("`", "");
  return /\s|^https?:/.test(path) || !/\.\w{1,6}$/.test(path)
    ? undefined
    : { kind: "place", named, path: cleaned(path) };
}

function linesOf(first: string | undefined, last?: string): Pick<WrittenPlace, "lines"> {
  if (first === undefined || Number(first) === 0) return {};
  const start = Number(first);
  return { lines: { start, end: Math.max(start, Number(last ?? start)) } };
}

function cleaned(path: string): string {
  return path.replaceAll("\\", "/").replace(/^(?:\.{0,2}\/)+/, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
