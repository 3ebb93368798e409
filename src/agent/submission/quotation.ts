/** Letters and digits that a quotation of lines needs when it is a part of a line. */
const MIN_LETTERS = 8;
/** A whole line may be shorter, if few others are like it. */
const MAX_ALIKE = 12;

/**
 * True when a quotation can only be meant for where it stands: `(` or `x` stands everywhere and shows that nothing was
 * read. A short line counts as a whole.
 */
export function isEnough(wanted: readonly string[], lines: readonly string[]): boolean {
  const letters = (wanted.join("").match(/[\p{L}\p{N}_]/gu) ?? []).length;
  if (letters >= MIN_LETTERS) return true;
  if (letters === 0) return false;
  const alike = lines.filter((line) => line.trim() === wanted[0]).length;
  return alike > 0 && alike <= MAX_ALIKE;
}
