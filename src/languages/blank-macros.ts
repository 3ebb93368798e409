/** Words that may stand before a macro in a declaration, and the macro: a name in capitals with a line below, with its arguments. */
const MACRO =
  /^([ \t]*(?:template[ \t]*<[^<>\n]{0,200}>[ \t]*)?(?:(?:static|inline|virtual|explicit|constexpr|friend|extern)[ \t]+){0,4})([A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,8}(?:\([^()\n]{0,200}\))?)(?=\s{1,200}(?:[a-z_~]|[A-Z][A-Z0-9_]{0,60}[a-z]|[A-Z][A-Z0-9]{0,40}_))/gm;
/** Macros before one declaration. */
const MOST = 3;

/**
 * The text of a file in C or C++ with spaces for the macros that stand before a declaration, which no grammar knows:
 * `LIB_INLINE std::string name(`. Offsets and lines stay. Undefined where there is none. Linear.
 */
export function blankMacros(text: string): string | undefined {
  let found = text;
  for (let time = 0; time < MOST; time++)
    found = found.replace(MACRO, (_, before: string, macro: string) => before + " ".repeat(macro.length));
  return found === text ? undefined : found;
}
