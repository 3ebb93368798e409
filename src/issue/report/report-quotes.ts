import type { Candidate } from "./report-candidates.ts";
import type { ReportBlock } from "./report-blocks.ts";
import { isVersionDump } from "./report-versions.ts";
import { type LearnedField, READING_WEIGHTS } from "./reading-weights.ts";

/** What the report says, in the reporter's words: each an exact piece of title or body. */
export interface ReportQuotes {
  /** The title first, then the sentences that say what is wrong or wanted. */
  readonly symptom: readonly string[];
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** In order: sentences, and the code that is to be run. */
  readonly steps: readonly string[];
  readonly environment: readonly string[];
  readonly frequency: readonly string[];
  readonly tried: readonly string[];
}

/** So many quotations of one sort are told, the likeliest; the issue itself is one click away. */
const MOST: Readonly<Record<LearnedField, number>> = {
  symptom: 3,
  expected: 3,
  actual: 4,
  steps: 12,
};
const MOST_MESSAGES = 3;
const MAX_ENVIRONMENT = 30;
const MAX_TEXT = 4_000;

/** The parts of a report; `messages` are those that a program printed. Linear in the text. */
export function quotesOf(
  title: string,
  candidates: readonly Candidate[],
  blocks: readonly ReportBlock[],
  messages: readonly string[],
): ReportQuotes {
  // What the reporter quotes is somebody else's, unless there is nothing else.
  const own = candidates.filter(({ features }) => !features.has("quoted"));
  if (own.length > 0) candidates = own;
  const told = (field: LearnedField): readonly string[] => {
    const chances = candidates.map((candidate) => chanceOf(candidate, field));
    return choose(field, candidates, chances, READING_WEIGHTS[field].from, messages);
  };
  const symptom = told("symptom");
  const expected = told("expected");
  const actual = told("actual");
  // Beside what is expected, what is wrong is what happens, where nothing else says that.
  const isBug = candidates[0]?.features.has("kind:bug") === true;
  const inWords = symptom.filter((text) => !text.includes("\n"));
  return {
    symptom: unique([title, ...symptom]),
    expected,
    actual: actual.length === 0 && expected.length > 0 && isBug ? inWords.slice(0, 1) : actual,
    steps: told("steps"),
    environment: environmentOf(blocks, candidates),
    frequency: unique(
      candidates
        .filter(({ text, isCode }) => !isCode && FREQUENCY.test(text) && !WELL.test(text))
        .map(({ text }) => text),
    ).slice(0, 2),
    tried: unique(
      candidates.filter(({ text, isCode }) => !isCode && TRIED.test(text)).map(({ text }) => text),
    ).slice(0, 3),
  };
}

/**
 * The likeliest candidates of a field, in the report's order: those whose chance reaches `from`, and the answers that a form
 * asked for. A printed message is what happened; it follows where no chosen text holds it.
 */
export function choose(
  field: LearnedField,
  candidates: readonly Candidate[],
  chances: readonly number[],
  from: number,
  messages: readonly string[],
): readonly string[] {
  const likely = candidates
    .map((candidate, at) => ({
      at,
      text: candidate.text,
      chance:
        !candidate.features.has("versions") && !isRight(candidate) && isLead(candidate, field)
          ? 1
          : isRight(candidate) || isElse(candidate, field)
            ? 0
            : chances[at]!,
    }))
    .filter(({ chance }) => chance >= from)
    .toSorted((a, b) => b.chance - a.chance);
  const best = likely.slice(0, MOST[field]).sort((a, b) => a.at - b.at);
  const texts = unique(best.map(({ text }) => text));
  if (field !== "actual") return texts;
  const printed = messages.filter((message) => !texts.some((text) => text.includes(message)));
  return unique([...texts, ...printed.slice(0, MOST_MESSAGES)]);
}

