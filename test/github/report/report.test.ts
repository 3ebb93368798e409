import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Core, newInvestigation, type Investigation } from "../../../src/investigation/investigation.ts";
import { enter } from "../../../src/investigation/change.ts";
import type { Rules } from "../../../src/investigation/event.ts";
import { boundOutcome, OUTCOMES, outcomeSentence } from "../../../src/phases/outcome.ts";
import { factsOf } from "../../../src/phases/read-result.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { checkContent } from "../../../src/github/report/check-content.ts";
import { configurationIssue } from "../../../src/github/report/configuration-issue.ts";
import { readMarker, withMarker } from "../../../src/github/report/marker.ts";
import { pullRequest } from "../../../src/github/report/pull-request.ts";
import { reactionOf } from "../../../src/investigation/asks.ts";
import { safeText } from "../../../src/text/safe-text.ts";
import { statusComment } from "../../../src/github/report/status-comment.ts";

const repository = { webUrl: "https://github.com/o/r" };
const base = "a".repeat(40);
const rules: Rules = {
  phases: ["comprehension", "root-cause"],
  known: PHASES.map(({ type, dependsOn, needs }) => ({ type, dependsOn, needsModel: needs === "model" })),
  gates: new Set(["fix"]),
  perPhase: false,
  start: "write",
  models: [],
};
const core: Core = {
  ...newInvestigation(7, 42),
  wanted: ["root-cause"],
  base,
  runs: 1,
  phases: [
    {
      type: "comprehension",
      status: "completed",
      startedAt: "2026-02-28T23:59:50Z",
      endedAt: "2026-03-01T00:00:05Z",
      lead: "Hypothesis: The issue is about `a|b.ts`.",
      cited: [{ path: "src/a.ts", start: 3, end: 9 }],
      unknowns: ["whether it is so"],
      files: [".chant/research/issue-42-comprehension.md"],
      criteria: [
        {
          text: "Every reference resolves",
          result: "met",
          how: "machine",
          evidence: "3 references looked up",
        },
        {
          text: "The cause is confirmed",
          result: "undecided",
          how: "human",
          evidence: "no person named the place",
        },
      ],
      dropped: 2,
    },
    { type: "root-cause", status: "running", startedAt: "2026-03-01T00:00:06Z" },
  ],
};
const running: Investigation<"running"> = { ...core, stage: "running", run: { id: "7-42-1" } };
const status = (investigation: Investigation, step?: string): string =>
  statusComment({
    investigation,
    repository,
    rules,
    destination: "pull-request",
    documents: new Map([["comprehension", "# x"]]),
    ...(step === undefined ? {} : { step }),
  });

describe("the status comment", () => {
  test("says how far it is, what was found, what is being done, and what can be done", () => {
    expect(status(running, "comparing the structure").split("<details>")[0]).toMatchInlineSnapshot(`
     "**Casebook · Researching**

     | phase | state | finding | checks | time |
     | --- | --- | --- | --- | --- |
     | [comprehension](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-comprehension.md) | ● done | Hypothesis: The issue is about \`a\\|b.ts\`. | 1 of 2 met, 2 statements dropped | 15 s |
     | root-cause | ◐ running |  |  |  |

     Now: \`comparing the structure\`

     Nothing to do; this comment follows. \`/casebook cancel\` stops it, \`/casebook pause\` halts it.

     "
    `);
  });

  test("says why nothing happens and who can change it", () => {
    const refused: Investigation = {
      ...newInvestigation(7, 42),
      asks: [
        {
          comment: 3,
          text: "/casebook investigate",
          by: { id: 9, login: "eve" },
          answer: "refused",
          note: "`investigate` needs write; `eve` has read.",
        },
      ],
    };
    const text = status(refused);
    expect(text).toContain("**Casebook · Nothing is under way**");
    expect(text).toContain(
      "- `/casebook investigate` by `eve` was refused: `investigate` needs write; `eve` has read.",
    );
  });

  test("the same state gives the same text", () => {
    expect(status(running)).toBe(status(structuredClone(running)));
  });

  test("stays below what GitHub takes, whatever is in it, and is never cut inside its markup", () => {
    const phases = Array.from({ length: 60 }, (_, i) => ({
      type: `own-${i}`,
      status: "completed" as const,
      lead: "ü".repeat(3_000),
    }));
    const text = status({ ...running, phases });
    expect(Buffer.byteLength(text)).toBeLessThan(58_000);
    expect(text).toContain("was left out here");
    expect(text).toContain("**Casebook · Researching**");
  });

  test("claims no check before anything was read", () => {
    expect(status(newInvestigation(7, 42))).not.toContain("checked by machine");
    expect(status(running)).toContain("checked by machine");
  });

  test("without a branch it does not send readers to one", () => {
    const text = statusComment({
      investigation: running,
      repository,
      rules,
      destination: "comment",
      documents: new Map(Array.from({ length: 9 }, (_, i) => [`own-${i}`, "a b ".repeat(3_000)])),
    });
    expect(text).toContain("left out");
    expect(text).not.toContain("branch");
  });

  test("without a branch the documents stand in the thread, neutralised", () => {
    const text = statusComment({
      investigation: running,
      repository,
      rules,
      destination: "comment",
      documents: new Map([["root-cause", "# Root cause\n\n@ada fixes #1"]]),
    });
    expect(text).toContain("<details><summary>root-cause</summary>");
    expect(text).toContain("`@ada` fixes `#1`");
  });
});

