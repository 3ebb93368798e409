/** The folder of a package in a registry of its language: a name and a version. */
const PACKAGE = /^([A-Za-z][\w.-]{0,60}?)-\d{1,6}(?:\.\d{1,6}){1,4}(?:[-+.][\w.+-]{0,40})?$/;

/** `vec_map-0.8.2/src/lib.rs` is a file of `vec_map`, wherever that is. */
export function withoutVersion(path: string): string {
  const found = packageOf(path);
  return found === undefined ? path : [found.name, found.rest].join("/");
}

/** The package of a path and the path in it: `kramdown-2.4.0/lib/a.rb` in any folder. Undefined where no folder has a version. */
export function packageOf(path: string): { readonly name: string; readonly rest: string } | undefined {
  const parts = path.split("/");
  const at = parts.slice(0, -1).findLastIndex((part) => PACKAGE.test(part));
  return at < 0 ? undefined : { name: PACKAGE.exec(parts[at]!)![1]!, rest: parts.slice(at + 1).join("/") };
}

const LEAST_LETTERS = 6;

/** The one file whose name differs from the written one by a letter. */
export function misspelt(written: string, paths: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  if (wanted.length < LEAST_LETTERS) return undefined;
  const near = paths.filter((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
    return name.at(0) === wanted.at(0) && isOneEdit(name, wanted);
  });
  return near.length === 1 ? near[0] : undefined;
}

/** A letter added, left out or replaced, or two neighbours swapped; false for the same text. */
export function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let same = 0;
  while (same < Math.min(a.length, b.length) - from && a.at(-1 - same) === b.at(-1 - same)) same++;
  const [x, y] = [a.slice(from, a.length - same), b.slice(from, b.length - same)];
  return (
    (x.length <= 1 && y.length <= 1) || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0])
  );
}
