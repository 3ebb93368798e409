import type { Query } from "../query.ts";
import { memoise } from "../../memoise.ts";
import type { Signal, SignalContext } from "../signal.ts";
import { scoreWords } from "./words.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** Tests that are looked at. */
const TESTS = 12;

/** The tests that speak most of what the issue speaks of are named after the file (`test_rewrite.py`, `FooTest.java`). */
export const testName: Signal = {
  name: "test name",
  scale: "absolute",
  score(query, context) {
    const scores = new Map<string, number>();
    for (const { file, share } of namedTests(query, context))
      scores.set(file, Math.max(scores.get(file) ?? 0, share));
    return scores;
  },
  async explain(path, query, context) {
    const best = namedTests(query, context).find(({ file }) => file === path);
    if (best === undefined) return [];
    return [
      {
        signal: "test name",
        text: `${inlineCode(best.test)}, ${best.order === 0 ? "the test" : "one of the tests"} nearest to the issue, carries its name`,
        citations: [{ kind: "lines", path: best.test, start: 1, end: 1 }],
      },
    ];
  },
};

interface NamedTest {
  readonly test: string;
  readonly file: string;
  /** 0: the best test. */
  readonly order: number;
  /** 0 to 1: how good the test is, shared by the files that carry its name. */
  readonly share: number;
}

/** Best tests first. */
const namedTests = memoise((query: Query, context: SignalContext): readonly NamedTest[] => {
  const { codebase, candidates } = context;
  const tests = codebase.tree.entries
    .map(({ path }) => path)
    .filter(
      (path) => codebase.roleOf(path) === "test" && (codebase.invertedIndex(path)?.hashes.length ?? 0) > 0,
    );
  const best = [...scoreWords(query, codebase, tests)].sort((a, b) => b[1] - a[1]).slice(0, TESTS);
  const byName = new Map<string, string[]>();
  for (const path of candidates) {
    const name = bareName(path);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  return best.flatMap(([test, score], order) => {
    const files = byName.get(testedName(test)) ?? [];
    return files.map((file) => ({ test, file, order, share: score / best[0]![1] / files.length }));
  });
});

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return (dot > 0 ? name.slice(0, dot) : name).toLowerCase();
}

function bareName(path: string): string {
  return stemOf(path).replace(/[^a-z0-9]/g, "");
}

function testedName(path: string): string {
  return stemOf(path)
    .replace(/^test[_-]?|[._-]?(?:tests?|spec)$/g, "")
    .replace(/[^a-z0-9]/g, "");
}
