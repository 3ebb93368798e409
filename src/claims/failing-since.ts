import { z } from "zod";
import { recordsOf } from "../documents/run-record.ts";
import { counted } from "../text/counted.ts";
import { dateOf } from "../text/date-of.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { type Checked, claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { runPart } from "./shown-by-run.ts";

/** Runs of a commit before it counts. */
const RUNS_NEEDED = 3;

const tried = z.strictObject({ oid: part.oid, run: runPart.run, times: part.count.min(RUNS_NEEDED) });

/** The line that a run on an older commit holds for the claim: how each run there ended, and of what search it is a part. */
export function olderRunRecord(
  oid: string,
  ends: readonly string[],
  { test, commits, runs }: Pick<z.infer<typeof schema>, "test" | "commits" | "runs">,
): object {
  return { type: "failing-since", oid, ends, test, commits, runs };
}

const schema = z.strictObject({
  kind: z.enum(["since", "back-to"]),
  /** Absent: the report's own code. */
  test: runPart.test.optional(),
  first: tried,
  subject: z.string().max(10_000),
  /** The author's day. */
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  /** The oldest tag that holds it; a later one says nothing against a claim without it. */
  tag: z.string().min(1).max(300).optional(),
  /** Its parents; of `back-to` the first one. */
  parents: z.array(tried).max(20),
  /** Of `back-to`: what is before it. */
  older: z.enum(["no-start", "other", "first", "cut"]).optional(),
  /** Commits that were run, and runs. */
  commits: part.count,
  runs: part.count,
});

/**
 * The first commit on which a test, or the report's own code, ends as it does on the base commit: each parent passes (`since`), or no older one can tell
 * (`back-to`). The second says nothing of the commits in between, on which the failure may have been gone.
 */
export const failingSince = claimType({
  name: "failing-since",
  mark: "run",
  schema,
  say({ kind, test, first, subject, date, tag, parents, older, commits, runs }) {
    // The report's own code may show the fault without a failure: by what it prints.
    const isTest = test !== undefined;
    const what = isTest ? `${inlineCode(test.name)} fails` : "the report's own code ends as reported";
    const when = `of ${date}${tag === undefined ? "" : `, which the tag ${inlineCode(tag)} holds first`}`;
    const there = `the same ${isTest ? "failure" : "end"} in ${first.times} of ${counted(first.times, "run")} (${inlineCode(first.run)})`;
    const before = parents.map(({ oid, run }) => `${inlineCode(oid.slice(0, 10))} (${inlineCode(run)})`);
    const [least] = parents.map(({ times }) => times).toSorted((a, b) => a - b);
    const passed = `${parents.length === 1 ? "its parent" : "each of its parents,"} ${listed(before)}${parents.length === 1 ? "" : ","} ${isTest ? "passes" : "does not"} in ${least} of ${counted(least ?? 0, "run")}`;
    return {
      label: "since",
      text: `${what} ${kind === "since" ? "since" : "already at"} commit ${inlineCode(first.oid.slice(0, 10))} ${when}: ${there}; ${
        kind === "since"
          ? passed
          : `${OLDER[older ?? "cut"](isTest ? "the test" : "the code", listed(before))}; not every commit after it was run`
      }; Casebook ran ${counted(commits, "commit")} in ${counted(runs, "run")}`,
      citations: [{ kind: "commit", oid: first.oid, subject }],
    };
  },
  async check(data, evidence) {
    const facts = await evidence.history.facts(data.first.oid);
    const reached = await evidence.history.commit(evidence.baseCommit, data.first.oid);
    if (facts === undefined || reached === undefined) return wrong("the base commit does not reach it");
    if (
      facts.subject !== data.subject ||
      dateOf(facts.authored) !== data.date ||
      (data.tag ?? facts.tag) !== facts.tag
    )
      return wrong("its subject, its author's day or its first tag is another");
    const parents = data.parents.map(({ oid }) => oid);
    const wanted = data.kind === "since" ? facts.parents : facts.parents.slice(0, 1);
    if (parents.join() !== wanted.join() || (data.kind === "since" && parents.length === 0))
      return wrong("its parents are others");
    if ((data.kind === "back-to") !== (data.older !== undefined))
      return wrong("its data does not fit together");
    if (data.older === "first" || data.older === "cut") {
      if (parents.length > 0) return wrong("there is an older commit");
      if (evidence.history.shallow !== (data.older === "cut"))
        return wrong("the history ends in another way");
    }
    const end = data.kind === "since" ? "passes" : data.older!;
    return (
      inRun(data.first, "same", data, evidence) ??
      data.parents.map((parent) => inRun(parent, end, data, evidence)).find((one) => one !== undefined) ??
      holds("the runs of the document hold it, and the history has these commits")
    );
  },
});

const OLDER = {
  "no-start": (what: string, before: string) => `before it ${what} does not start: ${before}`,
  other: (what: string, before: string) => `before it ${what} ends in another way: ${before}`,
  first: () => "there is no older commit",
  cut: () => "the clone has no older commit",
} as const;

/** Why the document's run does not hold that the test ended so each time; undefined where it does. */
function inRun(
  { oid, run, times }: z.infer<typeof tried>,
  end: string,
  search: Parameters<typeof olderRunRecord>[2],
  { documentRuns }: ClaimEvidence,
): Checked | undefined {
  const found = documentRuns?.get(run);
  if (found === undefined) return undecided("the document does not hold the run, so it had to be made again");
  const record = olderRunRecord(
    oid,
    Array.from({ length: times }, () => end),
    search,
  );
  return recordsOf(found).includes(JSON.stringify(record))
    ? undefined
    : wrong("the run of the document shows something else");
}
