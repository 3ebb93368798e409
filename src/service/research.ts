import type { Location } from "../text/location.ts";
import type { Issue } from "../issue/issue.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { PhaseChoice } from "../phases/choose-phases.ts";
import type { PhaseComparison } from "../phases/fix-comparison.ts";
import type { PhaseResult } from "../phases/phase-result.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type { CheckReport } from "../documents/check-document.ts";
import type { RepositoryInfo } from "../github/github.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { ResearchLimits } from "../agent/phase-run.ts";
import type { Shortlist, Sought } from "../issue/parse-tracker.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { Publisher } from "../repository/repository.ts";

/** Reading a repository and researching an issue in it; done apart from the service, with no right to GitHub. */
export interface Research {
  /** Brings the repository's mirror up to date with a token that may read it. Throws RunFailure. */
  openMirror(repository: RepositoryInfo, token: string, signal: AbortSignal): Promise<Mirror>;
  /** A task found the mirror damaged: the next `openMirror` fetches it anew. Throws RunFailure `busy`. */
  discardMirror(repository: Pick<RepositoryInfo, "id">): void;
  /** Runs phases in a process of its own; what it wants to publish comes back through `publisher`. Throws RunFailure. */
  investigate(
    request: ResearchRequest,
    hooks: ResearchHooks,
    signal: AbortSignal,
  ): Promise<InvestigateResult>;
  /** Verifies the documents of one commit of our branch, in a process of its own. */
  check(request: CheckRequest, signal: AbortSignal): Promise<readonly CheckedDocument[]>;
  /** Compares what documents said with the fix that closed their issue, in a process of its own. Throws RunFailure. */
  compareFix(request: CompareRequest, signal: AbortSignal): Promise<readonly PhaseComparison[]>;
  /** Runs an investigation's failing test against somebody's change, in a process of its own. Throws RunFailure. */
  test(request: TestRequest, signal: AbortSignal): Promise<ChangeVerdict>;
}

export interface Mirror {
  /** Names it for `ResearchRequest.mirror`; the folder. */
  readonly mirror: string;
  /** Full hash of a branch, tag or commit; throws RunFailure `unknown-revision` or `empty-repository`. */
  resolve(revision: string): Promise<string>;
  /** The specs and documents of an issue in a commit, by path. */
  filesOf(commit: string, issueKey: string): Promise<ReadonlyMap<string, string>>;
  /** The head of a pull request, fetched; undefined when there is none of that number. */
  pull(number: number): Promise<string | undefined>;
  /** Paths that these commits changed. */
  changedBy(commits: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface ResearchRequest {
  readonly mirror: string;
  /** 40 hex digits. */
  readonly base: string;
  readonly issue: Issue;
  /** Types of phases, in order. */
  readonly phases: readonly string[];
  /** `path:3-9`: a person says that the cause is there. */
  readonly at?: Location;
  /** Globs of files that may be named as the place of a cause; empty means every source file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The likelihood from which wording alone is worth an impact map. Default: one half. */
  readonly impactFrom?: number;
  /** What becomes of words of a model that do not follow from their claims. Default: they are shown as doubtful. */
  readonly doubtful?: "show" | "drop";
  /** What code of the repository finds in the sandbox; undefined: no code is run. */
  readonly sandbox?: SandboxSettings;
  /** A person with the right asked for the run, so that the built-in researcher may run the code that the report brings. */
  readonly runsReport?: boolean;
  /**
   * The command line: `phases` are chosen where the repository's own are known, the place that a person named in an earlier run is
   * remembered, and the commit's own `suite` counts.
   */
  readonly choice?: PhaseChoice;
  /** A tracker is at hand: `ResearchHooks.tracker` is asked for what of it can be related to the issue. */
  readonly hasTracker?: boolean;
  /** A model continues from the evidence; undefined: the built-in researcher alone. */
  readonly model?: ModelResearch;
}

export interface ModelResearch {
  /** Names the run: conversations that are stored under it are continued. */
  readonly run: string;
  readonly limits: ResearchLimits;
}

export interface ResearchHooks {
  readonly publisher: Publisher;
  /** The way to the models; needed when the request names one. */
  readonly gateway?: ModelGateway;
  /** What of the tracker can be related to the issue; undefined: no tracker is at hand after all. */
  readonly tracker?: (sought: Sought) => Promise<Shortlist | undefined>;
  readonly onPhase: (event: PhaseEvent) => Promise<void>;
  /** A word about what is going on now, for people who watch. */
  readonly onStep: (step: string) => void;
  /** What a person should know of the repository's own settings, such as a mistake in them. */
  readonly onNote?: (note: string) => void;
}

export type PhaseEvent =
  | {
      readonly kind: "start";
      readonly phase: string;
      /** It cannot be run here. */
      readonly isLeftOut?: boolean;
    }
  | {
      readonly kind: "end";
      readonly result: PhaseResult;
      /** What the documents come to now, as one text for whoever works on the issue next; of the App's runs alone. */
      readonly brief?: string;
    };

export interface CheckRequest {
  readonly mirror: string;
  readonly head: string;
  readonly issue: Issue;
}

export interface CompareRequest {
  readonly mirror: string;
  /** The commit that brought the fix to the default branch, 40 hex digits. */
  readonly fix: string;
  /** By type of phase; Markdown. */
  readonly documents: ReadonlyMap<string, string>;
}

/** A ranking that a model orders. */
export interface LocateRequest {
  readonly mirror: string;
  /** 40 hex digits. */
  readonly base: string;
  readonly issue: Issue;
  /** How many files and functions come back; at least what a model orders. */
  readonly top: number;
  /** Names the run: a question that was answered under it is not asked again. */
  readonly run: string;
}

export interface TestRequest {
  readonly mirror: string;
  readonly change: TestedCommit | TestedPatch;
  readonly test: { readonly path: string; readonly text: string };
  /** What code of the repository finds in the sandbox; undefined: no code is run. */
  readonly sandbox?: SandboxSettings | undefined;
}

/** What `head` adds to what it has in common with `onto`; both have 40 hex digits. */
interface TestedCommit {
  readonly kind: "commit";
  readonly head: string;
  readonly onto: string;
}

/** A patch for the files of `base`. */
interface TestedPatch {
  readonly kind: "patch";
  readonly base: string;
  readonly text: string;
}

export interface CheckedDocument {
  readonly path: string;
  readonly report: CheckReport;
}
