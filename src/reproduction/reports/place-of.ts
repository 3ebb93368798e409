import { COPY } from "../../sandbox/places.ts";

/** A path that a runner names, as the repository names it; undefined for anything outside and for installed packages. */
export function pathInRepository(raw: string, folder: string): string | undefined {
  let path = raw.trim().replace(/^file:\/\//, "");
  if (path.startsWith(`${COPY}/`)) path = path.slice(COPY.length + 1);
  else if (path.startsWith("/") || /^[a-z][a-z+.-]*:/i.test(path)) return undefined;
  else {
    path = path.replace(/^(\.\/)+/, "");
    if (folder !== "" && !path.startsWith(`${folder}/`)) path = `${folder}/${path}`;
  }
  return path === "" || /(^|\/)(\.\.|node_modules|site-packages|dist-packages|vendor)(\/|$)/.test(path)
    ? undefined
    : path;
}

/** Lines and characters of a line that are looked at: code under test writes these texts. */
const MOST_LINES = 5_000;
const LONGEST_LINE = 1_000;

/** The first place in the repository that a pattern (path, line) finds in a line of the text, or the last one. */
export function placeOf(
  text: string,
  pattern: RegExp,
  folder: string,
  which: "first" | "last" = "first",
): { readonly path: string; readonly line: number } | undefined {
  let found: { path: string; line: number } | undefined;
  for (const line of text.split("\n", MOST_LINES)) {
    const [, raw, number] = (line.length <= LONGEST_LINE && pattern.exec(line)) || [];
    const path = raw === undefined ? undefined : pathInRepository(raw, folder);
    if (path === undefined) continue;
    found = { path, line: Number(number) };
    if (which === "first") break;
  }
  return found;
}

/** A frame of V8: `at name (file:line:column)` or `at file:line:column`. */
export const V8_FRAME = /^\s*at (?:.*\()?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

/** The first lines of a message, without what changes from line to line. */
export function shorten(text: string | undefined, most = 2_000): string | undefined {
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === "") return undefined;
  return trimmed.length <= most ? trimmed : `${trimmed.slice(0, most).toWellFormed()}…`;
}
