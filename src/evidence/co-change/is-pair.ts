import { PACKAGE_FILES } from "../../languages/languages.ts";

/** True for a header and its implementation, a component and its style: one name, two files. */
export function isPair(a: string, b: string): boolean {
  return a !== b && nameOf(a) === nameOf(b);
}

function nameOf(path: string): string {
  const parts = path.split("/");
  const last = parts.pop()!;
  const dot = last.indexOf(".", 1);
  const stem = dot > 0 ? last.slice(0, dot) : last;
  return PACKAGE_FILES.has(stem) ? (parts.at(-1) ?? stem) : stem;
}
