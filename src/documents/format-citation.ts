import type { LineCitation } from "./citation.ts";

/** `path:start` for one line, `path:start-end` for several. */
export function formatLines({ path, start, end }: Pick<LineCitation, "path" | "start" | "end">): string {
  return start === end ? `${path}:${start}` : `${path}:${start}-${end}`;
}
