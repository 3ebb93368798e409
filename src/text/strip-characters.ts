import type { Hidden, HiddenKind } from "./hidden.ts";
import { flagTagsLength, invisibleKind, isRightToLeft } from "./invisible-characters.ts";

/** At most this many code points of one invisible run are listed. */
const MAX_LISTED = 2000;
const SUSPECT = /[^\n\t\x20-\x7e]/;

/** Takes the invisible characters out of a text; one pass, and a second one finds nothing more. */
export function stripCharacters(text: string): { readonly text: string; readonly hidden: readonly Hidden[] } {
  if (!SUSPECT.test(text)) return { text, hidden: [] };
  const hidden: Hidden[] = [];
  const out: string[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries())
    out.push(SUSPECT.test(line) ? stripLine(line, index + 1, hidden) : line);
  return { text: out.join("\n"), hidden };
}

function stripLine(line: string, number: number, hidden: Hidden[]): string {
  const rightToLeft = isRightToLeft(line);
  const kept: string[] = [];
  let keptFrom = 0;
  let previous = 0;
  let run: { kind: HiddenKind; codes: number[] } | undefined;
  const endRun = () => {
    if (run) hidden.push({ kind: run.kind, text: nameRun(run.kind, run.codes), line: number });
    run = undefined;
  };
  for (let at = 0; at < line.length;) {
    const flag = flagTagsLength(line, at, previous);
    const code = line.codePointAt(at) ?? 0;
    const size = flag > 0 ? flag : code > 0xffff ? 2 : 1;
    const kind = flag > 0 ? undefined : invisibleKind(line, at, previous, rightToLeft);
    if (kind === undefined) {
      endRun();
      previous = flag > 0 ? 0 : code;
    } else {
      if (run?.kind !== kind) {
        endRun();
        run = { kind, codes: [] };
      }
      run?.codes.push(code);
      kept.push(line.slice(keptFrom, at));
      keptFrom = at + size;
    }
    at += size;
  }
  endRun();
  kept.push(line.slice(keptFrom));
  return kept.join("");
}

/** Tag characters spell letters; the others are named by their numbers. */
function nameRun(kind: HiddenKind, codes: readonly number[]): string {
  const listed = codes.slice(0, MAX_LISTED);
  if (kind === "tag-character")
    return listed.map((c) => (c >= 0xe0020 && c <= 0xe007e ? String.fromCharCode(c - 0xe0000) : "")).join("");
  return listed.map((c) => `U+${c.toString(16).toUpperCase().padStart(4, "0")}`).join(" ");
}
