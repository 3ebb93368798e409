import type { LineReference } from "../../documents/parse-document.ts";
import { formatLocation } from "../../text/location.ts";
import { leadsUp } from "../../text/page-problems.ts";
import type { SafeText } from "../../text/safe-text.ts";

/** A longer address would fill the page. */
const MAX_ADDRESS = 600;

export interface PermalinkPlace {
  /** `https://github.com/o/r`. */
  readonly webUrl: string;
  /** 40 hex digits: the commit of references that name none. */
  readonly base: string | undefined;
}

/**
 * The address of lines at a commit; GitHub shows the code of one that is alone on its line. Safe as it is: every character
 * of the path that could be markup is encoded. Undefined without a commit, for a path of hundreds of characters, and for one that leads up.
 */
export function permalink(
  { path, start, end, commit }: LineReference,
  { webUrl, base }: PermalinkPlace,
): SafeText | undefined {
  const at = commit ?? base;
  if (at === undefined) return undefined;
  const lines = start === end ? `L${start}` : `L${start}-L${end}`;
  const url = `${webUrl}/blob/${at}/${encodePath(path)}#${lines}`;
  return url.length > MAX_ADDRESS || leadsUp(url) ? undefined : (url as SafeText);
}

/** Places in the order of their phases, none inside one before it. */
export function distinctPlaces(references: readonly LineReference[], max: number): readonly LineReference[] {
  const kept: LineReference[] = [];
  for (const reference of references) {
    if (kept.length >= max) break;
    const isInside = kept.some(
      ({ path, start, end }) => path === reference.path && start <= reference.start && reference.end <= end,
    );
    if (!isInside) kept.push(reference);
  }
  return kept;
}

/** As `/casebook at` takes it. */
export function placeName(place: LineReference): string {
  return formatLocation(place);
}

function encodePath(path: string): string {
  return path
    .toWellFormed()
    .split("/")
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`),
    )
    .join("/");
}
