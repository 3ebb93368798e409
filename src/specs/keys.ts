/** The keys of front matter in the order chant writes them; new keys are inserted in this order. */
const KEY_ORDER = [
  "type",
  "status",
  "depends_on",
  "labels",
  "target_files",
  "context",
  "prompt",
  "branch",
  "commits",
  "completed_at",
  "model",
  "tracks",
  "informed_by",
  "origin",
  "schedule",
  "source_branch",
  "target_branch",
  "conflicting_files",
  "blocked_specs",
  "original_spec",
  "last_verified",
  "verification_status",
  "verification_failures",
  "replayed_at",
  "replay_count",
  "original_completed_at",
  "derived_fields",
  "approval",
  "members",
  "output_schema",
  "public",
  "retry_state",
] as const;
export type SpecKey = (typeof KEY_ORDER)[number];

const LIST_KEYS = new Set([
  "depends_on",
  "labels",
  "target_files",
  "context",
  "commits",
  "tracks",
  "informed_by",
  "origin",
  "conflicting_files",
  "blocked_specs",
  "verification_failures",
  "derived_fields",
  "members",
]);
/** Of any shape: `approval` is a map, the others belong to chant. */
const OTHER_KEYS = new Set(["approval", "public", "retry_state"]);

export function isListKey(key: string): boolean {
  return LIST_KEYS.has(key);
}

export function isTextKey(key: string): boolean {
  return (KEY_ORDER as readonly string[]).includes(key) && !LIST_KEYS.has(key) && !OTHER_KEYS.has(key);
}

/** The position of a key in chant's order; unknown keys come last. */
export function keyRank(key: string): number {
  const rank = (KEY_ORDER as readonly string[]).indexOf(key);
  return rank < 0 ? KEY_ORDER.length : rank;
}
