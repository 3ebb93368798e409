import type { ReportBlock } from "./report-blocks.ts";
import { withoutTakenBack } from "./taken-back.ts";

/** A version that the report states. */
export interface ReportVersion {
  /** What it is a version of, as written; empty where the text gives a bare answer for the project itself. */
  readonly subject: string;
  /** As written, without quotation marks. */
  readonly value: string;
  /** The words that state both. */
  readonly quote: string;
}

/** Dotted numbers with what belongs to them: `1.2.3-rc.1+build.5`, `2.23.0beta3`, `3.4.x`, `5.15.0-91-generic`, `1.8.0_321`. */
const DOTTED =
  "\\d{1,9}(?:\\.(?:\\d{1,14}|x\\b|X\\b|\\*)){1,5}(?:[-._+]?(?:alpha|beta|rc|dev|post|pre|preview|nightly|snapshot|canary|final|release|next|SNAPSHOT|RELEASE|Final|RC)(?:[-.]?[0-9A-Za-z]{1,40}){0,3}|[abpkM]\\d{1,4}|[a-z](?![\\w])|(?: (?:[Aa]lpha|[Bb]eta|rc|RC) ?\\d{1,3}\\b))?(?:_\\d{1,6})?(?:[-+](?:\\d[0-9A-Za-z.+-]{0,40}|g[0-9a-f]{6,12}|(?:arch|generic|lts|zen|el|fc|MANJARO|rt|microsoft|WSL)[0-9A-Za-z.+-]{0,40}))?(?:\\+[0-9A-Za-z][0-9A-Za-z.-]{0,40})?";
const VALUE = new RegExp(`[=^~<>]{0,2}v?${DOTTED}`, "g");

/**
 * Runtimes, compilers and systems that people number with one number. What is not here needs a dot. It is general knowledge
 * and no list of cases.
 */
const WHOLE =
  /(?<![\w./\\])(go(?=\d{1,2}\.\d)|java|jdk|jre|openjdk|temurin|corretto|amazoncorretto|node(?:\.?js)?|python|php|ruby|perl|scala|windows(?: server)?|win|mac ?os|os ?x|ubuntu|debian|fedora|alpine|centos|rhel|opensuse|amazon linux|linux mint|android|ios|ipados|chrome|chromium|firefox|safari|edge|gcc|g\+\+|clang|clang\+\+|llvm|msvc|\.net|dotnet|angular|react|vue|spring boot|postgres(?:ql)?|mysql|xcode|visual studio|vs|cuda|rails|laravel|django|webpack|erlang(?:\/otp)?|otp|jvm)([ \t:@v=-]{0,3}(?:version )?v?)(\d{1,4}(?:\.\d{1,4}){0,2}(?:_\d{1,4})?)(?![\w]|[.,]\d|[-.](?:alpha|beta|rc|pre|dev)|\.[xX*]|\s?[%°]|-?(?:bit|core|gb|mb)\b)/gi;

