import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { defuse, restore } from "./defuse.ts";

/** They say nothing about code, and their tokenizers are quadratic on hostile text. */
const LEFT_OUT = [
  "wwwAutolink",
  "protocolAutolink",
  "emailAutolink",
  "strikethrough",
  "gfmFootnoteDefinition",
  "gfmFootnoteCall",
  "gfmPotentialFootnoteCall",
];
const syntax = [gfm(), { disable: { null: LEFT_OUT } }];
const tree = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/**
 * The syntax tree of a Markdown text: CommonMark with GitHub's tables and task lists; bare addresses, `~~` and
 * footnotes stay text. Every node carries its position: lines and columns from 1, offsets in UTF-16 code units from 0.
 * Any text is Markdown, so this never fails; markup that nests or repeats beyond what people write is read as plain
 * text (see `defuse`), which keeps the time linear; of foreign text sooner than of ours.
 */
export function parseMarkdown(text: string, whose: "foreign" | "own" = "own"): Root {
  const harmless = defuse(text, whose);
  const root = fromMarkdown(harmless, { extensions: syntax, mdastExtensions: tree });
  if (harmless !== text) restoreValues(root);
  return root;
}

function restoreValues(root: Root): void {
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if ("value" in node) node.value = restore(node.value);
    if ("url" in node) node.url = restore(node.url);
    if ("alt" in node && node.alt) node.alt = restore(node.alt);
    if ("lang" in node && node.lang) node.lang = restore(node.lang);
    if ("meta" in node && node.meta) node.meta = restore(node.meta);
    if ("children" in node) open.push(...node.children);
  }
}

/** The words of a node as a reader sees them, markup dropped, ends trimmed. */
export function plainText(node: Nodes): string {
  const parts: string[] = [];
  const open: Nodes[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === "html") continue;
    if (next.type === "break") parts.push(" ");
    else if ("value" in next) parts.push(next.value);
    if ("children" in next)
      for (let i = next.children.length - 1; i >= 0; i--) open.push(next.children[i] as Nodes);
  }
  return parts.join("").trim();
}
