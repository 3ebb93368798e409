import { estimateTokens } from "./estimate-tokens.ts";
import type { Entry, Reply } from "./transcript.ts";

/** What the model noted outlives a transcript that is cut short. */
export const NOTE = "note";

/**
 * Tools whose answers can be left out of a long transcript, because asking again gives them again. What is not here is
 * kept: a finding that was accepted must not be handed in twice.
 */
export const REPEATABLE: ReadonlySet<string> = new Set([
  "list_files",
  "read_file",
  "search",
  "symbols",
  "references",
  "callers",
  "similar_code",
  "history",
  "blame",
  "earlier_documents",
  "issue",
  "run",
]);

/** Steps at the end that stay whole as long as anything else can be left out. */
const LAST_STEPS = 4;
/**
 * Old answers are left out in blocks of about this many tokens, not one by one: endpoints ask a fraction of the price for
 * a beginning that they have read before, and so it stays the same for several steps.
 */
const BLOCK = 8_000;
/** Tokens around a message and around a call. */
const OVERHEAD = 8;
const LEFT_OUT =
  /^\[left out to save room: the answer of [^\n]{0,100}, [\d,]+ characters(?:; call it again for what is still needed)?\]$/;
const DROPPED = /\n\n\[(\d+) earlier steps? left out to save room; what they found can be asked for again\]$/;

/** A reply with the answers to it, by their places in the transcript. */
interface ToolStep {
  readonly reply: number;
  readonly answers: readonly number[];
}

/** What can be left out, in the order in which it goes. */
type Cut =
  | { readonly kind: "answers"; readonly places: readonly number[] }
  | { readonly kind: "step"; readonly step: ToolStep };

/**
 * What is sent of a transcript that has more than `tokens` (as `estimateTokens` counts): a view, the transcript stays as it
 * is. First the oldest answers that can be asked for again become one line each, then the oldest steps go whole, then the
 * last steps' answers become lines too, oldest first, and at last what other tools said. Instructions, requests and notes
 * stay. Every call keeps its answer and every answer its call. With more tokens never more is left out; when all that can
 * go does not suffice, what remains comes back.
 */
export function compact(transcript: readonly Entry[], tokens: number): readonly Entry[] {
  const size = transcript.map(tokensOf);
  let total = size.reduce((sum, n) => sum + n, 0);
  if (total <= tokens) return transcript;
  const left = new Set<number>();
  const gone = new Set<number>();
  let dropped = 0;
  for (const cut of cutsOf(transcript, size)) {
    if (total <= tokens) break;
    if (cut.kind === "answers")
      for (const place of cut.places) {
        left.add(place);
        total += tokensOf(leftOut(transcript[place]!)) - size[place]!;
      }
    else {
      for (const place of [cut.step.reply, ...cut.step.answers]) {
        gone.add(place);
        total -= left.has(place) ? tokensOf(leftOut(transcript[place]!)) : size[place]!;
      }
      // The line that says so; it is there once.
      if (dropped++ === 0) total += estimateTokens(droppedLine(1_000)) + 1;
    }
  }
  const first = transcript.findIndex(({ kind }) => kind === "request");
  return transcript.flatMap((entry, place) => {
    if (gone.has(place)) return [];
    if (place === first && dropped > 0) return [withDropped(entry, dropped)];
    return [left.has(place) ? leftOut(entry) : entry];
  });
}

function* cutsOf(transcript: readonly Entry[], size: readonly number[]): Iterable<Cut> {
  const steps = stepsOf(transcript);
  const old = steps.slice(0, Math.max(0, steps.length - LAST_STEPS));
  const recent = steps.slice(old.length);
  const canGo = (place: number): boolean =>
    isRepeatable(transcript[place]!) && !isLeftOut(transcript[place]!);

  let block: number[] = [];
  let inBlock = 0;
  for (const place of old.flatMap(({ answers }) => answers).filter(canGo)) {
    block.push(place);
    inBlock += size[place]!;
    if (inBlock < BLOCK) continue;
    yield { kind: "answers", places: block };
    [block, inBlock] = [[], 0];
  }
  if (block.length > 0) yield { kind: "answers", places: block };
  for (const step of old)
    if ((transcript[step.reply] as Reply).calls.every(({ name }) => REPEATABLE.has(name)))
      yield { kind: "step", step };
  for (const place of recent.flatMap(({ answers }) => answers).filter(canGo))
    yield { kind: "answers", places: [place] };
  for (const place of steps.flatMap(({ answers }) => answers)) {
    const entry = transcript[place] as AnswerEntry;
    if (!isRepeatable(entry) && entry.tool !== NOTE && !isLeftOut(entry))
      yield { kind: "answers", places: [place] };
  }
}

/** Steps whose calls all have their answers, and whose answers all have their calls; anything else stays as it is. */
function stepsOf(transcript: readonly Entry[]): readonly ToolStep[] {
  const steps: ToolStep[] = [];
  for (let at = 0; at < transcript.length; at++) {
    const entry = transcript[at]!;
    if (entry.kind !== "reply") continue;
    const answers: number[] = [];
    for (let next = at + 1; transcript[next]?.kind === "answer"; next++) answers.push(next);
    const answered = new Set(answers.map((place) => (transcript[place] as AnswerEntry).call));
    const isPaired = answered.size === answers.length && answered.size === entry.calls.length;
    // A reply without calls is words between two requests; to take it out would leave them side by side.
    if (isPaired && answers.length > 0 && entry.calls.every(({ id }) => answered.has(id)))
      steps.push({ reply: at, answers });
  }
  return steps;
}

type AnswerEntry = Extract<Entry, { readonly kind: "answer" }>;

function isRepeatable(entry: Entry): boolean {
  return entry.kind === "answer" && REPEATABLE.has(entry.tool);
}

function isLeftOut(entry: Entry): boolean {
  // A line that is as long as what would stand for it saves nothing.
  return (
    entry.kind === "answer" && (LEFT_OUT.test(entry.text) || tokensOf(leftOut(entry)) >= tokensOf(entry))
  );
}

function leftOut(entry: Entry): Entry {
  if (entry.kind !== "answer") return entry;
  const tool = entry.tool.replace(/[^\w-]/g, "?").slice(0, 64);
  const length = entry.text.length.toLocaleString("en-US");
  return {
    ...entry,
    text: `[left out to save room: the answer of ${tool}, ${length} characters${isRepeatable(entry) ? "; call it again for what is still needed" : ""}]`,
  };
}

function droppedLine(n: number): string {
  return `\n\n[${n} earlier ${n === 1 ? "step" : "steps"} left out to save room; what they found can be asked for again]`;
}

function withDropped(entry: Entry, n: number): Entry {
  if (entry.kind !== "request") return entry;
  const before = Number(DROPPED.exec(entry.text)?.[1] ?? 0);
  return { ...entry, text: entry.text.replace(DROPPED, "") + droppedLine(before + n) };
}

function tokensOf(entry: Entry): number {
  if (entry.kind !== "reply") return estimateTokens(entry.text) + OVERHEAD;
  return entry.calls.reduce(
    (total, call) => total + estimateTokens(call.name + call.arguments) + OVERHEAD,
    estimateTokens(entry.text) + OVERHEAD,
  );
}
