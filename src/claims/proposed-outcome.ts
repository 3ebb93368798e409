import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const SAYS = {
  "not-a-bug": () => "A model takes this for intended behaviour",
  duplicate: ({ of = "" }) => `A model takes this for a duplicate of ${inlineCode(of)}`,
  "needs-info": ({ count = 0 }) => `A model asks the reporter ${counted(count, "question")}`,
  "cannot-reproduce": () => "The failure was not shown: no test failed as the issue says",
  "several-causes": ({ count = 0 }) => `A model sees causes at ${counted(count, "place")}`,
} as const satisfies Readonly<Record<string, (data: { of?: string; count?: number }) => string>>;
/** Kinds that come with questions or places. */
const COUNTS: ReadonlySet<string> = new Set(["needs-info", "several-causes"]);
type Kind = keyof typeof SAYS;

/** The end that a model proposes. That it does is all that is said; what it rests on are claims of their own. */
export const proposedOutcome = claimType({
  name: "proposed-outcome",
  mark: "concluded",
  schema: z.strictObject({
    kind: z.enum(Object.keys(SAYS) as [Kind, ...Kind[]]),
    /** Of a duplicate: `#12`, or a commit. */
    of: z
      .string()
      .regex(/^#\d{1,10}$|^[0-9a-f]{40}$/)
      .optional(),
    /** Questions or places. */
    count: part.count.optional(),
  }),
  say: ({ kind, of, count }) => ({
    text: SAYS[kind]({ ...(of === undefined ? {} : { of }), ...(count === undefined ? {} : { count }) }),
  }),
  async check({ kind, of, count }, { issue, history, baseCommit }) {
    if ((of !== undefined) !== (kind === "duplicate")) return wrong("only a duplicate is one of something");
    if ((count ?? 0) > 0 !== COUNTS.has(kind)) return wrong("what is counted is missing or is not counted");
    if (of === undefined) return holds("more is not said");
    if (!of.startsWith("#"))
      return (await history.commit(baseCommit, of)) === undefined
        ? wrong("the base commit does not reach the commit")
        : holds("the commit is there, and more is not said");
    if (issue === undefined) return undecided("the issue is not at hand");
    return new RegExp(`${of}(?!\\d)`).test(issue.text)
      ? holds("the issue names it, and more is not said")
      : wrong("the issue does not name it");
  },
});
