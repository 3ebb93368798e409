import { describe, expect, test } from "@jest/globals";
import { checkWhole } from "../../../src/claims/check-claims.ts";
import { repositorySource } from "../../../src/documents/repository-source.ts";
import type { Entry } from "../../../src/llm/transcript.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { exampleIssue, researchIn } from "../research-in.ts";
import { phasesIn, type Says } from "./phase-in.ts";

const STORE = "src/storage/store.py";
const CAUSE = { path: STORE, start: 33, end: 33, quote: "data = self._read_data()" };
const OTHER = { path: STORE, start: 34, end: 34, quote: "data[key] = value" };
const ROOT_CAUSE = ".chant/research/issue-42-root-cause.md";
const MAP = ".chant/research/issue-42-impact-map.md";
const PHASES = ["root-cause", "impact-map"];
/** The sentence of the cause as the page shows it. */
const SUSPECTED = "A model suspects Store.set";
const WITHDRAWS = { path: "issue-42-root-cause.md", quote: SUSPECTED, start: 33, against: [1] };

/** A root cause with a place, and an impact map that hands in lines and takes something back. */
function withdrawing(withdraw: object | undefined, verdict?: string): Says {
  return (conversation, step) => {
    if (conversation.includes("judge"))
      return { text: JSON.stringify({ verdicts: [{ sentence: 1, verdict: verdict ?? "contradicts" }] }) };
    const claims =
      conversation === "root-cause"
        ? [
            { type: "hypothesis", ...CAUSE },
            { type: "hypothesis", ...OTHER },
            { type: "option", edits: [{ path: STORE, old: "import json\n", new: "import json as json\n" }] },
          ]
        : [
            { type: "code", section: "risks", ...OTHER },
            ...(withdraw === undefined ? [] : [{ type: "withdraw", ...withdraw }]),
          ];
    return {
      calls: [
        step === 0
          ? { name: "submit", arguments: { claims } }
          : {
              name: "finish",
              arguments: conversation === "root-cause" ? { cause: [CAUSE] } : {},
            },
      ],
    };
  };
}

const struck = (text: string | undefined): readonly string[] =>
  (text ?? "").split("\n").filter((line) => line.startsWith("- ") && line.includes("~~"));

describe("a later phase takes back a conclusion of an earlier one", () => {
  test("which stays readable, struck out, in a document that still checks", async () => {
    using folder = exampleRepository("issue-42");
    const { files } = await phasesIn({
      says: withdrawing(WITHDRAWS),
      phases: PHASES,
      path: folder.path,
    });
    const text = files.get(ROOT_CAUSE)!;
    expect(struck(text)).toEqual([
      expect.stringMatching(
        /^- ~~A model suspects `Store\.set`.*~~ \*\*Withdrawn\*\* by a model in the phase `Impact map`\. \(/,
      ),
      // The hypothesis at the same place says the same.
      expect.stringContaining("~~A model suspects `Store.set`"),
    ]);
    expect(struck(files.get(MAP))).toEqual([
      expect.stringMatching(/^- Model: Withdrawn from `issue-42-root-cause\.md`: ~~A model suspects.*34/),
    ]);
    await using research = await researchIn(folder.path, exampleIssue());
    using repository = await openRepository(folder.path);
    const source = await repositorySource(
      repository,
      await repository.resolve("HEAD"),
      async () => research.context.codebase,
      research.context.issue.text,
    );
    for (const document of [text, files.get(MAP)!])
      expect((await checkWhole(document, source, research.context)).problems).toEqual([]);
  });

  test("and a run that takes it up again changes nothing", async () => {
    using folder = exampleRepository("issue-42");
    const stored = new Map<string, Entry[]>();
    const says = withdrawing(WITHDRAWS);
    const first = await phasesIn({ says, stored, path: folder.path, phases: PHASES });
    const again = await phasesIn({ says, stored, path: folder.path, phases: PHASES, before: first.files });
    expect(again.result.unchanged).toEqual(PHASES);
    expect(again.files).toEqual(first.files);
  });

  test("and a run that does not, restores it", async () => {
    const first = await phasesIn({ says: withdrawing(WITHDRAWS), phases: PHASES });
    const again = await phasesIn({
      says: withdrawing(undefined),
      phases: ["impact-map"],
      before: first.files,
    });
    expect(struck(again.files.get(ROOT_CAUSE))).toEqual([]);
    expect(struck(again.files.get(MAP))).toEqual([]);
  });

  test.each<readonly [string, object]>([
    ["without a claim against it", { ...WITHDRAWS, against: [] }],
    ["with a claim that was not taken", { ...WITHDRAWS, against: [7] }],
    ["of another document", { ...WITHDRAWS, path: "issue-43-root-cause.md" }],
    ["that is not there", { ...WITHDRAWS, quote: "A model suspects Store.get" }],
    ["of which too little is quoted", { ...WITHDRAWS, quote: "model" }],
    ["where two are meant", { ...WITHDRAWS, start: undefined }],
    ["that cites another line", { ...WITHDRAWS, start: 35 }],
    ["that was read in the code", { ...WITHDRAWS, quote: "`data = self._read_data()`" }],
  ])("not %s", async (_, withdraw) => {
    const { files } = await phasesIn({ says: withdrawing(withdraw), phases: PHASES });
    expect([...files.values()].flatMap(struck)).toEqual([]);
  });

  test("not what follows from the claims against it, by a second model", async () => {
    const { files } = await phasesIn({ says: withdrawing(WITHDRAWS, "follows"), phases: PHASES });
    expect([...files.values()].flatMap(struck)).toEqual([]);
  });
});
