import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import type { SymbolIndex } from "../../src/evidence/references/build-symbol-index.ts";
import { findSimilar, similarityOf } from "../../src/evidence/find-similar.ts";
import type { FileSyntax } from "../../src/languages/syntax.ts";

/** What is found for the one function of `original` among those of the other texts, each a file of its own. */
async function similarTo(original: string, others: Readonly<Record<string, string>>): Promise<string[]> {
  await using reader = treeSitterSyntax({ workers: 0 });
  const files = new Map<string, FileSyntax>();
  const texts = Object.entries({ "original.py": original, ...others });
  const wanted = texts.map(([oid, text]) => ({ oid, language: reader.languageOf(oid)!, text }));
  for await (const { oid, syntax } of reader.parse(wanted)) files.set(oid, syntax!);
  const symbolIndex: SymbolIndex = { files, definitions: new Map(), unparsed: [] };
  const symbol = files.get("original.py")!.symbols[0]!;
  return findSimilar({ path: "original.py", symbol }, "python", symbolIndex).map(
    ({ path, similarity }) => `${path} ${Math.round(similarity * 100)} %`,
  );
}

const ORIGINAL = `def total(items, limit):
    found = 0
    checked = []
    log(limit)
    for item in items:
        if item.price > limit:
            found = found + item.price
        else:
            checked.append(item.name)
    store(checked)
    notify(found, limit)
    return found
`;

describe("a copy is found", () => {
  test("with other layout and comments, and with other names and literals, as if nothing had changed", async () => {
    const laidOut = ORIGINAL.replace("    found = 0\n", "    # nothing yet\n\n    found  =  0\n");
    const renamed = ORIGINAL.replaceAll("item", "row").replaceAll("found", "sum_").replace("= 0", "= 17");
    expect(await similarTo(ORIGINAL, { "laid-out.py": laidOut, "renamed.py": renamed })).toEqual([
      "laid-out.py 100 %",
      "renamed.py 100 %",
    ]);
  });

  test("with a statement added, one removed, and two in the other order", async () => {
    const added = ORIGINAL.replace("    store(checked)\n", "    store(checked)\n    retry.count = 3\n");
    const removed = ORIGINAL.replace("    log(limit)\n", "");
    const moved = ORIGINAL.replace("    log(limit)\n", "").replace(
      "    notify(",
      "    log(limit)\n    notify(",
    );
    const found = await similarTo(ORIGINAL, { "added.py": added, "moved.py": moved, "removed.py": removed });
    expect(found).toEqual(["added.py 91 %", "removed.py 89 %", "moved.py 88 %"]);
  });
});

test("what has the same brackets, dots and calls in another order is no copy", async () => {
  const other = `def load(path, mode):
    with open(path, mode) as source:
        text = source.read()
    while text.startswith(mode):
        text = text[1:]
    try:
        return parse(text, path)
    except ValueError as error:
        raise Broken(path) from error
`;
  expect(await similarTo(ORIGINAL, { "other.py": other })).toEqual([]);
});

test("bodies under 24 tokens are alike by chance, and not compared", async () => {
  const short = "def get(self):\n    return self.value\n";
  expect(await similarTo(short, { "same.py": short })).toEqual([]);
});

describe("similarity", () => {
  const tokens = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 });

  test("is the same in both directions, and between 0 and 1", () => {
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        const similarity = similarityOf(a, b);
        expect(similarity).toBe(similarityOf(b, a));
        expect(similarity).toBeGreaterThanOrEqual(0);
        expect(similarity).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("is 1 for equal sequences, of any length", () => {
    fc.assert(fc.property(tokens, (a) => expect(similarityOf(a, [...a])).toBe(1)));
  });

  test("is lowered by one changed token by the runs of four that hold it, no more", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 12, maxLength: 60 }), fc.nat(), (a, place) => {
        const changed = a.with(place % a.length, 99);
        expect(similarityOf(a, changed)).toBeGreaterThan(1 - 4 / (a.length - 3) - 1e-9);
        expect(similarityOf(a, changed)).toBeLessThan(1);
      }),
    );
  });
});

test("renaming everything changes no similarity, for any names", async () => {
  const word = fc.stringMatching(/^[a-z]{3,9}_$/);
  const names = fc.uniqueArray(word, { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(names, async (fresh) => {
      const renamed = ["total", "items", "limit", "found", "checked", "item"].reduce(
        (text, name, at) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), fresh[at]!),
        ORIGINAL,
      );
      expect(await similarTo(ORIGINAL, { "renamed.py": renamed })).toEqual(["renamed.py 100 %"]);
    }),
    { numRuns: 20 },
  );
});
