import type { Signal } from "../signal.ts";

/** The report's own program executes functions of the file. */
export const executed: Signal = {
  name: "executed",
  scale: "absolute",
  score({ ran }, { candidates }) {
    const files = new Set(ran.places.map(({ path }) => path));
    return new Map(candidates.flatMap((path) => (files.has(path) ? [[path, 1] as const] : [])));
  },
  explain(path, { ran }) {
    const [first] = ran.places.filter((one) => one.path === path);
    if (first === undefined) return Promise.resolve([]);
    const count = ran.places.filter((one) => one.path === path).length;
    return Promise.resolve([
      {
        signal: "executed",
        text: `the report's own program executes ${count === 1 ? "a function" : `${count} functions`} of it`,
        citations: [{ kind: "lines", path, start: first.start, end: first.end }],
      },
    ]);
  },
};
