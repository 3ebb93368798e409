/** A file at a commit. */
export interface FileAt {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly path: string;
}

/** Lines `oldStart` to `oldStart + oldLines - 1` became the `newLines` lines from `newStart` on; with 0 lines, the line before. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

export interface Tag {
  readonly name: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Seconds since 1970: when the tag was made, or the commit where the tag does not say. */
  readonly created?: number;
}

/** What a commit says of itself, and where it stands. */
interface CommitFacts {
  /** Full hashes; none for the first commit, and at the edge of a shallow clone. */
  readonly parents: readonly string[];
  /** Seconds since 1970, author's clock. */
  readonly authored: number;
  readonly subject: string;
  /** The oldest tag that holds it; undefined where none does. */
  readonly tag: string | undefined;
}

/** Other commits than the one that is read, and how they differ from it. What cannot be known is undefined, never a guess. */
export interface Revisions {
  /** Full hash of the one commit that starts with these hexadecimal digits; undefined when there is none or several. */
  findCommit(hash: string): Promise<string | undefined>;
  /** In no particular order. `reachedBy`: only tags of what this commit reaches. */
  tags(reachedBy?: string): Promise<readonly Tag[]>;
  /** Paths of the files of a commit. */
  pathsAt(commit: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Text of a file; undefined for what is not there, no text, or too large to be read. */
  textAt(file: FileAt): Promise<string | undefined>;
  /** How a file became another; empty when it did not change. */
  diff(from: FileAt, to: FileAt): Promise<readonly Hunk[] | undefined>;
  /** Files that git takes for renamed between two commits, old path to new. */
  renames(from: string, to: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Files that a commit changed, against its first parent, and the lines that it wrote in each. */
  changesOf(commit: string): Promise<ReadonlyMap<string, readonly Hunk[]> | undefined>;
  /** Every commit that `base` reaches, with its parents: `limit` of them, newest first. */
  lineage(base: string, limit: number, signal?: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Undefined for what is no commit of the repository. */
  facts(commit: string): Promise<CommitFacts | undefined>;
  /** The newest commit that `base` reaches and that removed the file; undefined where none did. */
  removalOf(base: string, path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** The first file of a commit that holds these words letter by letter, between word boundaries; undefined where none does. */
  fileWithWord(commit: string, words: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Commits that changed these lines, as they are at `commit`, newest first; empty where git cannot tell. */
  touching(
    commit: string,
    path: string,
    lines: { readonly start: number; readonly end: number },
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
}

/** Where lines of the old text are in the new one; `changed` when none of them is left as it was, and then where they were. */
export function mapLines(
  hunks: readonly Hunk[],
  start: number,
  end: number,
): { readonly start: number; readonly end: number; readonly changed: boolean } {
  const kept: number[] = [];
  for (let line = start; line <= end && line - start < MAX_RANGE; line++) {
    const at = mapLine(hunks, line);
    if (at.kept) kept.push(at.line);
  }
  const [first] = kept;
  if (first !== undefined) return { start: first, end: kept.at(-1)!, changed: false };
  const at = Math.max(1, mapLine(hunks, start).line);
  return { start: at, end: Math.max(at, mapLine(hunks, end).line), changed: true };
}

const MAX_RANGE = 2_000;

function mapLine(hunks: readonly Hunk[], line: number): { readonly line: number; readonly kept: boolean } {
  let shift = 0;
  for (const { oldStart, oldLines, newStart, newLines } of hunks) {
    // Lines that were only added stand after `oldStart`.
    const first = oldLines === 0 ? oldStart + 1 : oldStart;
    if (line < first) break;
    if (line < first + oldLines)
      return { line: newStart + Math.min(line - first, Math.max(0, newLines - 1)), kept: false };
    shift += newLines - oldLines;
  }
  return { line: line + shift, kept: true };
}
