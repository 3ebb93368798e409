import type { History } from "./history.ts";
import type { SourceTree } from "./source-tree.ts";

/** A repository that can be read, whatever its form: a work tree, a bare clone, a mirror of a URL. */
export interface Repository {
  /** For people: the folder or URL the user gave. */
  readonly name: string;
  /** Full hash of a branch, tag or commit; throws RunFailure `unknown-revision` or `empty-repository`. */
  resolve(revision: string): Promise<string>;
  tree(commit: string, signal?: AbortSignal): Promise<SourceTree>;
  readonly history: History;
  /** `https://github.com/o/r` when the origin is a known host, for permalinks. */
  readonly webUrl: string | undefined;
}

/** Where the results of a run go. All files of one call appear together or not at all. */
export interface Publisher {
  /** The investigation as it is now (specs and documents by path), empty when there is none. */
  current(): Promise<ReadonlyMap<string, string>>;
  /**
   * Writes files (path to text) under one message; a second call with the same content changes nothing.
   * Throws RunFailure `branch-changed` when a person changed what would be overwritten.
   */
  publish(change: {
    readonly files: ReadonlyMap<string, string>;
    readonly message: string;
  }): Promise<Published>;
  /** For people: "branch casebook/issue-42", "folder out". */
  readonly place: string;
}

export interface Published {
  /** Full hash of the commit, when the place has commits. */
  readonly commit?: string;
  /** False when everything was there already. */
  readonly changed: boolean;
}
