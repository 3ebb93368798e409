import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LANGUAGE_NAMES, type LanguageName } from "../../src/languages/languages.ts";
import type { Shape } from "../../src/languages/syntax.ts";
import { SAMPLE_FUNCTIONS, sampleText } from "./sample-functions.ts";
import { readSyntax } from "./syntax-lines.ts";

const GREEK = "alpha|beta|gamma|delta|omega|sigma|kappa|tau|rho|eta|iota|theta|zeta|mu".split("|");
/** The ending keeps a name from being a keyword or a type that the grammar knows. */
const name = fc.stringMatching(/^[a-z]{1,8}$/).map((letters) => `${letters}_q`);
const literals = fc.record({ number: fc.nat(1_000_000), string: fc.stringMatching(/^[a-z0-9 .,]{0,12}$/) });

describe.each(LANGUAGE_NAMES)("%s", (language) => {
  const sample = SAMPLE_FUNCTIONS[language];

  test("other names and other literals give the same tokens and statements", async () => {
    const before = await shapeOf(language, sampleText(sample));
    expect(before.statements).toHaveLength(sample.statements.length);
    expect(before.tokens.length).toBeGreaterThan(30);

    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: 14, maxLength: 14 }),
        literals,
        async (names, { number, string }) => {
          const renamed = sampleText(sample).replace(/[a-z]+|11/g, (word) =>
            word === "11" ? String(number) : word === "red" ? string : (names[GREEK.indexOf(word)] ?? word),
          );
          const after = await shapeOf(language, renamed);
          expect({ tokens: after.tokens, statements: after.statements }).toEqual({
            tokens: before.tokens,
            statements: before.statements,
          });
        },
      ),
      { numRuns: 15, seed: 7 },
    );
  });

  test("another order of the statements gives the same statements in that order", async () => {
    const before = await shapeOf(language, sampleText(sample));
    const places = sample.statements.map((_, index) => index);

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(places, { minLength: places.length }), async (order) => {
        const text = sampleText(
          sample,
          order.map((place) => sample.statements[place] ?? ""),
        );
        const after = await shapeOf(language, text);
        expect(after.statements).toEqual(order.map((place) => before.statements[place]));
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  test("comments, blank lines and indentation do not count", async () => {
    const before = await shapeOf(language, sampleText(sample));
    const spread = sample.statements.flatMap((one) => [
      one.replaceAll("+ 11", `+  11`),
      "",
      `    ${sample.comment} ${one.length}`,
    ]);

    const after = await shapeOf(language, sampleText(sample, spread));

    expect(after.tokens).toEqual(before.tokens);
    expect(after.statements).toEqual(before.statements);
  });

  test("another operator or one call more is another shape", async () => {
    const before = await shapeOf(language, sampleText(sample));

    const minus = await shapeOf(language, sampleText(sample).replace("beta + 11", "beta - 11"));
    const [once, twice] =
      language === "bash"
        ? ['omega "red"', 'omega "red"; omega "red"']
        : ['omega("red")', 'omega(omega("red"))'];
    const more = await shapeOf(language, sampleText(sample).replace(once, twice));

    expect(minus.tokens).not.toEqual(before.tokens);
    expect(minus.tokens).toHaveLength(before.tokens.length);
    expect(more.tokens.length).toBeGreaterThan(before.tokens.length);
    expect(before.calls).toEqual(expect.arrayContaining(["omega", "kappa"]));
    expect(more.calls.filter((called) => called === "omega")).toEqual(["omega", "omega"]);
  });
});

/** The shape of the sample's function, which may have any name. */
async function shapeOf(language: LanguageName, text: string): Promise<Shape> {
  const { symbols, hasErrors } = await readSyntax(language, text);
  const shape = symbols.find((symbol) => symbol.kind === "function" || symbol.kind === "method")?.shape;
  if (hasErrors || shape === undefined) throw new Error(`no shape in:\n${text}`);
  return shape;
}
