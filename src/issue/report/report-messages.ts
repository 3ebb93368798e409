import type { ReportBlock } from "./report-blocks.ts";
import { isComparison } from "./comparison.ts";
import { sentencesOf } from "./sentences.ts";
import { withoutPrefix } from "./trace-frames.ts";

const MAX_MESSAGES = 12;
const MAX_QUOTED = 100;
const MAX_LINE = 2_000;

/** Forms in which programs print what went wrong; group 1 is the message. */
const PRINTED: readonly RegExp[] = [
  // Rust before 1.73: `panicked at 'message', src/lib.rs:1:2`.
  /panicked at '([^\n]{1,600}?)', [^\n]{1,300}:\d/,
  /panicked at '([^\n']{3,400})$/,
  /^(assertion (?:`?[^\n]{0,200}`? )?failed: [^\n]{1,400}?)(?:', [^\s']{1,300}:\d{1,7}:\d{1,7})?$/i,
  /^(?:[^\s:]{1,100}: )?[^\s:]{1,300}:\d{1,7}: [^\n]{1,300}?: (Assertion [`'"][^\n]{1,300}' failed\.?)/,
  /^(Assertion failed: [^\n]{1,500})$/,
  // Sanitizers and Valgrind; addresses of code behind the message are of one run.
  /^(?:==\d{1,9}==\s?)?((?:ERROR|WARNING): (?:Address|HWAddress|Memory|Thread|Leak|UndefinedBehavior)Sanitizer: [^\n]{3,300}?)(?= \(pc | at pc |$)/,
  /^[^\s:]{1,300}:\d{1,7}:\d{1,7}: (runtime error: [^\n]{3,400})$/,
  /^==\d{1,9}== {1,3}((?:Invalid (?:read|write|free)|Conditional jump|Use of uninitialised|Mismatched free|Jump to the invalid|Syscall param|Argument '|Source and destination)[^\n]{3,300})$/,
  // `java.lang.X: message`, `TypeError: message`, `Uncaught (in promise) TypeError: message`.
  /^(?:Caused by: |Exception in thread "[^"\n]{0,100}" |Unhandled exception\. |Unhandled exception: |\(.{0,40}\) |E {2,7})?((?:Uncaught (?:\(in promise\) )?)?(?:[a-z][\w]{0,40}(?:[.][\w$]{1,80}){1,10}|[A-Z][\w.]{0,100}(?:Error|Exception|Failure|Fault|Interrupt|Timeout|Exit))(?: \[[\w-]{1,40}\])?:\s[^\n]{1,800})$/,
  /^(?:Caused by: |Exception in thread "[^"\n]{0,100}" |E {2,7})?((?:[a-z]\w{0,40}\.){1,10}[A-Z][\w$]{0,100}(?:Error|Exception))$/,
  /^((?:fatal )?(?:error|fatal|ERROR|Error|FATAL|panic)(?:\[[\w:-]{1,30}\])?:\s[^\n]{3,800})$/,
  /^(?:[\w./\\+-]{1,80}: )((?:fatal )?error: [^\n]{3,600})$/,
  /^([✖×✘❌] [^\n]{3,400})$/,
  // Go's server, a C++ exception that nobody catches, Ruby, PHP, Elixir.
  /\bpanic serving \S{1,80}: ([^\n]{3,600})$/,
  /^\s*what\(\):\s+([^\n]{2,600})$/,
  /^[^\s:]{1,300}:\d{1,7}:in [`'][^'\n]{1,200}': ([^\n]{2,600} \([A-Z][\w:]{1,100}\))$/,
  /^(?:PHP )?(?:Fatal|Parse) error: {1,3}(?:Uncaught )?([^\n]{3,600}?)(?: in \S{1,300}(?::\d{1,7}| on line \d{1,7}))?$/,
  /^\*\* (\([A-Z][\w.]{2,100}\) [^\n]{2,600})$/,
  /^(\[Vue warn\]: [^\n]{3,600})$/,
];

/** Rust since 1.73: the message is the next line. */
const PANICKED = /\bpanicked at [^\s'][^'\n]{0,300}:\d{1,7}:\d{1,7}:$/;

const EXCEPTION = /^[A-Z]\w{0,60}(?:Error|Exception): /;
/** The text of an error that is printed as data: `"message": "Invalid number"`. */
const FIELD =
  /^\s*["']?(?:message|msg|reason|error|detail|description)["']?\s*[:=]\s*["'`]([^"\n]{4,300}?)["'`],?\s*$/i;
