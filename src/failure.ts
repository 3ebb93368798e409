/**
 * Every way the work can end badly that a user can do something about. `exit` is the command line's exit code
 * (documented in the README), `hint` says what to do. Anything else that throws is a bug and exits with 70.
 */
export const FAILURES = {
  usage: { exit: 2, hint: "See `casebook help`." },
  "not-a-repository": {
    exit: 3,
    hint: "Give `--repo` a folder that holds a git repository, or a URL that git can clone.",
  },
  "unknown-revision": { exit: 3, hint: "Give a branch, tag or commit that the repository has." },
  "empty-repository": { exit: 3, hint: "Make a first commit, then try again." },
  "incomplete-repository": {
    exit: 3,
    hint: "Fetch what is missing (`git fetch --unshallow`, or a clone without `--filter`), then try again.",
  },
  "repository-unreachable": { exit: 3, hint: "Check the URL and that this machine may read it." },
  "too-large": {
    exit: 3,
    hint: "Narrow the work with a smaller repository, or raise the limit named in the message.",
  },
  "empty-issue": { exit: 4, hint: "Give the issue a title and a text; one sentence is enough." },
  "unreadable-issue": { exit: 4, hint: "Give `--issue` a Markdown or JSON file, or `-` for standard input." },
  "spec-unreadable": {
    exit: 5,
    hint: "Mend the named lines, or move the file away; `casebook spec lint` lists every problem.",
  },
  "branch-changed": {
    exit: 6,
    hint: "Merge or move the branch by hand, or use `--out DIR` to write files instead.",
  },
  "phase-blocked": { exit: 7, hint: "Run what it depends on first, or approve it." },
  "unknown-phase": {
    exit: 2,
    hint: "`casebook help` lists the phases; a repository adds its own in `.chant/phases`.",
  },
  "needs-model": {
    exit: 7,
    hint: "This phase needs a model; the built-in researcher does comprehension, root cause and impact map.",
  },
  "model-unavailable": {
    exit: 10,
    hint: "It may pass by itself: run the same command again; nothing that was paid for is lost.",
  },
  "model-refused": { exit: 10, hint: "`casebook doctor` asks the endpoint and says what is wrong." },
  "no-space": { exit: 8, hint: "Free disk space, then run the same command again; nothing is lost." },
  "no-permission": {
    exit: 8,
    hint: "Give this user the right to read and write there, or choose another place with `--out` or `CASEBOOK_DATA`.",
  },
  busy: { exit: 9, hint: "Another Casebook is at work there; wait for it to end, then try again." },
  cancelled: { exit: 130, hint: "Run the same command again to go on." },
} as const satisfies Record<string, { exit: number; hint: string }>;

export type FailureCode = keyof typeof FAILURES;

/** A failure of the closed list above: one clear sentence for the user, the foreign error as `cause`. */
export class RunFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RunFailure";
    this.code = code;
  }
}

/** Another process took the work over: this one ends without a further write. */
export class LeaseLost extends Error {
  /** `what`: the thing that was leased, such as "the run". */
  constructor(what: string) {
    super(`another process took over ${what}`);
    this.name = "LeaseLost";
  }
}

/** The job cannot run now: the queue puts it back and starts it again after `seconds`. */
export class RetryLater extends Error {
  readonly seconds: number;

  constructor(seconds: number, why: string) {
    super(why);
    this.name = "RetryLater";
    this.seconds = seconds;
  }
}
