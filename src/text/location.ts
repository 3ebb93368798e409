/** Lines of a file of the repository. Prints as `path:3` or `path:3-9`. */
export interface Location {
  /** As git prints it: from the root, `/` between parts, no leading `./`. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly start: number;
  /** 1-based, inclusive. */
  readonly end: number;
}

/** A location as somebody wrote it: the path may be anything, `end` may come before `start`, and both may be 0. */
export interface WrittenLocation extends Location {
  /** What a permalink names besides the lines. */
  readonly link?: { readonly repository: string; readonly revision: string };
}

/** Why a text is no location: one clause, such as "it names no line". Holds nothing of the text but numbers. */
export interface LocationProblem {
  readonly problem: string;
}

const MAX_PATH = 1_000;
const MAX_TEXT = 4_000;
/** The longest ending is `#L12345678C12345-L12345678C12345`. */
const LONGEST_LINES = 40;
/** `:3`, `:3-9`, `:3:7` (line and column), `#L3`, `#L3-L9`, `#L3C1-L9C8`, at the end of a text. */
const LINES =
  /(?::(\d{1,8})(?:[-–](\d{1,8})|:\d{1,8})?|#L(\d{1,8})(?:C\d{1,5})?(?:-L?(\d{1,8})(?:C\d{1,5})?)?)$/;
/** A file on GitHub (`/blob/`) or GitLab (`/-/blob/`). A branch with a `/` in its name looks like a folder. */
const BLOB =
  /^(https?:\/\/[\w.-]{1,100}(?::\d{1,5})?\/[\w./-]{1,300}?)\/(?:-\/)?blob\/([^/?#]{1,250})\/([^?#]+)(?:\?[^#]*)?$/;

/**
 * Splits `path:3`, `path:3:7`, `path:3-9`, `path#L3-L9` or a permalink into path and lines; undefined when no lines are
 * named. Says nothing about the path: `parseLocation` does. Linear, never throws.
 */
export function splitLocation(text: string): WrittenLocation | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const tail = text.slice(-LONGEST_LINES);
  const match = LINES.exec(tail);
  if (match === null) return undefined;
  const start = Number(match[1] ?? match[3]);
  const end = Number(match[2] ?? match[4] ?? start);
  const before = text.slice(0, text.length - match[0].length);
  const blob = BLOB.exec(before);
  return blob === null
    ? { path: withoutDot(before), start, end }
    : { path: decoded(blob[3]!), start, end, link: { repository: blob[1]!, revision: blob[2]! } };
}

/** Lines of a file inside the repository, as a person or a tool writes them. Linear, never throws. */
export function parseLocation(text: string): WrittenLocation | LocationProblem {
  if (text.length > MAX_TEXT) return { problem: `it has more than ${MAX_TEXT} characters` };
  const written = splitLocation(text.trim());
  if (written === undefined) return { problem: "it names no line" };
  const { path, start, end } = written;
  const problem = problemOfPath(path);
  if (problem !== undefined) return { problem };
  if (start === 0 || end === 0) return { problem: "line 0 does not exist, lines count from 1" };
  if (end < start) return { problem: `its last line, ${end}, comes before its first, ${start}` };
  return written;
}

/** `path:3` for one line, `path:3-9` for several; `parseLocation` reads it back. */
export function formatLocation({ path, start, end }: Location): string {
  // After a path that ends like a line number, `:3` would be taken for a column.
  if (/:\d{1,8}$/.test(path)) return start === end ? `${path}#L${start}` : `${path}#L${start}-L${end}`;
  return start === end ? `${path}:${start}` : `${path}:${start}-${end}`;
}

function problemOfPath(path: string): string | undefined {
  if (path === "") return "it names no file";
  if (path.length > MAX_PATH) return `its path has more than ${MAX_PATH} characters`;
  if (/\p{Cc}/u.test(path)) return "its path has a control character";
  if (path.includes("://")) return "it is an address, but not of a file on a code host";
  if (path.includes("\\")) return "its path has a backslash, folders are separated by `/`";
  if (path.startsWith("/")) return "its path is absolute, paths start at the root of the repository";
  const parts = path.split("/");
  if (parts.includes("..")) return "its path has `..`, which leads out of the repository";
  if (parts.some((part) => part === "" || part === ".")) return "its path has an empty part";
  return undefined;
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/)+/, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
