import type { RecordedSearch } from "../../repository/recorded-search.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { Claim } from "./claims.ts";
import { type CitedText, stemOf, ungrounded } from "./grounding.ts";
import { type FindingSource, MAX_HITS_READ, runAgain } from "./read-citation.ts";

/** Searches that one finding may need for its names. */
const MAX_LOOKUPS = 12;

/** Names, numbers and quotations that stand nowhere in what is cited. */
export async function inventedClaims(
  claims: readonly Claim[],
  evidence: CitedText,
  isInference: boolean,
  from: FindingSource,
): Promise<readonly string[]> {
  let left = ungrounded(claims, evidence);
  // A conclusion may name what the repository or the issue has, though not what neither has.
  // How many people are touched is said only with the words of the issue beside it.
  const needsCitation = new Set(
    left.filter(({ kind }) => kind === "scale" || kind === "measure" || kind === "count"),
  );
  if (isInference)
    left = [
      ...needsCitation,
      ...ungrounded(left, [from.source.issueText ?? ""]).filter((claim) => !needsCitation.has(claim)),
    ];
  const kept: Claim[] = [];
  for (const [i, claim] of left.entries()) {
    const mayStandElsewhere =
      claim.kind === "proper" || claim.kind === "part" || (claim.kind === "name" && isInference);
    if (!mayStandElsewhere || i >= MAX_LOOKUPS || !(await isInRepository(claim, from))) kept.push(claim);
  }
  left = kept;
  const where = isInference ? "in the issue or the repository" : "in what the statement cites";
  return left.map(({ kind, text }) => {
    const what = inlineCode(text, 80);
    switch (kind) {
      case "name":
      case "proper":
      case "part":
        return `${what} does not stand ${where}; cite the lines that hold it, or leave it out.`;
      case "line":
        return `Line ${what} is not among the lines that are cited.`;
      case "measure":
        return `The value ${what} with its unit does not stand ${where}; cite where it is from, or leave it out.`;
      case "count":
      case "number":
        return `The number ${what} does not stand ${where}; cite where it is from, write a count of your own in words, or leave it out.`;
      case "quotation":
        return `The quoted words ${what} do not stand ${where}.`;
      case "address":
        return `The address ${what} does not stand ${where}.`;
      case "scale":
        return `“${text}” says how many or whom it touches, and that does not stand ${where}; quote the issue for it, or leave it out.`;
    }
  });
}

async function isInRepository({ kind, text: name }: Claim, from: FindingSource): Promise<boolean> {
  if (kind === "part") {
    const stem = stemOf(name);
    return (
      from.source.issueText?.toLowerCase().includes(stem) === true ||
      (await hitsOf(stem, from, "text")).length > 0
    );
  }
  if (kind === "proper")
    return [name, name.toLowerCase()].some((word) => from.source.issueText?.includes(word) === true)
      ? true
      : (await hitsOf(name, from)).length > 0 || (await hitsOf(name.toLowerCase(), from)).length > 0;
  if (from.source.exists(name)) return true;
  const bare = name.replace(/\(\)?$/, "");
  // As it stands, or as the lines of the repository have it in parts.
  const parts = bare.includes("/") ? [bare] : bare.split(/\.|::|->|#/).filter((part) => part !== "");
  const whole = await hitsOf(bare, from);
  const found = whole.length > 0 ? whole : await hitsOf(parts.at(-1) ?? "", from);
  const texts: string[] = [];
  const names: string[] = [];
  for (const { path, line } of found.slice(0, MAX_HITS_READ)) {
    texts.push((await from.source.text(path))?.lines[line - 1] ?? "");
    names.push(...(await from.symbolsAt(path, line, line)));
  }
  return ungrounded([{ kind: "name", text: bare }], { texts, names }).length === 0;
}

async function hitsOf(pattern: string, from: FindingSource, as?: "text"): Promise<RecordedSearch["hits"]> {
  if (pattern === "") return [];
  const kind = as ?? (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(pattern) ? ("word" as const) : ("text" as const));
  const found = await runAgain({ kind, pattern, include: [], exclude: [] }, from);
  return typeof found === "string" ? [] : found.hits;
}
