/** The purpose of a section of a report. */
export type IssuePart =
  "description" | "expected" | "actual" | "steps" | "environment" | "frequency" | "tried" | "message";

/** In order: the first match counts. Wordings of issue forms of public repositories. */
const WORDINGS: readonly (readonly [IssuePart, RegExp])[] = [
  ["expected", /\bexpect|should (happen|have)|desired|what did you want/],
  [
    "actual",
    /\bactual|current (behaviou?r|result)|observed|what happen|instead|what did you see|what went wrong/,
  ],
  ["tried", /\btried|workaround|attempt|mitigation|alternatives/],
  [
    "steps",
    /\bsteps?\b|reproduc|\brepro\b|minimal (example|code|working)|\bmcve\b|code (sample|example|snippet)|sample code|test case|how to trigger/,
  ],
  ["frequency", /\bfrequency|how often|how frequent/],
  [
    "environment",
    /environment|version|system info|\bos\b|platform|show_versions|installed|setup|specifications/,
  ],
  ["message", /\berror|traceback|stack ?trace|logs?\b|log output|exception|output/],
  ["description", /descri|summary|\bissue\b|\bbug\b|problem|what is|overview|context|details/],
];

/** `heading`: lower case. Undefined when it is none of these. */
export function partOfHeading(heading: string): IssuePart | undefined {
  return WORDINGS.find(([, wording]) => wording.test(heading))?.[0];
}
