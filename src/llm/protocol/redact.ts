import { printable } from "../../text/inline-code.ts";

/** Tokens as endpoints repeat them, also with stars in the middle, and names of accounts that are nobody's business. */
const TOKEN_LIKE = /\b(?:sk|pk|gsk|xai|org|proj|user|acct)[-_][A-Za-z0-9*_-]{6,200}/g;
const AUTHORIZATION = /\b(Bearer|Basic|authorization:?)\s{1,4}[^\s"',}]{4,4096}/gi;
const MASK = "[redacted]";
/** Shorter keys are words that any sentence may hold. */
const SHORTEST_KEY = 4;

/** Foreign words on one line without the key in any of its forms; every message that leaves this folder goes through it. */
export function redactor(key: string | undefined): (text: string) => string {
  const forms =
    key === undefined || key.length < SHORTEST_KEY
      ? []
      : [key, encodeURIComponent(key), Buffer.from(key).toString("base64"), JSON.stringify(key).slice(1, -1)];
  return (text) => {
    let shown = text;
    for (const form of forms) shown = shown.replaceAll(form, MASK);
    return printable(shown.replace(AUTHORIZATION, `$1 ${MASK}`).replace(TOKEN_LIKE, MASK));
  };
}
