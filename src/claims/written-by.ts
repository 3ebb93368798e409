import { z } from "zod";
import type { BlameLine } from "../repository/history.ts";
import { dateOf } from "../text/date-of.ts";
import { inlineCode } from "../text/inline-code.ts";
import { formatLocation } from "../text/location.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { definitionAt } from "./claim-evidence.ts";
import { part } from "./claim-data.ts";

/** A line counts half as much for each year of its age: people forget, and leave. */
const YEAR = 365 * 86_400;
const MAX_PEOPLE = 2;
/** Whoever wrote less than this share of what counts is not named. */
const MIN_SHARE = 0.25;

const writer = z.strictObject({
  author: z.string().min(1).max(1_000),
  lines: part.count.min(1),
  /** The newest of these lines. */
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
});

export type Writer = z.infer<typeof writer>;

/** The people who wrote most of some lines, newer lines counting more: at most two, by the names of the commits. */
export const writtenBy = claimType({
  name: "written-by",
  mark: "history",
  schema: z.strictObject({
    lines: part.lines,
    /** Of the function on these lines, if they are one. */
    name: part.name.optional(),
    /** Lines that git can blame. */
    of: part.count.min(1),
    people: z.array(writer).min(1).max(MAX_PEOPLE),
  }),
  say: ({ lines, name, of, people }) => ({
    label: "Written by",
    // As code: a name with an @ notifies nobody.
    text: `of ${of} ${of === 1 ? "line" : "lines"} of ${inlineCode(name ?? formatLocation(lines))}, ${people
      .map(({ author, lines: own, date }) => `${inlineCode(author)} wrote ${own}, the newest on ${date}`)
      .join("; ")}`,
    citations: [{ kind: "lines", ...lines }],
  }),
  async check({ lines, name, of, people }, evidence) {
    const { history, baseCommit } = evidence;
    if (!areMost(people, of)) return wrong("they wrote less than half of the lines");
    if (name !== undefined && (await definitionAt({ ...lines, name }, evidence)) === undefined)
      return wrong("the function on these lines is another");
    const blamed = await history.blame(baseCommit, lines.path, lines.start, lines.end);
    const base = await history.commit(baseCommit, baseCommit);
    if (blamed === undefined || blamed.length === 0 || base === undefined)
      return undecided("git cannot tell");
    return blamed.length === of &&
      JSON.stringify(writersOf(blamed, base.time)) === JSON.stringify(ordered(people))
      ? holds("blamed again")
      : wrong("other people wrote them, or other numbers of lines");
  },
});

/** Whether people wrote half of the lines or more between them: whoever wrote one of many knows no more of it than others. */
export function areMost(people: readonly Writer[], of: number): boolean {
  return people.reduce((sum, { lines }) => sum + lines, 0) * 2 >= of;
}

/** Who wrote most of the lines by what they count at `now` (seconds since 1970), at most two. */
export function writersOf(lines: readonly BlameLine[], now: number): readonly Writer[] {
  const weightOf = ({ time }: BlameLine): number => 0.5 ** (Math.max(0, now - time) / YEAR);
  const sum = (own: readonly BlameLine[]): number => own.reduce((total, line) => total + weightOf(line), 0);
  const all = sum(lines);
  return [...Map.groupBy(lines, ({ author }) => author)]
    .map(([author, own]) => ({ author, own, share: sum(own) / all }))
    .filter(({ author, share }) => author !== "" && share >= MIN_SHARE)
    .toSorted((a, b) => b.share - a.share || (a.author < b.author ? -1 : 1))
    .slice(0, MAX_PEOPLE)
    .map(({ author, own }) => ({
      author,
      lines: own.length,
      date: dateOf(Math.max(...own.map(({ time }) => time))),
    }));
}

function ordered(people: readonly Writer[]): readonly Writer[] {
  return people.map(({ author, lines, date }) => ({ author, lines, date }));
}
