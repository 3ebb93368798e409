/**
 * What was derived from a blob, kept under the blob's hash: the next commit derives again only what changed.
 * Losing it costs time, never correctness: a missing, damaged or locked store behaves like an empty one.
 */
export interface BlobCache {
  /** `kind` names the derivation and its version (`invertedIndex-3`): another version is another kind. */
  getMany(kind: string, oids: readonly string[]): Map<string, Uint8Array>;
  putMany(kind: string, entries: Iterable<readonly [oid: string, data: Uint8Array]>): void;
}
