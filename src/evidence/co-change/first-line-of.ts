import type { LineCitation } from "../../documents/citation.ts";
import type { Codebase } from "../../repository/codebase.ts";

/** What a statement about a file as such rests on: that it is there. An empty file has no line to cite. */
export function firstLineOf(path: string, { tree }: Codebase): readonly LineCitation[] {
  return (tree.find(path)?.size ?? 0) > 0 ? [{ kind: "lines", path, start: 1, end: 1 }] : [];
}
