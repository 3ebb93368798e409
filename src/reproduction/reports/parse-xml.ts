/** An element of a report: what test runners write, not XML at large. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it. */
  readonly text: string;
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 200_000;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * The elements at the top of a document, or of several documents after each other. Declarations and document types are
 * skipped and no entity is ever defined. Undefined: it is not well-formed. Linear in the text.
 */
export function parseXml(text: string): readonly XmlElement[] | undefined {
  const top: Open = { name: "", attributes: new Map(), children: [], text: [] };
  const open: Open[] = [top];
  let elements = 0;
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("<", at);
    const above = open.at(-1)!;
    if (start !== at) above.text.push(decode(text.slice(at, start < 0 ? text.length : start)));
    if (start < 0) break;
    const skipped = skip(text, start);
    if (skipped !== undefined) {
      if (skipped.end < 0) return undefined;
      if (skipped.text !== undefined) above.text.push(skipped.text);
      at = skipped.end;
      continue;
    }
    const end = endOfTag(text, start + 1);
    if (end === undefined) return undefined;
    const inside = text.slice(start + 1, end);
    at = end + 1;
    if (inside.startsWith("/")) {
      if (open.length === 1 || open.pop()!.name !== inside.slice(1).trim()) return undefined;
      continue;
    }
    const name = /^[^\s/>]+/.exec(inside)?.[0];
    if (name === undefined || ++elements > MAX_ELEMENTS) return undefined;
    const element: Open = { name, attributes: attributesOf(inside), children: [], text: [] };
    above.children.push(element);
    if (!inside.endsWith("/")) open.push(element);
    if (open.length > MAX_DEPTH) return undefined;
  }
  return open.length === 1 && top.children.length > 0 ? top.children.map(close) : undefined;
}

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: Open[];
  readonly text: string[];
}

function close({ name, attributes, children, text }: Open): XmlElement {
  return { name, attributes, children: children.map(close), text: text.join("") };
}

/** Comments, declarations and sections of plain text. */
function skip(text: string, start: number): { readonly end: number; readonly text?: string } | undefined {
  const until = (mark: string, from: number): number => {
    const end = text.indexOf(mark, from);
    return end < 0 ? -1 : end + mark.length;
  };
  if (text.startsWith("<!--", start)) return { end: until("-->", start + 4) };
  if (text.startsWith("<![CDATA[", start)) {
    const end = until("]]>", start + 9);
    return { end, text: text.slice(start + 9, end - 3) };
  }
  if (text.startsWith("<?", start)) return { end: until("?>", start + 2) };
  if (text.startsWith("<!", start)) return { end: until(">", start + 2) };
  return undefined;
}

/** Where the tag ends; a `>` within quotes does not end it. */
function endOfTag(text: string, from: number): number | undefined {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const c = text[at]!;
    if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === ">") return at;
  }
  return undefined;
}

/** By hand, for a tag may be as long as the report. */
function attributesOf(inside: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let at = 0; at < inside.length;) {
    const equals = inside.indexOf("=", at);
    if (equals < 0) break;
    let open = equals + 1;
    while (inside[open] === " " || inside[open] === "\n") open++;
    const quote = inside[open];
    const end = quote === '"' || quote === "'" ? inside.indexOf(quote, open + 1) : -1;
    if (end < 0) break;
    const before = inside.slice(at, equals).trimEnd();
    const name = before.slice(
      1 + Math.max(before.lastIndexOf(" "), before.lastIndexOf("\n"), before.lastIndexOf("\t")),
    );
    if (name !== "") attributes.set(name, decode(inside.slice(open + 1, end)));
    at = end + 1;
  }
  return attributes;
}

function decode(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
