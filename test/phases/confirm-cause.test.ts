import { expect, test } from "@jest/globals";
import { PHASES } from "../../src/phases/catalogue.ts";
import { confirmCause } from "../../src/phases/confirm-cause.ts";
import type { Judgement } from "../../src/phases/decide-criterion.ts";
import { specFileOf } from "../../src/phases/names.ts";
import { phaseSpec } from "../../src/phases/phase-spec.ts";
import { editSpec } from "../../src/specs/edit-spec.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";

const phase = PHASES.find(({ type }) => type === "root-cause")!;
const path = specFileOf("7", phase);
const AT = "2026-11-30T10:00:00Z";
const shown: Judgement = { result: "met", how: "run", evidence: "necessary and minimal" };

/** The spec of a root cause that was worked, with all criteria met but those that are named. */
function worked(...open: readonly string[]): string {
  const text = phaseSpec({ issueKey: "7", issueTitle: "x", phase, present: PHASES, at: undefined });
  const { criteria } = parseSpec("spec", text).spec;
  const edited = editSpec(text, {
    set: { status: "needs_attention" },
  });
  if (!edited.ok) throw new Error("not edited");
  const shift = parseSpec("spec", edited.text).spec.criteria[0]!.line - criteria[0]!.line;
  const marked = editSpec(edited.text, {
    marks: new Map(criteria.map(({ line, text: said }) => [line + shift, !open.includes(said)])),
  });
  if (!marked.ok) throw new Error("not marked");
  return marked.text;
}

test("runs confirm the cause of a root cause that waited for it", () => {
  const files = confirmCause("7", new Map([[path, worked("The cause is confirmed")]]), shown, AT);
  const { spec } = parseSpec("spec", files.get(path)!);
  expect(spec.status).toBe("completed");
  expect(spec.criteria.every(({ done }) => done)).toBe(true);
});

test("a root cause that waits for more keeps waiting", () => {
  const [first] = phase.criteria;
  const files = confirmCause(
    "7",
    new Map([[path, worked("The cause is confirmed", first!.text)]]),
    shown,
    AT,
  );
  const { spec } = parseSpec("spec", files.get(path)!);
  expect(spec.status).toBe("needs_attention");
  expect(spec.criteria.filter(({ done }) => !done).map(({ text }) => text)).toEqual([first!.text]);
});

test("nothing changes without a spec, without runs, or when a person confirmed it", () => {
  const waiting = new Map([[path, worked("The cause is confirmed")]]);
  expect(confirmCause("7", new Map(), shown, AT).size).toBe(0);
  expect(confirmCause("7", waiting, undefined, AT).size).toBe(0);
  expect(confirmCause("7", waiting, { ...shown, how: "model" }, AT).size).toBe(0);
  expect(confirmCause("7", waiting, { ...shown, result: "undecided" }, AT).size).toBe(0);
  expect(confirmCause("7", new Map([[path, worked()]]), shown, AT).size).toBe(0);
});
