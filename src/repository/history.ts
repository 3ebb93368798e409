import type { Revisions } from "./revisions.ts";

/** The commits up to the base commit, never a later one, and what a report names besides. */
export interface History extends Revisions {
  /**
   * The newest `limit` commits that the base commit reaches, itself included, newest first, each with the files it
   * changed against its first parent. Merges are listed with no files.
   */
  commits(base: string, limit: number, signal?: AbortSignal): Promise<readonly CommitRecord[]>;
  /** Who last changed each of these lines at `commit`; undefined where git cannot know (name not text, edge of a shallow clone). */
  blame(
    commit: string,
    path: string,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<readonly BlameLine[] | undefined>;
  /** One commit by its full hash when `base` reaches it, with the files it changed; else undefined. */
  commit(base: string, oid: string): Promise<CommitRecord | undefined>;
  /**
   * What a commit that `base` reaches changed in one file, as a unified diff against its first parent; undefined where it is not
   * reached, empty where it left the file as it was. A file over 1 MB is told as binary.
   */
  patch(base: string, oid: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Commits that `base` reaches and whose message writes one of the numbers as `#12`, newest first, each with its files; merges with those of their branch. */
  commitsNaming(
    base: string,
    numbers: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly CommitRecord[]>;
  /** True when the repository is a shallow clone, so that history ends early. */
  readonly shallow: boolean;
}

export interface CommitRecord {
  /** 40 hexadecimal digits. */
  readonly oid: string;
  /** Seconds since 1970, committer's clock. */
  readonly time: number;
  readonly author: string;
  readonly subject: string;
  readonly body: string;
  /** At most `MAX_FILES_PER_COMMIT`, else empty: a commit of thousands of files says nothing about one of them. */
  readonly files: readonly string[];
}

export interface BlameLine {
  readonly line: number;
  readonly oid: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly subject: string;
}

/** Commits before the base commit that are read: older history is weak evidence for today's files. */
export const MAX_COMMITS = 3_000;

export const MAX_FILES_PER_COMMIT = 200;