const MAX_FIELDS = 40;
/** An error and its text, in code behind a verb that says that it comes. */
const RAISED =
  /\b(?:raises?|raised|raising|throws?|threw|throwing|(?:fail|crash|exit|die|abort|stop|end|panic|error)(?:s|ed)?(?: out)? with)\b[^\n`.]{0,40}`((?:[A-Za-z_]\w{0,60}(?:\.|::)){0,10}[A-Z]\w{0,80}: [^`\n]{2,500})`/g;
/** It comes not, or not yet. */
const NOT_RAISED =
  /\b(?:should|must|ought|expect\w*|would|could|might|instead of|rather than|supposed|not|never|\w+n't|used to)\b[^.!?\n]{0,60}$/i;
/** What is quoted of a text is no message. */
const OF_A_TEXT =
  /\b(?:manual|docs?|documentation|readme|spec|specification|rfc|javadoc|guide|comment|tutorial|page|book|changelog|notes|docstring|standard|man ?page|issue|faq)\b[^.!?\n]{0,30}$/i;
/** A message that a sentence quotes: the words that introduce it, then the quotation. */
const TOLD =
  /\b(?:error|errors|exception|message|messages|warning|warnings|panic|panics|says?|saying|complains?|prints?|printed|logs?|throws?|fails? with|failed with|crash(?:es)? with|reports?|get|gets|got|shows?)\b[^\n"“`'.]{0,40}[:\s]["“`]([^"”`\n]{8,500})["”`]/gi;

/** Error messages as a program printed them, most telling first. Linear in the text. */
export function findMessages(title: string, blocks: readonly ReportBlock[]): readonly string[] {
  const found = new Set<string>();
  for (const block of blocks) {
    const isSource =
      block.language !== undefined &&
      SOURCE.has(block.language) &&
      !/\bTraceback|panicked at|^\s+at /m.test(block.text.slice(0, 20_000));
    let isPanic = false;
    const lines = block.text.split("\n");
    for (const [at, line] of lines.entries()) {
      if (found.size >= MAX_MESSAGES) break;
      const text = withoutPrefix(line.slice(0, MAX_LINE));
      if (isPanic && text.trim() !== "") found.add(text.trim());
      isPanic = PANICKED.test(text.trimEnd());
      // In source a line is code, but for an exception's at its very beginning.
      if (isSource && !EXCEPTION.test(line)) continue;
      for (const form of PRINTED) {
        let message = form.exec(text)?.[1]?.trim();
        if (message === undefined) continue;
        // `ZodError: [`: the text is a field of what follows.
        if (/:\s*[[{(]$/.test(message))
          message = lines
            .slice(at + 1, at + 1 + MAX_FIELDS)
            .map((one) => FIELD.exec(one.slice(0, MAX_LINE))?.[1])
            .find((one) => one !== undefined);
        if (message === undefined) break;
        // Behind an ellipsis its writer goes on: "TypeError: x is no function... well, mostly".
        if (block.kind !== "code") message = message.replace(/(?:\.{3}|…)\s+\p{Ll}[^]*$/u, "").trimEnd();
        // In prose a whole line that is a message.
        if (block.kind !== "code" && /[.!?] [A-Z]/.test(message) && !EXCEPTION.test(message)) break;
        found.add(message);
        break;
      }
    }
  }
  for (const whole of [title, ...blocks.filter(({ kind }) => kind !== "code").map(({ text }) => text)]) {
    const text = whole.slice(0, 20_000);
    const told = [...text.matchAll(RAISED)].filter(({ index }) => !NOT_RAISED.test(before(text, index)));
    const quoted = [...text.matchAll(TOLD)].filter(
      ({ 1: message, index }) =>
        isSentence(message!) && !OF_A_TEXT.test(before(text, index)) && !NOT_RAISED.test(before(text, index)),
    );
    if (told.length + quoted.length === 0) continue;
    const sentences = sentencesOf(text);
    const compared = sentences.filter((one, at) => isComparison(one, sentences[at + 1], title));
    for (const [, message] of [...told, ...quoted])
      if (found.size < MAX_MESSAGES && !compared.some((one) => one.includes(message!))) found.add(message!);
  }
  return [...found];
}

function before(text: string, at: number): string {
  return text.slice(Math.max(0, at - 120), at);
}

const QUOTED = /`([^`\n]{12,200})`|["“]([^"”\n]{12,200})["”]|(?<!\w)'([^'\n]{12,200})'(?!\w)/g;

/** Sentences that title and prose quote, whoever printed them: to look for in the code. Linear in the text. */
export function findQuotedSentences(title: string, blocks: readonly ReportBlock[]): readonly string[] {
  const found = new Set<string>();
  for (const text of [title, ...blocks.filter(({ kind }) => kind !== "code").map(({ text }) => text)])
    for (const line of text.split("\n"))
      for (const [, code, quotation, single] of line.slice(0, MAX_LINE).matchAll(QUOTED)) {
        const sentence = code ?? quotation ?? single!;
        if (found.size < MAX_QUOTED && isSentence(sentence)) found.add(sentence);
      }
  return [...found];
}

/** A message is a printed sentence: words with spaces, and no code. */
function isSentence(text: string): boolean {
  return (
    /\p{L}{2,}\s+\p{L}{1,}/u.test(text) &&
    !/[;{}]\s*$|=>|^\s*[<$@]|^[\w.]+\(.*\)$|^\[.*\]$/.test(text) &&
    text.trim().split(/\s+/).length >= 3
  );
}

/** Languages whose blocks are code and no output. */
const SOURCE: ReadonlySet<string> = new Set(
  "rust rs python py js javascript ts typescript tsx jsx java kotlin kt go golang c cpp c++ cs csharp php ruby rb swift scala html vue css scss json json5 jsonc toml yaml yml xml graphql sql latex tex diff elixir haskell lua dart zig r".split(
    " ",
  ),
);
