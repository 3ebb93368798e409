import { z } from "zod";
import { inlineCode, printable } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { unlessOwnRun } from "./own-run.ts";

/** Programs that are given as an argument, by the name of their language. */
export const INTERPRETERS = {
  python: ["python3", "-c"],
  javascript: ["node", "-e"],
  ruby: ["ruby", "-e"],
  perl: ["perl", "-e"],
  php: ["php", "-r"],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
export type ProgramLanguage = keyof typeof INTERPRETERS;

/** Characters of a program that a page shows whole. */
export const MAX_PROGRAM = 400;
/** Of what it prints. */
export const MAX_PRINTED = 200;

/**
 * A few lines of code over the repository print a value: the code and the value are the whole statement. It is worth
 * something only where the value comes out of the repository, which `showsNothing` and a run without it decide.
 */
export const programPrints = claimType({
  name: "program-prints",
  mark: "run",
  schema: z.strictObject({
    language: z.enum(Object.keys(INTERPRETERS) as [ProgramLanguage, ...ProgramLanguage[]]),
    program: z.string().min(1).max(MAX_PROGRAM),
    prints: z.string().min(1).max(MAX_PRINTED),
    run: part.run,
  }),
  say: ({ program, prints, run }) => ({
    text: `${inlineCode(program.trim().replace(/\s*\n\s*/g, " ⏎ "), MAX_PROGRAM)} prints ${inlineCode(prints, MAX_PRINTED)}`,
    citations: [{ kind: "run", run, quote: printable(prints) }],
  }),
  check({ language, program, prints, run }, evidence) {
    if (run.changed.length > 0) return wrong("the run had files that are not in the commit");
    const [name, flag] = INTERPRETERS[language];
    if (JSON.stringify(run.command) !== JSON.stringify([name, flag, program]))
      return wrong("the run is one of another program");
    if (printable(run.output) !== printable(prints)) return wrong("the program printed something else");
    if (showsNothing(program, prints)) return wrong("the program words what it prints");
    return unlessOwnRun(run, evidence) ?? holds("the program was run");
  },
});

/** Shorter ones are letters and values: `y`, `[]`, `-1`. */
const TELLING = /^\p{L}[\p{L}\p{N}]{3,}$|^\p{N}{2,}$/u;
/** Values that a language has a word for. */
const VALUE = /^(?:true|false|none|null|undefined|nan)$/i;
const WORD = /[\p{L}\p{N}_$]+/gu;
const LITERAL = /(["'`])((?:\\.|(?!\1).)*)\1/gsu;

/**
 * True where the author of a program worded what it prints: a word of the output is one of the program, or a text of the program is
 * in it. `print(x == "stale")` shows something, `print("stale:", x)` says what its author likes beside a value.
 */
export function showsNothing(program: string, prints: string): boolean {
  // `"ne" + "ver"` and `"ne" "ver"` are one text.
  const joined = program.replace(/(["'`])\s*\+?\s*\1/g, "");
  const given = new Set(joined.toLowerCase().match(WORD));
  const words = prints.toLowerCase().match(WORD) ?? [];
  const texts = [...joined.matchAll(LITERAL)].map(([, , text = ""]) => text.trim());
  return (
    words.some((word) => /\p{L}.*\p{L}/u.test(word) && !VALUE.test(word) && given.has(word)) ||
    texts.some(
      (text) => text.length > 1 && !VALUE.test(text) && /\p{L}/u.test(text) && prints.includes(text),
    ) ||
    echoes(program, prints)
  );
}

/** True where every word that was printed is in the command itself, and one of them is a word. */
export function echoes(command: string, prints: string): boolean {
  const words = prints.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const given = command.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  return (
    words.some((word) => TELLING.test(word) && !VALUE.test(word)) &&
    words.every((word) => given.includes(word))
  );
}
