const DECODER = new TextDecoder("utf-8", { fatal: false, ignoreBOM: false });
const SNIFF = 8_000;

/** The text of a blob, or undefined when it is binary (git's rule: a NUL in the first 8,000 bytes). Wrong bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const nul = bytes.indexOf(0);
  if (nul >= 0 && nul < SNIFF) return undefined;
  return DECODER.decode(bytes);
}

/** The lines of a text without their endings; what follows the last line feed counts only when it is not empty. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** A file's text with its lines. Bytes that are not UTF-8 are shown as U+FFFD. */
export interface SourceText {
  readonly text: string;
  /** Without line endings; line n is `lines[n - 1]`. */
  readonly lines: readonly string[];
}

/** The text of a blob with its lines; undefined when the blob was not read or is binary. */
export function sourceText(bytes: Uint8Array | undefined): SourceText | undefined {
  const text = bytes === undefined ? undefined : decodeText(bytes);
  return text === undefined ? undefined : { text, lines: linesOf(text) };
}
