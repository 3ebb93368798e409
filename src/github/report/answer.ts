import type { LineReference } from "../../documents/parse-document.ts";
import { MARKS } from "../../documents/render-document.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import { outcomeSentence } from "../../phases/outcome.ts";
import { PHASES } from "../../phases/catalogue.ts";
import { clipMarkdown } from "../../text/safe-text.ts";
import { changesCode, FIX } from "./phase-words.ts";

/** What the research came to, as the first lines of every page say it. */
export interface Answer {
  /** One sentence without a full stop; Markdown. */
  readonly headline: string;
  /** Sentences after the first, with their full stops. */
  readonly more?: string;
  /** The phase that it is from. */
  readonly phase: string;
  /** How sure it is, one sentence. */
  readonly certainty?: string;
  /** A person or a run confirmed the cause. */
  readonly isConfirmed?: boolean;
  /** Where the likely cause is; undefined when no place stands out. */
  readonly place?: LineReference;
}

/** Phases in the order in which their findings answer the issue; others come after them. */
const ANSWERS = ["root-cause", "research", "reproduction", "comprehension"];
/** Phases whose finding is a cause. */
const CAUSES: ReadonlySet<string> = new Set(["root-cause", "research"]);
/** The root cause's first words where only wording speaks for a place. */
const NO_CAUSE = /^No suspect\b/;
const CONFIRMED = PHASES.flatMap(({ criteria }) => criteria).find(
  ({ check }) => check === "cause-confirmed",
)?.text;

/** The outcome that ended or holds the research, else the finding that answers the issue best; undefined before the first. */
export function answerOf({
  phases,
  endedBy,
  at,
}: Pick<Investigation, "phases" | "endedBy" | "at">): Answer | undefined {
  const ending = phases.find(({ type, outcome }) => type === endedBy && outcome !== undefined);
  if (ending?.outcome !== undefined) return { ...split(outcomeSentence(ending.outcome)), phase: ending.type };
  const order = [...(changesCode(phases) ? [FIX] : []), ...ANSWERS, ...phases.map(({ type }) => type)];
  const record = order
    .map((type) => phases.find((candidate) => candidate.type === type && candidate.lead !== undefined))
    .find((candidate) => candidate !== undefined);
  if (record?.lead === undefined) return undefined;
  const { type, cited = [] } = record;
  const said = split(headlineOf(record.lead));
  if (!CAUSES.has(type) || NO_CAUSE.test(said.headline)) return { ...said, phase: type };
  const found = record.criteria?.find(({ text }) => text === CONFIRMED);
  const isConfirmed = at !== undefined || found?.result === "met";
  const place = placeOf(cited);
  return {
    ...said,
    headline: isConfirmed ? said.headline : `Likely cause: ${said.headline}`,
    phase: type,
    certainty: found?.result === "met" ? `Confirmed: ${found.evidence}.` : "Not confirmed by a run.",
    isConfirmed,
    ...(place === undefined ? {} : { place }),
  };
}

/** True for an answer that a reader gains something by: an outcome, or a place or a component that more than wording speaks for. */
export function isFinding(answer: Answer | undefined): boolean {
  return answer !== undefined && !NO_CAUSE.test(answer.headline);
}

/** Lines of a snippet that a reader takes in. */
const MAX_LINES = 60;

/** The first lines that are cited, with the function around them where the document cites it too. */
function placeOf(cited: readonly LineReference[]): LineReference | undefined {
  const [first] = cited;
  if (first === undefined) return undefined;
  const around = cited.filter(
    ({ path, start, end }) =>
      path === first.path && start <= first.start && end >= first.end && end - start < MAX_LINES,
  );
  return around.reduce((best, next) => (next.end - next.start > best.end - best.start ? next : best), first);
}

/** What a document says first, without its mark: the line below a headline says how sure it is. */
export function headlineOf(lead: string): string {
  const mark = Object.values(MARKS).find((known) => lead.startsWith(`${known} `)) ?? "";
  return withoutStop(lead.slice(mark.length).trim());
}

/** The first sentence and the rest; a full stop inside code ends none. */
function split(text: string): Pick<Answer, "headline" | "more"> {
  const line = withoutStop(text);
  let isCode = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === "`") isCode = !isCode;
    else if (!isCode && line[i] === "." && /^ [\p{Lu}`]/u.test(line.slice(i + 1, i + 4)))
      return { headline: line.slice(0, i), more: `${line.slice(i + 2)}.` };
  }
  return { headline: line };
}

/** Characters of a headline. */
const MAX_HEADLINE = 300;

function withoutStop(sentence: string): string {
  return clipMarkdown(sentence.replace(/\s+/g, " ").trim(), MAX_HEADLINE).replace(/\.$/, "");
}
