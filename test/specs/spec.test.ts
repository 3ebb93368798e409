import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { approvalChanges, isApprovalOpen } from "../../src/specs/approval.ts";
import { editSpec } from "../../src/specs/edit-spec.ts";
import { findCycle } from "../../src/specs/find-cycle.ts";
import { canMove, NEXT } from "../../src/specs/lifecycle.ts";
import { lintSpecs } from "../../src/specs/lint-specs.ts";
import { driverOutcome, membersOf } from "../../src/specs/members.ts";
import { newSpec } from "../../src/specs/new-spec.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";
import { blockersOf, isReady, shownStatus } from "../../src/specs/readiness.ts";
import { STATUSES, type Spec, type Status } from "../../src/specs/spec.ts";

const specOf = (id: string, text: string): Spec => parseSpec(id, text).spec;
const mapOf = (...specs: Spec[]): ReadonlyMap<string, Spec> => new Map(specs.map((spec) => [spec.id, spec]));
const simple = (id: string, keys: string): Spec =>
  specOf(id, `---\n${keys}\n---\n# ${id}\n\n## Acceptance Criteria\n\n- [ ] x\n`);

describe("reading", () => {
  test("every value is text: hashes, switches and zeros stay as they are written", () => {
    const spec = specOf(
      "a",
      "---\ncommits:\n- 1e13302\n- 0123456\nlabels: [yes, ~, 'on']\nmodel: null\n---\n# T\n",
    );
    expect(spec.commits).toEqual(["1e13302", "0123456"]);
    expect(spec.labels).toEqual(["yes", "~", "on"]);
    expect(spec.model).toBe("null");
  });

  test("front matter in a language that runs is refused, and nothing runs", () => {
    const { problems, spec } = parseSpec(
      "a",
      "---js\nmodule.exports = { x: (globalThis.ran = true) }\n---\n# T\n",
    );
    expect("ran" in globalThis).toBe(false);
    expect(problems.some(({ severity }) => severity === "error") || spec.fields.size === 0).toBe(true);
  });

  test("all problems come together, each with its line", () => {
    const { problems } = parseSpec(
      "bad id!",
      "---\ntype: odd\nstatus: strange\ndepends_on:\n  a: b\n---\nNo title\n",
    );
    expect(problems.map(({ line, code }) => [line, code])).toEqual(
      expect.arrayContaining([
        [1, "bad-id"],
        [2, "unknown-type"],
        [3, "unknown-status"],
        [4, "wrong-shape"],
      ]),
    );
  });

  test.each([
    ["duplicate keys", "---\nstatus: pending\nstatus: failed\n---\n# T\n"],
    ["a missing closing line", "---\nstatus: pending\n# T\n"],
    ["YAML that is none", "---\nstatus: [\n---\n# T\n"],
  ])("%s: reported, and not run", (_, text) => {
    const { spec, problems } = parseSpec("a", text);
    expect(problems.some(({ severity, line }) => severity === "error" && line > 0)).toBe(true);
    expect(spec.runnable).toBe(false);
  });

  test("a file without front matter is a pending code spec", () => {
    expect(specOf("a", "# T\n")).toMatchObject({ type: "code", status: "pending", title: "T" });
  });

  test("unknown keys, types and statuses survive a change beside them", () => {
    const text = "---\ntype: odd\nstatus: strange\nmine: 'x' # why\n---\n# T\n";
    const edited = editSpec(text, { set: { model: "m" } });
    expect(edited).toEqual({
      ok: true,
      text: "---\ntype: odd\nstatus: strange\nmodel: m\nmine: 'x' # why\n---\n# T\n",
    });
  });

  test("criteria: the last section counts, nested items too, fences and other lists do not", () => {
    const spec = specOf(
      "a",
      "# T\n\n## Acceptance Criteria\n\n- [ ] old\n\n## Notes\n\n- [ ] not one\n\n### acceptance criteria\n\n* [x] one\n  1. [X] nested\n+ [~] open\n- [] empty\n- plain\n\n```\n- [ ] fenced\n```\n\n#### Deeper\n\n- [ ] deeper\n\n## Other\n\n- [ ] no\n",
    );
    expect(spec.criteria.map(({ text, done }) => [text, done])).toEqual([
      ["one", true],
      ["nested", true],
      ["open", false],
      ["empty", false],
      ["deeper", false],
    ]);
  });

  test("nothing in an agent's output counts, whatever it holds", () => {
    const spec = specOf(
      "a",
      "# T\n\n## Acceptance Criteria\n\n- [ ] real\n\n## Agent Output\n\n2026-01-01T00:00:00Z\n\n```\ndone```\n\n## Acceptance Criteria\n\n- [x] faked\n",
    );
    expect(spec.criteria.map(({ text }) => text)).toEqual(["real"]);
    expect(spec.description).not.toContain("faked");
  });
});

