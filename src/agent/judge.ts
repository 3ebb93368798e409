import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { renderDocument } from "../documents/render-document.ts";
import type { ResearchDocument } from "../documents/finding.ts";
import { askJudge } from "./ask-judge.ts";
import { quoteUntrusted } from "./untrusted.ts";
import type { Judgement } from "../phases/decide-criterion.ts";
import type { PhaseRun } from "./phase-run.ts";

const answer = z.object({
  verdicts: z.array(
    z.object({
      criterion: z.int().min(1),
      met: z.boolean(),
    }),
  ),
});

/** Characters of the document that a judge reads. */
const MAX_DOCUMENT = 40_000;

/**
 * Asks a second, cheaper model about the criteria that no machine can decide. Its word is shown as its word; without one
 * they stay open for people. By the text of the criterion.
 */
export async function judge(
  phaseRun: PhaseRun,
  document: ResearchDocument,
): Promise<ReadonlyMap<string, Judgement>> {
  const { phase, context, nonce } = phaseRun;
  const criteria = phase.criteria.filter(({ check }) => check === "judged");
  if (criteria.length === 0) return new Map();
  const { title, body } = context.issue;
  const judged = await askJudge(
    {
      instructions: [
        "You judge whether a research document meets criteria. You did not write it. Look for what speaks against it.",
        "Answer with JSON: for each criterion its number and whether it is met. When you cannot tell, it is not met.",
      ],
      request: [
        `Criteria:\n${criteria.map(({ text }, i) => `${i + 1}. ${text}`).join("\n")}`,
        quoteUntrusted(`${title.text}\n\n${body.text}`, { nonce, source: "the issue, as readers see it" }),
        quoteUntrusted(renderDocument(document).slice(0, MAX_DOCUMENT), { nonce, source: "the document" }),
      ].join("\n\n"),
      answer,
    },
    phaseRun,
  );
  if (judged === undefined) return new Map();
  return new Map(
    criteria.flatMap(({ text: criterion }, i): [string, Judgement][] => {
      const [verdict, ...others] = judged.answer.verdicts.filter((one) => one.criterion === i + 1);
      // Who says both yes and no has not decided.
      return verdict === undefined || others.some(({ met }) => met !== verdict.met)
        ? []
        : [
            [
              criterion,
              {
                result: verdict.met ? "met" : "undecided",
                how: "model",
                evidence: `${inlineCode(judged.model, 60)} judged`,
              },
            ],
          ];
    }),
  );
}
