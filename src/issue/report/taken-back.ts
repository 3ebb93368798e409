/** A version, dotted: `4.4.0`, `v5.0.0-rc.1`. */
const VERSION =
  "v?\\d{1,6}(?:\\.\\d{1,6}){1,4}(?:[-.]?(?:alpha|beta|rc|dev|pre|snapshot)[\\w-]{0,12}(?:\\.\\d{1,6})?)?";
/** Words with which somebody takes back what was just written. */
const CUE =
  "(?:hm+|no,|no wait|wait,|wait no|oops|sorry(?! for| that| to| about| if),?|(?:no, )?i mean(?:t)?|err?m?,|or rather|correction|scratch that)";
/** What replaces it: without a replacement nothing is taken back. */
const INSTEAD = `(?:${VERSION}|\\b(?:master|main|head|trunk|snapshot|nightly|latest)\\b)`;

const TAKEN_BACK = new RegExp(
  `(?<![\\w.])(${VERSION})(?=[\`*'"\\s.,…;:()–—-]{1,12}${CUE}[^\\n!?]{0,60}?${INSTEAD})`,
  "gi",
);

/**
 * The text with the versions that its writer takes back ("to 3.1.0, sorry, I mean 3.0.4") as underscores, so that every other
 * character keeps its place. Linear in the text.
 */
export function withoutTakenBack(text: string): string {
  return text.replace(TAKEN_BACK, (version) => "_".repeat(version.length));
}
