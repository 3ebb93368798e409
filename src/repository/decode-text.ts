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
