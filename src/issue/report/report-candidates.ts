import { isComparison } from "./comparison.ts";
import { moodsOf } from "./sentence-moods.ts";
import { sentencesOf } from "./sentences.ts";
import type { ReportBlock } from "./report-blocks.ts";
import type { ReportPart } from "./report-part.ts";
import { workedBefore } from "./report-regression.ts";
import { isInstruction, isTemplate } from "./report-template.ts";

/** A sentence or a code block of the report, with what can be seen of it without knowing what it means. */
export interface Candidate {
  /** An exact piece of the report. */
  readonly text: string;
  readonly isCode: boolean;
  readonly block: ReportBlock;
  /** Names of the features that it has. */
  readonly features: ReadonlySet<string>;
}

const MAX_CANDIDATES = 400;
const MAX_TEXT = 1_200;

/** What a code block looks like. */
const CODE: readonly (readonly [string, RegExp])[] = [
  ["code:trace", /Traceback \(most recent call last\)|panicked at|^\s+at \S+[( ]|^\s*File "|goroutine \d/m],
  ["code:error", /^\s*(?:\w*error|\w*exception|fatal|warning|failed|assertion)\b[^\n]{0,80}:/im],
  ["code:prompt", /^\s*(?:\$|%|>|>>>|❯|~>|PS [^\n]{0,40}>|In \[\d+\]:|C:\\[^\n]{0,60}>)\s?\S/m],
  [
    "code:definition",
    /^\s*(?:fn|fun|func|def|class|struct|enum|interface|public|private|const|let|var|import|from|use|using|#include|package|module|impl|trait|type|async|export|function|@\w+|TEST_CASE|describe\(|test\(|it\()/m,
  ],
  ["code:test", /\b(?:assert\w*|expect|fail)\s*[(!]|@Test|#\[test\]|def test_|TEST/],
  ["code:diff", /^(?:[-+]{3} |@@ |[-+][^-+\n])/m],
  ["code:log", /^\s*(?:\[\w+\]|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|INFO|DEBUG|WARN)/m],
  ["code:data", /^\s*[[{<"]|^\s*[\w-]+:\s|^\s*[\w.]+\s*=\s/],
  [
    "code:comment-should",
    /(?:\/\/|#|--|\/\*)\s*[^\n]{0,80}\b(?:should|expect|ok|good|bad|wrong|error|fails?)\b/i,
  ],
];
/** What somebody typed, with the prompt before it. */
const TRANSCRIPT =
  /^\s*(?:\([\w.-]{1,20}\) )?(?:[\w.~/-]{1,40}|[\w.-]{1,30}@[\w.-]{1,40}[^\n$#]{0,40})?(?:\$|❯|PS [^\n>]{0,40}>|[A-Z]:\\[^\n>]{0,60}>) ?\S|^\s*>>> \S|^In \[\d{1,4}\]: \S|^irb\([^\n)]{1,30}\)[^\n>]{0,20}> \S|^(?:julia|iex(?:\(\d{1,3}\))?|ghci|scala|sbt[:\w-]{0,40}|jshell|[\w.-]{1,30}@[\w.-]{1,40}|\w{1,20}:~)> \S/m;
/** It only says what is installed. */
const ABOUT_VERSIONS = /--version|-V\b|\bversion\b|\blist\b|\bfreeze\b|\benv\b|\buname\b/;
const PROMPT = /^\s*(?:\$|❯|>) ?\S/;
const IS_FINE =
  /\b(?:works?|working|fine|correct\w*|expect\w*|should|instead|workaround|fix\w*)\b[^.!?]{0,80}$/i;
/** A few words that name a version before a code block: "With 4.11.0:". */
const OF_A_VERSION =
  /^(?:[\w.-]{1,20} ){0,4}v?\d{1,6}(?:\.\d{1,6}){1,3}\S{0,12}(?: [\w.-]{1,20}){0,3} ?[:：]$/;
/** `Go 1.24.5, v1.0.7, linux/amd64`: things and versions, and no sentence. */
const THING = /^(?:\S{1,40} ){0,3}\S{1,40}$/;
const VERSION = /(?<![\w.])v?\d{1,6}\.\d/;

/** What the words before a code block say of it. */
const INTRODUCTIONS: readonly (readonly [string, RegExp])[] = [
  [
    "intro:output",
    /\b(?:outputs?|prints?|printed|produces?|results?|resulting|gets?|got|shows?|returns?|yields?|gives?|generates?|generated|see|log|response|ausgabe|salida|sortie|sa[íi]da|bekomme|erhalte|obtengo|obtiens|recebo)\b|вывод|получа|输出|輸出|结果|出力|출력/i,
  ],
  [
    "intro:error",
    /\b(?:errors?|exception|trace|traceback|fails?|failed|crash\w*|panic\w*|message|warning|throws?|fehler\w*|erreur|erro)\b|ошибк|错误|报错|エラー/i,
  ],
  [
    "intro:expected",
    /\b(?:expect\w*|should|instead|would (?:be|like|want)|could|want|desired|like this|propos\w*|suggest\w*|allow\w*|erwart\w*|attend\w*|esper\w*)\b|ожида|期望|期待|预期/i,
  ],
  [
    "intro:code",
    /\b(?:code|example|snippet|reproduc\w*|test|program|script|file|following|given|template|config\w*|sample|minimal|run|running|using|with)\b/i,
  ],
  [
    "intro:wants",
    /\b(?:what )?(?:i|we) (?:want|expect\w*|would (?:like|expect))\b|\b(?:expected|desired|correct)\b[^.!?]{0,40}$/i,
  ],
  [
    "intro:gets",
    /\b(?:i|we) (?:get|got|see|saw|am getting|receive)\b[^.!?]{0,60}$|\b(?:it|this|which) (?:\w+ly )?(?:prints?|outputs?|gives?|returns?|results? in|produces?)\b[^.!?]{0,40}$/i,
  ],
  ["intro:actual", /\b(?:currently|actual|instead of|now|becomes?|this is|but)\b/i],
];

/** Moods that make a sentence an expectation; words that it quotes do not give it one. */
const WISHING: ReadonlySet<string> = new Set(["ought", "should", "wishes", "would be good", "would"]);
const SAID_ELSEWHERE = /["“]([^"“”\n]{5,500})["”]/g;
/** What the reporter expects, in so many words. */
const EXPECTS =
  /\b(?:i|we)(?: was| were|'d| would|'d have| would have| had)?(?: also| really| rather| actually| naively)? expect(?:ed|ing)?\b(?! (?:to (?:know|ask)|this (?:is|was)|it(?:'s| is| was)|that (?:this|the (?:bug|problem|cause)) ))|\b(?:it|this) (?:would|might) (?:make (?:much |a lot )?more sense (?:to|if|for)|be (?:very |really |quite )?(?:nice|good|great|better|useful|helpful) (?:if|when))\b/i;
/** The same in German, French, Spanish, Portuguese, Russian, Chinese and Japanese. */
const EXPECTS_ELSEWHERE =
  /\b(?:erwartet (?:hätte|habe|hatte) ich|(?:hätte|habe|hatte)(?: ich)?[^.!?\n]{0,60} erwartet|ich erwarte(?:te)?|j'attendais|je m'attend(?:ais|s)|j'aurais attendu|esperaba|esperábamos|yo espero que|eu esperava|esperava(?:-se)?|esperávamos)\b|(?:я |мы )?ожидал(?:а|и|ось)?(?![\p{L}])|我?(?:期望|预期|希望)(?:得到|的结果|是|它|能)|期待(?:して|する(?:出力|結果|動作))/iu;
const EXPECTS_NOTHING =
  /\b(?:not|never|\w+n't|nothing|no)\b[^.]{0,20}\bexpect\w*|\bexpect\w* (?:nothing|more|some|no more)\b|\b(?:because|caused by|due to|culprit)\b|^as (?:i|we) expect|\?\s*$/i;
/** What a program does, in so many words: "`x` prints `y`", "Output: `y`", "prints nothing". */
const HAPPENS =
  /^(?:the )?(?:(?:actual )?(?:output|result)|got|observed)(?: is| was)?\s?[:：] ?\S|^(?:but |however,? |now,? |running |calling |with [^,]{1,60}, )?`x` (?:\w+ly |now |always |still ){0,2}(?:prints?|outputs?|yields?|returns?|gives?|writes?|evaluates to|results in|displays?|shows?|logs?)(?: me| us)?(?: the (?:value|string|number))? (?:`x`|“x”|nothing\b|an empty\b|\d)|^(?:it |this |that |but )?(?:it )?(?:prints?|outputs?|writes?|logs?|displays?) (?:out )?nothing\b|^(?:i|we)(?: \w+ly| now| always| still)? (?:get|got|see|saw) `x`/i;
const HAPPENS_RIGHT =
  /\b(?:works?|correct\w*|right|fine|as (?:expected|documented|it should)|should|must|would|good|properly|ok|instead of (?:failing|throwing|raising))\b/i;

/** Where it does not happen: "With 2.3.1 there is no panic", "If I add a line, it works". */
const WORKS =
  /^(?:if|with|without|when|in|on|using|after|before|adding)\b(?:[^.!?]|\.(?=\d)){0,200}?(?:\b(?:there(?:'s| is| was| are)|i (?:get|got|see)) no (?:\w+ )?(?:panic|errors?|exceptions?|crash(?:es)?|warnings?|problems?|issues?|failures?)\b|\b(?:it|this|that|everything|all|both|they)(?: \w+ly| all| both)? (?:works?|worked|passes|passed|is fine|was fine|are fine|is well|behaves? (?:well|correctly))\b)(?![^.!?]{0,80}\b(?:but|except|only)\b)/i;
/** What is to be done about the issue, or when something comes, is no behaviour. */
const NO_WISH =
  /\bshould (?:\w+ )?be (?:fixed|addressed|investigated|looked (?:at|into)|reported|closed|solved|reopened|an? (?:easy|simple|quick)|available (?:in|with|from|since))\b|\bthe problem is\b/i;
/** Somebody guesses where the cause is. */
const GUESS =
  /\b(?:my|our) (?:best |first )?(?:guess|theory|suspicion|hunch)\b|\bit must be\b|\bi(?:'d| would) (?:look|start|check|search)\b|\bi suspect\b/i;
/** Said beside, of what works: "… does not throw, by the way", "`f(x)` does not crash". */
const ASIDE =
  /\b(?:by the way|btw|for what it(?:'s| is) worth)\b|\b(?:does|do|did)(?:n't| not) (?:crash|panic|hang|segfault|happen|occur)\b(?![^.!?]{0,60}\b(?:but|however|instead|anymore|any more)\b)/i;
/** What is right: "it throws, as it should". */
const IS_RIGHT =
  /\bas (?:it should|expected|documented|intended|designed)\b[^.\p{L}]{0,6}(?:output|result)?[.!]?\s*$/iu;
const BUT = /\b(?:not|never|but|instead|\w+n['’]t)\b/i;
/** What the reporter thinks lies behind it. */
const THEORY =
  /^(?:so|therefore|thus|hence|apparently|presumably|probably|perhaps|maybe)\b[^.]{0,200}\b(?:seems?|appears?|looks?|must|probably|might|may)\b|\b(?:i|we) (?:would |do |also )?(?:think|guess|suspect|believe|assume|suppose)\b(?! (?:it|this|that) (?:should|would))|\b(?:my|our) (?:best )?(?:guess|theory|suspicion|hunch)\b|\b(?:i'm|i am) guessing\b/i;

const PARTS_ASKED: readonly ReportPart[] = [
  "expected",
  "actual",
  "steps",
  "environment",
  "version",
  "request",
  "description",
  "message",
];

/** Sentences and code blocks of a report that are the reporter's, in their order, with their features. Linear in the text. */
export function candidatesOf(
  title: string,
  kind: string,
  blocks: readonly ReportBlock[],
): readonly Candidate[] {
  const own = blocks.filter((block) => !isTemplate(block));
  const has = new Set(own.map(({ part }) => part));
  const whole = PARTS_ASKED.filter((part) => has.has(part)).map((part) => `has:${part}`);
  const titleWords = wordsOf(title);
  const candidates: Candidate[] = [];
  const seen = new Map<string, number>();
  let introduction = "";
  let codes = 0;
  let index = 0;
  const firsts = new Set<string>();
  for (const block of own) {
    const section = `${block.part ?? "none"}/${block.heading}`;
    const texts =
      block.kind === "code"
        ? [block.text, ...(TRACEBACK.test(block.text.slice(0, 20_000)) ? [] : commentsOf(block.text))]
        : sentencesOf(block.text).filter((text) => !isInstruction(text) && !text.startsWith("!["));
    for (const [i, text] of texts.entries()) {
      if (candidates.length >= MAX_CANDIDATES) return inContext(candidates);
      const place = seen.get(section) ?? 0;
      const isComment = block.kind === "code" && i > 0;
      if (!isComment) seen.set(section, place + 1);
      const part = `part:${block.part ?? "none"}`;
      const isCode = block.kind === "code" && !isComment;
      const features = new Set<string>([
        isCode ? `code/${part}` : part,
        ...whole.map((name) => `${isCode ? "code/" : ""}${name}`),
        `${isCode ? "code/" : ""}kind:${kind}`,
        `${isCode ? "code/" : ""}kind:${kind}/${part}`,
        `${isCode ? "code/" : ""}place:${place > 3 ? "later" : place}`,
        `${part}/place:${place > 2 ? "later" : place}`,
        ...(block.quoted === true ? ["quoted"] : []),
      ]);
      if (isCode) {
        codes++;
        index++;
        features.add(`code:nth:${Math.min(codes, 4)}`);
        features.add(`code:language:${languageClass(block.language)}`);
        const head = text.slice(0, 4_000);
        for (const [name, cue] of CODE) if (cue.test(head)) features.add(name);
        if (TRANSCRIPT.test(head) && !isAboutVersions(head) && !IS_FINE.test(introduction))
          features.add("transcript");
        for (const [name, cue] of INTRODUCTIONS) if (cue.test(introduction)) features.add(name);
        if (OF_A_VERSION.test(introduction.trim())) features.add("code:of a version");
        features.add(
          `code:lines:${text.split("\n").length > 15 ? "many" : text.includes("\n") ? "some" : "one"}`,
        );
      } else {
        features.add(`block:${block.kind}`);
        if (isComment) features.add("comment");
        if (block.ordered === true) features.add("ordered");
        if (block.kind === "item") features.add(`item/${part}`);
        features.add(`index:${index > 5 ? "later" : index}`);
        if (!isComment) index++;
        if (i === texts.length - 1) features.add("last");
        const spoken = text.replace(/`[^`\n]*`/g, "`x`").slice(0, MAX_TEXT);
        const own = spoken.replace(SAID_ELSEWHERE, (said: string) =>
          said.split(" ").length > 2 ? "“x”" : said,
        );
        const ownMoods = new Set(moodsOf(own));
        if (
          !isComment &&
          (isComparison(text, texts[i + 1], title) || workedBefore(text, texts[i + 1]) !== undefined)
        )
          features.add("compares");
        if (
          (EXPECTS.test(own) || EXPECTS_ELSEWHERE.test(own)) &&
          !EXPECTS_NOTHING.test(own) &&
          !GUESS.test(own)
        )
          features.add("expects");
        if (HAPPENS.test(own) && !HAPPENS_RIGHT.test(own)) features.add("happens");
        for (const mood of moodsOf(spoken)) {
          if (WISHING.has(mood) && !ownMoods.has(mood)) continue;
          features.add(`mood:${mood}`);
          features.add(`kind:${kind}/mood:${mood}`);
          if (!firsts.has(mood)) features.add(`mood:${mood}/first`);
          firsts.add(mood);
        }
        if (/[?？]\s*$/.test(text)) features.add("question");
        if (text.includes("`")) features.add("names code");
        if (isListOfVersions(text)) features.add("versions");
        if (THEORY.test(own)) features.add("theory");
        const plain = own.replaceAll("’", "'");
        if (WORKS.test(plain) || ASIDE.test(plain)) features.add("works");
        if (IS_RIGHT.test(plain) && !BUT.test(plain)) features.add("is right");
        if (GUESS.test(plain)) features.add("guess");
        if (NO_WISH.test(plain)) features.add("no wish");
        features.add(
          `length:${text.length < 30 ? "short" : text.length < 90 ? "middle" : text.length < 220 ? "long" : "very long"}`,
        );
        const overlap = overlapOf(titleWords, wordsOf(text));
        features.add(`title:${overlap > 0.6 ? "most" : overlap > 0.3 ? "some" : "few"}`);
      }
      candidates.push({
        text: text.length > MAX_TEXT && !isCode ? text.slice(0, MAX_TEXT) : text,
        isCode,
        block,
        features,
      });
      if (!isCode) introduction = text.slice(-300);
    }
    if (block.kind === "code") introduction = "";
  }
  return inContext(candidates);
}

/** The candidates with how much is around them: how long their section and the report are, how near the end. */
function inContext(candidates: readonly Candidate[]): readonly Candidate[] {
  const sections = Map.groupBy(candidates, sectionOf);
  const size = candidates.length;
  const codes = candidates.filter(({ isCode }) => isCode);
  const ofVersions = candidates.filter(({ features }) => features.has("code:of a version"));
  return candidates.map((one, at) => {
    const length = Math.min(sections.get(sectionOf(one))!.length, 6);
    return {
      ...one,
      features: new Set([
        ...one.features,
        `report:${size > 30 ? "long" : size > 15 ? "middle" : size > 7 ? "short" : "tiny"}`,
        `codes:${Math.min(codes.length, 3)}`,
        `from end:${Math.min(4, size - 1 - at)}`,
        `section:${length}`,
        `section:${one.block.part ?? "none"}/${Math.min(length, 3)}`,
        ...(one === codes.at(-1) ? ["code:last"] : []),
        // One of them may be what worked.
        ...(ofVersions.length > 1 && ofVersions.includes(one) ? ["versions"] : []),
      ]),
    };
  });
}

/** What starts a comment: a mark at the line's start or after white space, then words. */
const COMMENT = /(?:^|\s)(?:\/\/+ ?|(?:#+|--|<!--|\/\*+|;;|%) )\s{0,3}(?=[\p{L}"`(])/u;
/** A comment on a line that a trace prints is of the program. */
const TRACEBACK =
  /Traceback \(most recent call last\)|^E {2,}\S|^={3,} FAILURES ={3,}|panicked at|^\s*File "/m;
const MAX_COMMENTS = 12;
const MAX_LINES = 200;

/** What somebody wrote into code: the comments that are words and no code. */
function commentsOf(code: string): readonly string[] {
  return code
    .split("\n", MAX_LINES)
    .flatMap((whole) => {
      const line = whole.slice(0, 500);
      const mark = COMMENT.exec(line);
      const text =
        mark === null
          ? ""
          : line
              .slice(mark.index + mark[0].length)
              .replace(/(?:-->|\*\/)\s*$/, "")
              .trim();
      return /\p{L}{2,} \S*\p{L}{2,}/u.test(text) && !/[;{}]$/.test(text) ? [text] : [];
    })
    .slice(0, MAX_COMMENTS);
}

function isAboutVersions(code: string): boolean {
  const typed = code.split("\n").filter((line) => PROMPT.test(line));
  return typed.length > 0 && typed.every((line) => ABOUT_VERSIONS.test(line.slice(0, 200)));
}

/** Two things or more beside each other, half of them with a version. */
function isListOfVersions(text: string): boolean {
  const things = text
    .slice(0, 400)
    .replace(/\.$/, "")
    .split(/[,;] ?/);
  const versions = things.filter((one) => VERSION.test(one));
  return (
    things.length > 1 && versions.length * 2 >= things.length && things.every((one) => THING.test(one.trim()))
  );
}

function sectionOf({ block }: Candidate): string {
  return `${block.part ?? "none"}/${block.heading}`;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.toLowerCase().match(/[\p{L}\p{N}_]{3,40}/gu) ?? []).slice(0, 200));
}

/** The share of the title's words that a text holds. */
function overlapOf(title: ReadonlySet<string>, text: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of title) if (text.has(word)) shared++;
  return title.size === 0 ? 0 : shared / title.size;
}

function languageClass(language: string | undefined): string {
  if (language === undefined) return "none";
  if (
    /^(?:sh|shell|bash|zsh|console|terminal|shell-session|powershell|cmd|bat|nu|nushell|fish|pycon)$/.test(
      language,
    )
  )
    return "shell";
  if (/^(?:text|txt|log|logs|output|plain|plaintext|stacktrace|traceback)$/.test(language)) return "output";
  if (/^(?:json|json5|jsonc|yaml|yml|toml|xml|ini|properties|env|csv)$/.test(language)) return "data";
  return language === "diff" || language === "patch" ? "diff" : "source";
}
