import { safeText, type SafeText } from "../../text/safe-text.ts";

/** A text of ours that was read back and not published. */
export interface Withheld {
  /** `the pull request`. */
  readonly what: string;
  /** `line 3 would show an image`. */
  readonly why: string;
}

/** One line for each text that was not published, as a quotation. Empty without any. */
export function withheldLines(withheld: readonly Withheld[]): string {
  return withheld.map((one) => `> ${sentenceOf(one)}`).join("\n");
}

/** What the issue shows in place of a status comment that was not published. */
export function withheldComment(why: string): SafeText {
  return safeText(
    `### Could not show the results\n\n${sentenceOf({ what: "its status comment", why })} This is a bug of Casebook.`,
  );
}

function sentenceOf({ what, why }: Withheld): string {
  return `Casebook read ${what} back and did not publish it: ${why}.`;
}
