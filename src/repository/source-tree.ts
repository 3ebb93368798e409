/** The files of one commit, read as git objects: no working tree, so no links, filters, hooks or encodings. */
export interface SourceTree {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Every entry below the root, ordered by path. Folders are not listed. */
  readonly entries: readonly TreeEntry[];
  find(path: string): TreeEntry | undefined;
  /**
   * The bytes of blobs, in the order asked for. Undefined for blobs over `MAX_BLOB_BYTES`, for anything that is not a
   * regular file, and for a file that the repository lists but does not hold (a partial clone, a damaged object): see
   * `isReadable`. Yields as it reads, so a large list costs no memory beyond one blob.
   */
  read(
    entries: Iterable<TreeEntry>,
    signal?: AbortSignal,
  ): AsyncIterable<{ entry: TreeEntry; bytes: Uint8Array | undefined }>;
  /** Where a symbolic link points, as written; undefined for anything else. */
  linkTarget(entry: TreeEntry): Promise<string | undefined>;
}

export interface TreeEntry {
  /**
   * As git holds it. A name that is not UTF-8 has each wrong byte as `\xNN`, and `nameIsText` false:
   * such a file can be read through its entry, but not named to git again.
   */
  readonly path: string;
  readonly nameIsText: boolean;
  readonly oid: string;
  /** Bytes; 0 for submodules and for what is missing. */
  readonly size: number;
  readonly kind: "file" | "executable" | "symlink" | "submodule";
  /** The repository does not hold the content. */
  readonly isMissing?: true;
}

/** Larger blobs are listed but not read: generated data, not something a person wrote. */
export const MAX_BLOB_BYTES = 1_000_000;

/** Whether `read` gives bytes for it when the repository holds it whole. */
export function isReadable({ kind, size }: TreeEntry): boolean {
  return (kind === "file" || kind === "executable") && size <= MAX_BLOB_BYTES;
}
