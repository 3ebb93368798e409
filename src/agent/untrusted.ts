import { printable } from "../text/inline-code.ts";
import { stripCharacters } from "../text/strip-characters.ts";
import { sha256 } from "../text/hash.ts";

/** How foreign text is marked. */
export interface Quotation {
  /** Of the run, see `nonceOf`. */
  readonly nonce: string;
  /** What it is and whose, in our words: `issue body, by @ada (no write permission)`. */
  readonly source: string;
}

export interface Cleaned {
  readonly text: string;
  /** Code points taken out that show nothing: zero-width, tag, direction. */
  readonly invisible: number;
  /** Control characters and line separators, each shown as U+FFFD. */
  readonly controls: number;
  /** Lines that imitated our marks or those of a chat, changed so that they do not. */
  readonly imitations: number;
}

const NONCE = /^[0-9a-f]{16}$/;
const MAX_SOURCE = 160;
const ASCII = /^[\t\x20-\x7e]*$/;
const CONTROL = /[^\P{Cc}\t\n]|[\u2028\u2029]/gu;
/** A fence with any nonce; every repetition is bounded, so that the time grows with the line. */
const FENCE =
  /<<\s{0,9}data\s{1,9}[0-9a-f]{6}|data\s{1,9}[0-9a-f]{6,64}\s{0,9}>>|^\W{0,9}(?:<<\s{0,9}data|data\s{0,9}>>)\W{0,9}$/i;
/** What some servers read as the end of a message when it appears in the text of one. */
const CHAT = /<\|([^\s<>|]{1,40})\|>|<((?:start|end)_of_turn)>|\[(\/?INST)\]|<<(\/?SYS)>>/gi;

/**
 * Foreign text as a model is shown it: between two lines that carry the run's nonce. Nothing in the text can end the
 * quotation or pass for another one, and what people do not see is not there. Linear in the text, never throws for one.
 */
export function quoteUntrusted(text: string, quotation: Quotation): string {
  return fenced(cleanUntrusted(text, quotation), quotation);
}

/** The first lines of a quotation, as many as fit into `max` characters with the marks around them. */
export interface Beginning {
  readonly text: string;
  readonly shown: number;
  /** Lines of the whole text. */
  readonly lines: number;
}

/** As `quoteUntrusted`, cut to whole lines; of a first line that does not fit, its beginning is shown. */
export function quoteBeginning(text: string, quotation: Quotation & { readonly max: number }): Beginning {
  const cleaned = cleanUntrusted(text, quotation);
  const whole = fenced(cleaned, quotation);
  const lines = cleaned.text.split("\n");
  if (whole.length <= quotation.max) return { text: whole, shown: lines.length, lines: lines.length };
  const room = quotation.max - (whole.length - cleaned.text.length);
  let length = -1;
  let shown = 0;
  while (shown < lines.length && length + 1 + lines[shown]!.length <= room)
    length += 1 + lines[shown++]!.length;
  const kept =
    shown > 0
      ? lines.slice(0, shown).join("\n")
      : `${lines[0]!.slice(0, Math.max(0, room - 1)).toWellFormed()}…`;
  return {
    text: fenced({ ...cleaned, text: kept }, quotation),
    shown: Math.max(1, shown),
    lines: lines.length,
  };
}

/** The text inside a quotation. Lines stay lines; doing it twice changes nothing. */
export function cleanUntrusted(text: string, { nonce }: Pick<Quotation, "nonce">): Cleaned {
  if (!NONCE.test(nonce)) throw new RangeError("a nonce has 16 hexadecimal digits");
  let controls = 0;
  const lined = text.toWellFormed().replaceAll("\r\n", "\n");
  const printed = lined.replace(CONTROL, () => {
    controls++;
    return "\ufffd";
  });
  const stripped = stripCharacters(printed).text;
  let imitations = 0;
  const lines = stripped.split("\n").map((line) => {
    const harmless = withoutMarks(line, nonce);
    if (harmless !== line) imitations++;
    return harmless;
  });
  return {
    text: imitations === 0 ? stripped : lines.join("\n"),
    invisible: stripped === printed ? 0 : codePoints(printed) - codePoints(stripped),
    controls,
    imitations,
  };
}

/**
 * 16 hexadecimal digits out of a seed, the same for the same seed: a run that continues has its nonce again. No
 * secret is kept by it; whoever can guess the seed can work the nonce out, and then finds his marks changed all the same.
 */
export function nonceOf(seed: string): string {
  return sha256(seed).slice(0, 16);
}

function fenced(cleaned: Cleaned, { nonce, source }: Quotation): string {
  const about = [
    label(source, nonce),
    counted(cleaned.invisible, "invisible character removed", "invisible characters removed"),
    counted(cleaned.controls, "control character replaced", "control characters replaced"),
    counted(
      cleaned.imitations,
      "line changed that imitated such marks",
      "lines changed that imitated such marks",
    ),
  ].filter((text) => text !== "");
  return `<<data ${nonce} ${about.join("; ")}\n${cleaned.text}\ndata ${nonce}>>`;
}

/** A source names its author, whose name is foreign too. */
function label(source: string, nonce: string): string {
  const points = [...printable(source)];
  const line = points.length > MAX_SOURCE ? `${points.slice(0, MAX_SOURCE).join("")}…` : points.join("");
  return withoutMarks(line, nonce);
}

function counted(n: number, one: string, many: string): string {
  return n === 0 ? "" : `${n} ${n === 1 ? one : many}`;
}

/** The line itself, unless it holds the nonce or imitates a mark, in whatever characters that look like it. */
function withoutMarks(line: string, nonce: string): string {
  const folded = fold(line);
  if (!isMark(folded, nonce)) return line;
  // A look-alike is changed into what it looked like, and that is taken apart.
  const apart = folded
    .replaceAll(new RegExp(nonce, "gi"), "[nonce]")
    .replace(CHAT, (mark) => `${mark[0]} ${mark.slice(1, -1)} ${mark.at(-1)}`)
    .replace(/<(?=<)/g, "< ")
    .replace(/>(?=>)/g, "> ");
  return isMark(fold(apart), nonce) ? "[a line of imitated marks]" : `[not a mark] ${apart}`;
}

function isMark(folded: string, nonce: string): boolean {
  return folded.toLowerCase().includes(nonce) || FENCE.test(folded) || folded.search(CHAT) !== -1;
}

/** Letters of other widths and styles as plain ones. Marks above letters go first: to sort a long run of them takes quadratic time. */
function fold(line: string): string {
  return ASCII.test(line) ? line : line.replace(/\p{M}/gu, "").normalize("NFKC");
}

function codePoints(text: string): number {
  let n = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) n--;
  }
  return n;
}

/** Who wrote a text and with what right, for the mark around it: a planted claim must not pass for a maintainer's word. */
export function byWhom(author: string | undefined, maintainer: boolean | undefined): string {
  if (author === undefined) return "author not known";
  const right =
    maintainer === undefined
      ? "rights not known"
      : maintainer
        ? "may write to the repository"
        : "no write permission";
  // A login is letters, digits and hyphens; whatever else stands in one was not given by GitHub.
  return `by @${author.replace(/[^\w.[\]-]/g, "?").slice(0, 60)} (${right})`;
}
