import type { LanguageName } from "../languages.ts";
import type { FileSyntax } from "../syntax.ts";
import { fileParser } from "./file-parser.ts";

/**
 * Measured on texts of 0.8 MB, the size of the largest that are read: 7,000 to 17,000 hundreds of steps, the text read up to
 * 2.6 times, 0.3 to 0.5 s. What was made to be slow took 6 to 40 hundreds in a millisecond, or read its text 450 times.
 */
const LIMIT = { steps: 60_000, readings: 25 };

const parser = fileParser(LIMIT);

/** One task of a thread. Undefined when the text took too many steps or broke the parser; never throws for a text. */
export async function parseOne(task: {
  readonly language: LanguageName;
  readonly text: string;
}): Promise<FileSyntax | undefined> {
  try {
    return await parser.parse(task.language, task.text);
  } catch {
    // The error concerns this text only; the parser reads the next one.
    return undefined;
  }
}