describe("the status comment of what a model worked", () => {
  const cost = { micros: 41_200, inputTokens: 30_000, outputTokens: 5_000, calls: 12, models: ["large"] };
  const held: Investigation<"needs-info"> = {
    ...core,
    stage: "needs-info",
    reason: "Information is missing: The version decides it.",
    endedBy: "comprehension",
    startedBy: { id: 1, login: "ada" },
    wanted: ["comprehension", "root-cause"],
    phases: [
      {
        ...running.phases[0]!,
        outcome: {
          kind: "needs-info",
          reason: "The version decides it.",
          questions: ["Which version, says @eve?", "Does `a.ts` fix #7?"],
        },
        cost,
        researcher: "large",
      },
    ],
    spent: 82_400,
    budget: 2.5,
  };

  test("says the outcome first, then what is asked and what an answer does", () => {
    expect(status(held).split("<details>")[0]).toMatchInlineSnapshot(`
     "**Casebook · Waiting for an answer** – Information is missing: The version decides it.

     ### Questions for the reporter

     When whoever opened this issue, or anyone with triage, answers in a new comment, \`comprehension\` goes on by itself with the answer.

     1. Which version, says \`@eve?\`
     2. Does \`a.ts\` fix \`#7?\`

     | phase | state | finding | checks | time | cost |
     | --- | --- | --- | --- | --- | --- |
     | [comprehension](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-comprehension.md) | ● done | Information is missing: The version decides it. | 1 of 2 met, 2 statements dropped | 15 s | \\$0.0412, 12 calls, \`large\` |
     | root-cause | ○ waits |  |  |  |  |

     \`/casebook retry\` works it again without an answer, \`/casebook skip PHASE\` leaves out the phase that asked, \`/casebook cancel\` ends it.

     "
    `);
  });

  test("says so when an answer starts nothing any more, or nobody with the right is known", () => {
    expect(status(held)).toContain("`comprehension` goes on by itself with the answer");
    const often = status({ ...held, answers: { taken: 3, last: 9 } });
    expect(often).toContain("3 answers did not settle it, so a further one starts nothing by itself");
    const { startedBy: _startedBy, ...restored } = held;
    expect(status(restored)).toContain("an answer alone starts nothing");
    // What was asked once is not asked any more while the work goes on.
    expect(status({ ...core, stage: "queued", run: { id: "7-42-2" } })).not.toContain("### Questions");
  });

  test("lists several causes with what can be done, as long as something waits for it", () => {
    const split: Investigation<"awaiting-choice"> = {
      ...held,
      stage: "awaiting-choice",
      reason: "Several distinct causes: There are two.",
      wanted: ["root-cause"],
      phases: [
        {
          ...held.phases[0]!,
          outcome: { kind: "several-causes", reason: "There are two.", parts: ["The cart", "The store"] },
        },
      ],
    };
    expect(status(split)).toContain(
      [
        "### Several causes",
        "",
        "Each of them may have a cause of its own. An issue for each keeps the research apart; `/casebook run root-cause` goes on with all of them in one.",
        "",
        "1. The cart",
        "2. The store",
      ].join("\n"),
    );
    expect(status({ ...split, stage: "awaiting-merge" })).toContain("; merging the pull request goes on");
    expect(status({ ...split, stage: "done", wanted: [] })).toContain(
      "An issue for each keeps the research apart.",
    );
  });

  test("an outcome that ends the work never looks like a failure", () => {
    const text = status({
      ...held,
      stage: "done",
      reason: "Not a bug: It is documented.",
      wanted: ["root-cause"],
      phases: [
        {
          ...held.phases[0]!,
          status: "failed",
          outcome: { kind: "not-a-bug", reason: "It is documented." },
        },
      ],
    });
    expect(text).toMatch(/^\*\*Casebook · Done\*\* – Not a bug: It is documented\./);
    expect(text).toContain("● done, not all checks hold");
    expect(text).toContain("`/casebook retry` goes on all the same, with `root-cause`.");
    expect(text.split("<details>")[0]).not.toMatch(/fail|✕/i);
  });

  test("a limit that ended a phase is said before what was found", () => {
    const text = status({
      ...held,
      phases: [{ ...running.phases[0]!, partial: "the limit of 40 steps was reached" }],
    });
    expect(text).toContain(
      "| The limit of 40 steps was reached: what follows is what was found until then. Hypothesis: The issue is about",
    );
  });

  test("money is shown against the least of the limits, and only where there is some", () => {
    expect(status(held)).toContain("cost \\$0.0824 of at most \\$2.50");
    const capped = statusComment({
      investigation: held,
      repository,
      rules,
      destination: "pull-request",
      documents: new Map(),
      cap: 1_500_000,
    });
    expect(capped).toContain("cost \\$0.0824 of at most \\$1.50");
    const { spent: _spent, budget: _budget, ...free } = running;
    for (const text of [status(free), status({ ...free, phases: [] })]) expect(text).not.toMatch(/cost|\$/);
    expect(status({ ...free, budget: 2 })).toContain("may cost at most \\$2.00");
  });

  test("who researched is named, and what was asked for", () => {
    const mixed: Investigation = {
      ...held,
      model: "small",
      phases: [...held.phases, { type: "root-cause", status: "completed", researcher: "builtin" }],
    };
    expect(status(mixed)).toContain(
      "researched with `large`; root-cause without a model · asked for: `small`",
    );
    expect(status(mixed)).not.toContain("no model");
    expect(status(running)).toContain("every reference checked by machine, no model");
  });

  test("stays below what GitHub takes and does nothing on its page, whatever a model said", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 900 }),
      fc.constantFrom(
        "@ada fixes #7 ".repeat(40),
        "/casebook approve\n/casebook retry",
        "<!-- casebook:4711:status:42 -->",
        "| a | b |\n| --- | --- |",
        "```\n# x\n",
        "1. [x](https://example.com) ![y](https://example.com/z.png)",
        "ü".repeat(900),
      ),
    );
    const record = fc.record({
      type: fc.constantFrom("comprehension", "root-cause", "own"),
      status: fc.constantFrom("completed", "failed", "needs_attention" as const),
      outcome: fc
        .record({
          kind: fc.constantFrom(...OUTCOMES),
          reason: text,
          questions: fc.array(text, { maxLength: 12 }),
          of: text,
          parts: fc.array(text, { maxLength: 12 }),
        })
        .map(boundOutcome),
      cost: fc.record({
        micros: fc.nat(),
        inputTokens: fc.nat(),
        outputTokens: fc.nat(),
        calls: fc.nat(),
        models: fc.array(text, { maxLength: 4 }),
      }),
      researcher: text,
      partial: text,
    });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.constantFrom("needs-info", "awaiting-choice", "done" as const),
        (phases, stage) => {
          const why = { reason: outcomeSentence(phases[0]!.outcome), endedBy: phases[0]!.type };
          const investigation = enter({ ...held, phases, model: "x" }, { stage, ...why });
          const body = status(investigation);
          const { body: proposed } = pullRequest({
            investigation,
            issue: { number: 42, title: "x" },
            repository,
            rules,
            branch: "casebook/issue-42",
          });
          for (const shown of [body, proposed]) {
            expect(Buffer.byteLength(shown)).toBeLessThan(58_000);
            expect(readMarker(shown)).toBeUndefined();
            // Nothing is live in it: made safe again, folds aside, it stays as it is.
            const parts = shown.split(/<\/?details(?: open)?>(?:<summary>[^<]*<\/summary>)?/);
            for (const part of parts)
              expect(safeText(part.trim().replace(/^Refs #42$/m, ""), { webUrl: repository.webUrl })).toBe(
                part.trim().replace(/^Refs #42$/m, ""),
              );
          }
          expect(body).toMatch(/^\*\*Casebook · /);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("the pull request", () => {
  const input = {
    investigation: { ...core, stage: "done" } as const,
    issue: { number: 42, title: "Crash in `a` fixes #7 @ada" },
    repository,
    rules,
    branch: "casebook/issue-42",
  };

  test("holds finding, criteria with how each was decided, evidence at the base commit, and open questions", () => {
    const { title, body } = pullRequest(input);
    expect(title).toBe("docs(casebook): #42 – Crash in 'a' fixes `#7` `@ada`");
    expect(body).toMatchInlineSnapshot(`
     "## Finding

     Hypothesis: The issue is about \`a|b.ts\`.

     Refs #42

     ## Acceptance criteria

     1 of 2 criteria met; 2 statements failed the check and were left out.

     | phase | criterion | result | how it was decided |
     | --- | --- | --- | --- |
     | comprehension | The cause is confirmed | ❔ open | open: no person named the place |

     <details><summary>What is met and how it was decided</summary>

     | phase | criterion | result | how it was decided |
     | --- | --- | --- | --- |
     | comprehension | Every reference resolves | ✅ met | checked by machine: 3 references looked up |

     </details>

     ## Evidence

     | lines at the base commit | cited in |
     | --- | --- |
     | [\`src/a.ts:3-9\`](https://github.com/o/r/blob/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/src/a.ts#L3-L9) | comprehension |

     ## Open questions

     - comprehension: The cause is confirmed – no person named the place
     - comprehension: not known: whether it is so

     ## What to comment next

     - \`/casebook at PATH:LINE-LINE\` says where the cause is; root cause and impact map follow.
     - \`/casebook refresh\` reads the newest commit, \`/casebook retry\` works again what failed.
     - Merging keeps the documents and ends the investigation. Closing means no, until \`/casebook retry\`.

     ## Documents

     - [\`.chant/research/issue-42-comprehension.md\`](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-comprehension.md)

     *base commit [\`aaaaaaaaaaaa\`](https://github.com/o/r/tree/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) · branch \`casebook/issue-42\` · run \`7-42-1\` · built-in researcher, no model, no cost · every reference was checked by machine at the base commit*"
    `);
  });

  test("of a model says how it ended, what cut it short, what is asked, who researched and what it cost", () => {
    const cost = { micros: 41_200, inputTokens: 30_000, outputTokens: 5_000, calls: 12, models: ["large"] };
    const { body } = pullRequest({
      ...input,
      cap: 3_000_000,
      investigation: {
        ...input.investigation,
        reason: "Duplicate.",
        endedBy: "comprehension",
        wanted: ["root-cause"],
        spent: 41_200,
        phases: [
          {
            ...running.phases[0]!,
            outcome: {
              kind: "duplicate",
              reason: "Both lose the last value.",
              of: "17",
              questions: ["Sure?"],
            },
            partial: "the budget of this phase is spent",
            cost,
            researcher: "large",
          },
        ],
      },
    });
    expect(body.slice(0, body.indexOf("\n\nRefs"))).toMatchInlineSnapshot(`
     "## Finding

     **comprehension**: Duplicate of \`#17\`: Both lose the last value.

     **comprehension**: The budget of this phase is spent: what follows is what was found until then.

     Hypothesis: The issue is about \`a|b.ts\`."
    `);
    expect(body).toContain("- comprehension asks the reporter: Sure?");
    expect(body).toContain("- `/casebook retry` goes on all the same, with `root-cause`.");
    expect(body).toContain("| comprehension | `large` | \\$0.0412, 12 calls | 30000 | 5000 |");
    expect(body).toContain("researched with `large` · cost \\$0.0412 of at most \\$3.00 · every reference");
  });

  test("names and links the lines, whatever the path is made of", () => {
    const paths = ["app/[id]/(g)/page.ts", "a|b.ts", "o'k.ts", "a(.ts", "ü b.ts", "x\ud800.ts"];
    const text = paths.map((path) => `- x (\`${path}:3\`)`).join("\n");
    const phases = [{ type: "root-cause", status: "completed", ...factsOf(text) } as const];
    const { body } = pullRequest({ ...input, investigation: { ...input.investigation, phases } });
    const rows = body.split("\n").filter((line) => line.startsWith("| ["));
    expect(rows.map((row) => row.replaceAll(`${repository.webUrl}/blob/${base}`, ""))).toEqual([
      "| [`app/[id]/(g)/page.ts:3`](/app/%5Bid%5D/%28g%29/page.ts#L3) | root-cause |",
      "| [`a\\|b.ts:3`](/a%7Cb.ts#L3) | root-cause |",
      "| [`o'k.ts:3`](/o%27k.ts#L3) | root-cause |",
      "| [`a(.ts:3`](/a%28.ts#L3) | root-cause |",
      "| [`ü b.ts:3`](/%C3%BC%20b.ts#L3) | root-cause |",
      "| [`x\ufffd.ts:3`](/x%EF%BF%BD.ts#L3) | root-cause |",
    ]);
  });

  test("keeps the issue's number in the title and the reference in the body, however much there is", () => {
    const phases = Array.from({ length: 60 }, (_, i) => ({
      type: `own-${i}`,
      status: "completed" as const,
      lead: "ü".repeat(900),
    }));
    const { title, body } = pullRequest({
      ...input,
      issue: { number: 42, title: "@a ".repeat(70) },
      investigation: { ...input.investigation, phases },
    });
    expect(title).toMatch(/^docs\(casebook\): #42 – [^@]*$/);
    expect(Buffer.byteLength(body)).toBeLessThan(58_000);
    expect(body).toContain("\nRefs #42\n");
  });

  test("refers to its issue and closes nothing", () => {
    const { body } = pullRequest(input);
    expect(body).toContain("\nRefs #42\n");
    expect(body).not.toMatch(/\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?) #\d/i);
  });

  test("stays below what GitHub takes with thousands of references", () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `- x (\`src/file-${i}.ts:${i + 1}\`)`).join("\n");
    const phases = [
      {
        ...running.phases[0]!,
        ...factsOf(lines),
        criteria: Array.from({ length: 900 }, (_, i) => ({
          ...running.phases[0]!.criteria![0]!,
          text: `criterion ${i} ${"x".repeat(100)}`,
        })),
      },
    ];
    const { body } = pullRequest({ ...input, investigation: { ...input.investigation, phases } });
    expect(Buffer.byteLength(body)).toBeLessThan(58_000);
    expect(body).toContain("Refs #42");
  });
});

describe("markers", () => {
  test("are read back from the last line only", () => {
    const marker = { appId: 4711, kind: "status", subject: "42" };
    expect(readMarker(withMarker(safeText("x"), marker))).toEqual(marker);
    expect(readMarker(`${withMarker(safeText("x"), marker)}\n\nmore`)).toBeUndefined();
    expect(readMarker("<!-- casebook:1:status:2 -->\r\n")).toEqual({
      appId: 1,
      kind: "status",
      subject: "2",
    });
  });

  test("cannot be brought in by text", () => {
    expect(readMarker(safeText("<!-- casebook:4711:status:42 -->"))).toBeUndefined();
  });
});

test.each([
  [["accepted"], "eyes"],
  [["finished"], "rocket"],
  [["finished", "accepted"], "eyes"],
  [["finished", "confused"], "confused"],
  [["confused", "refused", "accepted"], "-1"],
  [[], undefined],
] as const)("a comment whose requests are %j carries %s", (answers, reaction) => {
  expect(reactionOf(answers.map((answer) => ({ answer })))).toBe(reaction);
});

describe("the check", () => {
  test("is neutral with a line for each reference that does not hold, and never fails a build", () => {
    const report = {
      checked: { lines: 2, quote: 1 },
      problems: [{ line: 4, kind: "lines", message: "`a.ts:9`: the file has 3 lines, says @ada" }],
    };
    const content = checkContent({ documents: [{ path: ".chant/research/issue-1-x.md", report }] });
    expect(content).toMatchObject({
      conclusion: "neutral",
      title: "1 of 3 references do not hold",
      annotations: [
        {
          path: ".chant/research/issue-1-x.md",
          line: 4,
          level: "warning",
          message: "`a.ts:9`: the file has 3 lines, says `@ada`",
        },
      ],
    });
  });

  test("stays below what GitHub takes, whatever the paths", () => {
    const documents = Array.from({ length: 150 }, (_, i) => ({
      path: `${"|`x".repeat(1_000)}${i}.md`,
      report: { checked: { lines: 1 }, problems: [] },
    }));
    expect(checkContent({ documents }).summary.length).toBeLessThan(65_535);
  });

  test("without a reference nothing was verified, so nothing is a success", () => {
    expect(checkContent({ documents: [] }).conclusion).toBe("neutral");
    expect(
      checkContent({ documents: [{ path: "x", report: { checked: {}, problems: [] } }] }).conclusion,
    ).toBe("neutral");
  });
});

test("a wrong configuration is said with its lines, its words shown as code", () => {
  const { title, body } = configurationIssue([{ line: 2, message: "Expected a key; found `@ada|x`." }]);
  expect(title).toBe("Casebook: the configuration has mistakes");
  expect(body).toContain("| 2 | Expected a key; found `@ada\\|x`. |");
});
