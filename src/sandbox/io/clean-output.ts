const ESCAPE = 0x1b;
/** Characters after which an escape sequence that does not end is taken for text again. */
const LONGEST_SEQUENCE = 4_096;

/** Gathers what a program prints: control characters and escape sequences removed, its head and its tail kept. */
export interface OutputCollector {
  add(bytes: Uint8Array): void;
  /** Bytes that came, before anything was removed. */
  readonly bytes: number;
  end(): { readonly output: string; readonly cut: number };
}

export function collectOutput(keep: number): OutputCollector {
  const decoder = new TextDecoder();
  const clean = cleaner();
  const headSize = Math.ceil(keep / 2);
  const tailSize = keep - headSize;
  let bytes = 0;
  let head = "";
  let tail = "";
  let total = 0;
  const take = (raw: string): void => {
    const text = clean(raw);
    total += text.length;
    const free = headSize - head.length;
    head += text.slice(0, free);
    // Twice what is kept, so that it is cut rarely.
    tail += text.slice(free);
    if (tail.length > 2 * tailSize + 65_536) tail = tailSize === 0 ? "" : tail.slice(-tailSize);
  };
  return {
    add(chunk) {
      bytes += chunk.length;
      take(decoder.decode(chunk, { stream: true }));
    },
    get bytes() {
      return bytes;
    },
    end() {
      take(decoder.decode());
      const end = tailSize === 0 ? "" : tail.slice(-tailSize);
      const cut = total - head.length - end.length;
      return {
        output: (cut > 0 ? `${head}\n[cut: ${cut} characters]\n${end}` : head + end).toWellFormed(),
        cut,
      };
    },
  };
}

/** Removes control characters and escape sequences from text that comes in pieces. A carriage return becomes a line end. */
function cleaner(): (text: string) => string {
  let state: "text" | "escape" | "sequence" | "string" | "string-escape" = "text";
  let length = 0;
  let afterReturn = false;
  return (text) => {
    let out = "";
    let from = 0;
    const drop = (at: number): void => {
      if (state === "text") out += text.slice(from, at);
      from = at + 1;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (state === "text") {
        if (isPlain(code)) {
          // The line feed of a pair: its line end is there already.
          if (code === 0x0a && afterReturn) drop(at);
          afterReturn = false;
          continue;
        }
        drop(at);
        if (code === 0x0d) out += "\n";
        afterReturn = code === 0x0d;
        length = 0;
        if (code === ESCAPE) state = "escape";
        else if (code === 0x9b) state = "sequence";
        else if (STRINGS_8BIT.has(code)) state = "string";
        continue;
      }
      from = at + 1;
      length++;
      if (state === "escape") {
        if (code === 0x5b) state = "sequence";
        else if (STRINGS.has(code)) state = "string";
        // A letter ends it; what lies before letters chooses a character set and has one more to come.
        else if (code < 0x20 || code > 0x2f) state = "text";
      } else if (state === "sequence") {
        if (code >= 0x40 && code <= 0x7e) state = "text";
      } else if (code === 0x07 || code === 0x9c || (state === "string-escape" && code === 0x5c))
        state = "text";
      else state = code === ESCAPE ? "string-escape" : "string";
      // Nothing may swallow the lines after it: a terminal would not show them either, but a person must.
      if (state !== "text" && (code === 0x0a || length > LONGEST_SEQUENCE)) {
        state = "text";
        if (code === 0x0a) from = at;
      }
    }
    if (state === "text") out += text.slice(from);
    return out;
  };
}

/** OSC, DCS, SOS, PM, APC: after an escape, and as one character. */
const STRINGS = new Set([0x5d, 0x50, 0x58, 0x5e, 0x5f]);
const STRINGS_8BIT = new Set([0x9d, 0x90, 0x98, 0x9e, 0x9f]);

/** Text, tab and line feed; not what controls a terminal or turns the direction of text. */
function isPlain(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a;
  if (code < 0x7f) return true;
  if (code < 0xa0) return false;
  return !(
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x200e ||
    code === 0x200f ||
    code === 0x061c ||
    code === 0xfeff
  );
}