/** Before a version: the thing it belongs to. */
const NAME =
  /(?:^|[\s("'`*|[,;/>，、；：（「])([A-Za-z@][\w.+#/@-]{0,60}(?:\((?:TM|R|tm|r)\))?(?: [A-Z][\w.+#-]{0,30}){0,2})[*_`'"]{0,3}(?:\s{0,4}[:=|]{0,3}\s{0,20}|-|@|\/|\s+-\s+|\s*\()[*_`'"\s]{0,8}(?:(?:[Vv]ersions?|[Vv]er\.?|[Rr]elease|[Rr]ev\.?|[Bb]uild)[*_:=\s]{0,6})?[*_`'"]{0,3}$/;
const NO_NAME = new Set(
  "a an and are as at be before after between both by can for from has have if in is it its like need not of on only or our over perhaps probably rather same see since so sorry than that the then there these this to until up upgrade upgraded upgrading updated use used using version versions ver via wait was we when where which while with within without works work working around about least but newer older new old previous recent stable still also now even only yet though although however against per past later earlier next prior beyond including unlike neither nor released published first last release build line lines step page chapter section and/or current latest tested i e.g i.e maybe mean tried try my your their commit gitcommit sha hash".split(
    " ",
  ),
);
/** The same in other languages: what stands before "Version 2.5.0" is no name. */
const NO_NAME_ELSEWHERE = new Set(
  "ab auf aus bei bis das dem den der die ist mit nach seit und unter von vor zu zur à au aux avec dans de depuis des du et jusqu jusqu'à la le les sous sur a al con da dal dalla del della desde e el em en fino hasta in las los na no nella o para por pela até com dos das o os по до с со в во на из от версии версия версией версию versione versión versão".split(
    " ",
  ),
);
const MAX_LINE = 2_000;
const MAX_VERSIONS = 400;
/** Behind a number: it counts or measures something. */
const UNIT =
  /^\s?(?:%|°|(?:ms|s|sec|secs|seconds?|min|minutes?|h|hours?|days?|weeks?|months?|years?|kb|mb|gb|tb|kib|mib|gib|bytes?|px|em|rem|pt|fps|hz|k?m|x|times|fold|percent|usd|eur)\b)/i;

/** Versions that a text states, each value once a subject. Linear in the text. */
export function findVersions(title: string, blocks: readonly ReportBlock[]): readonly ReportVersion[] {
  const found = new Map<string, ReportVersion>();
  const whole = [title, ...blocks.map(({ text }) => text)].join("\n");
  const isName = memoized((word: string) => occursAlone(word, whole));
  const add = (subject: string, value: string, quote: string): void => {
    const key = `${subject.toLowerCase()} ${value.replace(/^v/i, "")}`;
    if (found.size < MAX_VERSIONS && !found.has(key)) found.set(key, { subject, value, quote: quote.trim() });
  };
  for (const line of [title]) readLine(line, { inProse: true, isAnswer: false, subject: "", isName }, add);
  const said = blocks.filter(({ quoted }) => quoted !== true);
  for (const block of said.length > 0 ? said : blocks) {
    const isAnswer = block.part === "version" || block.part === "environment";
    const heading = subjectOfHeading(block.heading);
    const isDump = block.kind === "code" && isVersionDump(block.text);
    const lines = block.text.split("\n");
    for (const [at, line] of lines.entries()) {
      const text = line.slice(0, MAX_LINE);
      if (isDump && VERSION_BELOW.test(text)) {
        const subject = subjectAbove(lines, at);
        const value = VERSION_BELOW.exec(text)![1]!;
        if (subject !== "") add(subject, value, text);
        continue;
      }
      if (block.kind !== "code")
        readLine(
          text,
          {
            inProse: true,
            isAnswer,
            isName,
            subject:
              block.kind === "cell" ? ownOr(block.label ?? heading) : block.part === "version" ? heading : "",
          },
          add,
        );
      else if (isAnswer || isDump || isVersionLine(text))
        readLine(
          text,
          {
            inProse: false,
            isAnswer: isAnswer || isDump,
            isName,
            subject: block.part === "version" ? heading : "",
          },
          add,
        );
      else {
        readPaths(text, add);
        readImport(text, add);
      }
    }
  }
  return [...found.values()];
}

/** A row that is called `version` or `pkg_version` is about the project itself. */
function ownOr(label: string): string {
  return /^(?:pkg|package|app|project)?[\s_-]?versions?(?:\/s|\(s\))?$/i.test(label.trim()) ? "" : label;
}

interface Where {
  /** Code is read with more doubt: a number there is mostly data. */
  readonly inProse: boolean;
  /** The text answers a question about versions. */
  readonly isAnswer: boolean;
  /** Of a bare answer. */
  readonly subject: string;
  /** Whether the report writes a word without a version behind it. */
  readonly isName: (word: string) => boolean;
}

function readLine(
  line: string,
  { inProse, isAnswer, subject, isName }: Where,
  add: (subject: string, value: string, quote: string) => void,
): void {
  const shown = withoutTakenBack(
    (inProse ? line.replace(EXAMPLE, " ") : line).replace(ADDRESSES, (address) => " ".repeat(address.length)),
  );
  /** The version before this one in the line, with its name. */
  let last: { readonly name: string; readonly end: number } | undefined;
  for (const match of shown.matchAll(VALUE)) {
    const value = match[0].replace(/[-+.]+$/, "");
    const before = shown.slice(0, match.index);
    // `5.0.0-rc...`: its end is left out.
    if (/[a-z]$/i.test(value) && /^(?:\.{2,}|…)/.test(shown.slice(match.index + value.length))) continue;
    if (!startsToken(before) && !match[0].startsWith("==")) continue;
    const after = shown.slice(match.index + value.length);
    if (isOther(value, before, after) || /~>\s?$/.test(before) || match[0].startsWith("~>")) continue;
    const dots = value.split(".").length - 1;
    const listed =
      last !== undefined &&
      /^\s?(?:,|、|\/|&|(?:,\s?)?(?:and|or|und|oder|et|ou|y|o|e))\s?$/i.test(
        shown.slice(last.end, match.index),
      );
    const name = nameBefore(before) ?? (listed ? last?.name : undefined);
    const bare = before.replace(/[\s*_`'"|([\]{},:;=-]+|\b(?:version|versions)\b/gi, "") === "";
    const spoken =
      /\b(?:version|release|upgrad\w*|downgrad\w*|updat\w*|since|until|from|to|in|with|on|between|and|before|after|using|works?)\s{0,3}[*_`'"(]{0,3}v?$/i.test(
        before,
      );
    // Two numbers with a dot are a version only where their sentence says so; in code they are data.
    // "I just updated to 0.46", "version 11.7", "In 1.6 and 1.7 it is right": no other number is told so.
    const isTold =
      inProse &&
      (/\b(?:(?:up|down)(?:dat|grad)\w{1,4} (?:to|from)|version) [*_`'"(]{0,3}v?$/i.test(before) ||
        (/^(?:in|since|until|as of) (?:v?\d{1,3}\.\d{1,3}(?:, | and | or )){0,3}v?$/i.test(
          before.slice(-60).replace(/^[^]*[.!?]\s+/, ""),
        ) &&
          !/^\S* of\b/i.test(after)));
    const isStated =
      isTold || dots >= 2
        ? inProse || isAnswer || name !== undefined
        : (name !== undefined &&
            (isAnswer || isTool(name) || /version\W{0,8}$/i.test(before) || value.startsWith("v"))) ||
          (isAnswer && bare);
    if (!isStated) continue;
    if (!inProse && name === undefined && !bare) continue;
    if (dots < 2 && spoken && name === undefined && !isAnswer && !isTold) continue;
    // "becomes `1.2.0`": a word that stands before numbers in code alone need not be a name.
    if (
      /[`'"]v?$/.test(before) &&
      !/:\W{0,6}v?$/.test(before) &&
      /^[A-Za-z][a-z]{4,}$/.test(name ?? "") &&
      !isName(name!) &&
      !TOOL.test(name!)
    )
      continue;
    // In the marks of code, with no word that makes it a version, it is data.
    if (
      inProse &&
      name === undefined &&
      !spoken &&
      before.endsWith("`") &&
      !(bare && /^[\s`*_.,;)]*$/.test(after))
    )
      continue;
    if (name !== undefined) last = { name, end: match.index + value.length };
    add(name ?? (bare ? subject : ""), value.replace(/^(?:==|=|<=|>=|<|>)/, ""), quoteOf(line, name, value));
  }
  if (inProse) readWhole(shown, isAnswer, add);
  for (const match of shown.matchAll(WHOLE)) {
    const [whole, name, , value] = match;
    if (inProse || isAnswer) add(name!, value!, whole);
  }
}

/** "from webpack v4 to v5", "react-scripts from v4 to v5": numbers without a dot. */
const MOVED =
  /\b(?:from )?(?<name>[A-Za-z@][\w@/.-]{1,40}) (?:from )?(?<from>v\d{1,3}) to (?:\k<name> )?(?<to>v\d{1,3})(?![\w.]\w)/gi;
/** A name with its version on it: `Laravel5.5`, `netcoreapp2.0`. */
const ATTACHED =
  /(?<![\w./@:-])(?<name>[A-Za-z][a-z]{2,20})(?<value>\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)(?![\w.]\w|\s?[%°])/g;
/** "compile inih r60 with", "r167 (prebuilt)": revisions of trackers before git. */
const REVISION =
  /(?:\b(?:compile|use|using|with|on|in|version|release|tag) (?:(?<name>[A-Za-z][\w.-]{1,30}) )?|^\W{0,4})(?<value>r\d{2,6})(?![\w.])/gi;

function readWhole(
  line: string,
  isAnswer: boolean,
  add: (subject: string, value: string, quote: string) => void,
): void {
  for (const { 0: quote, groups } of line.matchAll(MOVED)) {
    if (NO_NAME.has(groups!["name"]!.toLowerCase())) continue;
    add(groups!["name"]!, groups!["from"]!, quote);
    add(groups!["name"]!, groups!["to"]!, quote);
  }
  for (const { 0: quote, groups } of line.matchAll(ATTACHED))
    if (
      !/^(?:section|figure|fig|table|chapter|part|page|eq|step|ver|version|rev|line)$/i.test(groups!["name"]!)
    )
      add(groups!["name"]!, groups!["value"]!, quote);
  for (const { 0: quote, groups } of line.matchAll(REVISION)) {
    const name = groups!["name"] ?? "";
    if (name !== "" || isAnswer)
      add(NO_NAME.has(name.toLowerCase()) ? "" : name, groups!["value"]!, quote.trim());
  }
}

/** What a form shows as an example of an answer, which stands before or behind it: `Version [e.g. 2.1.0] 4.7.3`. */
const EXAMPLE =
  /\[(?:e\.?g\.?|for example|such as|z\. ?b\.|par ex\.?|p\. ?ej\.?|例|например)[^\]\n]{0,120}\]|<[^<>\n]{0,40}\be\.g\.[^<>\n]{0,80}>|(?<=^[\s*-]{0,6}[\w .]{1,40})\(e\.?g\.?[^()\n]{0,120}\)(?=[*_]{0,2}:)/gi;

/** A version starts after a space or a mark; after a letter only with the mark that ties it to a name: `name-1.2`, `name@1.2`, `image:1.2`. */
function startsToken(before: string): boolean {
  const mark = before.at(-1);
  if (mark === undefined) return true;
  if (/[\w.%]/.test(mark)) return false;
  // A digit before the mark: a time, a date or a range.
  if ("-@:".includes(mark)) return /^$|[A-Za-z+)\s]/.test(before.at(-2) ?? "");
  return mark !== "/" || /(?:^|["'\s(])[A-Za-z][\w-]{1,20}\/$/.test(before);
}

/** Addresses and paths of the web: a number in them is a place. */
const ADDRESSES = /(?:https?:\/\/|www\.)[^\s<>"')]{1,500}|\b[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,}\b/gi;

/** A folder of a package in a path of a trace: `vec_map-0.8.2/src/lib.rs`. */
function readPaths(line: string, add: (subject: string, value: string, quote: string) => void): void {
  for (const [quote, name, value] of line.matchAll(
    /(?<=[\\/])([A-Za-z][\w.+-]{0,60}?)-(\d{1,6}(?:\.\d{1,6}){2,3})(?=[\\/])/g,
  ))
    add(name!, value!, quote);
  // `logrus@v1.9.1/writer.go`, a checkout of Bundler, an application of Elixir's traces.
  for (const form of IN_TRACES)
    for (const { 0: quote, groups } of line.matchAll(form)) add(groups!["name"]!, groups!["value"]!, quote);
}
const IN_TRACES: readonly RegExp[] = [
  /(?<=[\\/])(?<name>[A-Za-z][\w.!-]{0,60})(?:\/v\d{1,3})?@(?<value>v\d{1,6}\.\d{1,6}\.\d{1,6}[\w.+-]{0,40})(?=\/[^\s:]{1,200}\.go:\d)/g,
  /(?<=\/bundler\/gems\/)(?<name>[A-Za-z][\w.]{0,40}(?:-[A-Za-z][\w.]{0,40}){0,4})-(?<value>[0-9a-f]{12})(?=\/)/g,
  /(?<=^\s{0,12}\()(?<name>[a-z]\w{0,40}) (?<value>\d{1,4}(?:\.\d{1,4}){1,3}[\w.+-]{0,20})(?=\) [^\s:()]{1,200}\.(?:exs?|erl):\d)/g,
];

/** A comment behind an import that is a version: `import { z } from "zod"; // 4.3.6`. */
const IMPORT =
  /^\s*(?:(?:import|export|from|use|using|require|load|const|let|var)\b[^\n]{0,200}?["']([@\w][\w@/.-]{0,60})["'][^\n]{0,20}?|(?:import|from|use|using)\s+([A-Za-z_][\w.]{0,60})[^\n"']{0,80}?)\s*(?:\/\/|#|--)\s*(v?\d{1,6}(?:\.\d{1,6}){1,3}(?:[-.](?:alpha|beta|rc)[\w.-]{0,12})?)\s*$/;

function readImport(line: string, add: (subject: string, value: string, quote: string) => void): void {
  const [quote, quotedName, name, value] = IMPORT.exec(line.slice(0, 400)) ?? [];
  if (value !== undefined) add((quotedName ?? name)!, value, quote!);
}

/** IP addresses, clock times, sums and measures. */
function isOther(value: string, before: string, after: string): boolean {
  if (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value) &&
    value.split(".").every((part) => Number(part) <= 255) &&
    !/version\W{0,6}$|chrom|browser|opera|\.exe/i.test(before) &&
    (/^(?::\d|\/\d)/.test(after) ||
      /\b(?:ip|host|address|server|localhost|dns|bind|listen|ping|curl)\b/i.test(before) ||
      /^(?:127|10|192\.168|0\.0|255|172)\./.test(value))
  )
    return true;
  if (UNIT.test(after)) return true;
  // `09.11.2020`: a day.
  if (/^(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d$/.test(value)) return true;
  // `40.000 Mandanten`: where a dot parts thousands, a plain word follows what is counted.
  if (/^\d{1,3}\.\d{3}$/.test(value) && /^ \p{L}{3,}/u.test(after) && /(?:^|\s)\p{Ll}+ $/u.test(before))
    return true;
  if (/[$€£]\s?$|(?:#|\bbuild )[\w-]{0,20}$/i.test(before) || /^[:/]\d/.test(after)) return true;
  // `HTTP/1.1`, `TLS 1.2`, `GPL-3.0`: protocols and licences.
  if (
    /(?<![A-Za-z])(?:https?|tls|ssl|gpl|lgpl|agpl|apache|mpl|bsd|cc-by[-\w]*|usb|bluetooth|wcag|opengl|unicode|xml|utf|rfc)[\s/v-]{0,2}$/i.test(
      before,
    ) &&
    !(/apache[\s/v-]{0,2}$/i.test(before) && value.split(".").length > 2)
  )
    return true;
  // A call or an index: `f(1.2.3)` stays, `x[1.5]` and `= 0.5` do not.
  return (
    /[=(,[<>+*/^-]\s*$/.test(before) && /^\d{1,3}\.\d{1,9}$/.test(value) && !/[A-Za-z@]==?\s*$/.test(before)
  );
}

/** What a sentence changes from one version to another: "update git-config (or gix-config?) to 0.16.3". */
const CHANGED =
  /\b(?:updat|upgrad|bump|downgrad|pin)\w{0,4}\s+[`*"'[]{0,2}([A-Za-z@][\w@/.+-]{0,60})[`*"'\]]{0,2}\s*(?:\([^()]{0,160}\))?\s+(?:from\s+\S{1,40}\s+)?(?:to|from)\s+v?$/i;

function nameBefore(before: string): string | undefined {
  const changed = CHANGED.exec(before.slice(-260))?.[1];
  if (changed !== undefined && !NO_NAME.has(changed.toLowerCase())) return changed;
  const found = NAME.exec(before.slice(-160));
  // "There is no panic. v1.4.0": the sentence before ends with it.
  if (found !== null && /\p{Ll}\.$/u.test(found[1]!) && /\.\s/.test(found[0])) return undefined;
  const name = found?.[1]?.replace(/^[@/]+(?=[^/]*$)/, "").trim();
  if (name === undefined) return undefined;
  const clean = name
    // A sentence that ends before it.
    .replace(/^[^]*[.!?]\s+/, "")
    .replace(/\s+(?:version|versions|ver|release|build)$/i, "")
    .replace(/[-.:/@]+$/, "")
    .trim();
  const words = clean.split(/\s+/);
  while (words.length > 1 && [NO_NAME, NO_NAME_ELSEWHERE].some((no) => no.has(words[0]!.toLowerCase())))
    words.shift();
  const text = GENERAL.test(words.join(" ")) ? ofNoun(before, words.join(" ")) : words.join(" ");
  return text === "" ||
    NO_NAME.has(words.at(-1)!.toLowerCase()) ||
    NO_NAME.has(text.toLowerCase()) ||
    /^versions?(?:\/s|\(s\))?$/i.test(text) ||
    OF_A_QUESTION.test(text) ||
    NO_NAME_ELSEWHERE.has(text.toLowerCase()) ||
    /^v$/i.test(text)
    ? undefined
    : text;
}

/** What many things are: "the newer rexml gem (3.2.5)" is of rexml. */
const GENERAL =
  /^(?:gem|package|library|lib|crate|module|plug-?in|extension|add-?on|app|binary|image|runtime|interpreter|framework|bundle|dependency|client|server|driver|paket|bibliothek|paquet|biblioth[eè]que|paquete|biblioteca|pacote|пакет|библиотека)$/iu;

/** The word before such a noun; the noun itself where none names a thing. */
function ofNoun(before: string, noun: string): string {
  const at = before.toLowerCase().lastIndexOf(noun.toLowerCase());
  const named = /([A-Za-z@][\w.+#/@-]{0,60})[`*'"]{0,2} [`*'"]{0,2}$/.exec(
    before.slice(Math.max(0, at - 80), at),
  )?.[1];
  return named === undefined || [NO_NAME, NO_NAME_ELSEWHERE].some((no) => no.has(named.toLowerCase()))
    ? noun
    : named;
}

/** What a form asks about a version of the project itself: "Affects version", "Fixed version", "Last working version". */
const OF_A_QUESTION =
  /^(?:(?:first|last|found|known) )?(?:affect(?:s|ed|ing)?|fix(?:ed)?|found|report(?:ed)?|observ(?:ed)?|broken|bad|good|working|target|minimum|required|exact|full|actual|installed|product|software|library|package|release)(?: in)?$/i;

const TOOL =
  /^(?:python|rust|rustc|cargo|node|nodejs|ruby|java|ubuntu|debian|macos|windows|fedora|android|kotlin|scala|swift|pytest|numpy|pandas)$/i;

/** `Python 3.9`, `Rust 1.56`: a name that is written like one of a thing. */
function isTool(name: string): boolean {
  const last = name.split(" ").at(-1)!;
  return /^[A-Z]/.test(last) || /\d|[+#._-]/.test(last) || last.length <= 4 || TOOL.test(last);
}

/** Whether a text has a word without a version behind it, as the name of a thing mostly stands somewhere. Case does not count. */
function occursAlone(word: string, text: string): boolean {
  const form = new RegExp(`(?<![\\w])${word}(?![\\w])(?! ?versions?\\b)(?!\\W{0,8}v?\\d)`, "i");
  return form.test(text);
}

function memoized<Result>(of: (word: string) => Result): (word: string) => Result {
  const known = new Map<string, Result>();
  return (word) => {
    if (!known.has(word)) known.set(word, of(word));
    return known.get(word)!;
  };
}

/** Lines that a program prints about itself: `rustc 1.66.1 (90743e729 2023-01-10)`, `[debug] yt-dlp version 2022.10.04`. */
function isVersionLine(line: string): boolean {
  return (
    /^[\s$>#%]*(?:\[\w+\]\s*)?[A-Za-z][\w.+-]{1,40}(?: [A-Z]\w{1,20}){0,2} (?:version )?["v]?\d+\.\d+(?:\.\d+)?\S{0,30}(?:\s*$|\s+[([]|,| on [A-Z])/.test(
      line,
    ) ||
    /(?:\b[A-Za-z][\w.+-]{1,40}[- ]v?\d+\.\d+[\w.]{0,20}(?: \([^()]{0,40}\))?, ?){1,200}[A-Za-z][\w.+-]{1,40}[- ]v?\d/.test(
      line,
    ) ||
    /^[\s|]*(?:[\w-]*_?version|rust_version|cargo_version)\b[\s|:=]{1,30}/i.test(line) ||
    /^\s*"?[\w@/.-]{1,60}"?\s*[:=]\s*"?[\^~v]?\d+\.\d+\.\d+[\w.+-]{0,30}"?,?\s*$/.test(line) ||
    /^\s*[\w.-]{1,60}==\d/.test(line) ||
    isListOfPackages(line) ||
    /^\s*[\w-]{1,60}\s*=\s*\{[^}]{0,80}\bversion\s*=\s*"/.test(line)
  );
}

/** `Successfully installed attrs-19.1.0 six-1.12.0`, `plugins: xdist-3.0.2, cov-4.0.0`: half of the words, or more. */
function isListOfPackages(line: string): boolean {
  const words = line.split(/[\s,]+/).filter((word) => word !== "" && !word.endsWith(":"));
  const packages = words.filter((word) =>
    /^[A-Za-z][\w.+]{0,40}(?:-[A-Za-z][\w.+]{0,40}){0,6}-\d{1,6}(?:\.\d{1,8}){1,4}\w{0,12}$/.test(word),
  );
  return packages.length > 0 && packages.length * 2 >= words.length;
}

/** Half of its lines, and at least two, are a name and a version: `pip list`, `show_versions`, a table. */
export function isVersionDump(text: string): boolean {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 400);
  const rows = lines.filter((line) =>
    /^[\s|*>-]{0,8}(?:[a-z][\w -]{0,30}: (?=[A-Za-z]))?[A-Za-z@][\w.+/@ -]{0,60}?(?:\s{2,}|[:=|]{1,2}\s*|\s+)[|"'^~v\s]{0,8}\d+\.\d+[\w.+-]{0,40}["',|\s]{0,30}(?:(?:[-(/]|from ).{0,120})?$/.test(
      line.slice(0, 300),
    ),
  );
  if (rows.length >= 2 && rows.length * 2 >= lines.length) return true;
  // What a program prints of itself, among other keys: `docker version`.
  const keys = lines.filter((line) => /^\s{0,8}[A-Za-z][\w /.-]{0,40}:(?:\s|$)/.test(line.slice(0, 80)));
  return (
    keys.length * 5 >= lines.length * 4 &&
    keys.filter((line) => /version\s*:\s*\S{0,3}\d/i.test(line.slice(0, 80))).length >= 3
  );
}

/** A line that states the version of what stands above it: `  Version: 26.0.0` below ` containerd:`. */
const VERSION_BELOW = /^\s+(?:[A-Za-z]{1,20} ){0,3}version\s*:\s*v?(\d+(?:\.\d+){1,4}[\w.+-]{0,30})/i;

/** The thing that the nearest line above with less indentation names; empty where there is none. */
function subjectAbove(lines: readonly string[], at: number): string {
  const indent = (line: string): number => /^\s*/.exec(line.slice(0, 200))![0].length;
  for (let i = at - 1; i >= Math.max(0, at - 20); i--)
    if (lines[i]!.trim() !== "" && indent(lines[i]!) < indent(lines[at]!))
      return (
        /^([A-Za-z][\w ./-]{0,60}?)(?:@\S{0,40})?\s*(?:\([^()]{0,40}\))?:?\s*$/.exec(lines[i]!.trim())?.[1] ??
        ""
      );
  return "";
}

function subjectOfHeading(heading: string): string {
  const words = heading
    .replace(/\bversions?\b|[:?]|\b(?:the|my|your|which|what|of|used|using|are|you|is)\b/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
  return OF_A_QUESTION.test(words) ? "" : words;
}

function quoteOf(line: string, name: string | undefined, value: string): string {
  const end = line.indexOf(value) + value.length;
  const start = name === undefined ? -1 : line.lastIndexOf(name, end);
  return start < 0 ? line.slice(0, 300) : line.slice(start, end);
}