/** What a form asked for, where its answer begins: right in nine of ten labelled reports, whatever its words are. */
function isLead({ features, isCode, text }: Candidate, field: LearnedField): boolean {
  const has = (...names: readonly string[]): boolean => names.some((name) => features.has(name));
  switch (field) {
    case "expected":
      if (isCode) return has("code/part:expected") && has("code/place:0");
      if (has("expects") && !has("mood:offers", "part:expected", "part:environment", "part:tried"))
        return true;
      return (
        has("part:expected/place:0") &&
        /\s/.test(text.trim()) &&
        !(has("mood:introduces code") && !has("mood:ought", "mood:would", "mood:wishes"))
      );
    case "actual":
      // A printed trace is what happened, wherever it is.
      return isCode
        ? (has("code:trace") && !has("code/part:expected")) ||
            (has("code/part:actual") && has("code/place:0"))
        : (has("part:actual/place:0") && !has("mood:link alone", "mood:cites")) ||
            (has("happens") &&
              has("kind:bug") &&
              !has("part:expected", "part:steps", "part:tried", "expects", "compares"));
    case "steps":
      return isCode
        ? (has("code/part:steps") && has("code/place:0", "code:language:source", "code:language:shell")) ||
            (has("transcript") && has("code/kind:bug") && has("code/part:none", "code/part:description"))
        : (has("item/part:steps") && has("ordered")) || (has("mood:commands") && has("part:steps"));
    case "symptom":
      return (
        has("part:description/place:0") &&
        has("mood:error", "mood:fails", "mood:bad", "mood:negated", "mood:cannot") &&
        !has("mood:offers", "mood:cites", "question")
      );
  }
}

/** It says that something is as it should be, and answers no question about what should be. */
function isRight({ features }: Candidate): boolean {
  return features.has("is right") && !features.has("part:expected");
}

/**
 * What surely belongs to another part: where it was seen is not what happened, what two versions do is no sequence of steps, and an
 * offer of help is no wish.
 */
function isElse({ features }: Candidate, field: LearnedField): boolean {
  if (features.has("versions")) return true;
  if (field === "steps") return false;
  return (
    features.has("compares") ||
    features.has("part:environment") ||
    features.has("part:version") ||
    features.has("guess") ||
    (field === "expected" && (features.has("mood:offers") || features.has("no wish"))) ||
    (field === "actual" && features.has("theory")) ||
    (field !== "expected" && (features.has("works") || features.has("expects")))
  );
}

/** How likely a candidate belongs to a part, 0 to 1. */
function chanceOf({ features }: Candidate, field: LearnedField): number {
  const { bias, weights } = READING_WEIGHTS[field];
  let sum = bias;
  for (const name of features) sum += weights[name] ?? 0;
  return 1 / (1 + Math.exp(-sum));
}

const FREQUENCY =
  /\b(?:intermittent(?:ly)?|randomly|sporadic(?:ally)?|\d+ ?(?:%|percent) of|\d+ out of (?:every )?\d+|about \d+ in \d+|(?:almost |nearly )?every (?:single )?time|once in a while|from time to time|flak(?:y|ily)|always fails?|always seems? to fail)\b/i;
