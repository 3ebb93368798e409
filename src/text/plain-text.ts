import type { Nodes } from "mdast";

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
