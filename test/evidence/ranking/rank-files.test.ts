import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { rankFiles, scaled } from "../../../src/evidence/ranking/rank-files.ts";
import type { Weighted } from "../../../src/evidence/ranking/signal.ts";
import { SIGNALS } from "../../../src/evidence/ranking/signals.ts";
import { type ReportOnCode, reportOn, untrueIn } from "../../fakes/report-on-code.ts";

const files = {
  "src/app.ts": 'import { write } from "./disk.ts";\n\nexport function run() {\n  write();\n}\n',
  "src/disk.ts": "export function write() {}\n",
  "src/store.ts": "export function flush() {\n  return 'journal';\n}\n",
  "src/user.ts": "export const user = 1;\n",
  "lib/far.ts": "export const far = 1;\n",
};

/** With `weights`, by those signals alone. */
async function ranked(given: ReportOnCode, weights?: Readonly<Record<string, number>>) {
  const { query, context } = await reportOn(given);
  if (weights === undefined) return rankFiles(query, context);
  const only = <S extends { readonly name: string }>(signals: readonly Weighted<S>[]): Weighted<S>[] =>
    signals.flatMap(([signal]) =>
      weights[signal.name] === undefined ? [] : [[signal, weights[signal.name]!] as const],
    );
  return rankFiles(query, context, {
    direct: only(SIGNALS.direct),
    near: only(SIGNALS.near),
    companions: only(SIGNALS.companions),
  });
}

test("no two signals have the same name, and each has a weight above zero", () => {
  const signals: readonly Weighted<{ readonly name: string }>[] = [
    ...SIGNALS.direct,
    ...SIGNALS.near,
    ...SIGNALS.companions,
  ];
  expect(new Set(signals.map(([{ name }]) => name)).size).toBe(signals.length);
  expect(signals.filter(([, weight]) => !(weight > 0))).toEqual([]);
});

describe("files are ranked in passes", () => {
  test("what is near the files that the first pass found joins them, without a word of the issue", async () => {
    const { files: found } = await ranked({ files, title: "run is slow" }, { words: 2, "imported by": 1 });
    expect(found.map(({ path, score }) => [path, score])).toEqual([
      ["src/app.ts", 2],
      ["src/disk.ts", 1],
    ]);
  });

  test("near to nothing is nothing", async () => {
    const near = { function: 1, "called by": 1, "imported by": 1, folder: 1 };
    expect((await ranked({ files, title: "run is slow" }, near)).files).toEqual([]);
  });
});

describe("what changed with the first file", () => {
  const report: ReportOnCode = {
    files: {
      "src/store.py": "def flush():\n    journal()\n",
      "src/codec.py": "flush = 1\n",
      "src/disk.py": "flush = 1\n",
    },
    title: "flush the journal",
    commits: [
      { subject: "Add a mode", files: ["src/store.py", "src/disk.py"] },
      { subject: "Add a type", files: ["src/store.py", "src/disk.py"] },
      { subject: "Format", files: ["src/codec.py"] },
    ],
  };

  test("comes behind it, before a file with the same words, and says in how many commits", async () => {
    const { files: found, explain } = await ranked(report, { words: 1, "co-change": 2 });
    expect(found.map(({ path }) => path)).toEqual(["src/store.py", "src/disk.py", "src/codec.py"]);
    const [reason] = await explain(found[1]!);
    expect(reason?.text).toBe(
      "`src/disk.py` changed in 2 of 2 earlier small commits that changed `src/store.py`",
    );
    expect(reason?.citations.map((citation) => citation.kind)).toEqual(["commit", "commit"]);
  });

  test("never passes it, whatever the weight, and its shares still make its score", async () => {
    const { files: found } = await ranked(report, { words: 1, "co-change": 1_000 });
    expect(found.map(({ path }) => path)).toEqual(["src/store.py", "src/disk.py", "src/codec.py"]);
    expect(found[1]!.score).toBe(found[0]!.score);
    for (const { score, shares } of found)
      expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(score);
  });

  test("is none where nothing ranks first", async () => {
    expect((await ranked({ ...report, title: "Hello" }, { words: 1, "co-change": 2 })).files).toEqual([]);
  });
});

