/** US dollars that one command may set as the limit; more is a slip of the keyboard. */
const MAX_BUDGET = 1_000;

/** `2`, `2.50`, `$2.50`: above 0, at most MAX_BUDGET; undefined for anything else. */
export function parseBudget(text: string): number | undefined {
  if (!/^\$?\d{1,4}(?:\.\d{1,2})?$/.test(text)) return undefined;
  const amount = Number(text.replace("$", ""));
  return amount > 0 && amount <= MAX_BUDGET ? amount : undefined;
}

/** What git takes as the name of a branch or tag (`git check-ref-format`), or a commit; never an option or an expression. */
export function parseRevision(text: string): string | undefined {
  const isName = /^[\p{L}\p{N}_][\p{L}\p{N}._/+@#-]{0,199}$/u.test(text);
  const isOdd = /\.\.|\/\/|@\{|\/\.|[./]$|\.lock(?:\/|$)/.test(text);
  return isName && !isOdd ? text : undefined;
}
