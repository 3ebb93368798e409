import { PHASES } from "./catalogue.ts";
import { isCheckName, type Phase, type PhaseCriterion, type PhaseSection } from "./phase.ts";
import { listOf, parseSpec } from "../specs/parse-spec.ts";
import { errorAt, quoted, type SpecProblem } from "../specs/problem.ts";
import type { YamlValue } from "../specs/front-matter.ts";
import type { SourceTree } from "../repository/source-tree.ts";
import { isSpecType } from "../specs/spec.ts";

/** Numbers below are the built-in phases'. */
const FIRST_OWN_NUMBER = 6;
const LAST_NUMBER = 999;
/** A larger file is no phase; the App reads as many characters. */
const MAX_PHASE_BYTES = 20_000;
/** Further files are left out. */
const MAX_OWN_PHASES = 20;
const CHECK = /\s*\(check: ([a-z-]{1,40})\)$/;

/**
 * A repository's own phase, from `.chant/phases/<type>.md` (see `docs/phases.md`). `sections` names sections that the
 * built-in researcher can write; a phase with any other work needs a model. All problems come together.
 */
export function parsePhase(
  type: string,
  text: string,
): { readonly phase: Phase | undefined; readonly problems: readonly SpecProblem[] } {
  const { spec, problems: read } = parseSpec(type, text);
  const problems: SpecProblem[] = [...read];
  const field = (key: string): YamlValue | undefined => spec.fields.get(key);
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(type))
    problems.push(
      errorAt(
        1,
        "bad-phase-name",
        `Expected a file name of small letters, digits and "-"; found ${quoted(type)}.`,
      ),
    );
  if (PHASES.some((phase) => phase.type === type))
    problems.push(
      errorAt(1, "built-in-phase", `Expected a name of its own; ${quoted(type)} is a built-in phase.`),
    );
  const written = field("number");
  const number = typeof written === "string" && /^\d{1,3}$/.test(written) ? Number(written) : Number.NaN;
  if (!(number >= FIRST_OWN_NUMBER && number <= LAST_NUMBER))
    problems.push(
      errorAt(
        1,
        "bad-number",
        `Expected \`number\` from ${FIRST_OWN_NUMBER} to ${LAST_NUMBER}; found ${quoted(typeof written === "string" ? written : "")}.`,
      ),
    );
  const sections = listOf(field("sections")).map((id): PhaseSection | undefined => SECTIONS.get(id));
  for (const [i, id] of listOf(field("sections")).entries())
    if (sections[i] === undefined)
      problems.push(
        errorAt(
          1,
          "unknown-section",
          `Expected a section among ${[...SECTIONS.keys()].join(", ")}; found ${quoted(id)}.`,
        ),
      );
  if (spec.criteria.length === 0)
    problems.push(
      errorAt(
        1,
        "no-criteria",
        "Expected a section `Acceptance Criteria` with at least one item; found none.",
      ),
    );
  const criteria = spec.criteria.map((criterion): PhaseCriterion => {
    const check = CHECK.exec(criterion.text)?.[1];
    const clean = criterion.text.replace(CHECK, "");
    if (check === undefined) return { text: clean, check: "person" };
    if (isCheckName(check)) return { text: clean, check };
    problems.push(
      errorAt(criterion.line, "unknown-check", `Expected a check that Casebook has; found ${quoted(check)}.`),
    );
    return { text: clean, check: "person" };
  });
  if (problems.some(({ severity }) => severity === "error")) return { phase: undefined, problems };
  return {
    phase: {
      type,
      number,
      title: spec.title,
      specType: spec.fields.has("type") && isSpecType(spec.type) ? spec.type : "research",
      dependsOn: spec.dependsOn,
      needs: sections.length > 0 ? "builtin" : "model",
      prompt: spec.prompt ?? "research",
      context:
        sectionText(spec.description, "Context") ||
        `A phase of this repository, from \`.chant/phases/${type}.md\`.`,
      task: sectionText(spec.description, "Task") || spec.title,
      sections: sections.filter((section) => section !== undefined),
      criteria,
    },
    problems,
  };
}

const SECTIONS: ReadonlyMap<string, PhaseSection> = new Map(
  PHASES.flatMap(({ sections }) => sections).map((section) => [section.id, section]),
);

/** The text below a level-2 heading, up to the next; headings inside fences do not count for a phase's short texts. */
function sectionText(body: string, heading: string): string {
  const lines = body.split("\n").map((line) => line.trimEnd());
  const start = lines.indexOf(`## ${heading}`);
  if (start < 0) return "";
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("# ") || line.startsWith("## "));
  return lines
    .slice(start + 1, length < 0 ? lines.length : start + 1 + length)
    .join("\n")
    .trim();
}

/** The built-in phases and the repository's own, from `.chant/phases` of the commit, in the order of their numbers. */
export async function phasesOf(tree: SourceTree, warn: (line: string) => void): Promise<readonly Phase[]> {
  const own: Phase[] = [];
  const files = tree.entries.filter(
    ({ path, size }) => /^\.chant\/phases\/[^/]+\.md$/.test(path) && size <= MAX_PHASE_BYTES,
  );
  for await (const { entry, bytes } of tree.read(files.slice(0, MAX_OWN_PHASES))) {
    const { phase, problems } = parsePhase(
      entry.path.slice(".chant/phases/".length, -3),
      new TextDecoder().decode(bytes),
    );
    for (const { line, message } of problems) warn(`${entry.path}, line ${line}: ${message}`);
    if (phase !== undefined) own.push(phase);
  }
  return [...PHASES, ...own].sort((a, b) => a.number - b.number || (a.type < b.type ? -1 : 1));
}
