import type { Signal } from "../signal.ts";
import { asWritten, isMeant, meantBy } from "./mention.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** A stack trace in the issue passes through the file; nearer to where it broke counts more. */
export const stackFrame: Signal = {
  name: "stack frame",
  scale: "absolute",
  score(query, { candidates }) {
    const scores = new Map<string, number>();
    query.frames.forEach((frame, order) => {
      const value = (1 + (order + 1) / query.frames.length) / 2;
      for (const path of meantBy(frame.path, candidates))
        scores.set(path, Math.max(scores.get(path) ?? 0, value));
    });
    return scores;
  },
  async explain(path, query) {
    const frame = query.frames.findLast((candidate) => isMeant(path, candidate.path));
    if (frame === undefined) return [];
    const where = frame.function === undefined ? "" : `, in ${inlineCode(frame.function)}`;
    return [
      {
        signal: "stack frame",
        text: `the reported stack trace passes through this file${where}`,
        citations: [{ kind: "issue", quote: asWritten(frame.path) }],
      },
    ];
  },
};
