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

/** `path:3` or `path:3-9`, the path relative to the repository and inside it. */
export function isLineRange(text: string): boolean {
  const match = /^(.{1,500}):([1-9]\d{0,7})(?:-([1-9]\d{0,7}))?$/u.exec(text);
  if (match === null) return false;
  const path = match[1] ?? "";
  const parts = path.split("/");
  const isInside =
    !path.includes("\\") && !parts.some((part) => part === "" || part === "." || part === "..");
  return isInside && !path.includes("://") && Number(match[3] ?? match[2]) >= Number(match[2]);
}
