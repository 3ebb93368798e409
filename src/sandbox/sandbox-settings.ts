import type { SuiteSettings } from "./suite-settings.ts";

/** What the operator prepared for code that is run. */
export interface SandboxSettings {
  /** Folders with programs, read-only. */
  readonly toolchains: readonly string[];
  /** Folder of a Node that is offered, too, when everybody may read it. */
  readonly node?: string;
  /** A root file system in the place of the host's programs. */
  readonly root?: string;
  readonly dependencies?: { readonly from: string; readonly at: string };
  /** How the tests of projects are started. */
  readonly suite?: SuiteSettings;
  /** False: what a repository says of its tests does not count. */
  readonly takesSuites?: boolean;
  /** Minutes that the search for the first bad commit may take; absent or 0: it is not made. */
  readonly sinceMinutes?: number;
}
