import { sideElsewhere } from "./regression-elsewhere.ts";
import { sentencesOf } from "./sentences.ts";
import { withoutTakenBack } from "./taken-back.ts";

/** The last version or change that worked and the first that does not, as the report names them. */
export interface ReportRegression {
  /** Empty where it is not named. */
  readonly good: string;
  /** Empty where it is not named. */
  readonly bad: string;
  readonly quote: string;
}

const V =
  "[`*'\"]{0,2}(?:version |v)?(\\d{1,6}(?:\\.(?:\\d{1,6}|x)){1,4}(?:[-.]?(?:alpha|beta|rc|dev)[\\w.-]{0,12})?)[`*'\"]{0,2}";
const CHANGE =
  "(?:https?:\\/\\/[^\\s<>)]{1,200}\\/(?:commit|pull)\\/([0-9a-f]{7,40}|\\d{1,7})|`?([0-9a-f]{7,40})`?|(#\\d{1,7}))";

/** Sentences that name a change of behaviour; groups `good` and `bad` in the order of `of`. */
const FORMS: readonly { readonly form: RegExp; readonly of: readonly ("good" | "bad")[] }[] = [
  {
    form: new RegExp(
      `\\b(?:upgrad|updat|migrat|switch|mov)\\w{0,6}\\b[^.\\n]{0,60}?\\bfrom (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V} to (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V}`,
      "i",
    ),
    of: ["good", "bad"],
  },
  {
    form: new RegExp(
      `\\b(?:upgrad|updat|migrat)\\w{0,6}\\b[^.\\n]{0,60}? from v(\\d{1,3}) to v(\\d{1,3})(?![\\w.]\\w)`,
      "i",
    ),
    of: ["good", "bad"],
  },
  {
    form: new RegExp(
      `\\b(?:appear|introduc|start|broke|chang|happen|regress)\\w{0,6}\\b[^.\\n]{0,30}?\\bbetween (?:[A-Za-z][\\w.-]{0,20} )?${V} and (?:[A-Za-z][\\w.-]{0,20} )?${V}`,
      "i",
    ),
    of: ["good", "bad"],
  },
  {
    form: new RegExp(
      `\\b(?:last )?(?:good|working) (?:revision|commit|version|release|build)\\W{1,6}(?:${V}|${CHANGE})`,
      "i",
    ),
    of: ["good"],
  },
  {
    form: new RegExp(
      `\\b(?:first )?(?:bad|broken|failing) (?:revision|commit|version|release|build)\\W{1,6}(?:${V}|${CHANGE})`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:with|using|on|in) (?:[A-Z][\\w.-]{0,20} )?${V}[^.\\n]{0,20}? (?:with no|without(?: any)?) (?:problems?|issues?|errors?|trouble)\\b|\\busing (?:[A-Z][\\w.-]{0,20} )?${V} with no (?:problems?|issues?|errors?)\\b`,
      "i",
    ),
    of: ["good"],
  },
  {
    form: new RegExp(
      `\\bbefore (?:the |i |we )?(?:upgrad|updat)\\w{0,4} to (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V}`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:errors?|exceptions?|warnings?|fail\\w*|broke\\w*|crash\\w*|stopped|no longer|not|doesn't|can't)\\b[^.\\n]{0,80}?\\b(?:after|since) (?:upgrad|updat)\\w{0,4} (?:[\\w@/.+-]{1,40} ){0,3}?to (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V}`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:upgrad|updat)\\w{0,4} [^.\\n]{0,60}?\\bto (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V}[^.\\n]{0,40}?\\b(?:suddenly|now (?:it|the)|no longer|stopped|breaks?|broke)\\b`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:after|since)\\b[^\\n]{0,80}?\\b(?:commit|pull request|pr|merge)\\b[^\\n\\w]{0,4}${CHANGE}[^\\n]{0,40}?\\b(?:i|we) (?:get|got|see|saw)\\b`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:works?|worked|working|fine|ok|fixed)\\b[^.\\n]{0,40}?\\b(?:in|with|on|using|until|up to|at) (?:[A-Z][\\w.-]{0,20} )?${V}[^\\n]{0,80}?\\b(?:but|fails?|broken|breaks?|not|doesn't|stopped)\\b[^\\n]{0,60}?${V}`,
      "i",
    ),
    of: ["good", "bad"],
  },
  {
    form: new RegExp(`${V}[^.\\n]{0,20}\\b(?:works?|worked|was fine|is fine)\\b[^\\n]{0,60}?${V}`, "i"),
    of: ["good", "bad"],
  },
  {
    form: new RegExp(
      `\\b(?:error|issue|bug|problem|it|this) only (?:occurs|happens|appears)\\b[^.\\n]{0,40}?${V}`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:if i use|with|using|on|in) (?:[A-Z][\\w.-]{0,20} )?${V},? [^.\\n]{0,40}?\\b(?:works?|worked|seems to work|is fine|was fine)\\b`,
      "i",
    ),
    of: ["good"],
  },
  {
    form: new RegExp(
      `^(?:but )?(?:with|using|on|in) (?:[A-Za-z][\\w.-]{0,20} )?${V},? (?:there(?:['’]s| is| was)|i (?:get|got)) no (?:such )?(?:panic|errors?|exceptions?|crash|warnings?|problem|issue)\\b`,
      "i",
    ),
    of: ["good"],
  },
  { form: new RegExp(`${V} (?:breaks?|broke|introduced|regress\\w*)\\b`, "i"), of: ["bad"] },
  {
    form: new RegExp(
      `\\b(?:broken|fails?|failing|regress\\w*|introduced|started|happens|stopped working|no longer works?)\\b[^.\\n]{0,40}?\\b(?:since|in|with|after|starting (?:with|from|in)|as of) (?:[A-Z][\\w.-]{0,20} )?${V}`,
      "i",
    ),
    of: ["bad"],
  },
  {
    form: new RegExp(
      `\\b(?:works?|worked|working)\\b[^.\\n]{0,30}?\\b(?:in|with|on|until|up to|maybe in) (?:[A-Z][\\w.-]{0,20} )?${V}`,
      "i",
    ),
    of: ["good"],
  },
  {
    form: new RegExp(
      `\\b(?:regression|regressed|caused|introduced|broken|broke|bisected|bisect\\w*|narrowed (?:it |this |the failure )?down)\\b[^.\\n]{0,60}?\\b(?:from|by|in|to|with|since)\\b[^\\n]{0,12}?${CHANGE}`,
      "i",
    ),
    of: ["bad"],
  },
  { form: new RegExp(`${CHANGE}[^.\\n]{0,30}?\\b(?:introduced|broke|caused|regress\\w*)`, "i"), of: ["bad"] },
];

/** What worked, told in the past, before a sentence that begins with the update: "With 3.1.0 it read the file. Since the update …". */
const WORKED = new RegExp(
  `^(?:with|in|on|under|using|until|up to|before) (?:[\\w.-]{1,30} )?${V},? (?=[^\\n]{0,120}?\\b(?:\\w{2,20}ed|was|were|did|had|gave|got|went|read|wrote|ran|could|used to|came|kept|took|made|sent|found|showed|threw no|raised no)\\b)(?![^\\n]{0,160}?\\b(?:not|never|fail\\w*|broke\\w*|crash\\w*|(?<!without (?:an? |any )?)error\\w*|wrong\\w*|same|also)\\b|[^\\n]{0,160}n't\\b)`,
  "i",
);
const SINCE_THEN =
  /^(?:but |and |now )?(?:since|after|with|from|as of) (?:the |this |that |our |an? )?(?:(?:update|upgrade|new (?:version|release)|upgrading|updating|then)\b|(?:version |v)?\d)/i;
const FIRST_SINCE = new RegExp(`^(?:but |and |now )?(?:since|after|with|from|as of) [^.\\n]{0,30}?${V}`, "i");
const SINCE = new RegExp(`^[^]{0,200}?\\bsince (?:[A-Za-z][\\w.-]{0,30} )?${V}`, "i");
/** "In 1.6 and 1.7 it is inferred correctly. In 1.8 it is `{}`." */
const RIGHT_IN = new RegExp(
  `^(?:in|with|on|until|up to) (?:[\\w.-]{1,30} )?(?:[\\d.]{1,12}(?:, | and )){0,3}${V},? (?!(?:and|or)\\b)[^\\n]{0,160}?\\b(?:correct(?:ly)?|as expected|as it should|works?|worked|fine|right)\\b(?![^\\n]{0,40}\\b(?:not|but|except)\\b)`,
  "i",
);
const UPDATED = new RegExp(
  `^(?:(?:i|we|then|and|but|now|just|have|had|'ve) ){0,4}(?:updated|upgraded|moved|switched) to (?:[A-Za-z@][\\w@/.+-]{0,40} )?${V}`,
  "i",
);
const THEN_IN = new RegExp(`^(?:but |and |now )?(?:in|with|on|since|from) (?:[\\w.-]{1,30} )?${V}`, "i");
/** What is there since a version, and is no fault. */
const THERE_SINCE = /\b(?:support\w*|available|exists?|add\w*|deprecat\w*|new|works?|worked|possible)\b/i;
/** The writer does not vouch for a version. */
const UNSURE =
  /^[`*'"]{0,2}[\s,;(–—-]{0,3}(?:or so|or thereabouts|or (?:maybe|perhaps)|(?:i (?:think|guess|believe)|if i (?:remember|recall)[^.]{0,20}|not (?:quite |really )?sure|iirc)\s?(?:[.,;)!?]|$))/i;

const LATEST = new RegExp(`\\b(?:current|latest|newest|most recent) (?:release|version)\\W{0,3}${V}`, "i");

/** The regression that the report speaks of; undefined where it names neither side. */
export function findRegression(
  title: string,
  prose: readonly string[],
  /** The first version that the report answers for the project itself; undefined where it gives none. */
  current?: string,
): ReportRegression | undefined {
  let good = "";
  let bad = "";
  let quote = "";
  let latest: string | undefined;
  const sentences = [title, ...prose.flatMap((text) => sentencesOf(text.slice(0, 10_000)))];
  const elsewhere = { good: "", bad: "", quote: "" };
  for (const [at, whole] of sentences.entries()) {
    const next = sentences[at + 1] ?? "";
    const sentence = withoutTakenBack(`${whole.slice(0, 1_000)} ${next.slice(0, 200)}`).slice(
      0,
      Math.min(whole.length, 1_000),
    );
    latest ??= LATEST.exec(sentence)?.[1];
    const other = sideElsewhere(sentence);
    elsewhere.bad ||= other.bad ?? "";
    if (elsewhere.good === "" && other.good !== undefined) {
      elsewhere.good = other.good;
      elsewhere.quote = whole;
    }
    const compared = RIGHT_IN.exec(sentence)?.[1];
    const then = compared === undefined ? undefined : THEN_IN.exec(next)?.[1];
    if (compared !== undefined && then !== undefined && then !== compared && good === "" && bad === "") {
      [good, bad] = [compared, then];
      quote ||= whole;
    }
    const past = workedBefore(sentence, next);
    if (past !== undefined && good === "") {
      good = past;
      bad ||= FIRST_SINCE.exec(next)?.[1] ?? "";
      quote ||= whole;
    }
    for (const { form, of } of FORMS) {
      const match = form.exec(sentence);
      // "Also fails with 1.3.10": no change.
      if (match === null || /\b(?:also|still|even) $/i.test(sentence.slice(0, match.index))) continue;
      const values = match.slice(1).filter((value): value is string => value !== undefined);
      const named: { good?: string; bad?: string } = {};
      for (const [i, side] of of.entries())
        if (!isUnsure(values[i] ?? "", match, sentence)) named[side] = values[i] ?? "";
      if (Object.keys(named).length === 0) continue;
      if (good === "" && named.good !== undefined) good = named.good;
      // A commit or pull request says more than a version.
      if (named.bad !== undefined && (bad === "" || /^#?\d*$|^[0-9a-f]{7,40}$/.test(named.bad)))
        bad = named.bad;
      // "I was using 2.1.0 with no problems. Updated to 2.3.0."
      if (named.good !== undefined && bad === "") bad = UPDATED.exec(next)?.[1] ?? "";
      quote ||= whole;
      break;
    }
  }
  // A title's "since 2.0.0" says it of what fails.
  const since = THERE_SINCE.test(title) ? undefined : SINCE.exec(title)?.[1];
  if (bad === "" && since !== undefined && since !== good) {
    bad = since;
    quote ||= title;
  }
  if (quote === "") return elsewhere.good === "" ? undefined : elsewhere;
  // A version of a runtime is none of the project's.
  const isOwn =
    current !== undefined &&
    current !== good &&
    !/\b(?:rust|python|node|java|jdk|php|ruby|go|gcc|clang|chrome|firefox|windows|macos|ubuntu)\b/i.test(
      quote,
    );
  if (bad !== "") return { good, bad, quote };
  return { good, bad: isOwn ? current : latest !== undefined && latest !== good ? latest : "", quote };
}

/** The version in which something worked, of a sentence before one that begins with the update; undefined for others. */
export function workedBefore(sentence: string, next: string | undefined): string | undefined {
  return next !== undefined && SINCE_THEN.test(next) ? WORKED.exec(sentence.slice(0, 1_000))?.[1] : undefined;
}

/** Whether the writer does not vouch for a version: "worked in 0.14 or so". */
function isUnsure(value: string, match: RegExpExecArray, sentence: string): boolean {
  const at = match[0].lastIndexOf(value);
  return value !== "" && UNSURE.test(sentence.slice(match.index + at + value.length));
}
