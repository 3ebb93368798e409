/** Lines, or entries of one line, from which they are a list of what is installed and not a sentence about two versions. */
const MIN_LINES = 4;
const MIN_ENTRIES = 3;

const NAME = String.raw`["']?@?[A-Za-z][\w.@/+-]{0,60}["']?`;
const VERSION = String.raw`["']?[~^=<>v]{0,3}\d{1,9}(?:[.+-]\w{1,20}){1,8}["']?`;
/** `attrs  19.1.0  /home/me/attrs`, `attrs==19.1.0`, `numpy: 1.19.1`, `"react": "^17.0.2",`. */
const LINE = new RegExp(
  String.raw`^\s{0,20}(?:[-*•|]\s{0,4})?${NAME}\s{0,60}(?:={1,3}|:|@|\||\s)\s{0,60}${VERSION}(?:[\s,;|)]{0,60}|\s{2,60}\S{1,300}\s{0,9})$`,
);
/** `Package    Version`, `------- -------`. */
const HEAD = /^\s*(?:[-=+|\s]{3,300}|package\s{1,60}version(?:\s{1,60}\S{1,30}){0,4}\s*)$/i;
/** `certifi-2023.07.22` at the end of what stands between two commas. */
const ENTRY = new RegExp(String.raw`(?:^|\s)${NAME}(?:[-=@/ ]|==)${VERSION}\s{0,9}$`);

/**
 * The text without lists of installed programs and their versions (`pip list`, `a-1.2.0, b-3.4.1, ...`): their names are no words of the
 * report. Lines stay lines. Linear in the text.
 */
export function withoutVersionLists(text: string): string {
  const lines = text.split("\n");
  const isListed = lines.map((line) => line.length < 600 && (LINE.test(line) || HEAD.test(line)));
  return lines.map((line, at) => (isInRun(isListed, at) ? "" : withoutEntries(line))).join("\n");
}

/** Whether so many lines around this one are of the list; counted no further than needed. */
function isInRun(isListed: readonly boolean[], at: number): boolean {
  if (isListed[at] !== true) return false;
  let [from, to] = [at, at];
  while (at - from < MIN_LINES && isListed[from - 1] === true) from--;
  while (to - at < MIN_LINES && isListed[to + 1] === true) to++;
  return to - from + 1 >= MIN_LINES;
}

function withoutEntries(line: string): string {
  const entries = line.split(",");
  if (entries.length < MIN_ENTRIES) return line;
  const left = [...entries];
  for (const [from, to] of runsOf(entries.map((entry) => entry.length < 600 && ENTRY.test(entry))))
    if (to - from >= MIN_ENTRIES)
      for (let at = from; at < to; at++) left[at] = entries[at]!.replace(ENTRY, " ");
  return left.join(",");
}

function runsOf(flags: readonly boolean[]): readonly (readonly [from: number, to: number])[] {
  const runs: [number, number][] = [];
  for (const [at, flag] of flags.entries()) {
    const last = runs.at(-1);
    if (!flag) continue;
    if (last !== undefined && last[1] === at) last[1] = at + 1;
    else runs.push([at, at + 1]);
  }
  return runs;
}
