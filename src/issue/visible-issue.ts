import type { Hidden } from "../text/hidden.ts";
import { visibleText, visibleTitle, type VisibleText } from "../text/visible-text.ts";
import type { Issue, IssueComment } from "./issue.ts";

/** An issue as readers of its page see it. Made once from an issue and handed on: parsing the Markdown takes time. */
export interface VisibleIssue extends Pick<Issue, "key" | "author" | "url"> {
  readonly title: VisibleText;
  readonly body: VisibleText;
  readonly comments: readonly VisibleComment[];
  /** Title, body and comments one after the other: what quotations are compared with. */
  readonly text: string;
  /** Every part that readers do not see, in the order of the texts. */
  readonly hidden: readonly Hidden[];
}

interface VisibleComment extends Omit<IssueComment, "body"> {
  readonly body: VisibleText;
}

export function visibleIssue({ title, body, comments, ...rest }: Issue): VisibleIssue {
  const shown = comments.map((comment) => ({ ...comment, body: visibleText(comment.body) }));
  const [first, second] = [visibleTitle(title), visibleText(body)];
  const all = [first, second, ...shown.map((comment) => comment.body)];
  return {
    ...rest,
    title: first,
    body: second,
    comments: shown,
    text: all.map(({ text }) => text).join("\n"),
    hidden: all.flatMap(({ hidden }) => hidden),
  };
}