describe("writing", () => {
  const word = fc.stringMatching(/^[A-Za-z]([ _-]?[A-Za-z0-9]){1,12}$/);
  const file = fc.record({
    eol: fc.constantFrom("\n", "\r\n"),
    bom: fc.boolean(),
    finalEol: fc.boolean(),
    comment: word,
    labels: fc.array(word, { maxLength: 4 }),
    quoted: fc.boolean(),
    criteria: fc.array(word, { minLength: 1, maxLength: 5 }),
  });
  const render = (
    { eol, bom, finalEol, comment, labels, quoted, criteria }: Parameters<Parameters<typeof file.map>[0]>[0],
    status: string,
  ): string => {
    const quote = quoted ? '"' : "";
    const lines = [
      "---",
      `# ${comment}`,
      `mine: "${comment}"   # kept`,
      `status: ${quote}${status}${quote} # why`,
      ...(labels.length > 0 ? ["labels:", ...labels.map((label) => `  - '${label}'`)] : []),
      "type: research",
      "---",
      "# Title",
      "",
      "## Acceptance Criteria",
      "",
      ...criteria.map((text) => `- [ ] ${text}`),
    ];
    return (bom ? "\ufeff" : "") + lines.join(eol) + (finalEol ? eol : "");
  };

  test("an unchanged save is byte-identical", () => {
    fc.assert(
      fc.property(file, (shape) => {
        const text = render(shape, "pending");
        expect(editSpec(text, { set: { status: "pending", type: "research" }, marks: new Map() })).toEqual({
          ok: true,
          text,
        });
      }),
    );
  });

  test("a changed status leaves every other byte alone", () => {
    fc.assert(
      fc.property(
        file,
        fc.constantFrom(...STATUSES.filter((status) => status !== "pending")),
        (shape, status) => {
          const edited = editSpec(render(shape, "pending"), { set: { status } });
          const expected = render({ ...shape, quoted: false }, status);
          const kept = render(shape, status);
          expect([expected, kept]).toContain(edited.ok ? edited.text : edited.problems);
        },
      ),
    );
  });

  test("a tick changes one character", () => {
    fc.assert(
      fc.property(file, (shape) => {
        const text = render(shape, "pending");
        const [first] = parseSpec("a", text).spec.criteria;
        const edited = editSpec(text, { marks: new Map([[first!.line, true]]) });
        expect(edited).toEqual({
          ok: true,
          text: text.slice(0, first!.markStart) + "x" + text.slice(first!.markEnd),
        });
      }),
    );
  });

  test("a new spec is read back as it was meant", () => {
    fc.assert(
      fc.property(
        word,
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.array(word, { maxLength: 4 }),
        (title, criteria, labels) => {
          const { spec, problems } = parseSpec(
            "a",
            newSpec({
              keys: { type: "research", status: "pending", labels },
              title,
              context: "Why.",
              task: "What.",
              criteria,
            }),
          );
          expect(problems).toEqual([]);
          expect(spec.title).toBe(title);
          expect(spec.labels).toEqual(labels);
          expect(spec.criteria.map(({ text }) => text)).toEqual(criteria);
        },
      ),
    );
  });

  test("a file with problems is not edited", () => {
    expect(editSpec("---\nstatus: [\n---\n# T\n", { set: { status: "failed" } }).ok).toBe(false);
  });

  test("agent output is the last section, its fence longer than any in it, its text without control characters", () => {
    const edited = editSpec("# T\n", {
      agentOutput: { at: "2026-01-01T00:00:00Z", text: "a ```` b\u001b[31m", redact: (text) => text },
    });
    expect(edited).toEqual({
      ok: true,
      text: "# T\n\n## Agent Output\n\n2026-01-01T00:00:00Z\n\n`````\na ```` b\ufffd[31m\n`````\n",
    });
  });
});

