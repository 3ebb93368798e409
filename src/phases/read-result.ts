import { type LineReference, parseDocument } from "../documents/parse-document.ts";
import { UNKNOWN_MARK } from "../documents/render-document.ts";
import { AGENT_OUTPUT } from "../specs/record-sections.ts";
import type { Spec } from "../specs/spec.ts";
import { formatLocation } from "../text/location.ts";
import { parseMarkdown } from "../text/parse-markdown.ts";
import { documentFileOf, reproductionTestFileOf } from "./names.ts";
import type { CriterionResult, DocumentFacts, PhaseRecord, RunNotes } from "./phase-result.ts";
import { readRecordLines } from "./record-lines.ts";
import { TEST_LABEL } from "./builtin/researcher.ts";

export interface WrittenPhase {
  readonly issueKey: string;
  readonly type: string;
  readonly spec: Spec;
  /** Of the spec. */
  readonly text: string;
  /** Specs and documents of the issue, path to text. */
  readonly files: ReadonlyMap<string, string>;
}

/** The result of a phase as its spec and its document hold it; the status is the spec's and read elsewhere. */
export function readResult({
  issueKey,
  type,
  spec,
  text,
  files,
}: WrittenPhase): Omit<PhaseRecord, "type" | "status"> {
  const document = files.get(documentFileOf(issueKey, { type }));
  return {
    ...(document === undefined ? {} : factsOf(document)),
    ...(spec.completedAt === undefined
      ? {}
      : { endedAt: spec.completedAt, criteria: criteriaOf(spec, text), ...runNotesOf(text) }),
    files: publishedOf(issueKey, type, spec).filter((path) => files.has(path)),
  };
}

/** Characters of a document whose references are read here; the process may hold keys, and the text is anybody's. */
const MAX_READ = 200_000;

/** What a document shows, by its text alone. */
export function factsOf(
  document: string,
): Required<Omit<DocumentFacts, "lead">> & Pick<DocumentFacts, "lead"> {
  const lead = leadOf(document);
  const cited = new Map<string, LineReference>();
  for (const { value } of document.length > MAX_READ ? [] : parseDocument(document).lines) {
    const key = formatLocation(value);
    if (!cited.has(key)) cited.set(key, value);
  }
  const unknown = `- ${UNKNOWN_MARK} `;
  return {
    ...(lead === undefined ? {} : { lead }),
    cited: [...cited.values()],
    unknowns: document
      .split("\n")
      .filter((line) => line.startsWith(unknown))
      .map((line) => line.slice(unknown.length)),
  };
}

/** How a document names its base commit; the line is the second of the file. */
export function baseOf(document: string): string | undefined {
  return /^Base commit: `([0-9a-f]{40})`/m.exec(document)?.[1];
}

/** Lines of a document among which its first sentence is. */
const HEAD = 20;
const MAX_HEAD = 20_000;

/** The first sentence in bold, as a document starts; Markdown. */
function leadOf(document: string): string | undefined {
  const head = document.slice(0, MAX_HEAD).split("\n", HEAD).join("\n");
  for (const block of parseMarkdown(head).children) {
    const [first] = block.type === "paragraph" ? block.children : [];
    if (first?.type !== "strong") continue;
    return head.slice((first.position?.start.offset ?? 0) + 2, (first.position?.end.offset ?? 0) - 2);
  }
  return undefined;
}

function publishedOf(issueKey: string, type: string, { labels }: Spec): readonly string[] {
  const test = labels.find((label) => label.startsWith(TEST_LABEL))?.slice(TEST_LABEL.length);
  return [
    documentFileOf(issueKey, { type }),
    ...(test === undefined ? [] : [reproductionTestFileOf(issueKey, test)]),
  ];
}

/** Marks are what counts; the run's own record says how each was decided, where it agrees with the mark. */
function criteriaOf({ criteria }: Spec, text: string): readonly CriterionResult[] {
  const recorded = recordedCriteria(text);
  return criteria.map(({ text: criterion, done }) => {
    const found = recorded.get(criterion);
    if (found !== undefined && (found.result === "met") === done) return { text: criterion, ...found };
    return done
      ? {
          text: criterion,
          result: "met",
          how: "human",
          evidence: "Ticked in the spec; how is not recorded there.",
        }
      : { text: criterion, result: "undecided", how: "human", evidence: "Open in the spec." };
  });
}

/** What the newest run says about itself: the lines at the top of its fence. */
function runNotesOf(text: string): RunNotes {
  const lines = newestOutput(text);
  const fence = lines.findIndex((line) => line.startsWith("```"));
  return fence === -1 ? {} : readRecordLines(lines.slice(fence + 1));
}

function newestOutput(text: string): readonly string[] {
  const start = text.lastIndexOf(`\n## ${AGENT_OUTPUT}`);
  return start === -1 ? [] : text.slice(start + 1).split(/\r?\n/);
}

/** The line of one criterion in the output of a run, its evidence below. */
export function formatCriterion({ text, result, how, evidence }: CriterionResult): string {
  return `${result.toUpperCase()} (${how}): ${text}\n  ${evidence}`;
}

function recordedCriteria(text: string): ReadonlyMap<string, Omit<CriterionResult, "text">> {
  const found = new Map<string, Omit<CriterionResult, "text">>();
  const lines = newestOutput(text);
  for (const [i, line] of lines.entries()) {
    const match = /^(MET|UNMET|UNDECIDED) \((machine|run|model|human)\): /.exec(line);
    if (match === null) continue;
    found.set(line.slice(match[0].length), {
      result: match[1]!.toLowerCase() as CriterionResult["result"],
      how: match[2] as CriterionResult["how"],
      evidence: (lines[i + 1] ?? "").trim(),
    });
  }
  return found;
}
