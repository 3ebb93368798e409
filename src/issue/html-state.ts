import type { Nodes, Root } from "mdast";

/** From an offset on, whether raw HTML makes the text a quotation or code, or hides it. */
export interface HtmlState {
  readonly from: number;
  readonly isPlain: boolean;
}

/** What these hold is quoted, code, or folded away until somebody opens it. */
const APART = new Set(["blockquote", "q", "cite", "code", "pre", "samp", "kbd", "tt", "var", "details"]);
/** A paragraph that ends closes them; the page opens the others again in the next paragraph. */
const ENDS_WITH_PARAGRAPH = new Set(["q", "cite", "samp", "kbd", "var"]);

/**
 * The states of a text in order, as a browser reads its raw HTML: across the blocks of Markdown, so that `<blockquote>`
 * counts until `</blockquote>` and an open `<!--` hides everything until a `-->` in HTML. Linear.
 */
export function htmlStates(root: Root, source: string): readonly HtmlState[] {
  const states: HtmlState[] = [];
  let open: string[] = [];
  let mode: "text" | "comment" | "broken" = "text";
  const record = (from: number): void =>
    void states.push({ from, isPlain: mode === "text" && open.length === 0 });
  const walk: (Nodes | { readonly type: "end"; readonly at: number })[] = [root];
  for (let node = walk.pop(); node !== undefined; node = walk.pop()) {
    if (node.type === "end") {
      const left = open.filter((name) => !ENDS_WITH_PARAGRAPH.has(name));
      if (left.length < open.length) {
        open = left;
        record(node.at);
      }
    } else if (node.type === "html") {
      const start = node.position?.start.offset ?? 0;
      const end = node.position?.end.offset ?? start;
      readTags(source.slice(start, end));
      record(end);
    } else if ("children" in node) {
      if (node.type === "paragraph") walk.push({ type: "end", at: node.position?.end.offset ?? 0 });
      for (let i = node.children.length - 1; i >= 0; i--) walk.push(node.children[i] as Nodes);
    }
  }
  return states;

  function readTags(html: string): void {
    for (let at = 0; at < html.length && mode !== "broken";) {
      if (mode === "comment") {
        const close = html.indexOf("-->", at);
        if (close === -1) return;
        mode = "text";
        at = close + 3;
        continue;
      }
      const next = html.indexOf("<", at);
      if (next === -1) return;
      if (html.startsWith("<!--", next)) {
        mode = "comment";
        // `<!-->` is a whole comment.
        at = next + 2;
        continue;
      }
      const tag = /^<(\/?)([a-zA-Z][\w:-]{0,40})/.exec(html.slice(next, next + 45));
      if (tag === null) {
        at = next + 1;
        continue;
      }
      const [, slash, name] = tag;
      const end = endOfTag(html, next + tag[0].length);
      if (end === undefined) {
        // The browser looks for its end in what follows.
        mode = "broken";
        return;
      }
      const element = name!.toLowerCase();
      if (APART.has(element)) {
        if (slash === "") open.push(element);
        else if (open.includes(element)) open.splice(open.lastIndexOf(element), 1);
      }
      at = end;
    }
  }
}

/** After the `>` of a tag; one in a quoted attribute does not end it. */
function endOfTag(html: string, from: number): number | undefined {
  for (let i = from; i < html.length; i++) {
    const c = html[i];
    if (c === ">") return i + 1;
    if (c !== '"' && c !== "'") continue;
    const close = html.indexOf(c, i + 1);
    if (close === -1) return undefined;
    i = close;
  }
  return undefined;
}