describe("the life of a spec", () => {
  test("a random walk reaches completed only from in_progress, and leaves it only to pending", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATUSES), { maxLength: 60 }), (wishes) => {
        const steps: [Status, Status][] = [];
        let status: Status = "pending";
        for (const wish of wishes) {
          if (!canMove(status, wish)) continue;
          steps.push([status, wish]);
          status = wish;
        }
        const wrong = steps.filter(
          ([from, to]) =>
            (to === "completed" && from !== "in_progress") || (from === "completed" && to !== "pending"),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  test("every status can be left, and none for itself", () => {
    for (const status of STATUSES) {
      expect(NEXT[status].length).toBeGreaterThan(0);
      expect(canMove(status, status)).toBe(false);
    }
  });

  test("a dependency holds until it is completed or cancelled; a missing one holds for ever", () => {
    const waiting = simple("b", "depends_on: [a, gone]");
    expect(blockersOf(waiting, mapOf(simple("a", "status: failed"), waiting))).toEqual([
      { kind: "dependency", id: "a", status: "failed" },
      { kind: "missing", id: "gone" },
    ]);
    const free = simple("b", "depends_on: a\nstatus: blocked");
    const all = mapOf(simple("a", "status: cancelled"), free);
    expect(isReady(free, all)).toBe(true);
    expect(shownStatus(free, all)).toBe("ready");
  });

  test("an approval that is asked for holds until it is given, also one that cannot be read", () => {
    expect(isApprovalOpen(simple("a", "approval:\n  required: true"))).toBe(true);
    expect(isApprovalOpen(simple("a", "approval:\n  required: true\n  status: approved"))).toBe(false);
    expect(isApprovalOpen(simple("a", "approval: nonsense"))).toBe(true);
    const text = "---\napproval:\n  required: true\n---\n# T\n";
    const edited = editSpec(
      text,
      approvalChanges("approved", { by: "ada", at: "2026-01-01T00:00:00Z", reason: "Fine." }),
    );
    expect(edited.ok && isApprovalOpen(specOf("a", edited.text))).toBe(false);
    expect(edited.ok && edited.text).toContain("**ada** - 2026-01-01 00:00:00 UTC - APPROVED\n> Fine.");
  });

  test("members wait for earlier ones unless they say what they depend on", () => {
    const all = mapOf(
      simple("d", "type: driver"),
      simple("d.2", "status: pending"),
      simple("d.10", "depends_on: d"),
      simple("d.1", "status: failed"),
    );
    expect(membersOf({ id: "d" }, all).map(({ id }) => id)).toEqual(["d.1", "d.2", "d.10"]);
    expect(blockersOf(all.get("d.2")!, all)).toEqual([
      { kind: "earlier-member", id: "d.1", status: "failed" },
    ]);
    expect(blockersOf(all.get("d.10")!, all).map(({ kind }) => kind)).toEqual(["dependency"]);
    expect(driverOutcome({ id: "d" }, all)).toBe("failed");
  });

  test("a circle is found through drivers and members, a chain of ten thousand is none", () => {
    expect(findCycle(mapOf(simple("d", "type: driver"), simple("d.1", "depends_on: d")))).toEqual([
      "d",
      "d.1",
      "d",
    ]);
    const chain = new Map(
      Array.from({ length: 10_000 }, (_, i) => [
        `s${i}`,
        { id: `s${i}`, dependsOn: i === 0 ? [] : [`s${i - 1}`] },
      ]),
    );
    expect(findCycle(chain)).toBeUndefined();
  });

  test("linting tells what is wrong between files too", () => {
    const problems = lintSpecs(
      new Map([
        [
          ".chant/specs/first-spec-a.md",
          "---\ndepends_on: second-spec-b\n---\n# A\n\n## Acceptance Criteria\n\n- [ ] x\n",
        ],
        [".chant/specs/second-spec-b.md", "---\ndepends_on: [first-spec-a, gone]\n---\n# B\n"],
      ]),
    );
    expect(problems.map(({ path, code }) => [path.slice(-4), code])).toEqual(
      expect.arrayContaining([
        ["b.md", "no-criteria"],
        ["b.md", "unknown-dependency"],
      ]),
    );
    expect(problems.some(({ code }) => code === "cycle")).toBe(true);
  });
});
