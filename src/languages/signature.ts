import type { FlatTree } from "./flat-tree.ts";
import type { GrammarRules } from "./grammar-rules.ts";

const MAX_SIGNATURE = 200;
/** How much of the source is looked at: white space folds away. */
const MAX_HEAD = 1_000;

/**
 * A definition's head on one line: comments, and the decorators and annotations before it, left out, white space folded,
 * cut at 200 characters.
 */
export function signatureOf(tree: FlatTree, outer: number, body: number, rules: GrammarRules): string {
  const start = headStart(tree, outer, rules.annotations);
  const end = body >= 0 && tree.startOf(body) > start ? tree.startOf(body) : tree.endOf(outer);
  const head = fold(withoutComments(tree, outer, start, Math.min(end, start + MAX_HEAD), rules.comments));
  return cut(body >= 0 ? withoutOpening(head) : head);
}

/** The source from `start` to `end` without the comments that `outer` holds there. */
function withoutComments(
  tree: FlatTree,
  outer: number,
  start: number,
  end: number,
  comments: readonly string[],
): string {
  let text = "";
  let from = start;
  const last = tree.lastOf(outer);
  for (let node = outer; node <= last && tree.startOf(node) < end; node++) {
    if (tree.startOf(node) < from || !comments.includes(tree.kind(node))) continue;
    text += `${tree.source.slice(from, tree.startOf(node))} `;
    from = Math.min(end, tree.endOf(node));
  }
  return text + tree.source.slice(from, end);
}

/** The start of the first token that is not part of a leading annotation. */
function headStart(tree: FlatTree, outer: number, annotations: readonly string[]): number {
  const last = tree.lastOf(outer);
  let node = outer;
  while (node <= last) {
    if (annotations.includes(tree.kind(node))) node = tree.lastOf(node) + 1;
    else if (tree.lastOf(node) > node) node++;
    else return tree.startOf(node);
  }
  return tree.startOf(outer);
}

function fold(text: string): string {
  let folded = "";
  let gap = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 0xfeff || code === 0xa0) {
      gap = true;
      continue;
    }
    if (gap && folded !== "") folded += " ";
    gap = false;
    folded += text[at] ?? "";
  }
  return folded;
}

/** Without the `{`, `:` or `=` that only leads to the body. */
function withoutOpening(head: string): string {
  let end = head.length;
  while (
    end > 0 &&
    (head[end - 1] === "{" || head[end - 1] === ":" || head[end - 1] === "=" || head[end - 1] === " ")
  ) {
    end--;
  }
  return head.slice(0, end);
}

/** Never between the two halves of a character beyond the basic plane. */
function cut(text: string): string {
  if (text.length <= MAX_SIGNATURE) return text;
  const end = MAX_SIGNATURE - 1;
  const half = text.charCodeAt(end - 1);
  return `${text.slice(0, half >= 0xd800 && half <= 0xdbff ? end - 1 : end)}…`;
}
