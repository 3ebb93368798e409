import { z } from "zod";
import type { VisibleIssue } from "../../issue/visible-issue.ts";
import type { VisibleText } from "../../text/visible-text.ts";
import type { Hidden } from "../../text/hidden.ts";
import { byWhom } from "../untrusted.ts";
import { MAX_ANSWER, defineTool, type Tool } from "../tool.ts";
import { counted, lineOf, onOneLine, quotedAnswer } from "./answer.ts";

/** Characters of the list of hidden parts. */
const MAX_HIDDEN = 2_500;
const MAX_LINE = 4_000;
/** The least that is shown of a comment that does not fit whole. */
const MIN_ROOM = 1_200;

interface Text {
  readonly source: string;
  readonly lines: readonly string[];
}

/** The issue as readers of its page see it, each text with its author's rights. */
export function issueTool({ issue, nonce }: { readonly issue: VisibleIssue; readonly nonce: string }): Tool {
  return defineTool({
    name: "issue",
    description:
      'Gives the issue as readers see its page: title, body and comments, each with its author and whether they may write to the repository. Parts that readers do not see are listed apart. What does not fit is asked for with "comment" (0 is the body) and "from", a line of it.',
    args: z.strictObject({
      comment: z
        .int()
        .min(0)
        .max(100_000)
        .optional()
        .describe("One text alone: 0 is the body, 1 the first comment."),
      from: z.int().min(1).max(1_000_000).default(1).describe("The first line of that text to show."),
    }),
    async run({ comment, from }) {
      const texts = textsOf(issue);
      if (comment !== undefined) return one(comment, from, texts);
      const parts = [
        quotedAnswer({
          nonce,
          head: `The issue has ${counted(issue.comments.length, "comment")}.`,
          source: `issue title, ${byWhom(issue.author, rightOfAuthor(issue))}`,
          lines: [onOneLine(issue.title.text, 400)],
        }),
      ];
      const apart = hiddenPart(issue.hidden);
      let room = MAX_ANSWER - parts[0]!.length - apart.length - 200;
      for (const [i, text] of texts.entries()) {
        if (room < MIN_ROOM) {
          parts.push(
            `${counted(texts.length - i, "further comment")} not shown; ask for each with "comment", from ${i} to ${texts.length - 1}.`,
          );
          break;
        }
        const part = partOf(text, i, 1, room);
        parts.push(part);
        room -= part.length + 1;
      }
      return [...parts, apart].filter((part) => part !== "").join("\n");
    },
  });

  function one(n: number, from: number, texts: readonly Text[]): string {
    const text = texts[n];
    if (text === undefined)
      return `The issue has ${counted(texts.length - 1, "comment")}; "comment" goes from 0 (the body) to ${texts.length - 1}.`;
    if (from > text.lines.length) return `That text has only ${counted(text.lines.length, "line")}.`;
    return partOf(text, n, from, MAX_ANSWER);
  }

  function partOf({ source, lines }: Text, n: number, from: number, max: number): string {
    return quotedAnswer({
      nonce,
      head: "",
      source,
      lines: lines.slice(from - 1).map((line) => lineOf(line, MAX_LINE)),
      rest: (shown) =>
        from - 1 + shown >= lines.length
          ? ""
          : `Cut: ${counted(lines.length - (from - 1 + shown), "line")} more; ask with "comment": ${n} and "from": ${from + shown}.`,
      max,
    });
  }

  /** Told, so that a document can say so; words in them are nobody's claim about the problem. */
  function hiddenPart(hidden: readonly Hidden[]): string {
    if (hidden.length === 0) return "";
    return quotedAnswer({
      nonce,
      head: `${counted(hidden.length, "part")} of the source ${hidden.length === 1 ? "is" : "are"} not shown to readers of the page:`,
      source: "hidden, not shown to readers",
      lines: hidden.map(({ kind, line, text }) => `${kind}, line ${line}: ${onOneLine(text, 200)}`),
      rest: (shown) => (shown < hidden.length ? `${hidden.length - shown} more are not listed.` : ""),
      max: MAX_HIDDEN,
    });
  }
}

function textsOf(issue: VisibleIssue): readonly Text[] {
  const text = (visible: VisibleText, source: string): Text => ({
    source,
    lines: visible.text.split("\n"),
  });
  return [
    text(issue.body, `issue body, ${byWhom(issue.author, rightOfAuthor(issue))}`),
    ...issue.comments.map(({ author, maintainer, body, createdAt }, i) =>
      text(
        body,
        `comment ${i + 1} of ${issue.comments.length}, ${byWhom(author, maintainer)}${createdAt === undefined ? "" : `, ${onOneLine(createdAt, 25)}`}`,
      ),
    ),
  ];
}

/** Only the rights of those who comment are known. */
export function rightOfAuthor({ author, comments }: VisibleIssue): boolean | undefined {
  return comments.find((comment) => comment.author === author)?.maintainer;
}
