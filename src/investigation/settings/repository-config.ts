import type { SuiteSettings } from "../../sandbox/suite-settings.ts";

/** What `.github/casebook.yml` of the default branch says, with every default filled in. */
export interface RepositoryConfig {
  readonly enabled: boolean;
  /** Everything is worked and stored, and nothing is written to GitHub. */
  readonly shadow: boolean;
  /** Phases that `investigate` works, in order; empty means every phase that can be worked here, but for fix. */
  readonly phases: readonly string[];
  /** Phases that wait for `approve`. Default: fix. */
  readonly gates: readonly string[];
  readonly triggers: {
    /** Commands in comments and in the text of new issues. */
    readonly comments: boolean;
    /** Request labels (`casebook:investigate`). */
    readonly labels: boolean;
    /** A new issue is investigated without anybody asking. Default: false. */
    readonly opened: boolean;
  };
  readonly who: {
    /** What it takes to start work. Default: write. */
    readonly start: "write" | "maintain" | "admin";
    /** Ids of Apps (not names) whose bots may give commands; they count as `write`. */
    readonly apps: readonly number[];
  };
  readonly limits: {
    /** Runs at once in this repository, 1 to 10. Default: 2. */
    readonly runs: number;
    /** Minutes that one phase may take, 1 to 120. Default: 20. */
    readonly minutes: number;
    /** Starts by one person in an hour, 1 to 100. Default: 5. */
    readonly startsPerHour: number;
    /** New issues that are investigated without anybody asking, in a day. */
    readonly openedPerDay: number;
    /** The same in 30 days. */
    readonly openedPerMonth: number;
    /** Issues on which Casebook writes without being asked, in 7 days. */
    readonly openedComments: number;
    /** Of the issues of a day, those of one person. */
    readonly openedPerPerson: number;
    /** Days since the person's account was made. */
    readonly openedAccountDays: number;
  };
  readonly paths: {
    /** Globs of files that may be named as the place of a cause; empty means every source file. */
    readonly include: readonly string[];
    readonly exclude: readonly string[];
  };
  /** The texts of the repository's tracker are kept in an index, so that an investigation finds what has to do with its issue. */
  readonly tracker: boolean;
  /** The likelihood from which wording alone is worth an impact map, 0 to 1. */
  readonly impactFrom: number;
  /** What becomes of words of a model that do not follow from their claims. */
  readonly doubtful: "show" | "drop";
  /** Whether code of the repository, and of a report, may be run in the sandbox that the operator offers. */
  readonly runCode: boolean;
  /** Where results go. `comment`: nothing is committed; the status comment holds the findings. */
  readonly destination: "pull-request" | "comment";
  /** One pull request for the investigation, or one for each phase (then merging it is the gate for the next). */
  readonly pullRequests: "investigation" | "phase";
  /** `single`: one document with a heading for each phase, for small issues. */
  readonly mode: "full" | "single";
  /** What produces findings. Default: `model` where the operator offers one, else `builtin`. */
  readonly researcher: "builtin" | "model";
  /** Names of the operator's models by phase, in the order in which they are tried; `default` for every other phase. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** US dollars; they lower what the operator allows and never raise it. */
  readonly budget: {
    readonly phase?: number | undefined;
    readonly investigation?: number | undefined;
  };
  /** How the project's tests are run; empty: as is found out. */
  readonly suite: SuiteSettings;
}
