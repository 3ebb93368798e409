import { z } from "zod";
import { defineTool, type Tool } from "../tool.ts";
import { quotedAnswer } from "./answer.ts";
import { NOTE } from "../../llm/compact.ts";

const NOTED = "Noted.";
const MAX_NOTE = 2_000;
const MAX_NOTES = 8_000;

/** The model's own notepad, in memory for one run; one that continues finds its notes through `restore`. */
export function noteTool({ nonce }: { readonly nonce: string }): Tool {
  let notes: readonly string[] = [];
  return defineTool({
    name: NOTE,
    description: `Your notepad: notes "text", or gives all notes back without it. Notes stay when old answers are left out to save room. At most ${MAX_NOTE} characters a note and ${MAX_NOTES} in all; "replace" starts over.`,
    args: z.strictObject({
      text: z
        .string()
        .trim()
        .min(1)
        .max(MAX_NOTE)
        .optional()
        .describe("What to note. Without it the notes are given back."),
      replace: z
        .boolean()
        .default(false)
        .describe("Forget the notes so far; this one stands in their place."),
    }),
    async run({ text, replace }) {
      if (text === undefined)
        return notes.length === 0
          ? "There are no notes yet."
          : quotedAnswer({
              nonce,
              head: "",
              source: "your own notes",
              lines: notes.flatMap((note) => note.split("\n")),
            });
      const next = replace ? [text] : [...notes, text];
      const length = lengthOf(next);
      if (length > MAX_NOTES)
        return `Not noted: the notes would have ${length} characters, and ${MAX_NOTES} fit. Say it all shorter in one note, with "replace": true.`;
      notes = next;
      return `${NOTED} ${notes.length === 1 ? "1 note" : `${notes.length} notes`}, ${length} of ${MAX_NOTES} characters.`;
    },
    async restore({ text, replace }, answer) {
      if (text !== undefined && answer.startsWith(NOTED)) notes = replace ? [text] : [...notes, text];
    },
  });
}

function lengthOf(notes: readonly string[]): number {
  return notes.reduce((total, note) => total + note.length + 1, 0);
}
