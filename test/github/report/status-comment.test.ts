import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Ask, type Investigation, newInvestigation } from "../../../src/investigation/investigation.ts";
import { enter } from "../../../src/investigation/change.ts";
import { boundOutcome, OUTCOMES, outcomeSentence } from "../../../src/phases/outcome.ts";
import { readMarker } from "../../../src/github/report/marker.ts";
import { pullRequest } from "../../../src/github/report/pull-request.ts";
import { saysNothing } from "../../../src/github/report/status-comment.ts";
import { safeText } from "../../../src/text/safe-text.ts";
import {
  aboveFold,
  base,
  comprehension,
  core,
  done,
  impactMap,
  repository,
  rootCause,
  rules,
  running,
  status,
  withModel,
} from "./an-investigation.ts";

const ask = (text: string, answer: Ask["answer"], note?: string, more: Partial<Ask> = {}): Ask => ({
  comment: 3,
  text,
  by: { id: 1, login: "ada" },
  answer,
  ...(note === undefined ? {} : { note }),
  ...more,
});

describe("the status comment", () => {
  test("starts with the likely cause, its lines, how sure it is and what settles it", () => {
    expect(aboveFold(status(done, { rules: withModel }))).toMatchInlineSnapshot(`
     "### Likely cause: \`Store.set\` writes without a lock

     https://github.com/o/r/blob/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/src/store.py#L31-L35

     Not confirmed by a run. [Details and criteria: pull request 2](https://github.com/o/r/pull/2) · 3 phases, 20 s, no model

     **Next:** \`/casebook run reproduction\` writes and runs a failing test. \`/casebook at src/store.py:31-35\` confirms the place; another \`PATH:LINE\` corrects it."
    `);
  });

  test("folds phases, answers and commands", () => {
    const text = status({ ...done, asks: [ask("/casebook investigate", "finished")] });
    expect(text.slice(text.indexOf("<details")).split("| command |")[0]).toMatchInlineSnapshot(`
     "<details><summary>Phases and commands</summary>

     | phase | state | finding | criteria | time |
     | --- | --- | --- | --- | --- |
     | [comprehension](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-comprehension.md) | ● done | The issue is about \`a\\|b.ts\` | 1 of 1 met, 2 statements left out | 15 s |
     | [root-cause](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-root-cause.md) | ● done, criteria open |  | 1 of 2 met | 3 s |
     | [impact-map](https://github.com/o/r/blob/casebook/issue-42/.chant/research/issue-42-impact-map.md) | ● done | A fix would change 1 file | 1 of 1 met | 2 s |

     | request | by | answer |
     | --- | --- | --- |
     | \`/casebook investigate\` | \`ada\` | done |

     "
    `);
  });

  test("names no place where only wording speaks for one", () => {
    const lead = "No suspect stands out. Best guesses by wording: `a` (9 %).";
    const text = aboveFold(status({ ...done, phases: [comprehension, { ...rootCause, lead }, impactMap] }));
    expect(text).toMatch(
      /^### No suspect stands out\n\nBest guesses by wording: `a` \(9 %\)\. \[Details and criteria/,
    );
    expect(text).not.toContain("/blob/");
    expect(text).toContain("**Next:** `/casebook at PATH:LINE` names the place of the cause.");
  });

  test("says that a person confirmed the place", () => {
    const criteria = [
      { ...rootCause.criteria![1]!, result: "met" as const, evidence: "a person named the place" },
    ];
    const phases = [{ ...rootCause, lead: "A person named `Store.set` as the place.", criteria }];
    const text = aboveFold(status({ ...done, at: { path: "src/store.py", start: 31, end: 35 }, phases }));
    expect(text).toMatch(/^### A person named `Store\.set` as the place\n/);
    expect(text).toContain("Confirmed: a person named the place. [Details and criteria: pull request 2]");
    expect(text).not.toContain("confirms the place");
  });

  test("gives the nearest answer before the cause was looked for", () => {
    const text = aboveFold(status({ ...done, phases: [comprehension] }));
    expect(text).toMatch(/^### The issue is about `a\|b\.ts`\n/);
    expect(text).toContain("`/casebook run root-cause` looks for the cause");
  });

  test("says what runs, what is known so far and how to stop it", () => {
    const phases = [...core.phases.slice(0, 2), { type: "impact-map", status: "running" } as const];
    const text = status({ ...running, phases }, { step: "comparing the structure" });
    expect(aboveFold(text)).toMatchInlineSnapshot(`
     "### Researching: \`impact-map\`

     So far: Likely cause: \`Store.set\` writes without a lock.

     https://github.com/o/r/blob/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/src/store.py#L31-L35

     Not confirmed by a run. 2 phases, 18 s, no model

     Now: \`comparing the structure\`

     **Next:** \`/casebook cancel\` stops the run, \`/casebook pause\` holds it."
    `);
  });

  test.each([
    [
      { stage: "failed", reason: "The repository is larger than 2 GB." },
      "### Could not finish: The repository is larger than 2 GB\n",
    ],
    [
      {
        stage: "stopped",
        reason:
          "`bob` committed `abc1234` to the branch. Casebook wrote nothing over it; `/casebook resume` continues from there.",
      },
      "### Stopped: `bob` committed `abc1234` to the branch\n",
    ],
    [
      { stage: "paused", pausedBy: "person", reason: "`ada` paused it; `/casebook resume` continues." },
      "### Paused: `ada` paused it\n",
    ],
    [{ stage: "rejected", reason: "`ada` rejected it: `no`" }, "### Rejected: `ada` rejected it: `no`\n"],
    [{ stage: "cancelled" }, "### Cancelled\n"],
    [{ stage: "queued", run: { id: "1" } }, "### Queued: starts as soon as a worker is free\n"],
  ] as const)("%j says so first, then what is known", (state, heading) => {
    const text = status({ ...core, ...state });
    expect(text.startsWith(heading)).toBe(true);
    expect(text).toContain("So far: Likely cause: `Store.set` writes without a lock.");
  });

  test("says below the answer what waits for a person", () => {
    const reason = "`fix` waits for a person to approve it.";
    const text = aboveFold(status({ ...core, stage: "awaiting-approval", reason, wanted: ["fix"] }));
    expect(text).toMatch(/^### Likely cause: /);
    expect(text).toContain(`\n\n${reason}\n\n**Next:** \`/casebook approve\` starts \`fix\``);
  });

  test("shows the commands open to whoever asks for help", () => {
    const text = status({ ...newInvestigation(7, 42), help: true });
    expect(text).toMatch(/^### No research yet\n/);
    expect(text).toContain("<details open><summary>Commands</summary>");
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
    expect(text).toMatch(/^### Researching\n/);
  });

  test("claims no check before anything was read", () => {
    expect(status(newInvestigation(7, 42))).not.toContain("checked by machine");
    expect(status(running)).toContain("checked by machine");
  });

  test("without a branch it does not send readers to one", () => {
    const documents = new Map(Array.from({ length: 9 }, (_, i) => [`own-${i}`, "a b ".repeat(3_000)]));
    const text = status(running, { destination: "comment", documents });
    expect(text).toContain("too long for a comment");
    expect(text).not.toContain("The files on the branch");
    expect(text).not.toContain("/blob/casebook/");
  });

  test("without a branch it holds the documents, neutralised", () => {
    const documents = new Map([["root-cause", "# Root cause\n\n@ada fixes #1"]]);
    const text = status({ ...core, stage: "done" }, { destination: "comment", documents });
    expect(text).toContain("Details below");
    expect(text).toContain("<details><summary>root-cause</summary>");
    expect(text).toContain("`@ada` fixes `#1`");
  });
});

describe("the brief", () => {
  const folded = "<details><summary>Brief to paste for whoever fixes it</summary>";
  const brief = "# Brief for issue 42 at aaaa\n\nAnswer: `Store.set` (`src/store.py:31-35`)";

  test("is below the fold, as it is, in one block of code", () => {
    const text = status(done, { brief });
    expect(text).toContain(`${folded}\n\n\`\`\`text\n${brief}\n\`\`\`\n\n</details>`);
    expect(aboveFold(text)).toBe(aboveFold(status(done)));
    expect(status(done)).not.toContain("Brief to paste");
  });

  test("mentions, commands, drawings and closes nothing, whatever it holds", () => {
    const hostile =
      "@ada fixes #1\n```\n</details>\n/casebook cancel\n```mermaid\ngraph\n~~~\n![a](http://b)";
    const text = status(done, { brief: hostile });
    const code = text.slice(text.indexOf("````text\n") + 9, text.indexOf("\n````\n"));
    expect(code).toBe(hostile.replace("\n/casebook", "\n /casebook"));
    expect(safeText(text.slice(text.indexOf("````text"), text.indexOf("\n````\n") + 5))).toBe(
      text.slice(text.indexOf("````text"), text.indexOf("\n````\n") + 5),
    );
  });

  test("goes before the answer does where the comment is too long", () => {
    const text = status(done, { brief: "ü".repeat(40_000) });
    expect(text).not.toContain("Brief to paste");
    expect(text).toMatch(/^### Likely cause: /);
  });
});

describe("answers to commands", () => {
  const asks = [
    ask("/casebook at b.py:1", "confused", "There is no file `b.py` at `aaaaaaaaaaaa`."),
    ask("/casebook status", "finished"),
    ask("/casebook fix", "refused", "`fix` is off here."),
    ask("/casebook retry", "accepted"),
    ask("/casebook dance", "confused", "There is no such command.", { isReactionOnly: true }),
  ];

  test("show a mistake without a click, the newest first", () => {
    const lines = aboveFold(status({ ...done, asks })).split("\n");
    expect(lines.filter((line) => line.startsWith("- "))).toEqual([
      "- `/casebook fix` by `ada` was refused: `fix` is off here.",
      "- `/casebook at b.py:1` by `ada` was not done: There is no file `b.py` at `aaaaaaaaaaaa`.",
    ]);
  });

  test("are all below the fold, each with its own", () => {
    const lines = status({ ...done, asks }).split("\n");
    const start = lines.indexOf("| request | by | answer |") + 2;
    expect(lines.slice(start, start + 5)).toEqual([
      "| `/casebook retry` | `ada` | running |",
      "| `/casebook fix` | `ada` | refused: `fix` is off here. |",
      "| `/casebook status` | `ada` | done |",
      "| `/casebook at b.py:1` | `ada` | not done: There is no file `b.py` at `aaaaaaaaaaaa`. |",
      "",
    ]);
  });

  test("need no comment where only people without rights asked", () => {
    const idle = newInvestigation(7, 42);
    expect(saysNothing({ ...idle, asks: asks.slice(4) })).toBe(true);
    expect(saysNothing({ ...idle, asks })).toBe(false);
    expect(saysNothing({ ...done, asks: asks.slice(4) })).toBe(false);
  });
});

describe("an outcome", () => {
  const cost = { micros: 41_200, inputTokens: 30_000, outputTokens: 5_000, calls: 12, models: ["large"] };
  const questions = ["Which version, says @eve?", "Does `a.ts` fix #7?"];
  const held: Investigation<"needs-info"> = {
    ...core,
    stage: "needs-info",
    reason: "Information is missing: The version decides it.",
    endedBy: "comprehension",
    wanted: ["comprehension", "root-cause"],
    phases: [
      {
        ...comprehension,
        outcome: { kind: "needs-info", reason: "The version decides it.", questions },
        cost,
        researcher: "large",
      },
    ],
    spent: 82_400,
    budget: 2.5,
  };
  const ended = (outcome: NonNullable<typeof comprehension.outcome>, state: object): Investigation => ({
    ...held,
    reason: outcomeSentence(outcome),
    phases: [{ ...held.phases[0]!, outcome }],
    ...state,
  });

  test("says what is missing, what is asked and what an answer does", () => {
    expect(aboveFold(status(held))).toMatchInlineSnapshot(`
     "### Information is missing: The version decides it

     1 phase, 15 s, model \`large\`

     **To ask the reporter:**

     1. Which version, says \`@eve?\`
     2. Does \`a.ts\` fix \`#7?\`

     **Next:** When the reporter or a person with triage answers in a new comment, \`comprehension\` continues with it. \`/casebook retry\` continues without an answer."
    `);
  });

  test("says so when an answer starts nothing any more, or nobody with the right is known", () => {
    const often = aboveFold(status({ ...held, answers: { taken: 3, last: 9 } }));
    expect(often).toContain("Answer in a new comment, then comment `/casebook retry`.");
    const { startedBy: _startedBy, ...restored } = held;
    expect(aboveFold(status(restored))).toContain("Answer in a new comment, then comment `/casebook retry`.");
    const queued: Investigation = { ...held, stage: "queued", run: { id: "7-42-2" } } as never;
    expect(status(queued)).not.toContain("To ask the reporter");
  });

  test("lists several causes with what can be done", () => {
    const outcome = {
      kind: "several-causes",
      reason: "There are two.",
      parts: ["The cart", "The store"],
    } as const;
    const text = aboveFold(status(ended(outcome, { stage: "awaiting-choice", wanted: ["root-cause"] })));
    expect(text).toMatch(/^### Several distinct causes: There are two\n/);
    expect(text).toContain("**Causes:**\n\n1. The cart\n2. The store");
    expect(text).toContain("`/casebook run root-cause` researches all causes as one.");
  });

  test("that ends the research never looks like a failure", () => {
    const outcome = { kind: "not-a-bug", reason: "It is documented." } as const;
    const text = status(ended(outcome, { stage: "done", wanted: ["root-cause"] }));
    expect(text).toMatch(/^### Not a bug: It is documented\n/);
    expect(text).toContain("`/casebook retry` continues with `root-cause` all the same.");
    expect(aboveFold(text)).not.toMatch(/fail|✕/i);
  });

  test("a limit that ended a phase is in its row", () => {
    const phases = [{ ...comprehension, partial: "the limit of 40 steps was reached" }, rootCause];
    expect(status({ ...done, phases })).toContain(
      "| The limit of 40 steps was reached; this is what the run found until then. The issue is about `a\\|b.ts` |",
    );
  });

  test("money is shown against the least of the limits, and only where there is some", () => {
    expect(status(held)).toContain("cost \\$0.0824 of at most \\$2.50");
    expect(status(held, { cap: 1_500_000 })).toContain("cost \\$0.0824 of at most \\$1.50");
    for (const text of [status(running), status({ ...running, phases: [] })])
      expect(text).not.toMatch(/cost|\$/);
    expect(status({ ...running, budget: 2 })).toContain("may cost at most \\$2.00");
  });

  test("who researched is named, and what was asked for", () => {
    const second = { ...rootCause, researcher: "builtin" };
    const mixed = status({ ...done, model: "small", phases: [...held.phases, second] });
    expect(mixed).toContain("2 phases, 18 s, model `large`; root-cause without a model");
    expect(mixed).toContain("model asked for: `small`");
    expect(status(done)).toContain("3 phases, 20 s, no model");
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
      lead: text,
      cited: fc.array(fc.record({ path: text, start: fc.nat(9), end: fc.nat(9) }), { maxLength: 3 }),
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
    // A permalink is built here and not neutralised: it holds nothing but its address.
    const bare = /^https:\/\/github\.com\/o\/r\/blob\/[0-9a-f]{40}\/[\w%./~-]*#L\d+(?:-L\d+)?$/gm;
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        fc.constantFrom("needs-info", "awaiting-choice", "done", "failed" as const),
        (phases, stage) => {
          const why = { reason: outcomeSentence(phases[0]!.outcome), endedBy: phases[0]!.type };
          const state = stage === "failed" ? { stage, reason: why.reason } : { stage, ...why };
          const investigation = enter({ ...held, phases, model: "x" }, state);
          const { body: proposed } = pullRequest({
            investigation,
            issue: { number: 42, title: "x" },
            repository,
            rules,
            branch: "casebook/issue-42",
          });
          for (const shown of [status(investigation), proposed]) {
            expect(Buffer.byteLength(shown)).toBeLessThan(58_000);
            expect(readMarker(shown)).toBeUndefined();
            // Nothing is live in it: made safe again, folds aside, it stays as it is.
            const parts = shown.split(/<\/?details(?: open)?>(?:<summary>[^<]*<\/summary>)?/);
            for (const part of parts) {
              const own = part
                .replace(bare, "")
                .replace(/^Refs #42$/m, "")
                .trim();
              expect(safeText(own, { webUrl: repository.webUrl })).toBe(own);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("the address of the lines is at the commit that was read", () => {
    expect(status(done).split("\n")).toContain(`${repository.webUrl}/blob/${base}/src/store.py#L31-L35`);
    expect(status({ ...done, base: undefined } as never)).not.toContain("#L31");
  });
});
