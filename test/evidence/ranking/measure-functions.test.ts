import { expect, test } from "@jest/globals";
import { functionMeasures, type MeasuredFunction } from "../../../src/evidence/ranking/measure-functions.ts";
import { reportOn } from "../../fakes/report-on-code.ts";

/** The functions of the files by name. */
async function measure(
  files: Readonly<Record<string, string>>,
  title: string,
): Promise<Readonly<Record<string, MeasuredFunction>>> {
  const { query, context } = await reportOn({ files, title });
  const all = await functionMeasures(query, context)(Object.keys(files));
  return Object.fromEntries(all.map((one) => [one.symbol.name, one]));
}

test("the issue's words are counted in the lines of the function alone", async () => {
  const { save, load } = await measure(
    { "a.py": "flush()\n\ndef save():\n    flush()\n    journal()\n\ndef load():\n    pass\n" },
    "flush the journal",
  );
  expect([...save!.strongest].sort()).toEqual(["flush", "journal"]);
  expect(load).toMatchObject({ words: 0, cover: 0, strongest: [], lines: 2 });
});

test("a function inside another keeps its lines and words to itself", async () => {
  const { outer, inner } = await measure(
    { "a.py": "def outer():\n    def inner():\n        flush()\n    journal()\n" },
    "flush the journal",
  );
  expect(outer).toMatchObject({ lines: 2, strongest: ["journal"] });
  expect(inner).toMatchObject({ lines: 2, strongest: ["flush"] });
});

test("a word in the name counts more than one in the body", async () => {
  const { flush, other } = await measure(
    { "a.py": "def flush():\n    pass\n\ndef other():\n    flush()\n" },
    "flush",
  );
  expect(flush!.words).toBeGreaterThan(other!.words);
  expect(flush!.nameWords).toBeGreaterThan(0);
  expect(other!.nameWords).toBe(0);
  expect(flush!.cover).toBe(other!.cover);
});

test("the share of a name that the issue speaks of is told apart from how rare its words are", async () => {
  const { readConfigFile, read, Reader } = await measure(
    { "a.ts": "function readConfigFile() {}\nfunction read() {}\nfunction Reader() {}\n" },
    "Read the config",
  );
  expect(readConfigFile!.nameShare).toBeCloseTo(2 / 3);
  expect(read!.nameShare).toBe(1);
  expect(Reader!.nameShare).toBe(0);
});

test("what a function stands in speaks for it, too", async () => {
  const { save, load } = await measure(
    { "a.py": "class Journal:\n    def save(self):\n        pass\n\ndef load():\n    pass\n" },
    "The journal is lost",
  );
  expect(save!.containerWords).toBeGreaterThan(0);
  expect(save!.words).toBeGreaterThan(0);
  expect(load).toMatchObject({ containerWords: 0, words: 0 });
});

test("different words cover more than one word often, which a short function gains more from", async () => {
  const { both, often, long } = await measure(
    {
      "a.py": [
        "def both():\n    flush()\n    journal()\n",
        "def often():\n    flush()\n    flush()\n",
        `def long():\n    flush()\n    flush()\n${"    pass\n".repeat(60)}`,
      ].join("\n"),
    },
    "flush the journal",
  );
  expect(both!.cover).toBeGreaterThan(often!.cover);
  expect(often!.cover).toBe(long!.cover);
  expect(often!.words).toBeGreaterThan(long!.words);
});

test("at most five words are told, those that add most first", async () => {
  const { save } = await measure(
    {
      "a.py": "def save():\n    alpha(beta, gamma)\n    delta(epsilon, zeta)\n    zeta(zeta, zeta)\n",
      "b.py": "alpha\n",
    },
    "alpha beta gamma delta epsilon zeta",
  );
  expect(save!.strongest).toHaveLength(5);
  expect(save!.strongest[0]).toBe("zeta");
  expect(save!.strongest).not.toContain("alpha"); // the only one that another file holds
});

test("functions come in the order of the paths; each file is measured once; what has no syntax has no functions", async () => {
  const { query, context } = await reportOn({
    files: { "a.py": "def a():\n    pass\n", "b.py": "def b():\n    pass\n", "c.hs": "function c() end\n" },
    title: "flush",
  });
  const measured = await functionMeasures(query, context)(["b.py", "a.py", "c.hs", "gone.py"]);
  expect(measured.map(({ path, symbol }) => `${path} ${symbol.name}`)).toEqual(["b.py b", "a.py a"]);
  const [again] = await functionMeasures(query, context)(["a.py"]);
  expect(again).toBe(measured[1]);
});
