import { inlineCode } from "../../../text/inline-code.ts";
import type { ReportedPlace } from "../../reported-places/reported-place.ts";
import type { Query } from "../query.ts";
import type { Signal } from "../signal.ts";

/** The report points to lines of the file. */
export const namedLine: Signal = {
  name: "named line",
  scale: "absolute",
  score(query, { candidates }) {
    const ranked = new Set(candidates);
    return new Map(
      placesIn(query).flatMap(({ basePath }) => (ranked.has(basePath!) ? [[basePath!, 1] as const] : [])),
    );
  },
  async explain(path, query, { codebase }) {
    const place = placesIn(query).find(({ basePath }) => basePath === path);
    if (place === undefined) return [];
    const { named, atBase } = place;
    // An empty file has no line to show.
    if ((await codebase.text(path))?.lines[0] === undefined) return [];
    const lines = atBase === "gone" || atBase === undefined ? { path, start: 1, end: 1 } : atBase;
    return [
      {
        signal: "named line",
        text: `the report points to lines of this file${place.function === undefined ? "" : `, in ${inlineCode(place.function.name)}`}${atBase === "gone" ? ", which have changed since" : ""}`,
        citations: [
          { kind: "lines", ...lines },
          { kind: "issue", quote: named },
        ],
      },
    ];
  },
};

function placesIn(query: Query): readonly ReportedPlace[] {
  return query.reported.places.filter(({ lines, basePath }) => lines !== undefined && basePath !== undefined);
}
