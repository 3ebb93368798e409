import type { AskPlace } from "./event.ts";
import { type Ask, type Investigation, MAX_ASKS } from "./investigation.ts";

/** Characters of an ask's text that are kept. */
const MAX_TEXT = 200;
/** Characters of a note that are kept. */
const MAX_NOTE = 500;

/** What is said to a request whose place a later command took. */
export const SUPERSEDED = "A later command took its place.";

/** The same line of the same comment was answered before: a delivery that comes twice. */
export function isAnswered(
  { asks, asksForgotten = 0 }: Pick<Investigation, "asks" | "asksForgotten">,
  place: AskPlace,
): boolean {
  const { comment } = place;
  if (comment !== undefined && comment > 0 && comment <= asksForgotten) return true;
  const text = cutText(place.text);
  return asks.some((ask) => ask.comment === comment && ask.text === text);
}

/**
 * With one more ask, in the order of the comments, so that the order of deliveries does not show. Of
 * one label only the newest request is kept. When there are too many, the oldest comment's goes, and its number is
 * remembered: a delivery of it that comes again is not taken for a new one.
 */
export function withAsk(investigation: Investigation, ask: Ask): Investigation {
  const kept = investigation.asks.filter(
    (other) =>
      !(ask.comment === undefined && other.comment === undefined && other.text === cutText(ask.text)),
  );
  const { comment } = ask;
  const later =
    comment === undefined
      ? -1
      : kept.findIndex((other) => other.comment !== undefined && other.comment > comment);
  const at = later === -1 ? kept.length : later;
  const asks = [...kept.slice(0, at), bounded(ask), ...kept.slice(at)];
  if (asks.length <= MAX_ASKS) return { ...investigation, asks };
  const oldest = asks.findIndex((other) => other.comment !== undefined);
  const [gone] = asks.splice(Math.max(oldest, 0), 1);
  const asksForgotten = Math.max(investigation.asksForgotten ?? 0, gone?.comment ?? 0);
  return { ...investigation, asks, ...(asksForgotten > 0 ? { asksForgotten } : {}) };
}

/** Every request that still waits gets its answer; the test of a change has one of its own. */
export function answerOpen(asks: readonly Ask[], answer: Ask["answer"], note?: string): readonly Ask[] {
  return asks.map((ask) =>
    ask.answer === "accepted" && ask.test === undefined
      ? bounded({ ...ask, answer, ...(note === undefined ? {} : { note }) })
      : ask,
  );
}

function bounded(ask: Ask): Ask {
  return {
    ...ask,
    text: cutText(ask.text),
    ...(ask.note === undefined ? {} : { note: ask.note.slice(0, MAX_NOTE).toWellFormed() }),
  };
}

function cutText(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed();
}

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
