import { RunFailure } from "../failure.ts";
import type { At } from "../phases/builtin/suspects.ts";

/** `path:3` or `path:3-9`, as a person names lines. Throws RunFailure `usage`. */
export function parseAt(text: string): At {
  const match = /^(.{1,1000}?):([1-9]\d{0,7})(?:-([1-9]\d{0,7}))?$/.exec(text);
  if (match === null) throw new RunFailure("usage", `${text} is not PATH:LINE or PATH:LINE-LINE`);
  return { path: match[1]!.replace(/^\.\//, ""), start: Number(match[2]), end: Number(match[3] ?? match[2]) };
}
