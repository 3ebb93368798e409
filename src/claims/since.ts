import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { part } from "./claim-data.ts";
import { claimType, wrong } from "./claim.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** The first commit at which the failing test fails, or how far back it was seen to fail. */
export const since = claimType({
  name: "since",
  mark: "run",
  schema: z.strictObject({
    run: runPart.run,
    test: runPart.test,
    /** `first`: it passes at the parent. `oldest`: older trees do not start. */
    kind: z.enum(["first", "oldest"]),
    oid: part.oid,
    subject: z.string().min(1).max(1_000),
  }),
  say: ({ run, test, kind, oid, subject }) => ({
    label: "since",
    text:
      kind === "first"
        ? `${inlineCode(test.name)} fails since ${inlineCode(oid.slice(0, 12))} and passes at its parent (${inlineCode(run)})`
        : `${inlineCode(test.name)} fails as far back as ${inlineCode(oid.slice(0, 12))}; older commits do not run it (${inlineCode(run)})`,
    citations: [{ kind: "commit", oid, subject }],
  }),
  async check(data, evidence) {
    const found = await evidence.history.commit(evidence.baseCommit, data.oid);
    return found?.subject === data.subject
      ? checkByRun("since", data, evidence)
      : wrong("the base commit reaches no such commit");
  },
});
