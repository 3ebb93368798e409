import { findCycle } from "./find-cycle.ts";
import { memberPlace } from "./members.ts";
import { parseSpec } from "./parse-spec.ts";
import { errorAt, quoted, type SpecProblem, warningAt } from "./problem.ts";
import { isDriver, type Spec } from "./spec.ts";
import { specIdOfPath } from "./spec-path.ts";

export interface LintProblem extends SpecProblem {
  readonly path: string;
}

/** chant slices so many characters of an ID when it archives. */
const MIN_ID = 10;

/** Every problem of a set of spec files (path to text), those between files too, ordered by path and line. */
export function lintSpecs(files: ReadonlyMap<string, string>): readonly LintProblem[] {
  const problems: LintProblem[] = [];
  const specs = new Map<string, Spec>();
  const pathOf = new Map<string, string>();
  for (const [path, text] of files) {
    const { spec, problems: own } = parseSpec(specIdOfPath(path) ?? path, text);
    problems.push(...own.map((problem) => ({ ...problem, path })));
    specs.set(spec.id, spec);
    pathOf.set(spec.id, path);
    if (spec.criteria.length === 0 && !isDriver(spec))
      problems.push({
        path,
        ...errorAt(
          1,
          "no-criteria",
          "Expected at least one item under `## Acceptance Criteria`; found none, so nothing could be verified.",
        ),
      });
    if (spec.id.length < MIN_ID)
      problems.push({
        path,
        ...warningAt(
          1,
          "short-id",
          `Expected an ID of at least ${MIN_ID} characters; chant cuts it when it archives.`,
        ),
      });
  }
  for (const spec of specs.values()) {
    const path = pathOf.get(spec.id)!;
    for (const id of spec.dependsOn)
      if (!specs.has(id))
        problems.push({
          path,
          ...warningAt(
            1,
            "unknown-dependency",
            `Expected \`depends_on\` to name a spec that exists; found ${quoted(id)}.`,
          ),
        });
    const driver = memberPlace(spec.id)?.driver;
    if (driver !== undefined && !specs.has(driver))
      problems.push({
        path,
        ...warningAt(
          1,
          "no-driver",
          `Expected a spec ${quoted(driver)} that this one is a member of; found none.`,
        ),
      });
  }
  const cycle = findCycle(specs);
  if (cycle !== undefined)
    problems.push({
      path: pathOf.get(cycle[0]!)!,
      ...errorAt(1, "cycle", `Expected no circle of dependencies; found ${cycle.join(" -> ")}.`),
    });
  return problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}
