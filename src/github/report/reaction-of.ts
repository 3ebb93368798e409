import type { Ask } from "../../investigation/investigation.ts";

export type AskReaction = "eyes" | "rocket" | "confused" | "-1";

/**
 * The one reaction that a comment carries for everything that was asked in it. What went wrong shows first, since the
 * writer must know; then what is still under way; done only when all is.
 */
export function reactionOf(asks: readonly Pick<Ask, "answer">[]): AskReaction | undefined {
  const answers = new Set(asks.map(({ answer }) => answer));
  if (answers.has("refused")) return "-1";
  if (answers.has("confused")) return "confused";
  if (answers.has("accepted")) return "eyes";
  return answers.has("finished") ? "rocket" : undefined;
}
