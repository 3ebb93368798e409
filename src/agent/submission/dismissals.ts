import type { Citation } from "../../documents/citation.ts";
import type { SearchHit } from "../../repository/recorded-search.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { claimsOf } from "./claims.ts";
import { ungrounded } from "./grounding.ts";
import { plainStatement } from "./plain-statement.ts";
import { universalClaim } from "./universal-claim.ts";
import { roleOfPath } from "../../languages/role-of-path.ts";
import type { FindingSource } from "./read-citation.ts";
import { wrongWords } from "./wrong-words.ts";

/** A hit of a search that a model says does not count, and why. */
interface Dismissed {
  readonly path: string;
  readonly line: number;
  readonly why: string;
}

/** True when cited lines hold the hit: then a reader sees it. */
export function covers(citations: readonly Citation[], { path, line }: SearchHit): boolean {
  return citations.some(
    (citation) =>
      citation.kind === "lines" && citation.path === path && citation.start <= line && line <= citation.end,
  );
}

/** Reasons that a look at the line decides. */
const KINDS: readonly [RegExp, (line: string, path: string) => boolean][] = [
  [
    /\bdefin(?:ition|es|ed)|\bdeclar/i,
    (line) =>
      /\b(?:def|class|function|func|fn|const|let|var|interface|type|struct|enum|module|public|private|protected|static|void|sub|macro|define)\b|[=:]/.test(
        line,
      ),
  ],
  [/\bimport/i, (line) => /\b(?:import|from|require|use|using|include|export)\b/.test(line)],
  [/\bcomment|\bdocstring/i, (line) => /^\s*(?:#|\/\/|\/\*|\*|--|;|"""|''')|(?:#|\/\/)\s/.test(line)],
  [/\btests?\b/i, (_, path) => roleOfPath(path) === "test"],
  [/\bdocument|\breadme|\bdocs?\b/i, (_, path) => /\.(?:md|rst|txt|adoc)$/i.test(path)],
];

/** Why this reason does not fit the line; undefined when it does: it names what the line is, or a word that stands on it. */
export async function reasonless(
  { path, line, why }: Dismissed,
  from: FindingSource,
): Promise<string | undefined> {
  const place = inlineCode(`${path}:${line}`);
  const statement = plainStatement(why);
  const wrong =
    wrongWords(statement)[0] ??
    (universalClaim(statement.words) === undefined ? undefined : "It speaks of everything itself.");
  if (wrong !== undefined) return `${place}: the reason for setting it aside: ${wrong}`;
  const text = (await from.source.text(path))?.lines[line - 1] ?? "";
  const around = await from.symbolsAt(path, line, line);
  const claimed = ungrounded(claimsOf(statement), { texts: [text], names: [path, ...around] });
  if (claimed.length > 0)
    return `${place}: the reason holds ${inlineCode(claimed[0]!.text, 60)}, which does not stand on that line.`;
  const kind = KINDS.find(([name]) => name.test(why));
  const words = new Set(
    (`${text} ${around.join(" ")}`.toLowerCase().match(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu) ?? []).flatMap(
      (word) => [word, ...word.split("_")],
    ),
  );
  const isFitting =
    kind === undefined
      ? (why.toLowerCase().match(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu) ?? []).some((word) => words.has(word))
      : kind[1](text, path);
  return isFitting
    ? undefined
    : `${place}: the reason does not fit the line; say what the line is (its definition, an import, a comment, a test, documentation) or name something that stands on it.`;
}

/** Set aside for everybody to see: a reader who doubts a reason finds its line. */
export function setAside(dismissed: readonly Dismissed[]): string {
  if (dismissed.length === 0) return "";
  const shown = dismissed
    .slice(0, 10)
    .map(({ path, line, why }) => `${inlineCode(`${path}:${line}`, 300)}: ${plainStatement(why).markdown}`);
  const more = dismissed.length - shown.length;
  return ` Set aside by the model: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}
