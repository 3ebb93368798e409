import { z } from "zod";
import type { RecordedRun } from "../documents/recorded-run.ts";
import { recordsOf } from "../documents/run-record.ts";
import type { RanCode } from "../evidence/ranking/query.ts";

const TYPE = "executed-places";
const record = z.object({
  type: z.literal(TYPE),
  files: z.record(z.string(), z.string()),
  frames: z.array(z.object({ path: z.string(), line: z.int().min(1) })),
});

/** Functions that a run executed, as it records them for the ranking: `{ "a.py": "3-9,12-20" }`. */
export function executedPlaces({ places, frames }: RanCode): object {
  const files: Record<string, string> = {};
  for (const { path, start, end } of places)
    files[path] = `${files[path] === undefined ? "" : `${files[path]},`}${start}-${end}`;
  return { type: TYPE, files, frames };
}

/** The functions that the runs of a document executed, as they record it. A line that is no such record is skipped. */
export function ranIn(runs: readonly RecordedRun[]): RanCode {
  const found = runs.flatMap((run) => recordsOf(run).flatMap((line) => recordIn(line) ?? []));
  return {
    places: found.flatMap(({ files }) =>
      Object.entries(files).flatMap(([path, ranges]) =>
        ranges.split(",").flatMap((range) => {
          const [start = 0, end = 0] = range.split("-").map(Number);
          return Number.isInteger(start) && Number.isInteger(end) && start > 0 && end >= start
            ? [{ path, start, end }]
            : [];
        }),
      ),
    ),
    frames: found.flatMap(({ frames }) => frames),
  };
}

function recordIn(line: string): z.infer<typeof record> | undefined {
  if (!line.includes(TYPE)) return undefined;
  try {
    return record.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