describe("the score of a file", () => {
  test("is the sum of its shares, strongest first; the best file of a relative signal has the whole weight", async () => {
    const { files: found } = await ranked({ files, title: "Store: flush() of the journal" });
    for (const { score, shares } of found) {
      expect(score).toBeCloseTo([...shares.values()].reduce((sum, share) => sum + share, 0));
      expect([...shares.values()]).toEqual([...shares.values()].sort((a, b) => b - a));
    }
    expect(found[0]?.path).toBe("src/store.ts");
    expect(found[0]?.shares.get("words")).toBe(SIGNALS.direct.find(([{ name }]) => name === "words")?.[1]);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
  });

  test("owes nothing to a signal that is not in the table", async () => {
    const { files: found } = await ranked({ files, title: "src/store.ts: flush" }, { mention: 1 });
    expect(found.map(({ path, shares }) => [path, [...shares]])).toEqual([
      ["src/store.ts", [["mention", 1]]],
    ]);
    expect((await ranked({ files, title: "src/store.ts: flush" }, {})).files).toEqual([]);
  });

  test.each([
    ["absolute", { a: 0.5, b: 0.25 }],
    ["relative", { a: 1, b: 0.5 }],
  ] as const)("counts %s scores as they are meant", (scale, expected) => {
    expect(Object.fromEntries(scaled(scale, new Map(Object.entries({ a: 0.5, b: 0.25 }))))).toEqual(expected);
    expect(scaled(scale, new Map())).toEqual(new Map());
  });
});

test("files with the same score stand in the order of their paths", async () => {
  const same = Object.fromEntries(["c", "a/b", "b", "a"].map((name) => [`${name}.py`, "flush()\n"]));
  const { files: found } = await ranked({ files: same, title: "flush", inGivenOrder: true }, { words: 1 });
  expect(found.map(({ path }) => path)).toEqual(["a.py", "a/b.py", "b.py", "c.py"]);
});

test("the order in which the tree lists its files changes neither the ranking nor the reasons", async () => {
  const told = async (paths: readonly string[]) => {
    const ranking = await ranked({
      files: Object.fromEntries(paths.map((path) => [path, files[path as keyof typeof files]])),
      title: "Store: flush() of the journal",
      body: "After `run` and `write`, see app.ts.",
      commits: [
        { subject: "Journal before a flush", files: ["src/store.ts", "src/user.ts"] },
        { subject: "Run", files: ["src/app.ts"] },
        { subject: "Begin", files: Object.keys(files) },
      ],
      inGivenOrder: true,
    });
    return Promise.all(
      ranking.files.map(async (file) => [file.path, file.score.toFixed(9), await ranking.explain(file)]),
    );
  };
  const expected = await told(Object.keys(files).sort());
  const orders = fc.shuffledSubarray(Object.keys(files), { minLength: Object.keys(files).length });
  await fc.assert(
    fc.asyncProperty(orders, async (paths) => expect(await told(paths)).toEqual(expected)),
    { numRuns: 15 },
  );
});

describe("the reasons of a file", () => {
  const given = {
    files: {
      ...files,
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`lib/rest${i}.ts`, "export {};\n"])),
    },
    title: "The store forgets its journal",
    body: "flush() in src/store.ts is never called.",
  };

  test("come from the signals that gave it its score, one each, and are true", async () => {
    const report = await reportOn(given);
    const ranking = await rankFiles(report.query, report.context);
    const [best] = ranking.files;
    const reasons = await ranking.explain(best!);
    expect(reasons.length).toBeGreaterThan(1);
    expect(new Set(reasons.map(({ signal }) => signal)).size).toBe(reasons.length);
    for (const { signal } of reasons) expect(best!.shares.has(signal)).toBe(true);
    expect(await untrueIn(reasons, report)).toEqual([]);
  });

  test("are the strongest first", async () => {
    const order = async (weights: Readonly<Record<string, number>>) => {
      const ranking = await ranked(given, weights);
      return (await ranking.explain(ranking.files[0]!)).map(({ signal }) => signal);
    };
    expect(await order({ words: 3, mention: 2, "file name": 1 })).toEqual(["words", "mention", "file name"]);
    expect(await order({ words: 1, mention: 2, "file name": 3 })).toEqual(["file name", "mention", "words"]);
  });

  test("leave out what the best files have in common", async () => {
    const twins = { "a/one.py": "flush = 1\n", "b/two.py": "flush = 1\n" };
    const ranking = await ranked(
      { files: twins, title: "flush", body: "In a/one.py." },
      { words: 1, mention: 1 },
    );
    expect((await ranking.explain(ranking.files[0]!)).map(({ signal }) => signal)).toEqual(["mention"]);
  });
});

test("a ranking that is stopped throws what it was stopped with", async () => {
  const { query, context } = await reportOn({ files, title: "flush" });
  const signal = AbortSignal.abort(new Error("stopped by the user"));
  await expect(rankFiles(query, { ...context, signal })).rejects.toThrow("stopped by the user");
});
