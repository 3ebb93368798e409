import { LIMITS } from "../../text/github-limits.ts";
import { stripCharacters } from "../../text/strip-characters.ts";
import { nearest } from "../../text/nearest.ts";
import { argumentsOf, type CommandLine, findCommandLines } from "../../issue/command-lines.ts";
import { type Command, type Form, FORMS, isVerb, type Mistake, type Verb, VERBS } from "./forms.ts";

/** A line that starts with `/casebook`: what it asks for, or what is wrong with it. */
export type ParsedLine =
  | { readonly kind: "command"; readonly command: Command; readonly text: string }
  /** `note` is Markdown for people, without a foreign word outside code. */
  | { readonly kind: "not-understood"; readonly text: string; readonly note: string };

/** In one comment; further lines are not read, and one note says so. */
export const MAX_COMMANDS = 10;
/** Characters of a line that are kept as its text. */
export const MAX_TEXT = 200;
/** Characters of a line that are read. */
const MAX_LINE = 1_000;

/**
 * The commands of a comment, from the top: one for each line that starts with `/casebook` or `/case`. Verbs and options
 * may be written in any case; the name of a phase is a verb too, and the word alone asks for help. Any text is accepted,
 * in time that grows with its length.
 */
export function parseCommands(markdown: string, phases: readonly string[]): readonly ParsedLine[] {
  const lines = findCommandLines(markdown.slice(0, LIMITS.bodyCharacters), MAX_COMMANDS + 1);
  return lines.map((line, i) =>
    i < MAX_COMMANDS
      ? parseLine(line, phases)
      : {
          kind: "not-understood",
          text: cut(line.text),
          note: `A comment can hold ${MAX_COMMANDS} commands; Casebook skipped this line and what follows.`,
        },
  );
}

function parseLine(line: CommandLine, phases: readonly string[]): ParsedLine {
  const text = cut(line.text);
  const read = line.isPartOf === undefined ? readLine(line.text, phases) : mistakeOf(line.isPartOf);
  return "mistake" in read
    ? { kind: "not-understood", text, note: read.mistake }
    : { kind: "command", command: read, text };
}

function readLine(line: string, phases: readonly string[]): Command | Mistake {
  if (line.length > MAX_LINE) return { mistake: `The line is longer than ${MAX_LINE} characters.` };
  // What does not show must not be obeyed: a reader could not tell what was asked for.
  if (stripCharacters(line).hidden.length > 0)
    return { mistake: "The line holds characters that do not show; type it again." };
  const [first, ...words] = argumentsOf(line).split(/\s+/).filter(Boolean).map(asTyped);
  if (first === undefined) return { verb: "help" };
  const verb = first.toLowerCase();
  if (isVerb(verb)) return readVerb(verb, words, phases);
  if (phases.includes(verb))
    return words.length === 0
      ? { verb: "run", phase: verb }
      : { mistake: `\`${verb}\` takes nothing more. Usage: \`/casebook ${verb}\`.` };
  const close = nearest(verb, [...VERBS, ...phases]);
  return {
    mistake:
      close === undefined
        ? "There is no such command; `/casebook help` lists them."
        : `There is no such command. Did you mean \`/casebook ${close}\`?`,
  };
}

function readVerb(verb: Verb, words: readonly string[], phases: readonly string[]): Command | Mistake {
  const { usage, parse }: Form = FORMS[verb];
  const read = parse(words, phases);
  // The row of the verb read its own arguments, which the compiler cannot follow over all rows at once.
  return "mistake" in read
    ? { mistake: `${read.mistake} Usage: \`/casebook ${usage}\`.` }
    : ({ verb, ...read } as Command);
}

/** A word without the backticks around it; a telephone's keyboard makes a dash of two hyphens. */
function asTyped(word: string): string {
  const code = /^(`+)([^`]+)\1$/.exec(word)?.[2] ?? word;
  return code.replace(/^[–—](?=\w)/, "--");
}

function mistakeOf(container: NonNullable<CommandLine["isPartOf"]>): Mistake {
  return {
    mistake: `This line is part of the ${container} above; leave an empty line before it.`,
  };
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed().trim();
}
