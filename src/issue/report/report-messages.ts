import type { ReportBlock } from "./report-blocks.ts";
import { isComparison } from "./comparison.ts";
import { sentencesOf } from "./sentences.ts";
import { withoutSharedPrefix } from "./shared-prefix.ts";
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
  /^(?:[\w./-]{1,80}:\d{1,6} (?=Uncaught )|Caused by: |Exception in thread "[^"\n]{0,100}" |Unhandled exception\. |Unhandled exception: |\(.{0,40}\) |E {2,7})?((?:Uncaught (?:\(in promise\) )?)?(?:[a-z][\w]{0,40}(?:[.][\w$]{1,80}){0,9}[.](?:[A-Z][\w$]{0,80}|[a-z]\w{0,40}(?:error|timeout|exception))|(?:[A-Z][\w.]{0,100})?(?:Error|Exception|Failure|Fault|Interrupt|Timeout|Exit))(?: \[[\w-]{1,40}\])?:\s[^\n]{1,800})$/,
  /^(?:Caused by: |Exception in thread "[^"\n]{0,100}" |E {2,7})?((?:[A-Za-z]\w{0,40}\.){1,10}[A-Z][\w$]{0,100}(?:Error|Exception))$/,
  /^((?:fatal |[A-Z][a-z]{2,14} )?(?:error|fatal|ERROR|Error|FATAL|panic)(?:\[[\w:-]{1,30}\])?:\s(?!\w{0,40}(?:Exception|Error|Traceback):?$)[^\n]{3,800})$/,
  /^(?:[\w./\\+-]{1,80}: )((?:fatal )?error: [^\n]{3,600})$/,
  /^([✖×✘❌] [^\n]{3,400})$/,
  // Go's server, a C++ exception that nobody catches, Ruby, PHP, Elixir.
  /\bpanic serving \S{1,80}: ([^\n]{3,600})$/,
  /^\s*what\(\):\s+([^\n]{2,600})$/,
  /^[^\s:]{1,300}:\d{1,7}:in [`'][^'\n]{1,200}': ([^\n]{2,600} \([A-Z][\w:]{1,100}\))$/,
  /^(?:PHP )?(?:Fatal|Parse) error: {1,3}(?:Uncaught )?([^\n]{3,600}?)(?: in \S{1,300}(?::\d{1,7}| on line \d{1,7}))?$/,
  /^(?:\*\* )?(\([A-Z][\w.]{2,100}Error\) [^\n]{2,600})$/,
  /^\*\* (\([A-Z][\w.]{2,100}\) [^\n]{2,600})$/,
  // A shell tells by which signal a program ended; so does gdb.
  /^(?:[^\n:]{0,100}: (?:line \d{1,6}: {1,3}\d{1,9} )?)?((?:Segmentation fault|Bus error|Aborted|Abort trap|Illegal instruction|Floating point exception|Trace\/BPT trap)(?:\s{1,12}\(core dumped\)|: \d{1,2}))/,
  /^((?:Thread \d{1,6} [^\n]{1,80}|Program )received signal SIG[A-Z]{2,8}, [^\n]{3,80})$/,
  // Vim, a linker, R, Visual Studio.
  /^(E\d{2,4}: [^\n]{5,400})$/,
  /^(ld: [^\n]{5,300})$/,
  /^(?:#>|##) ?((?:Error|Warning)(?: in [^\n]{1,200}?)?: ?[^\n]{3,400})$/,
  /^\**(Error in [^\n]{1,200} : ?[^\n]{0,300})$/,
  /^Message=([^\n]{4,300})$/,
  /^(\[Vue warn\]: [^\n]{3,600})$/,
];

/** Rust since 1.73, CMake: the message is the next line. */
const PANICKED =
  /\bpanicked at [^\s'][^'\n]{0,300}:\d{1,7}:\d{1,7}:$|^CMake Error(?: at [^\s:]{1,300}:\d{1,7} \(\w{1,100}\))?:$/;
/** A line of a log: its level, what wrote it, the message. */
const LOGGED =
  /^(?:\[?\d{1,4}[-:T]\S{1,40} (?:\S{1,40} ){0,3}?[[(]?|\[)(?:ERROR|FATAL|CRITICAL|SEVERE)[\])]?:? +(?:[[(][^\])\n]{1,80}[\])]:? +){0,3}(?![[({"])([^\n]{8,400})$/;
/** A log as data: `"error": "no such file"` of a line with a level. */
const LOGGED_FIELD =
  /\b(?:ERROR|FATAL|error|fatal)\b[^\n]{0,1500}?"(?:error|err|exception)": ?"([^"\n]{8,400})"/;
/** What a comment in code says of its line: `// error TS2322: …`. */
const COMMENTED =
  /(?:\/\/|#) ?((?:error|Error|[A-Z]\w{1,60}(?:Error|Exception))(?: [A-Z]{1,4}\d{2,6})?: [^\n]{5,300})$/;

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
  /\b(?:should|must|ought|expect\w*|would|could|might|maybe|instead of|rather than|supposed|not|never|\w+n't|used to)\b[^.!?\n]{0,110}$/i;
/** What is quoted of a text is no message. */
const OF_A_TEXT =
  /\b(?:manual|docs?|documentation|readme|spec|specification|rfc|javadoc|guide|comment|tutorial|page|book|changelog|notes|docstring|standard|man ?page|issue|faq)\b[^.!?\n]{0,30}$/i;
/** A message that a sentence quotes: the words that introduce it, then the quotation. */
const TOLD =
  /\b(?:error|errors|exception|message|messages|warning|warnings|panic|panics|says?|saying|complains?|prints?|printed|logs?|throws?|fails? with|failed with|crash(?:es)? with|reports?|get|gets|got|shows?)\b[^\n"“`'.]{0,40}[:\s]["“`]([^"”`\n]{8,500})["”`]/gi;

/** The same in other languages, and a quotation that is displayed. */
const TOLD_ELSEWHERE =
  /(?:(?:message d'erreur|erreur|fehler(?:meldung)?|mensaje(?: de error)?|mensagem(?: de erro)?|ошибк\p{L}{1,2}|сообщение|错误|报错|提示|エラー)[^\n"«“„「`'.]{0,30}[:：\s]|(?=["“„«'][^\n]{8,300}["”“»'] (?:is|was|gets|will be) (?:displayed|shown|printed|logged|thrown|raised|reported|output)\b))["«“„「'`]\s?([^"»”“」`\n]{8,400}?)\s?["»”“」`'](?!\w)/giu;
/** A code span or quotation that is an error with its text, as it was printed. */
const SPANNED =
  /`((?:[a-z]\w{0,40}\.){0,6}[A-Z]\w{1,80}(?:Error|Exception): [^`\n]{3,500})`|(?<=["“])((?:[a-z]\w{0,40}\.){0,6}[A-Z]\w{1,80}(?:Error|Exception): [^"”\n]{3,500})(?=["”])/g;

/** Before it: nothing, or a word that says that it comes. */
const COMES =
  /(?:^|[>(\n]\s*["“]?|\b(?:errors?|exceptions?|message|fail(?:s|ed)?|throws?|threw|raises?|raised|gets?|got|see|saw|with|prints?|printed|crash\w*|output)\b[^.!?\n]{0,60})$/i;

/** Error messages as a program printed them, most telling first. Linear in the text. */
export function findMessages(title: string, blocks: readonly ReportBlock[]): readonly string[] {
  const found = new Set<string>();
  const titled = titleBlock(title);
  /** The words right before a block. */
  let said = "";
  for (const block of [...lastRaisedFirst(blocks), ...titled]) {
    if (titled.includes(block) && found.size > 0) break;
    const isSource =
      block.language !== undefined &&
      SOURCE.has(block.language) &&
      !/\bTraceback|panicked at|^\s+at /m.test(block.text.slice(0, 20_000));
    let isPanic = false;
    const before = found.size;
    const bare = block.kind === "code" ? withoutSharedPrefix(block.text) : block.text;
    const lines = bare.split("\n");
    for (const [at, line] of lines.entries()) {
      if (found.size >= MAX_MESSAGES) break;
      const text = withoutPrefix(line.slice(0, MAX_LINE));
      if (isPanic && text.trim() !== "") found.add(text.trim());
      isPanic = PANICKED.test(text.trimEnd());
      const logged = line.slice(0, MAX_LINE);
      const told = isSource
        ? COMMENTED.exec(text)?.[1]
        : (LOGGED_FIELD.exec(logged) ?? LOGGED.exec(logged))?.[1];
      if (told !== undefined) {
        found.add(told.trim());
        continue;
      }
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
    // "I get the following:" and one printed sentence.
    if (found.size === before && block.kind === "code" && !isSource) {
      const [only = "", ...more] = lines.map((line) => line.trim()).filter((line) => line !== "");
      const isAnnounced = ANNOUNCED.test(said) || (GETS.test(said) && SAYS_FAILURE.test(only));
      if (isAnnounced && more.length === 0 && only.length < 400 && isSentence(only) && !/^[$>#%❯]/.test(only))
        found.add(only);
    }
    said = block.kind === "code" ? "" : block.text.slice(-200);
  }
  for (const whole of [title, ...blocks.filter(({ kind }) => kind !== "code").map(({ text }) => text)]) {
    const text = whole.slice(0, 20_000);
    const told = [...text.matchAll(RAISED)].filter(({ index }) => !NOT_RAISED.test(before(text, index)));
    const spans = [...text.matchAll(SPANNED)].filter(({ index }) => COMES.test(before(text, index)));
    const quoted = [...text.matchAll(TOLD), ...text.matchAll(TOLD_ELSEWHERE), ...spans].filter(
      ({ 1: span, 2: message = span, index }) =>
        isSentence(message!) && !OF_A_TEXT.test(before(text, index)) && !NOT_RAISED.test(before(text, index)),
    );
    if (told.length + quoted.length === 0) continue;
    const sentences = sentencesOf(text);
    const compared = sentences.filter((one, at) => isComparison(one, sentences[at + 1], title));
    for (const [, span, message = span] of [...told, ...quoted])
      if (found.size < MAX_MESSAGES && !compared.some((one) => one.includes(message!))) found.add(message!);
  }
  return [...found];
}

/** A title may be what a program printed, as a whole: no word of the reporter is behind it. */
function titleBlock(text: string): readonly ReportBlock[] {
  const isPlain =
    text !== "" &&
    !/\b(?:when|since|while|after|before|if|in|on|for|with|using|during|by)\b/i.test(
      text.slice(text.indexOf(": ")),
    );
  return isPlain ? [{ kind: "prose", text: text.trim(), heading: "", part: undefined }] : [];
}

/** Python prints an exception that arose while another one was handled below it; the one that ended the program comes first here. */
const HANDLING = /^During handling of the above exception, another exception occurred:$/m;

function lastRaisedFirst(blocks: readonly ReportBlock[]): readonly ReportBlock[] {
  return blocks.map((block) =>
    HANDLING.test(block.text)
      ? { ...block, text: block.text.split(HANDLING).toReversed().join("\n") }
      : block,
  );
}

/** Words that announce what a program printed. */
const ANNOUNCED =
  /(?:\b(?:errors?|exception|fails? with)\b[^.!?\n]{0,40}|(?:fehler|erreur|错误|报错|エラー|ошибк|erro)[^.!?\n]{0,30})[:：]\s*$/iu;
const GETS = /\b(?:i|we) (?:get|got|see|am getting|receive)\b[^.!?\n]{0,40}[:：]\s*$/i;
const SAYS_FAILURE =
  /\b(?:fail\w*|errors?|not|cannot|can't|unable|invalid|no|missing|unexpected|denied|refused)\b/i;

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
