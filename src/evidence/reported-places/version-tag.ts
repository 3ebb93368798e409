import type { ReportVersion } from "../../issue/report/report-versions.ts";
import type { Tag } from "../../repository/revisions.ts";

/** A dotted number with what may follow it, at the end of a tag: `v1.2.3`, `1.2.3`, `name-1.2.3`, `name@1.2.3`, `name/v1.2.3-rc.1`. */
const TAG =
  /^(?:(.*?)(?:[-_/@]+|(?<=[A-Za-z])(?=v\d)|^))?[vVrR]?[-_.]?(\d+(?:[._]\d+)*(?:[-._+]?(?:[A-Za-z]+[.\w+-]*))?)$/;

const MAX_NAME = 100;

/** Words before the number of a tag that name no part of the repository. */
const PLAIN = new Set(["", "v", "version", "release", "releases", "rel", "tag", "tags", "ver"]);

/**
 * The tag of a version of the project. `names`: what the project and its packages are called; where several packages have
 * tags of their own, the one named first wins. Undefined when none fits, or tags of different packages fit alike.
 */
export function tagOf(version: string, tags: readonly Tag[], names: readonly string[] = []): Tag | undefined {
  const wanted = normalised(version);
  if (!/^\d+(?:\.\d+)*/.test(wanted)) return undefined;
  const fitting = tags.flatMap((tag) => {
    const match = tag.name.length > MAX_NAME ? null : TAG.exec(tag.name);
    const found = match === null ? undefined : normalised(match[2]!);
    return found === wanted || (found !== undefined && isPadded(wanted, found))
      ? [{ tag, prefix: bareName(match?.[1] ?? ""), exact: found === wanted }]
      : [];
  });
  const plain = fitting.filter(({ prefix }) => PLAIN.has(prefix));
  const named = names.map((name) => fitting.filter(({ prefix }) => isSameName(prefix, name)));
  for (const group of [...named, plain, fitting]) {
    const best = group.some(({ exact }) => exact) ? group.filter(({ exact }) => exact) : group;
    const commits = new Set(best.map(({ tag }) => tag.commit));
    if (commits.size === 1) return best[0]!.tag;
    if (commits.size > 1) return undefined;
  }
  return undefined;
}

/** `rel/commons-lang` is `commons-lang`. */
function bareName(prefix: string): string {
  const [first = "", ...rest] = prefix.toLowerCase().split("/");
  return rest.length > 0 && PLAIN.has(first) ? rest.join("/") : prefix.toLowerCase();
}

/** `1.2` means 1.2.0. */
function isPadded(wanted: string, found: string): boolean {
  return found.startsWith(wanted) && /^(?:\.0){1,2}$/.test(found.slice(wanted.length));
}

function normalised(version: string): string {
  return version
    .toLowerCase()
    .replace(/^[\^~=<>\s]*v?(?=\d)/, "")
    .replaceAll("_", ".")
    .replace(/(\d)[-.]?(?=(?:a|b|rc|alpha|beta|m|pre|preview|dev)[-.]?\d)/, "$1-")
    .replace(/(?:\.final|\.release|\.ga)$/, "");
}

function isSameName(prefix: string, name: string): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return bare(prefix) !== "" && bare(prefix) === bare(name);
}

/**
 * Versions of the project that a report names, the one that it runs first: bare answers, and those whose subject is a name of
 * the project, the highest before the others, since a report names older ones for what still worked.
 */
export function projectVersions(
  versions: readonly Pick<ReportVersion, "subject" | "value">[],
  names: readonly string[],
): readonly string[] {
  const bare = (text: string): string =>
    text
      .toLowerCase()
      // `rust-url` is the package `url`.
      .replace(/^(?:rust|python|node|go|php|ruby|java|js)-(?=.)/, "")
      .replace(/[^a-z0-9]/g, "")
      .replace(/(?:js|rs|py)$/, "");
  const own = new Set(names.map(bare));
  const found = versions.filter(({ subject }) => own.has(bare(subject)));
  const from = found.length > 0 ? found : versions.filter(({ subject }) => subject === "");
  return [...new Set(from.map(({ value }) => value))].sort((a, b) => compare(b, a));
}

function compare(a: string, b: string): number {
  return a.replace(/^\D+/, "").localeCompare(b.replace(/^\D+/, ""), "en", { numeric: true });
}
