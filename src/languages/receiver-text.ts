const MAX_RECEIVER = 100;

/**
 * What stands before the last name of a member access, when it is a plain or dotted name: `self.store` for
 * `self.store.get`, `std::fs` for `std::fs::read`, `Vec` for `Vec::<u8>::new`. Undefined for calls, literals and the like.
 * `start` is where the access starts, `end` where its last name does.
 */
export function receiverText(source: string, start: number, end: number): string | undefined {
  if (end - start > MAX_RECEIVER) return undefined;
  let text = source.slice(start, end);
  const generic = text.indexOf("<");
  if (generic >= 0) text = text.slice(0, generic);
  let last = text.length;
  while (last > 0 && isJoint(text.charCodeAt(last - 1))) last--;
  text = text.slice(0, last);
  // PHP's `static::$count`: the sign belongs to the name.
  if (text.endsWith("::$")) text = text.slice(0, -3);
  if (text === "") return undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isNamePart(code) && !isJoint(code)) return undefined;
  }
  return text;
}

/** `.`, `:`, `>` and `-` (of `->`), `?`, `!`, `&` (of Ruby's `&.`), `\`. */
function isJoint(code: number): boolean {
  return (
    code === 46 ||
    code === 58 ||
    code === 62 ||
    code === 45 ||
    code === 63 ||
    code === 33 ||
    code === 38 ||
    code === 92
  );
}

/** Letters, digits, `_`, `$`, `@`, `#` and everything beyond ASCII. */
function isNamePart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 64 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 36 ||
    code === 35 ||
    code >= 128
  );
}
