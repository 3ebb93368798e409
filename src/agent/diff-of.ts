import { createTwoFilesPatch } from "diff";

/** A unified diff of one file, without its first line of signs. */
export function diffOf(path: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, "", "", { context: 3 });
  return patch.replace(/^=+\n/, "").replace(/\n+$/, "");
}
