import { describe, expect, test } from "@jest/globals";
import { factsOf } from "../../../src/phases/read-result.ts";
import { pullRequest } from "../../../src/github/report/pull-request.ts";
import {
  aboveFold,
  base,
  comprehension,
  done,
  impactMap,
  repository,
  rootCause,
  rules,
  withModel,
} from "./an-investigation.ts";

const input = {
  investigation: done,
  issue: { number: 42, title: "Crash in `a` fixes #7 @ada" },
  repository,
  rules,
  branch: "casebook/issue-42",
};

describe("the pull request", () => {
  test("starts with the answer and its places, then what is open and what closes it", () => {
    const { title, body } = pullRequest(input);
    expect(title).toBe("Research: #42 Crash in 'a' fixes `#7` `@ada` (documents only)");
    expect(aboveFold(body)).toMatchInlineSnapshot(`
     "**Likely cause: \`Store.set\` writes without a lock.** Not confirmed by a run.

     The likely cause is here:

     https://github.com/o/r/blob/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/src/store.py#L31-L35

     The impact map names \`src/store.py:37-44\`:

     https://github.com/o/r/blob/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/src/store.py#L37-L44

     Refs #42

     **Open:**

     - “The cause is confirmed” (root-cause) is open: no person named the place. \`/casebook at PATH:LINE\` closes it.

     3 of 4 criteria met. 2 statements failed the check and were left out.

     Documents: [\`issue-42-comprehension.md\`](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-comprehension.md), [\`issue-42-root-cause.md\`](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-root-cause.md), [\`issue-42-impact-map.md\`](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-impact-map.md)

     **Next:** \`/casebook at src/store.py:31-35\` confirms the place; another \`PATH:LINE\` corrects it. Merging keeps the documents and ends the investigation."
    `);
  });

  test("folds all criteria, each with how it was decided, and ends with what to do", () => {
    const { body } = pullRequest(input);
    expect(body.slice(body.indexOf("<details"))).toMatchInlineSnapshot(`
     "<details><summary>All criteria</summary>

     | phase | criterion | result | how we know |
     | --- | --- | --- | --- |
     | root-cause | The cause is confirmed | ❔ open | no person named the place |
     | comprehension | Every reference resolves | ✅ met | checked by machine: 3 looked up |
     | root-cause | Every reference resolves | ✅ met | checked by machine: 3 looked up |
     | impact-map | Every reference resolves | ✅ met | checked by machine: 3 looked up |

     </details>

     *base commit [\`aaaaaaaaaaaa\`](https://github.com/o/r/tree/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) · branch \`casebook/issue-42\` · no model · every reference checked by machine*"
    `);
  });

  test("says for each open criterion who closes it", () => {
    const open = (
      type: string,
      how: "machine" | "run" | "model" | "human",
      result: "unmet" | "undecided",
    ) => ({
      type,
      status: "needs_attention" as const,
      criteria: [{ text: `C-${type}`, result, how, evidence: "nothing yet" }],
    });
    const phases = [
      open("root-cause", "human", "undecided"),
      open("comprehension", "model", "undecided"),
      open("reproduction", "run", "undecided"),
      open("impact-map", "machine", "unmet"),
      open("own", "human", "undecided"),
    ];
    const lines = (models: typeof rules): readonly string[] =>
      pullRequest({ ...input, rules: models, investigation: { ...done, phases } })
        .body.split("\n")
        .filter((line) => line.startsWith("- “C-"))
        .map((line) => line.replace(/^.*nothing yet\. /, ""));
    expect(lines(withModel)).toEqual([
      "`/casebook at PATH:LINE` closes it.",
      "`/casebook retry comprehension` asks a model again.",
      "`/casebook run reproduction` closes it.",
      "`/casebook retry impact-map` runs the phase again.",
      "A person closes it in the review.",
    ]);
    expect(lines(rules).slice(1, 3)).toEqual([
      "A run with a model closes it.",
      "A run of the code closes it, and Casebook runs none here.",
    ]);
  });

  test("of a model says how it ended, what cut it short, what is asked and what it cost", () => {
    const cost = { micros: 41_200, inputTokens: 30_000, outputTokens: 5_000, calls: 12, models: ["large"] };
    const outcome = {
      kind: "duplicate",
      reason: "Both lose the last value.",
      of: "17",
      questions: ["Sure?"],
    } as const;
    const partial = "the budget of this phase is spent";
    const { body } = pullRequest({
      ...input,
      cap: 3_000_000,
      investigation: {
        ...done,
        reason: "Duplicate.",
        endedBy: "comprehension",
        wanted: ["root-cause"],
        spent: 41_200,
        phases: [{ ...comprehension, outcome, partial, cost, researcher: "large" }],
      },
    });
    expect(body.slice(0, body.indexOf("\n\nRefs"))).toMatchInlineSnapshot(`
     "**Duplicate of \`#17\`: Both lose the last value.**

     comprehension: The budget of this phase is spent; this is what the run found until then."
    `);
    expect(body).toContain("**To ask the reporter:**\n\n1. Sure?");
    expect(body).toContain("**Next:** `/casebook retry` continues with `root-cause` all the same.");
    expect(body).toContain("| comprehension | `large` | \\$0.0412, 12 calls | 30000 | 5000 |");
    expect(body).toContain("model `large` · cost \\$0.0412 of at most \\$3.00 · every reference");
  });

  test("of one phase is called by it, and of a change of code as tools that count versions expect", () => {
    expect(pullRequest({ ...input, phase: "root-cause" }).title).toMatch(
      /^Research: #42 .* \(root-cause only\)$/,
    );
    const fix = {
      type: "fix",
      status: "completed" as const,
      lead: "The test passes.",
      criteria: [{ text: "The fix works", result: "met", how: "run", evidence: "3 runs" } as const],
    };
    const { title, body } = pullRequest({ ...input, investigation: { ...done, phases: [rootCause, fix] } });
    expect(title).toBe("fix: #42 Crash in 'a' fixes `#7` `@ada`");
    expect(body).toContain("Review the change and its test in pull request 2, mark it ready and merge it.");
  });

  test("links the lines, whatever the path is made of", () => {
    const paths = ["app/[id]/(g)/page.ts", "a|b.ts", "o'k.ts", "a(.ts", "ü b.ts", "x\ud800.ts"];
    const linked = paths.map((path) => {
      const phases = [{ ...rootCause, cited: [{ path, start: 3, end: 3 }] }];
      const { body } = pullRequest({ ...input, investigation: { ...done, phases } });
      return body.split("\n").find((line) => line.startsWith(`${repository.webUrl}/blob/${base}`));
    });
    expect(linked.map((link) => link?.slice(`${repository.webUrl}/blob/${base}`.length))).toEqual([
      "/app/%5Bid%5D/%28g%29/page.ts#L3",
      "/a%7Cb.ts#L3",
      "/o%27k.ts#L3",
      "/a%28.ts#L3",
      "/%C3%BC%20b.ts#L3",
      "/x%EF%BF%BD.ts#L3",
    ]);
  });

  test("shows three places at most, none inside another", () => {
    const cited = Array.from({ length: 9 }, (_, i) => ({ path: "b.py", start: i + 1, end: i + 1 }));
    const phases = [rootCause, { ...impactMap, cited: [...impactMap.cited!, ...cited] }];
    const { body } = pullRequest({ ...input, investigation: { ...done, phases } });
    const shown = body.split("\n").filter((line) => line.startsWith(`${repository.webUrl}/blob/${base}`));
    expect(shown.map((line) => line.slice(line.lastIndexOf("/") + 1))).toEqual([
      "store.py#L31-L35",
      "store.py#L37-L44",
      "b.py#L1",
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
      investigation: { ...done, phases },
    });
    expect(title).toMatch(/^Research: #42 [^@]* \(documents only\)$/);
    expect(title.length).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(body)).toBeLessThan(58_000);
    expect(body).toContain("\nRefs #42\n");
  });

  test("refers to its issue and closes nothing", () => {
    const { body } = pullRequest(input);
    expect(body).toContain("\nRefs #42\n");
    expect(body).not.toMatch(/\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?) #\d/i);
  });

  test("stays below what GitHub takes with thousands of references and criteria", () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `- x (\`src/file-${i}.ts:${i + 1}\`)`).join("\n");
    const criteria = Array.from({ length: 900 }, (_, i) => ({
      ...rootCause.criteria![i % 2]!,
      text: `criterion ${i} ${"x".repeat(100)}`,
    }));
    const phases = [{ ...rootCause, ...factsOf(lines), criteria }];
    const { body } = pullRequest({ ...input, investigation: { ...done, phases } });
    expect(Buffer.byteLength(body)).toBeLessThan(58_000);
    expect(body).toContain("Refs #42");
    expect(body).toContain("- 430 more are in the specs.");
  });
});
