import { type IssueForms, isIssueForm, parseIssueForms } from "../issue/report/issue-forms.ts";
import { decodeText } from "../repository/source-text.ts";
import type { SourceTree } from "../repository/source-tree.ts";

/** The issue forms of a commit. */
export async function readIssueForms(tree: SourceTree, signal?: AbortSignal): Promise<IssueForms> {
  const files: { readonly path: string; readonly text: string }[] = [];
  for await (const { entry, bytes } of tree.read(
    tree.entries.filter(({ path }) => isIssueForm(path)),
    signal,
  )) {
    const text = bytes === undefined ? undefined : decodeText(bytes);
    if (text !== undefined) files.push({ path: entry.path, text });
  }
  return parseIssueForms(files);
}
