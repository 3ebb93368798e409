import type { LanguageName } from "../languages.ts";
import type { FileSyntax } from "../syntax.ts";
import { fileParser } from "./file-parser.ts";

/** For the parser alone: the slowest real file seen took 0.4 s (a generated table of 900 KB). */
const LIMIT_MS = 3_000;

const parser = fileParser(LIMIT_MS);

/** One task of a thread. Undefined when the text took too long or broke the parser; never throws for a text. */
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
