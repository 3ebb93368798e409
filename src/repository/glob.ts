import { RE2JS } from "re2js";

const MAX_PATTERN = 500;

/**
 * A test for paths: `*` and `?` within a name, `**` over folders, `{a,b}` either. A pattern without `/` looks at the file's
 * name alone. Linear in the path (RE2). Throws RangeError over 500 characters.
 */
export function matcherOf(glob: string): (path: string) => boolean {
  if (glob.length > MAX_PATTERN) throw new RangeError(`a pattern has at most ${MAX_PATTERN} characters`);
  const pattern = RE2JS.compile(`^${translate(glob)}$`, RE2JS.DOTALL);
  const whole = glob.includes("/");
  return (path) => pattern.matches(whole ? path : path.slice(path.lastIndexOf("/") + 1));
}

function translate(glob: string): string {
  let out = "";
  let braces = 0;
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!;
    if (glob.startsWith("**/", i)) {
      out += "(?:.*/)?";
      i += 2;
    } else if (glob.startsWith("**", i)) {
      out += ".*";
      i++;
    } else if (c === "*") out += "[^/]*";
    else if (c === "?") out += "[^/]";
    else if (c === "{" && glob.includes("}", i)) {
      out += "(?:";
      braces++;
    } else if (c === "}" && braces > 0) {
      out += ")";
      braces--;
    } else if (c === "," && braces > 0) out += "|";
    else out += RE2JS.quote(c);
  }
  return out + ")".repeat(braces);
}
