import type { CheckSource } from "../../documents/check-document.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { formatLocation, type Location } from "../../text/location.ts";

/** Lines that a model names, with words copied from them. */
export interface HandedPlace {
  readonly path?: string | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly quote?: string | undefined;
}

export interface ReadPlace {
  readonly lines: Location;
  /** Said to the model where the words are on other lines than it named. */
  readonly note?: string;
}

/** Characters that a quotation needs on the lines that it is said to be on. */
const MIN_CHARACTERS = 4;
/** Letters and digits that it needs to be found elsewhere when it is a part of a line; fewer are everywhere. */
const MIN_LETTERS = 8;
/** A whole line may be shorter, if few others are like it. */
const MAX_ALIKE = 12;
const MAX_NAMED = 6;

/**
 * The whole lines that hold a quotation: those that are named, or the only others that hold it. A text says what is wrong, for the
 * model. White space at the ends of lines does not count.
 */
export async function readPlace(
  { path: written, start, end = start, quote }: HandedPlace,
  source: Pick<CheckSource, "text">,
): Promise<ReadPlace | string> {
  if (written === undefined) return "Give `path`, `start` and `quote`.";
  const path = written.replace(/^\.?\//, "");
  const text = await source.text(path);
  if (text === undefined) return `There is no text file ${inlineCode(path)} at the base commit.`;
  if (start === undefined || end === undefined || quote === undefined || quote.trim() === "")
    return `${inlineCode(path)}: give \`start\`, and \`quote\` with words copied from these lines.`;
  const wanted = quote
    .replace(/^\s*\n|\n\s*$/g, "")
    .split("\n")
    .map((line) => line.trim());
  const places = placesOf(wanted, text.lines);
  const named = places.find(({ start: first, end: last }) => first >= start && last <= end);
  const [only] = places;
  const isGiven = wanted.join("").replace(/\s/g, "").length >= MIN_CHARACTERS;
  if (named !== undefined && (isGiven || isEnough(wanted, text.lines))) return { lines: { path, ...named } };
  if (!isEnough(wanted, text.lines))
    return `${inlineCode(`${path}:${start}`)}: ${inlineCode(quote, 40)} is too short to be recognised; quote a whole line.`;
  if (places.length === 1)
    return {
      lines: { path, ...only! },
      note: `the quotation is at ${formatLocation({ path, ...only! })}, which is what was taken.`,
    };
  return places.length === 0
    ? `${inlineCode(formatLocation({ path, start, end }))}: the quotation is not there, nor anywhere else in the file. Copy it from \`read_file\`.`
    : `${inlineCode(formatLocation({ path, start, end }))}: the quotation is not there, but on lines ${places
        .slice(0, MAX_NAMED)
        .map((one) => (one.start === one.end ? one.start : `${one.start}-${one.end}`))
        .join(", ")}; give the right ones.`;
}

function placesOf(
  wanted: readonly string[],
  lines: readonly string[],
): readonly { start: number; end: number }[] {
  const places: { start: number; end: number }[] = [];
  for (let at = 0; at + wanted.length <= lines.length; at++) {
    const there = lines.slice(at, at + wanted.length).map((line) => line.trim());
    if (there.join("\n").includes(wanted.join("\n"))) places.push({ start: at + 1, end: at + wanted.length });
  }
  return places;
}

function isEnough(wanted: readonly string[], lines: readonly string[]): boolean {
  const letters = (wanted.join("").match(/[\p{L}\p{N}_]/gu) ?? []).length;
  if (letters >= MIN_LETTERS) return true;
  if (letters === 0) return false;
  const alike = lines.filter((line) => line.trim() === wanted[0]).length;
  return alike > 0 && alike <= MAX_ALIKE;
}
