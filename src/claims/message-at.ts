import { z } from "zod";
import { inlineCode, printable } from "../text/inline-code.ts";
import { lineText } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { holdsWord } from "../repository/run-search.ts";
import { part } from "./claim-data.ts";

/** Shorter pieces are in many texts by chance. */
const MIN_MESSAGE = 12;
const MIN_WORDS = 3;

/** A line of the program writes a message that the report quotes. */
export const messageAt = claimType({
  name: "message-at",
  mark: "concluded",
  schema: z.strictObject({
    path: part.path,
    line: part.line,
    /** The piece that both have, letter by letter. */
    words: z.string().min(MIN_MESSAGE).max(500),
    /** The function around the line. */
    in: part.name.optional(),
  }),
  say: ({ path, line, words, in: name }) => ({
    text: `${name === undefined ? "A line" : inlineCode(name)} holds the reported message ${inlineCode(words)}`,
    citations: [{ kind: "lines", path, start: line, end: line }],
  }),
  async check({ path, line, words, in: name }, evidence) {
    const { report, codebase } = evidence;
    const there = await lineText({ path, line }, evidence);
    // A message is a printed sentence, no token of code.
    if (printable(words).split(" ").length < MIN_WORDS) return wrong("one or two words are no message");
    if (there === undefined || !holdsWord(there, words)) return wrong("the line does not hold these words");
    const around = (await codebase.syntax(path))?.symbols
      .filter((symbol) => symbol.start <= line && symbol.end >= line)
      .map((symbol) => [...symbol.container, symbol.name].join("."));
    if (name !== undefined && around?.includes(name) !== true)
      return wrong("the line is in another function");
    if (report === undefined) return undecided("the issue is not at hand");
    return report.messages.some((message) => holdsWord(printable(message), printable(words)))
      ? holds("the line and a reported message share these words")
      : wrong("the report quotes no such message");
  },
});
