import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { holdsWord } from "../repository/run-search.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Lines of documentation that write a name as code, counted: as a plain word it may mean anything. */
export const inDocs = claimType({
  name: "in-docs",
  mark: "code",
  schema: z.strictObject({
    name: part.name,
    count: part.count,
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(3),
  }),
  say: ({ name, count, shown }) => ({
    label: "Documentation",
    text:
      count === 0
        ? `Casebook found no documentation that names ${inlineCode(name)}`
        : `${counted(count, "line")} of documentation ${count === 1 ? "has" : "have"} ${inlineCode(name)} as code`,
    citations: shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ name, count, shown }, evidence) {
    const hits = await docsOf(name, evidence);
    if (hits.length !== count) return wrong(`${counted(hits.length, "line")} of documentation name it`);
    return shown.every((one) => hits.some(({ path, line }) => path === one.path && line === one.line))
      ? holds("searched again")
      : wrong("a cited line does not name it");
  },
});

/** A history of changes documents nothing that is there now. */
const HISTORIES = [
  "CHANGELOG",
  "ChangeLog",
  "Changelog",
  "changelog",
  "CHANGES",
  "Changes",
  "HISTORY",
  "History",
  "NEWS",
  "RELEASE",
  "releases",
];

/** Every line of documentation that writes a name as code. Histories of changes and Casebook's own documents do not count. */
export async function docsOf(
  name: string,
  { search, codebase }: Pick<ClaimEvidence, "search" | "codebase">,
): Promise<RecordedSearch["hits"]> {
  const { hits } = await search({
    kind: "word",
    pattern: name,
    include: ["*.{md,mdx,rst,adoc,txt}"],
    exclude: [
      "**/.chant/**",
      ".chant/**",
      ...HISTORIES.flatMap((name) => [`${name}*`, `**/${name}*`, `${name}*/**`, `**/${name}*/**`]),
    ],
  });
  const found = [];
  for (const hit of hits) {
    const text = await codebase.text(hit.path);
    if (text !== undefined && isCode(name, text.lines, hit.line)) found.push(hit);
  }
  return found;
}

/** In a span or block of code, or with a call or a member behind it. */
function isCode(name: string, lines: readonly string[], line: number): boolean {
  const text = lines[line - 1] ?? "";
  const spans = text.split("`").filter((_, at, all) => at % 2 === 1 && at < all.length - 1);
  if (spans.some((span) => holdsWord(span, name))) return true;
  if (text.split(name).some((after, at) => at > 0 && /^(?:\(|::|\.\w)/.test(after))) return true;
  return lines.slice(0, line - 1).filter((one) => /^\s*(?:```|~~~)/.test(one)).length % 2 === 1;
}

/** True for a file that tells the history of changes: it changes with everything. */
export function isHistory(path: string): boolean {
  return path.split("/").some((part) => HISTORIES.some((name) => part.startsWith(name)));
}
