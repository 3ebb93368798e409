import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Lines of documentation that hold a name, counted. */
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
        : `${counted(count, "line")} of documentation ${count === 1 ? "names" : "name"} ${inlineCode(name)}`,
    citations: shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ name, count, shown }, evidence) {
    const { hits } = await searchDocs(name, evidence);
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

/** Every line of documentation that holds a name. Histories of changes and Casebook's own documents do not count. */
export function searchDocs(name: string, { search }: Pick<ClaimEvidence, "search">): Promise<RecordedSearch> {
  return search({
    kind: "word",
    pattern: name,
    include: ["*.{md,mdx,rst,adoc,txt}"],
    exclude: [
      "**/.chant/**",
      ".chant/**",
      ...HISTORIES.flatMap((name) => [`${name}*`, `**/${name}*`, `${name}*/**`, `**/${name}*/**`]),
    ],
  });
}
