import { describe, expect, test } from "@jest/globals";
import { newInvestigation, type Investigation } from "../../../src/domain/investigation/investigation.ts";
import type { Rules } from "../../../src/domain/investigation/event.ts";
import { PHASES } from "../../../src/domain/phase/catalogue.ts";
import { checkContent } from "../../../src/domain/report/check-content.ts";
import { configurationIssue } from "../../../src/domain/report/configuration-issue.ts";
import { readMarker, withMarker } from "../../../src/domain/report/marker.ts";
import { pullRequest } from "../../../src/domain/report/pull-request.ts";
import { reactionOf } from "../../../src/domain/report/reaction-of.ts";
import { safeText } from "../../../src/domain/report/safe-text.ts";
import { statusComment } from "../../../src/domain/report/status-comment.ts";

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
const running: Investigation = {
  ...newInvestigation(7, 42),
  stage: "running",
  wanted: ["root-cause"],
  base,
  run: { id: "7-42-1" },
  runs: 1,
  phases: [
    {
      type: "comprehension",
      status: "completed",
      startedAt: "2026-02-28T23:59:50Z",
      endedAt: "2026-03-01T00:00:05Z",
      lead: "Hypothesis: The issue is about `a|b.ts`.",
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

describe("the pull request", () => {
  const files = new Map([
    [
      ".chant/research/issue-42-comprehension.md",
      `# Comprehension\n\nBase commit: \`${base}\`\n\n**x** (\`src/a.ts:3-9\`)\n\n- Not known: whether it is so\n`,
    ],
  ]);
  const input = {
    investigation: { ...running, stage: "done" as const },
    issue: { number: 42, title: "Crash in `a` fixes #7 @ada" },
    repository,
    rules,
    branch: "casebook/issue-42",
    files,
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

  test("names and links the lines, whatever the path is made of", () => {
    const paths = ["app/[id]/(g)/page.ts", "a|b.ts", "o'k.ts", "a(.ts", "ü b.ts", "x\ud800.ts"];
    const text = paths.map((path) => `- x (\`${path}:3\`)`).join("\n");
    const body = pullRequest({
      ...input,
      files: new Map([[".chant/research/issue-42-root-cause.md", text]]),
    }).body;
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
    const big = new Map([[".chant/research/issue-42-root-cause.md", lines]]);
    const phases = [
      {
        ...running.phases[0]!,
        criteria: Array.from({ length: 900 }, (_, i) => ({
          ...running.phases[0]!.criteria![0]!,
          text: `criterion ${i} ${"x".repeat(100)}`,
        })),
      },
    ];
    const { body } = pullRequest({ ...input, files: big, investigation: { ...input.investigation, phases } });
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
