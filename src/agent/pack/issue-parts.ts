import type { VisibleIssue } from "../../issue/visible-issue.ts";
import { byWhom } from "../untrusted.ts";
import { lineOf, onOneLine } from "../tools/answer.ts";
import { rightOfAuthor } from "../tools/issue.ts";
import { falling, type PackItem, type PackPart } from "./part.ts";

/** Characters of a piece of text that is taken or left as one. */
const PIECE = 600;
const MAX_LINE = 1_000;
/** Of one comment; the tool has the rest. */
const MAX_COMMENT = 4_000;

/** Title and body as readers see them. */
export function issuePart(issue: VisibleIssue, value: number): PackPart {
  const hidden = issue.body.hidden.length + issue.title.hidden.length;
  const by = byWhom(issue.author, rightOfAuthor(issue));
  const valueOf = falling(value, 0.9);
  return {
    name: "issue",
    heading: "The issue, as readers see it",
    source: `issue title and body, ${by}${hidden > 0 ? `; ${hidden} hidden parts left out` : ""}`,
    items: [`Title: ${onOneLine(issue.title.text, 400)}\n`, ...piecesOf(issue.body.text)].map(
      // What it is about comes before everything else.
      (text, n): PackItem => ({ forms: [text], value: n === 0 ? value * 1_000 : valueOf(n - 1) }),
    ),
    more: () => "The rest of it: tool issue.",
  };
}

/** Comments, those of people with rights first, shown in their order. */
export function commentsPart(issue: VisibleIssue, value: number): PackPart | undefined {
  if (issue.comments.length === 0) return undefined;
  const valueOf = falling(value, 0.85);
  const ranked = issue.comments
    .map((comment, order) => ({ ...comment, order }))
    // A maintainer's word weighs more; of the others the latest knows most.
    .sort((a, b) => Number(b.maintainer) - Number(a.maintainer) || b.order - a.order);
  return {
    name: "comments",
    heading: "Comments",
    source: "comments",
    items: ranked.map(({ author, maintainer, body, order }, n): PackItem => {
      const text = body.text.slice(0, MAX_COMMENT).toWellFormed();
      const hidden = body.hidden.length > 0 ? `; ${body.hidden.length} hidden parts left out` : "";
      return {
        forms: text.length > PIECE ? [text, `${text.slice(0, PIECE).toWellFormed()}…`] : [text],
        value: valueOf(n),
        source: `comment ${order + 1} of ${issue.comments.length}, ${byWhom(author, maintainer)}${hidden}`,
        order,
      };
    }),
    more: (left) => `${left > 0 ? `${left} more comments` : "Comments whole"}: tool issue.`,
  };
}

/** Whole lines, cut at empty ones where that is near. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  let length = 0;
  for (const line of text.trimEnd().split("\n")) {
    const shown = lineOf(line, MAX_LINE);
    if (length > 0 && (length + shown.length > PIECE || (shown === "" && length > PIECE / 2))) {
      pieces.push(piece.join("\n"));
      [piece, length] = [[], 0];
    }
    piece.push(shown);
    length += shown.length + 1;
  }
  if (piece.join("").trim() !== "") pieces.push(piece.join("\n"));
  return pieces;
}
