import { afterAll, expect, test } from "@jest/globals";
import { isPublic } from "../../../src/claims/is-public.ts";
import { sameStructure } from "../../../src/claims/same-structure.ts";
import type { Block, ResearchDocument, StatedClaim } from "../../../src/documents/finding.ts";
import { dropWrong } from "../../../src/phases/builtin/drop-wrong.ts";
import { definitionOf } from "../../../src/phases/builtin/suspects.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

test("tables with the same columns become one, without what does not hold", async () => {
  const context = await on([
    ["Start", { "src/a.py": "def first(x):\n    return x\n\n\ndef second(x):\n    return x\n" }],
  ]);
  const [first, second] = (await context.codebase.syntax("src/a.py"))!.symbols.map((symbol) =>
    isPublic.of({ at: [definitionOf("src/a.py", symbol)] }),
  );
  const wrong = isPublic.of({ at: [{ path: "src/a.py", name: "third", start: 1, end: 2 }] });
  const table = (columns: readonly [string, string], ...items: readonly StatedClaim[]): Block => ({
    kind: "claims",
    form: "table",
    columns,
    items,
  });
  const document: ResearchDocument = {
    phase: "root-cause",
    title: "Root cause",
    baseCommit: context.baseCommit,
    lead: [],
    sections: [
      {
        id: "shown-by-run",
        heading: "Shown by a run",
        blocks: [
          table(["what", "shown"], first!),
          table(["", "what"], first!),
          table(["what", "shown"], wrong, second!),
        ],
      },
    ],
  };
  const source = { commit: context.baseCommit } as unknown as Parameters<typeof dropWrong>[2];
  const kept = await dropWrong(document, new Set(), source, context);
  expect(kept.dropped).toBe(1);
  expect(kept.document.sections[0]!.blocks).toEqual([
    table(["what", "shown"], first!, second!),
    table(["", "what"], first!),
  ]);
});

test("of two functions with one name the files are told", () => {
  const of = { path: "v3/a.ts", name: "rest", start: 1, end: 4 };
  const { label, text } = sameStructure.of({ of, other: { ...of, path: "v4/a.ts" }, percent: 76 });
  expect([label, text]).toEqual([
    "`rest` in `v4/a.ts`",
    "76 % of its structure equals that of `rest` in `v3/a.ts`",
  ]);
});
