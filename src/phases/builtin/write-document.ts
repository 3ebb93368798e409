import { inlineCode } from "../../text/inline-code.ts";
import type { Block, Finding, ResearchDocument, Section } from "../../documents/finding.ts";
import type { Phase } from "../phase.ts";
import type { ResearchContext } from "./research-context.ts";
import * as comprehension from "./comprehension.ts";
import * as impact from "./impact-map.ts";
import { coChange } from "./impact-co-change.ts";
import { callers, publicSurface, tests } from "./impact-reach.ts";
import { callersOfSuspects, lineHistory } from "./suspect-history.ts";
import * as cause from "./root-cause.ts";
import { counted, fact, hypothesis, listed, measured, percent } from "./statements.ts";
import { citationOf, qualifiedName } from "./suspects.ts";

type Writer = (context: ResearchContext) => Promise<readonly Block[]>;

/** Several sections below one heading, each after a line that names it. */
function together(parts: readonly (readonly [name: string, writer: Writer])[]): Writer {
  return async (context) => {
    const blocks: Block[] = [];
    for (const [name, write] of parts)
      blocks.push({ kind: "note", text: `**${name}**` }, ...(await write(context)));
    return blocks;
  };
}

/** Who writes which section; a repository's own phase names sections of this table. */
const WRITERS: Readonly<Record<string, Writer>> = {
  symptom: comprehension.symptom,
  "expected-actual": comprehension.expectedActual,
  environment: comprehension.environment,
  steps: comprehension.steps,
  components: comprehension.components,
  "prior-work": comprehension.priorWork,
  areas: comprehension.areas,
  missing: comprehension.missing,
  questions: comprehension.questions,
  suspects: cause.suspects,
  "callers-of-suspects": callersOfSuspects,
  "line-history": lineHistory,
  hypotheses: cause.hypotheses,
  sequence: cause.sequence,
  options: cause.options,
  "not-established": cause.notEstablished,
  similar: impact.similar,
  callers,
  "public-surface": publicSurface,
  tests,
  docs: impact.docs,
  "co-change": coChange,
  scope: impact.scope,
  risks: impact.risks,
  targets: impact.targetFiles,
  "stage-comprehension": together([
    ["What the reporter says", comprehension.symptom],
    ["Affected components", comprehension.components],
    ["Missing information", comprehension.missing],
  ]),
  "stage-reproduction": comprehension.steps,
  "stage-root-cause": together([
    ["Suspects", cause.suspects],
    ["Hypotheses", cause.hypotheses],
    ["Options for a fix", cause.options],
  ]),
  "stage-impact-map": together([
    ["Similar code", impact.similar],
    ["Callers and importers", callers],
    ["Tests", tests],
    ["Target files", impact.targetFiles],
  ]),
};

/** The document of a phase, section by section. Throws when the phase names a section that nobody writes: a bug. */
export async function writeDocument(phase: Phase, context: ResearchContext): Promise<ResearchDocument> {
  const sections: Section[] = [];
  for (const { id, heading } of phase.sections) {
    context.signal?.throwIfAborted();
    const write = WRITERS[id];
    if (write === undefined) throw new Error(`Nobody writes the section ${id}`);
    sections.push({ id, heading, blocks: await write(context) });
  }
  return {
    phase: phase.type,
    title: `${phase.title} of issue ${context.issue.key}`,
    baseCommit: context.baseCommit,
    lead: await leadOf(phase, context),
    sections,
  };
}

async function leadOf(phase: Phase, context: ResearchContext): Promise<readonly Finding[]> {
  if (phase.type === "comprehension") {
    const { files } = await context.ranking();
    const [first] = files;
    if (first === undefined) return [measured("No source file answers to the words of the issue.")];
    const best = first.strength === "strong" ? [first] : files.slice(0, 3);
    const named = listed(best.map(({ path, confidence }) => `${inlineCode(path)} (${percent(confidence)})`));
    const text = {
      strong: `A fix most likely changes ${named}.`,
      moderate: `A fix probably changes one of these files or more: ${named}.`,
      weak: `Which file a fix changes is not established; the nearest are ${named}.`,
    }[first.strength];
    return [
      hypothesis(
        text,
        best.flatMap(({ reasons }) => reasons[0]?.citations.slice(0, 1) ?? []),
      ),
    ];
  }
  const [leading] = await context.suspects();
  if (leading === undefined) return [measured("No suspect was found, so nothing here rests on one.")];
  if (leading.given)
    return [
      fact(
        `A person named ${inlineCode(leading.name)} as the place of the cause; what follows takes it as given.`,
        [citationOf(leading)],
      ),
    ];
  const resting =
    phase.type !== "impact-map"
      ? "The leading suspect is"
      : "Everything below rests on the leading hypothesis, which nobody has confirmed: the cause lies in";
  const targets = phase.type !== "impact-map" ? [] : await context.targets();
  const more =
    targets.length > 1
      ? ` It has the same sequence as ${listed(targets.slice(1).map(({ symbol }) => inlineCode(qualifiedName(symbol))))}; ${counted(new Set(targets.map(({ path }) => path)).size, "file")} would change.`
      : "";
  return [
    hypothesis(`${resting} ${inlineCode(leading.name)} (${leading.strength} evidence).${more}`, [
      citationOf(leading),
    ]),
  ];
}
