import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";

/** What an investigation's failing test and the other tests say of somebody's change. Every text is Markdown on one line. */
export interface ChangeVerdict {
  /**
   * `passes`: the test fails without the change and passes with it, and no other test got worse. `undecided`: the runs do not
   * tell whether the change helps.
   */
  readonly kind: "passes" | "fails" | "worse" | "undecided";
  /** 40 hex digits: what the change starts from. */
  readonly base: string;
  /** 40 hex digits; undefined: a patch, which has no commit. */
  readonly head?: string;
  /** Path of the failing test. */
  readonly test: string;
  /** Undefined: it was not run. */
  readonly before?: { readonly failed: number; readonly runs: number };
  readonly after?: { readonly passed: number; readonly runs: number };
  readonly suite?: { readonly state: "as-before" | "worse" | "not-run"; readonly words: string };
  /** Why it is that, in clauses. Never empty. */
  readonly reasons: readonly string[];
  /** What a person should look at all the same. */
  readonly caveats: readonly string[];
  /** Program and arguments of the failing test's run, and what was there; undefined: nothing was run. */
  readonly command?: string;
  readonly environment?: string;
}

/** The first sentence about a change. `name`: Markdown, such as "pull request 12". It says no more than the rows below it. */
export function changeHeadline({ kind, suite, reasons }: ChangeVerdict, name: string): string {
  switch (kind) {
    case "passes":
      return suite?.state === "as-before"
        ? `The failing test passes with ${name}, and no other test gets worse.`
        : `The failing test passes with ${name}; the other tests were not run to their end.`;
    case "fails":
      return `The failing test does not pass with ${name}.`;
    case "worse":
      return `Other tests get worse with ${name}.`;
    case "undecided":
      return `No verdict on ${name}: ${reasons[0] ?? "nothing was run"}.`;
  }
}

const SUITE_WORDS = { "as-before": "as before", worse: "worse", "not-run": "not run" } as const;

/** The rows below the headline, then reasons and caveats. Markdown. */
export function changeDetails(verdict: ChangeVerdict): string {
  const { kind, base, head, test, before, after, suite, reasons, caveats, command, environment } = verdict;
  const name = inlineCode(test, 200);
  const rows = [
    ...(before === undefined
      ? []
      : [
          `| without the change, at ${short(base)} | ${name} fails in ${before.failed} of ${counted(before.runs, "run")} |`,
        ]),
    ...(after === undefined
      ? []
      : [
          `| with the change${head === undefined ? "" : `, at ${short(head)}`} | ${name} passes in ${after.passed} of ${counted(after.runs, "run")} |`,
        ]),
    ...(suite === undefined
      ? []
      : [`| other tests | ${SUITE_WORDS[suite.state]}: ${suite.words.replaceAll("|", "\\|")} |`]),
  ];
  const told = kind === "passes" ? [] : kind === "undecided" ? reasons.slice(1) : reasons;
  const notes = [...told, ...caveats].map((note) => `- ${note}`);
  const run =
    command === undefined
      ? ""
      : `Shown by a run: ${inlineCode(command, 300)}${environment === undefined ? "" : `, in ${environment}`}.`;
  return [rows.length === 0 ? "" : ["| | |", "| --- | --- |", ...rows].join("\n"), notes.join("\n"), run]
    .filter((part) => part !== "")
    .join("\n\n");
}

function short(commit: string): string {
  return `\`${commit.slice(0, 7)}\``;
}
