import { sentencesOf } from "./sentences.ts";

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
      `\\b(?:upgrad|updat|migrat|switch|mov)\\w{0,6}\\b[^.\\n]{0,60}?\\bfrom ${V} to ${V}`,
      "i",
    ),
    of: ["good", "bad"],
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
  for (const sentence of [title, ...prose.flatMap((text) => sentencesOf(text.slice(0, 10_000)))]) {
    latest ??= LATEST.exec(sentence.slice(0, 1_000))?.[1];
    for (const { form, of } of FORMS) {
      const match = form.exec(sentence.slice(0, 1_000));
      if (match === null) continue;
      const values = match.slice(1).filter((value): value is string => value !== undefined);
      const named = Object.fromEntries(of.map((side, i) => [side, values[i] ?? ""])) as {
        good?: string;
        bad?: string;
      };
      if (good === "" && named.good !== undefined) good = named.good;
      // A commit or pull request says more than a version.
      if (named.bad !== undefined && (bad === "" || /^#?\d*$|^[0-9a-f]{7,40}$/.test(named.bad)))
        bad = named.bad;
      quote ||= sentence;
      break;
    }
  }
  if (quote === "") return undefined;
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
