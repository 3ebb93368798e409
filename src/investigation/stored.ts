import { documentFileOf } from "../phases/names.ts";
import type { PhaseRecord } from "../phases/phase-result.ts";
import { parseLocation } from "../text/location.ts";
import type { Conditions, Core, Investigation, StageState } from "./investigation.ts";

/** As the version before stored it: `conditions` had another name, `at` was a text, records named no files. */
type Before = StageState &
  Omit<Core, "conditions" | "at"> & { readonly circumstances: Conditions; readonly at?: string };

const HAS_DOCUMENT: ReadonlySet<PhaseRecord["status"]> = new Set(["completed", "needs_attention", "failed"]);

/** An investigation from the JSON that this version or the one before stored. */
export function parseInvestigation(json: string): Investigation {
  const stored = JSON.parse(json) as Investigation | Before;
  return "circumstances" in stored ? upgraded(stored) : stored;
}

/** What a document cites was not stored; it comes back with the next run of its phase. */
function upgraded({ circumstances, at, ...rest }: Before): Investigation {
  const read = at === undefined ? undefined : parseLocation(at);
  const phases = rest.phases.map((record) =>
    HAS_DOCUMENT.has(record.status)
      ? { ...record, files: [documentFileOf(String(rest.issue), record)] }
      : record,
  );
  return {
    ...rest,
    ...(read === undefined || "problem" in read
      ? {}
      : { at: { path: read.path, start: read.start, end: read.end } }),
    phases,
    conditions: circumstances,
  };
}
