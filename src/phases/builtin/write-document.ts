import { LIKELY } from "../../evidence/ranking/locate.ts";
import { likelyFiles } from "../../claims/likely-files.ts";
import { noSuspect } from "../../claims/no-suspect.ts";
import type { Block, ResearchDocument, Section, StatedClaim } from "../../documents/finding.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { formatLocation } from "../../text/location.ts";
import { safeHeading } from "../../text/safe-text.ts";
import type { Phase } from "../phase.ts";
import type { ResearchContext } from "./research-context.ts";
import { alreadyFixed } from "./already-fixed.ts";
import * as comprehension from "./comprehension.ts";
import { intent, whoKnows } from "./intent.ts";
import * as impact from "./impact-map.ts";
import * as cause from "./root-cause.ts";

type Writer = (context: ResearchContext, files: ReadonlyMap<string, string>) => Promise<readonly Block[]>;

/** Several sections below one heading. */
function together(...parts: readonly Writer[]): Writer {
  return async (context, files) => (await Promise.all(parts.map((write) => write(context, files)))).flat();
}

/** Who writes which section; a repository's own phase names sections of this table. */
const WRITERS: Readonly<Record<string, Writer>> = {
  report: comprehension.report,
  fixed: alreadyFixed,
  missing: comprehension.missing,
  questions: nothing,
  explanation: nothing,
  components: comprehension.components,
  "prior-work": comprehension.priorWork,
  sequence: cause.sequence,
  "shown-by-run": async ({ shown }, files) => (await shown?.(files)) ?? [],
  suspects: cause.suspects,
  hypotheses: nothing,
  intent,
  // The impact map says who calls it.
  "callers-of-suspects": nothing,
  "line-history": together(cause.recentChange, whoKnows),
  options: nothing,
  "not-established": nothing,
  similar: impact.similar,
  callers: impact.callers,
  tests: impact.tests,
  scope: nothing,
  risks: impact.risks,
  docs: impact.docs,
  conventions: impact.conventions,
  "co-change": impact.coChange,
  "public-surface": nothing,
  targets: nothing,
  "stage-comprehension": together(comprehension.report, alreadyFixed, comprehension.missing),
  "stage-reproduction": nothing,
  "stage-root-cause": together(cause.sequence, cause.suspects),
  "stage-impact-map": together(impact.similar, impact.callers, impact.tests, impact.scope),
};

/** A section that only a model or a run fills. */
async function nothing(): Promise<readonly Block[]> {
  return [];
}

/** The document of a phase, section by section. `files`: those of the investigation so far. Throws when the phase names a section that nobody writes: a bug. */
export async function writeDocument(
  phase: Phase,
  context: ResearchContext,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<ResearchDocument> {
  const sections: Section[] = [];
  for (const { id, heading, folded } of phase.sections) {
    context.signal?.throwIfAborted();
    const write = WRITERS[id];
    if (write === undefined) throw new Error(`Nobody writes the section ${id}`);
    sections.push({
      id,
      heading,
      ...(folded === true ? { folded } : {}),
      blocks: await write(context, files),
    });
  }
  const { key, title } = context.issue;
  return {
    phase: phase.type,
    title: `${phase.type === "comprehension" ? "Issue" : `${phase.title} of issue`} ${key}: ${safeHeading(title.text, MAX_TITLE)}`,
    baseCommit: context.baseCommit,
    headline: await headlineOf(phase, context),
    lead: [],
    sections,
    next: await nextOf(phase, context),
  };
}

const MAX_TITLE = 160;
/** Files that share the first place where none is `LIKELY`. */
const MAX_FILES = 3;

async function headlineOf(phase: Phase, context: ResearchContext): Promise<StatedClaim> {
  if (phase.type === "impact-map") return (await impact.scopeOf(context)) ?? cause.readHeadline(context);
  if (phase.type === "root-cause") return cause.rootCauseHeadline(context);
  if (phase.type !== "comprehension") return cause.readHeadline(context);
  const { files } = await context.ranking();
  const isLikely = (files[0]?.confidence ?? 0) >= LIKELY;
  const pointing = await comprehension.pointingAnswer(context);
  if (pointing !== undefined) return pointing;
  const named = files
    .slice(0, isLikely ? 1 : MAX_FILES)
    .map(({ path, confidence }) => ({ path, percent: Math.round(confidence * 100) }))
    .filter(({ percent }, place) => place === 0 || percent >= comprehension.MIN_PERCENT);
  return named.length === 0 ? noSuspect.of({ best: [], from: 0 }) : likelyFiles.of({ files: named });
}

/** One or two commands, each with its effect. */
async function nextOf(phase: Phase, context: ResearchContext): Promise<readonly string[]> {
  if (phase.type === "comprehension") return [];
  const [leading] = await context.suspects();
  if (leading?.given === true) return [];
  const stands = await cause.leadingClaim(context);
  return stands === undefined || leading === undefined
    ? ["`/casebook at PATH:LINE` names the place of the cause."]
    : [
        `${inlineCode(`/casebook at ${formatLocation(leading)}`)} confirms the place, another place corrects it.`,
      ];
}
