import { describe, expect, test } from "@jest/globals";
import {
  type FunctionFeatures,
  FUNCTION_WEIGHTS,
  functionFeatures,
  rankFunctions,
  type RankedFunction,
} from "../../../src/evidence/ranking/rank-functions.ts";
import { rankedFirst, type ReportOnCode, reportOn } from "../../fakes/report-on-code.ts";

/** The functions of all files, the files ranked in the order in which they are given. */
async function ranked(
  given: ReportOnCode,
  weights?: Partial<FunctionFeatures>,
): Promise<readonly RankedFunction[]> {
  const { query, context } = await reportOn(given);
  const paths = Object.keys(given.files);
  const files = rankedFirst(Object.fromEntries(paths.map((path, i) => [path, paths.length - i])));
  if (weights === undefined) return rankFunctions(files, query, context);
  const none = Object.fromEntries(Object.keys(FUNCTION_WEIGHTS).map((name) => [name, 0]));
  return rankFunctions(files, query, context, { ...none, ...weights } as FunctionFeatures);
}

const names = (functions: readonly RankedFunction[]): readonly string[] =>
  functions.map(({ path, symbol }) => `${path} ${symbol.name}`);

test("functions with words of the issue are ranked; without any, and without a frame, a function is left out", async () => {
  const found = await ranked({
    files: {
      "store.py": "def save():\n    flush()\n    journal()\n\ndef load():\n    pass\n",
      "disk.py": "def sync():\n    flush()\n",
    },
    title: "flush the journal",
  });
  expect(names(found)).toEqual(["store.py save", "disk.py sync"]);
  expect([...found[0]!.words].sort()).toEqual(["flush", "journal"]);
});

test("of two functions with the same words, the one in the better file is first", async () => {
  const body = "    flush()\n";
  const found = await ranked({
    files: { "z.py": `def one():\n${body}`, "a.py": `def two():\n${body}` },
    title: "flush",
  });
  expect(names(found)).toEqual(["z.py one", "a.py two"]);
});

test("functions with the same score stand in the order of path and line", async () => {
  const two = "def one():\n    flush()\n\ndef two():\n    flush()\n";
  const found = await ranked({ files: { "b.py": two, "a.py": two }, title: "flush" }, { words: 1 });
  expect(names(found)).toEqual(["a.py one", "a.py two", "b.py one", "b.py two"]);
});

test("the best function of each file comes before the second best of another", async () => {
  const files = {
    "a.py": "def one():\n    flush()\n    flush()\n\ndef two():\n    flush()\n",
    "b.py": "def three():\n    flush()\n\ndef four():\n    pass\n",
  };
  const found = await ranked({ files, title: "flush" }, { "place in file": 1 });
  expect(names(found)).toEqual(["a.py one", "b.py three", "a.py two"]);
});

test("a file of few functions speaks for each of them", async () => {
  const files = {
    "a.py": "def one():\n    flush()\n\ndef two():\n    flush()\n",
    "b.py": "def three():\n    flush()\n",
  };
  const found = await ranked({ files, title: "flush" }, { "few in file": 1 });
  expect(names(found)).toEqual(["b.py three", "a.py one", "a.py two"]);
});

describe("a stack frame lies in a function", () => {
  const files = {
    "app/store.py": "def save():\n    pass\n\ndef load():\n    pass\n",
    "lib/store.py": "def save():\n    pass\n",
  };
  const inTrace = async (frame: string): Promise<readonly string[]> => {
    const found = await ranked({ files, title: "Crash", body: `\`\`\`\n${frame}\n\`\`\`` });
    return names(found.filter((one) => one.inTrace));
  };

  test.each([
    [
      "by its name, also when lines moved since",
      '  File "app/store.py", line 90, in save',
      ["app/store.py save"],
    ],
    ["by its line when the frame names none", "    at /srv/app/store.py:5:1", ["app/store.py load"]],
    ["by its name when there is no line", "/srv/app/store.py in load(x)", ["app/store.py load"]],
    ["not by its line when the frame names another", '  File "app/store.py", line 2, in open', []],
    ["in none when the line is between functions", "    at /srv/app/store.py:3:1", []],
    [
      "in every file that the frame may mean",
      '  File "store.py", line 2, in save',
      ["app/store.py save", "lib/store.py save"],
    ],
  ])("%s", async (_, frame, expected) => {
    expect([...(await inTrace(frame))].sort()).toEqual(expected);
  });
});

describe("a function whose name the issue writes", () => {
  test("stands out alone, and less when others share the name", async () => {
    const [one] = await ranked({ files: { "a.py": "def flush():\n    pass\n" }, title: "flush() fails" });
    expect(one?.sharing).toBe(1);
    const found = await ranked({
      files: { "a.py": "def flush():\n    pass\n", "b.py": "class B:\n    def flush(self):\n        pass\n" },
      title: "flush() fails",
    });
    expect(found.map(({ sharing }) => sharing)).toEqual([2, 2]);
  });

  test("is not a word of prose", async () => {
    const [one] = await ranked({ files: { "a.py": "def flush():\n    pass\n" }, title: "A flush fails" });
    expect(one?.sharing).toBe(0);
  });

  test("is not a constructor: the name is that of its class", async () => {
    const found = await ranked({
      files: { "Store.java": "class Store {\n  Store() {\n    flush();\n  }\n  void flush() {}\n}\n" },
      title: "Store() and flush() fail",
    });
    expect(Object.fromEntries(found.map(({ symbol, sharing }) => [symbol.name, sharing]))).toEqual({
      Store: 0,
      flush: 1,
    });
  });
});

test("a test that stands among the sources counts less than what it tests", async () => {
  const found = await ranked(
    {
      files: {
        "lib.rs":
          "fn flush_all() {\n    flush();\n}\n\nmod tests {\n    fn flush_one() {\n        flush();\n    }\n}\n",
      },
      title: "flush",
    },
    { "no test": 1 },
  );
  expect(found.map(({ symbol, score }) => [symbol.name, score])).toEqual([
    ["flush_all", 1],
    ["flush_one", 0],
  ]);
});

test("each part is 0 to 1, also of functions that hold nothing", async () => {
  const { query, context } = await reportOn({
    files: { "a.py": "def flush():\n    journal()\n\ndef b(): pass\n", "c.py": "def c():\n    pass\n" },
    title: "flush() loses the journal",
  });
  const all = await functionFeatures(rankedFirst({ "a.py": 2, "c.py": 1 }), query, context);
  expect(all.map(({ measured }) => measured.symbol.name)).toEqual(["flush", "b", "c"]);
  for (const part of all.flatMap(({ parts }) => Object.values(parts))) {
    expect(part).toBeGreaterThanOrEqual(0);
    expect(part).toBeLessThanOrEqual(1);
  }
  // The best of all has a whole part.
  expect(all[0]!.parts).toMatchObject({
    words: 1,
    file: 1,
    cover: 1,
    named: 1,
    "no test": 1,
    "stack frame": 0,
  });
});

test("no files have no functions", async () => {
  const { query, context } = await reportOn({
    files: { "a.py": "def flush():\n    pass\n" },
    title: "flush",
  });
  expect(await rankFunctions([], query, context)).toEqual([]);
});
