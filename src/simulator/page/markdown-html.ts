import type { List, Nodes, Paragraph, Table } from "mdast";
import { parseMarkdown, plainText } from "../../text/parse-markdown.ts";
import { Html, html } from "../../text/html.ts";

/** The target of a link on this page; undefined shows its text only. */
export type LinkTo = (url: string) => string | undefined;

/** Nesting that is rendered; deeper nodes appear as text. */
const MAX_DEPTH = 60;

/**
 * Markdown as GitHub's page shows it, rendered node by node: only the elements below can appear. HTML is shown as text,
 * except for `<details>`, which folds, and comments, which are hidden. No images.
 */
export function markdownHtml(markdown: string, linkTo: LinkTo = outsideLink): Html {
  return blocks(parseMarkdown(markdown).children, { linkTo, depth: 0 });
}

/** Web addresses stay links; other links become text. */
export function outsideLink(url: string): string | undefined {
  const protocol = URL.parse(url)?.protocol;
  return protocol === "https:" || protocol === "http:" ? url : undefined;
}

interface Drawing {
  readonly linkTo: LinkTo;
  readonly depth: number;
}

function draw(node: Nodes, { linkTo, depth }: Drawing): Html {
  if (depth > MAX_DEPTH) return html`${plainText(node)}`;
  const below: Drawing = { linkTo, depth: depth + 1 };
  const inside = (): Html => ("children" in node ? blocks(node.children, below) : html``);
  switch (node.type) {
    case "text":
      return html`${node.value}`;
    case "html":
      return isComment(node.value) ? html`` : html`${node.value}`;
    case "paragraph":
      return html`<p>${addressHtml(node, linkTo) ?? inside()}</p>`;
    case "heading":
      return HEADINGS[node.depth](inside());
    case "emphasis":
      return html`<em>${inside()}</em>`;
    case "strong":
      return html`<strong>${inside()}</strong>`;
    case "delete":
      return html`<del>${inside()}</del>`;
    case "inlineCode":
      return html`<code>${node.value}</code>`;
    case "code":
      return html`<pre><code>${node.value}</code></pre>`;
    case "blockquote":
      return html`<blockquote>${inside()}</blockquote>`;
    case "break":
      return html`<br />`;
    case "thematicBreak":
      return html`<hr />`;
    case "list":
      return listHtml(node, below);
    case "listItem":
      return html`<li>
        ${boxHtml(node.checked)}${node.spread === true ? inside() : tightly(node.children, below)}
      </li>`;
    case "table":
      return tableHtml(node, below);
    case "link":
      return linkHtml(linkTo(node.url), inside());
    case "image":
    case "imageReference":
      return html`${node.alt ?? ""}`;
    case "definition":
    case "yaml":
    case "footnoteDefinition":
    case "footnoteReference":
      return html``;
    default:
      return inside();
  }
}

function linkHtml(target: string | undefined, inside: Html): Html {
  if (target === undefined) return inside;
  return isHere(target)
    ? html`<a href="${target}">${inside}</a>`
    : html`<a href="${target}" rel="noreferrer" target="_blank">${inside}</a>`;
}

/** An address alone in its paragraph, which GitHub links; undefined for other paragraphs. */
function addressHtml({ children }: Paragraph, linkTo: LinkTo): Html | undefined {
  const [only, ...more] = children;
  if (only?.type !== "text" || more.length > 0 || !/^https?:\/\/\S+$/.test(only.value)) return undefined;
  return linkHtml(linkTo(only.value), html`${only.value}`);
}

const HEADINGS: Readonly<Record<1 | 2 | 3 | 4 | 5 | 6, (inside: Html) => Html>> = {
  1: (inside) => html`<h3>${inside}</h3>`,
  2: (inside) => html`<h3>${inside}</h3>`,
  3: (inside) => html`<h4>${inside}</h4>`,
  4: (inside) => html`<h5>${inside}</h5>`,
  5: (inside) => html`<h6>${inside}</h6>`,
  6: (inside) => html`<h6>${inside}</h6>`,
};

/** Exactly the folding of a status comment; its summary holds no HTML. */
const OPENING = /^<details( open)?>\s{0,9}<summary>([^<>]{0,200})<\/summary>$/;
const CLOSING = "</details>";

/** Renders nodes in order and folds those between an opening and its closing tag. An unmatched tag is text. */
function blocks(nodes: readonly Nodes[], drawing: Drawing): Html {
  const open: { readonly opening: string; readonly parts: Html[] }[] = [{ opening: "", parts: [] }];
  for (const node of nodes) {
    const value = node.type === "html" ? node.value.trim() : "";
    const innermost = open.at(-1)!;
    if (OPENING.test(value) && open.length <= MAX_DEPTH) open.push({ opening: value, parts: [] });
    else if (value === CLOSING && open.length > 1) {
      open.pop();
      open.at(-1)!.parts.push(foldHtml(innermost.opening, joined(innermost.parts)));
    } else innermost.parts.push(draw(node, drawing));
  }
  const [outermost, ...unclosed] = open;
  return joined([
    ...outermost!.parts,
    ...unclosed.flatMap(({ opening, parts }) => [html`${opening}`, ...parts]),
  ]);
}

function foldHtml(opening: string, inside: Html): Html {
  const [, isOpen, summary] = OPENING.exec(opening) ?? [];
  return isOpen === undefined
    ? html`<details>
        <summary>${summary}</summary>
        ${inside}
      </details>`
    : html`<details open>
        <summary>${summary}</summary>
        ${inside}
      </details>`;
}

function listHtml({ ordered, start, children }: List, below: Drawing): Html {
  const items = children.map((item) => draw(item, below));
  return ordered === true
    ? html`<ol start="${start ?? 1}">
        ${items}
      </ol>`
    : html`<ul>
        ${items}
      </ul>`;
}

/** The paragraphs of an item without space around them, as in a list whose items follow each other at once. */
function tightly(nodes: readonly Nodes[], below: Drawing): Html {
  return joined(
    nodes.map((node) => (node.type === "paragraph" ? blocks(node.children, below) : draw(node, below))),
  );
}

/** A disabled checkbox, as in a displayed file. */
function boxHtml(checked: boolean | null | undefined): Html {
  if (checked === true) return html`<input type="checkbox" checked disabled /> `;
  return checked === false ? html`<input type="checkbox" disabled /> ` : html``;
}

function tableHtml({ children: [head, ...rows] }: Table, below: Drawing): Html {
  const cells = (row: Table["children"][number] | undefined): readonly Html[] =>
    row?.children.map((cell) => blocks(cell.children, below)) ?? [];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${cells(head).map((cell) => html`<th>${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row).map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isComment(value: string): boolean {
  const text = value.trim();
  return text.startsWith("<!--") && text.indexOf("-->") === text.length - 3;
}

function isHere(url: string): boolean {
  return url.startsWith("#") || (url.startsWith("/") && !url.startsWith("//"));
}

function joined(parts: readonly Html[]): Html {
  return new Html(parts.map(({ text }) => text).join(""));
}
