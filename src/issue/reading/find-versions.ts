import type { Quote, ReportedVersion } from "../issue-reading.ts";

const MAX_VERSIONS = 12;
/** `Python 3.11.2`, `pandas: 1.5.0`, `OS version - 14.2`, `node v18.1`. */
const VERSION =
  /([A-Za-z][\w.+#-]{0,40}(?: [A-Za-z][\w.+#-]{0,20})?)(?: version)?\s{0,4}[:=-]?\s{0,4}(?:version )?`?v?(\d{1,6}(?:\.\d{1,6}){1,3}(?:[-+.]?[A-Za-z][\w.]{0,20})?)/g;
const NO_NAMES = new Set(
  "version versions between before after in on at with and or the using since from is of to line".split(" "),
);

/** Versions that lines of the environment state, as written. */
export function findVersions(quotes: readonly Quote[]): readonly ReportedVersion[] {
  const found = new Map<string, ReportedVersion>();
  for (const quote of quotes)
    for (const line of quote.text.split("\n"))
      for (const [, name, version] of line.slice(0, 500).matchAll(VERSION)) {
        const words = (name ?? "")
          .trim()
          .replace(/[-:.]+$/, "")
          .replace(/\s+version$/i, "")
          .split(" ");
        const clean = words
          .slice(words.length > 1 && NO_NAMES.has(words[0]!.toLowerCase()) ? 1 : 0)
          .join(" ");
        const last = clean.split(" ").at(-1)!.toLowerCase();
        if (NO_NAMES.has(last) || NO_NAMES.has(clean.toLowerCase())) continue;
        if (!found.has(clean.toLowerCase()))
          found.set(clean.toLowerCase(), {
            name: clean,
            version: version!,
            quote: { ...quote, text: line.trim() },
          });
        if (found.size >= MAX_VERSIONS) return [...found.values()];
      }
  return [...found.values()];
}
