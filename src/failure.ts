/**
 * Every failure that a user can fix. `exit` is the exit code of the command line (docs/command-line.md), `hint` says what to
 * do. Any other error is a bug and exits with 70.
 */
export const FAILURES = {
  usage: { exit: 2, hint: "See `casebook --help`." },
  "not-a-repository": {
    exit: 3,
    hint: "Set `--repo` to a folder with a git repository, or to a URL that git can clone.",
  },
  "unknown-revision": { exit: 3, hint: "Name a branch, tag or commit of the repository." },
  "empty-repository": { exit: 3, hint: "Make a first commit, then retry." },
  "incomplete-repository": {
    exit: 3,
    hint: "Fetch the missing objects (`git fetch --unshallow`, or a clone without `--filter`), then retry.",
  },
  "damaged-mirror": {
    exit: 3,
    hint: "Run the same command again: Casebook fetches the repository anew.",
  },
  "repository-unreachable": { exit: 3, hint: "Check the URL, and that this machine has access." },
  "refused-repository": {
    exit: 3,
    hint: "Clone it yourself, look at that object with `git cat-file -p`, and set `--repo` to the folder.",
  },
  "too-large": {
    exit: 3,
    hint: "Use a smaller repository, or raise the limit that the message names.",
  },
  "empty-issue": { exit: 4, hint: "Write a title and a text; one sentence is enough." },
  "unreadable-issue": {
    exit: 4,
    hint: "Set `--issue` to a Markdown or JSON file, to the address of a public issue, or to `-` for standard input.",
  },
  "issue-unreachable": {
    exit: 4,
    hint: "Retry later, or save the issue and pass the file: `gh issue view URL --json number,title,body,author,url,comments > issue.json`.",
  },
  "spec-unreadable": {
    exit: 5,
    hint: "Fix the named lines, or move the file away. `casebook spec lint` lists every problem.",
  },
  "branch-changed": {
    exit: 6,
    hint: "Merge or move the branch by hand, or write files with `--out DIR`.",
  },
  "phase-blocked": { exit: 7, hint: "Run the phases that it depends on first, or approve it." },
  "unknown-phase": {
    exit: 2,
    hint: "A repository adds its own phases in `.chant/phases`.",
  },
  "needs-model": {
    exit: 7,
    hint: "Use `--researcher model`. The built-in researcher runs comprehension, root cause and impact map.",
  },
  "model-unavailable": {
    exit: 10,
    hint: "Run the same command again later. Casebook keeps every reply that was paid for.",
  },
  "model-refused": { exit: 10, hint: "`casebook doctor` checks the endpoint and names the problem." },
  "would-act": {
    exit: 70,
    hint: "Casebook wrote a text that a page would not only show: this is a bug of Casebook. Earlier phases are kept.",
  },
  "no-space": { exit: 8, hint: "Free disk space, then run the same command again. Nothing is lost." },
  "no-permission": {
    exit: 8,
    hint: "Let this user read and write there, or choose another folder with `--out` or `CASEBOOK_DATA`.",
  },
  "store-damaged": {
    exit: 8,
    hint: "Run `casebook rebuild`, then start the server again. It reads every investigation back from GitHub and its branch.",
  },
  "store-newer": {
    exit: 8,
    hint: "Start the newest version of Casebook again, or restore the backup of the database from before the upgrade.",
  },
  busy: { exit: 9, hint: "Another Casebook process is at work there. Wait until it exits, then retry." },
  cancelled: { exit: 130, hint: "Run the same command again to continue." },
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
