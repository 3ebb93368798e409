import type { Signal } from "../signal.ts";
import { asWritten, isMeant, meantBy } from "./mention.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** A stack trace in the issue, or of a run that fails as the issue says, passes through the file; nearer to where it broke counts more. */
export const stackFrame: Signal = {
  name: "stack frame",
  scale: "absolute",
  score(query, { candidates }) {
    const scores = new Map<string, number>();
    const frames = [...query.frames, ...query.ran.frames];
    frames.forEach((frame, order) => {
      const value = (1 + (order + 1) / frames.length) / 2;
      for (const path of meantBy(frame.path, candidates))
        scores.set(path, Math.max(scores.get(path) ?? 0, value));
    });
    return scores;
  },
  async explain(path, query) {
    const frame = query.frames.findLast((candidate) => isMeant(path, candidate.path));
    if (frame === undefined) {
      const ran = query.ran.frames.findLast((candidate) => candidate.path === path);
      if (ran === undefined) return [];
      return [
        {
          signal: "stack frame",
          text: "the failure of the report's own program passes through this file",
          citations: [{ kind: "lines", path, start: ran.line, end: ran.line }],
        },
      ];
    }
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
