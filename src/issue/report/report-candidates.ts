import { sentencesOf } from "./sentences.ts";
import type { ReportBlock } from "./report-blocks.ts";
import type { ReportPart } from "./report-part.ts";
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

/** What words a sentence holds: one row a feature. General English; a heading says it in any language. */
const CUES: readonly (readonly [string, RegExp])[] = [
  [
    "should",
    /\b(?:should(?:n't)?|ought to|supposed to|must(?: not)?|expect(?:ed|s|ing|ation)?s?|desired|ideally)\b/i,
  ],
  [
    "wish",
    /\b(?:would (?:also )?(?:be|like|love|prefer|want|allow|make)|it'?d be|i'd (?:like|love|expect|prefer)|we want|i want|i wish|i hope|hope to|propos(?:e|al|ing)|suggest(?:ion)?|feature request|could we|can we|please add|we could|we should|add(?:ing)? support|any chance|be able to|possible to|nice to)\b/i,
  ],
  [
    "crash",
    /\b(?:crash(?:es|ed|ing)?|throws?|thrown|raises?|raised|panic(?:s|ked)?|errors?|exceptions?|abort(?:s|ed)?|segfault|asserts?|stack ?trace)\b/i,
  ],
  [
    "fail",
    /\b(?:fail(?:s|ed|ing|ure)?|hangs?|stuck|freez(?:es|ing)|broken|breaks?|broke|lost|loses?|leak(?:s|ing)?|stops?|stopped|refus(?:es|ed)|reject(?:s|ed))\b/i,
  ],
  [
    "wrong",
    /\b(?:wrong(?:ly)?|incorrect(?:ly)?|unexpected(?:ly)?|invalid|missing|ignor(?:es|ed|ing)|bug(?:gy)?|problem(?:atic)?|issue|confus(?:ing|ed)|inconsisten(?:t|cy)|unable|mistak(?:e|en))\b/i,
  ],
  ["negation", /\b(?:\w+n't|not|no|never|none|cannot|nothing|neither|without|no longer)\b/i],
  ["contrast", /\b(?:but|however|instead|although|though|yet|while|whereas|despite|rather than)\b/i],
  [
    "outcome",
    /\b(?:returns?|returned|produces?|prints?|printed|shows?|outputs?|results? in|leads? to|causes?|gives?|displays?|yields?|becomes?|turns?|generates?|ends? up|get|gets|got|happens?|treats?|contains?)\b/i,
  ],
  [
    "tried",
    /\b(?:tried|work-?arounds?|worked around|if i (?:change|replace|remove|set|use|add|disable|revert)|reverting|alternatives?|as a (?:temporary )?(?:fix|solution)|another (?:way|option)|solve(?:s|d)? (?:my|the|this)|works? (?:if|when|fine|as expected|correctly))\b/i,
  ],
  [
    "system",
    /\b(?:windows|mac ?os|linux|ubuntu|debian|fedora|arch|android|ios|chrome|firefox|safari|docker|kubernetes|k8s|cloud)\b/i,
  ],
  [
    "tested",
    /\b(?:tested (?:on|with|in|using)|running (?:on|under)|i(?:'m| am) (?:on|running|using)|deployed (?:on|to)|version)\b/i,
  ],
  ["number", /\d+\.\d+/],
  [
    "guess",
    /\b(?:i think|i believe|i guess|i suspect|i assume|it seems|seems? (?:to|like|that)|looks? like|probably|maybe|perhaps|might be|may be|apparently|appears? to|likely|my guess|not sure)\b/i,
  ],
  [
    "because",
    /\b(?:because|since|due to|the reason|caused by|the cause|so that|which means|this means|therefore|thus)\b/i,
  ],
  [
    "refers",
    /\b(?:see|related|similar to|same as|refer|discussed|mentioned|reported|according to|docs?|documentation)\b|https?:\/\/|#\d+/i,
  ],
  ["condition", /^(?:when(?:ever)?|if|after|once|as soon as|while|given|with|on|in|using|for)\b/i],
  ["when", /\b(?:when(?:ever)?|if|after|once)\b/i],
  [
    "example",
    /\b(?:for example|for instance|e\.g\.|such as|example|following|consider|given|sample|snippet|like (?:this|so)|below|above|here(?:'s| is))\b/i,
  ],
  ["self", /\b(?:i|my|me|i'm|i've|i'd)\b/i],
  ["we", /\b(?:we|our|us)\b/i],
  ["you", /\b(?:you|your)\b/i],
  [
    "offer",
    /\b(?:pr|pull request|happy to|glad to|submit|contribut\w*|let me know|thanks?|thank you|welcome|interested in|willing|review|feedback)\b/i,
  ],
  [
    "history",
    /\b(?:previously|used to|was working|before|earlier|in the past|originally|recently|regression|upgrad\w*|introduced|no longer)\b/i,
  ],
  ["current", /\b(?:currently|right now|at the moment|today|as of now|at present|the current|existing)\b/i],
  [
    "lack",
    /\b(?:there (?:is|are) no|no way|lack(?:s|ing)?|does(?:n't| not) (?:support|have|provide|allow|exist)|not (?:supported|possible|available|implemented)|impossible|limitation|only)\b/i,
  ],
  [
    "imperative",
    /^(?:\d+[.)]\s*|[-*]\s*)?(?:run|create|open|click|add|set|use|call|write|make|start|try|go|install|build|import|define|execute|save|load|select|type|enter|press|switch|configure|have|put|change|remove|delete|launch|compile|clone|copy|initiali[sz]e|perform|navigate|send|insert|paste|close|observe|notice|wait|enable|disable|generate|register|declare|implement|pass|edit|update|deploy|invoke)\b/i,
  ],
  [
    "observe",
    /^(?:\d+[.)]\s*|[-*]\s*)?(?:observe|notice|see|the (?:result|output)|result|output|it (?:fails|crashes)|error)\b/i,
  ],
  ["greeting", /^(?:hi|hello|hey|dear|good (?:morning|day)|first of all|thanks)\b/i],
  [
    "benefit",
    /\b(?:useful|helpful|easier|improve(?:s|ment)?|better|convenient|benefit|allow(?:s|ing)?|enable(?:s)?|consistent|flexib\w*|advantage|performance|readab\w*)\b/i,
  ],
];

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
/** What the words before a code block say of it. */
const INTRODUCTIONS: readonly (readonly [string, RegExp])[] = [
  [
    "intro:output",
    /\b(?:outputs?|prints?|printed|produces?|results?|resulting|gets?|got|shows?|returns?|yields?|gives?|generates?|generated|see|log|response)\b/i,
  ],
  [
    "intro:error",
    /\b(?:errors?|exception|trace|traceback|fails?|failed|crash\w*|panic\w*|message|warning|throws?)\b/i,
  ],
  [
    "intro:expected",
    /\b(?:expect\w*|should|instead|would (?:be|like|want)|could|want|desired|like this|propos\w*|suggest\w*|allow\w*)\b/i,
  ],
  [
    "intro:code",
    /\b(?:code|example|snippet|reproduc\w*|test|program|script|file|following|given|template|config\w*|sample|minimal|run|running|using|with)\b/i,
  ],
  ["intro:actual", /\b(?:currently|actual|instead of|now|becomes?|this is|but)\b/i],
];

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
  for (const block of own) {
    const section = `${block.part ?? "none"}/${block.heading}`;
    const texts =
      block.kind === "code"
        ? [block.text]
        : sentencesOf(block.text).filter((text) => !isInstruction(text) && !text.startsWith("!["));
    for (const [i, text] of texts.entries()) {
      if (candidates.length >= MAX_CANDIDATES) return inContext(candidates);
      const place = seen.get(section) ?? 0;
      seen.set(section, place + 1);
      const part = `part:${block.part ?? "none"}`;
      const isCode = block.kind === "code";
      const index = candidates.length;
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
        features.add(`code:nth:${Math.min(codes, 4)}`);
        features.add(`code:language:${languageClass(block.language)}`);
        const head = text.slice(0, 4_000);
        for (const [name, cue] of CODE) if (cue.test(head)) features.add(name);
        for (const [name, cue] of INTRODUCTIONS) if (cue.test(introduction)) features.add(name);
        features.add(
          `code:lines:${text.split("\n").length > 15 ? "many" : text.includes("\n") ? "some" : "one"}`,
        );
      } else {
        features.add(`block:${block.kind}`);
        if (block.ordered === true) features.add("ordered");
        if (block.kind === "item") features.add(`item/${part}`);
        features.add(`index:${index > 5 ? "later" : index}`);
        if (i === texts.length - 1) features.add("last");
        const spoken = text.replace(/`[^`\n]*`/g, "`x`");
        for (const [name, cue] of CUES)
          if (cue.test(spoken.slice(0, MAX_TEXT))) {
            features.add(name);
            features.add(`${name}/${part}`);
          }
        if (/[:：]\s*$/.test(text)) features.add("introduces");
        if (/[?？]\s*$/.test(text)) features.add("question");
        if (text.includes("`")) features.add("names code");
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

/** Names of features that say what is around a candidate. */
export const CONTEXT = /^(?:before|after|section):/;
/** Features that say something of a neighbour, too. */
const TELLING = new Set([
  ...CUES.map(([name]) => name),
  ...CODE.map(([name]) => name),
  ...INTRODUCTIONS.map(([name]) => name),
  "introduces",
  "question",
]);

/** The candidates with what is before and after each below the same heading, and how long that section is. */
function inContext(candidates: readonly Candidate[]): readonly Candidate[] {
  const sections = Map.groupBy(candidates, sectionOf);
  const around = (where: string, one: Candidate, other: Candidate | undefined): readonly string[] => {
    if (other === undefined) return [`${where}:none`];
    if (sectionOf(other) !== sectionOf(one)) return [`${where}:other section`];
    const shared = [...other.features].filter((name) => TELLING.has(name));
    return [`${where}:${other.isCode ? "code" : "prose"}`, ...shared.map((name) => `${where}:${name}`)];
  };
  return candidates.map((one, at) => {
    const length = Math.min(sections.get(sectionOf(one))!.length, 6);
    return {
      ...one,
      features: new Set([
        ...one.features,
        ...around("before", one, candidates[at - 1]),
        ...around("after", one, candidates[at + 1]),
        `section:${length}`,
        `section:${one.block.part ?? "none"}/${Math.min(length, 3)}`,
      ]),
    };
  });
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