/** It tells how often it goes well. */
const WELL = /\b(?:is|are|was|were) (?:\w+ )?(?:right|correct|fine|ok)\b|\bworks? (?:well|fine|correctly)\b/i;
/** What the reporter did about it. */
const TRIED = /\b(?:i|we)(?:'ve| have)? (?:also )?tried\b|\bwork-?arounds?\b/i;
/** A heading that asks for the version of what the program runs on. */
const OF_SYSTEM =
  /\b(?:os|operating system|windows|mac ?os|linux|android|ios|browser|chrome|firefox|safari|java|jdk|python|node(?:\.?js)?|ruby|php|erlang|elixir|rust|go)\b/i;
/** Labels that name a part of the system, wherever they are. */
const SYSTEM =
  /^[*_`\s]*(?:os|operating system|platform|browsers?|device|arch(?:itecture)?|ide|compiler|kernel|distro|rustc|cargo|python|node|java|jdk|shell|terminal)\b/i;
/** Names of what a program runs on or is built with. */
const RUNTIME =
  /\b(?:os|system|windows|mac ?os|ubuntu|debian|linux|android|ios|chrome|firefox|safari|edge|java|jdk|jre|kotlin|scala|python|node(?:\.?js)?|npm|yarn|pnpm|bun|deno|rust|rustc|cargo|go|golang|gcc|clang|llvm|msvc|ruby|php|perl|elixir|erlang|otp|ghc|julia|swift|xcode|dart|flutter|clojure|n?vim|neovim|dotnet|\.net|gradle|maven|cmake|docker|kubernetes|browser|compiler|kernel|shell|terminal|bash|zsh|ide|intellij|idea|studio|vs ?code|numpy|pandas)\b/i;
/** A sentence that states where it was seen. */
const STATED =
  /^(?:this (?:was|is) )?(?:tested|seen|reproduced|running|happens) (?:on|with|in|under)\b.{0,160}\d|\b(?:is|was|am|are) (?:deployed|running|hosted) (?:on|in|under)\b|^(?:[A-Z]?[\w.+-]{1,30} v?\d[\w.+-]{0,20}(?:, ?| and | ?\| ?|$)){2,6}\.?$|^(?:i am|i'm|i’m|we are|we're) (?:using|running|on) (?!(?:it|this|that|them|these)\b)[^.]{0,80}\d/i;

/** A line that names a part of the system: `Node.js version: 19.0.0`, `os: Debian`. */
const SYSTEM_LINE = new RegExp(
  String.raw`^[\s>*_-]*(?:${SYSTEM.source.replace(/^\^\[[^\]]*\]\*/, "")}|(?:${RUNTIME.source})[^:\n]{0,20}?(?:\bversions?\b)?)[^:\n]{0,40}[*_\`]{0,3}:[*_\`]{0,3}\s*\S`,
  "i",
);
/** An address, or what a compiler says. */
const PRINTED_LINE = /:\/\/|(?:error|warning|exception)\b|\b(?:fatal|note)\b|:\s*$/i;
/** `macOS Sierra 10.12.4`, `hekate v5.8.0 & Nyx v1.3.0`: a thing with its version, and nothing else. */
const THING_LINE =
  /^[\s*•-]*\p{L}[\p{L}\w./+-]{1,30}(?: [\p{L}\w./&+-]{1,20}){0,4} v?\d{1,6}(?:\.\d{1,6}){0,3}[\w.+-]{0,20}(?: \([^()\n]{0,40}\)| LTS|,? ?(?:64|32)-?bit)?[\s.]*$/u;
/** A part of a sentence: "under Ubuntu 22.04 LTS", "I'm using windows 10", "(Safari on macOS)". */
const SYSTEM_NAME =
  "(?:windows(?: server)?|mac ?os(?: x)?|os x|ubuntu|debian|fedora|kubuntu|xubuntu|alpine|arch linux|archlinux|centos|rhel|opensuse|linux mint|gentoo|nixos|raspbian|raspberry pi|ios|ipados|android|chrome ?os|freebsd|openbsd|netbsd|wsl2?)";
const SYSTEM_PHRASE = new RegExp(
  String.raw`(?:\b(?:on|under|using|running|with)\s(?:an? |the |my |latest |clean |install of |fresh |\d\d-bit ){0,4}|\()${SYSTEM_NAME}\b(?:[ -](?:linux|system|server|lts|\d[\w.]{0,12}|x64|sierra|catalina|big sur|monterey|ventura|sonoma)){0,4}(?:\))?|\((?:safari|chrome|firefox|edge) on ${SYSTEM_NAME}\b[^()\n]{0,20}\)`,
  "i",
);

/** Lines that describe where it was seen; a dump of versions is one quotation. The version of the project itself is no environment. */
function environmentOf(blocks: readonly ReportBlock[], candidates: readonly Candidate[]): readonly string[] {
  const found: string[] = [];
  for (const block of blocks) {
    const asked = block.part === "environment" || block.part === "version";
    if (block.kind === "code") {
      if (asked) found.push(cut(block.text));
    } else if (
      (asked || SYSTEM.test(block.label ?? "")) &&
      !isOwnVersion(block) &&
      !/:\s*$/.test(block.text) &&
      (!isReasoning(block.text) || STATED.test(block.text))
    )
      found.push(cut(block.text));
    else if (!asked && block.quoted !== true) found.push(...systemLinesOf(block));
  }
  if (found.length === 0)
    found.push(
      ...candidates
        .filter(({ text, isCode }) => !isCode && text.length < 250 && STATED.test(text))
        .map(({ text }) => text),
    );
  if (found.length === 0)
    found.push(
      ...blocks
        .filter(
          ({ kind, text, language }) =>
            kind === "code" && language === undefined && isVersionDump(text) && !/^\s*[[{"]/.test(text),
        )
        .slice(0, 1)
        .map(({ text }) => cut(text)),
    );
  if (found.length === 0)
    found.push(
      ...candidates
        .filter(({ text, isCode }) => !isCode && text.length < 400)
        .flatMap(({ text }) => SYSTEM_PHRASE.exec(text)?.[0] ?? [])
        .slice(0, 2),
    );
  return unique(found).slice(0, MAX_ENVIRONMENT);
}

/** Lines of a paragraph that say where it was seen, among others: with a label, or two and more that are things with versions. */
function systemLinesOf({ text, kind }: ReportBlock): readonly string[] {
  if (kind === "cell") return [];
  const lines = text.split("\n").map((line) => line.slice(0, 300));
  const things = lines.filter((line) => THING_LINE.test(line));
  return lines.filter(
    (line) =>
      (SYSTEM_LINE.test(line) && !isReasoning(line) && !PRINTED_LINE.test(line)) ||
      (things.length >= 2 && things.includes(line)),
  );
}

/** Somebody explains or proposes something: a list of versions is no sentence. */
function isReasoning(text: string): boolean {
  return (
    text.length > 40 &&
    /\b(?:i|i'm|i'd|i've|we|you|it|this|that|could|would|should|think|because|when|does(?:n't)?|did(?:n't)?)\b/i.test(
      text,
    )
  );
}

/** `2.9.0` below "Gson version", `*Jib version:* 3.4.0`, `bevy 0.10.1` below "Bevy version", an address, a commit. */
function isOwnVersion({ text, heading, label, part, kind }: ReportBlock): boolean {
  const bare = text.replace(/[*_`]/g, "").trim();
  const [, name = "", value = bare] =
    (kind === "cell" ? undefined : /^(?:[-*]\s*)?([^:|\n]{1,60}):\s*(.*)$/s.exec(bare)) ?? [];
  const asked = kind === "cell" ? (label ?? "") : name || (label ?? "");
  if (
    /^\(?(?:only tested )?v?\d[\w.+-]*(?:\s+and \d[\w.]*)?\)?(?:\s*\([^)]*\)|\s+\S*[=@]\S+)?\.?$/.test(
      value,
    ) &&
    (asked === ""
      ? part === "version" && !OF_SYSTEM.test(heading)
      : /version/i.test(asked) && !RUNTIME.test(asked))
  )
    return true;
  if (/^(?:https?:\S+|[0-9a-f]{7,40}|main|master|latest|none|n\/a|\d{4}-\d\d-\d\d[ T\d:.+Z-]*)$/i.test(value))
    return true;
  // "Current master commit 3f2a91c", "I am using the latest version": of the project.
  if (
    /^(?:the )?(?:current|latest )?\s?(?:main|master|head)\b(?: branch)?(?: (?:at )?(?:commit )?\(?[0-9a-f]{7,40}\)?)?$/i.test(
      value,
    ) ||
    (/\b(?:latest|newest|current)(?: \w+)? version\b/i.test(value) && !/\d/.test(value) && value.length < 60)
  )
    return true;
  // `jq version 1.6`, `Catch version: Catch v2.7.0`, `2.24 alpha 3 (no longer there)`: of no runtime or system.
  if (
    /^(?:[\w.+-]{1,30} version:? )?(?:[\w.+-]{1,30} )?(?:v\d+|v?\d+(?:\.\d+){1,3})[\w.+-]*(?: (?:alpha|beta|rc) ?\d*)?(?: ?\([^)]*\))?$/i.test(
      bare,
    ) &&
    (/^\S+ version\b/i.test(bare) || part === "version") &&
    !RUNTIME.test(bare) &&
    !RUNTIME.test(heading)
  )
    return true;
  const first = heading.toLowerCase().split(/\s+/)[0] ?? "";
  return (
    part === "version" &&
    first !== "" &&
    bare.toLowerCase().startsWith(`${first} `) &&
    /^\S+ v?\d[\w.+-]*$/.test(bare)
  );
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text.trim();
  const end = text.lastIndexOf("\n", MAX_TEXT);
  return text
    .slice(0, end > 0 ? end : MAX_TEXT)
    .toWellFormed()
    .replace(/\ufffd$/, "")
    .trim();
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))];
}
