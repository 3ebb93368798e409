import { describe, expect, test } from "@jest/globals";
import { fileParser } from "../../src/languages/io/file-parser.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { LANGUAGE_NAMES } from "../../src/languages/languages.ts";
import { SAMPLE_FUNCTIONS, sampleText } from "./sample-functions.ts";
import { readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const NESTED = 10_000;
/** Its scanner asks for the column of each token, which reads the line from its start. */
const NESTED_IN_SCALA = 1_000;

describe.each(LANGUAGE_NAMES)("%s", (language) => {
  const sample = SAMPLE_FUNCTIONS[language];
  const text = sampleText(sample);
  const depth = language === "scala" ? NESTED_IN_SCALA : NESTED;

  test("an empty file has no symbols and no errors", async () => {
    expect(await readSyntax(language, "")).toEqual({
      language,
      symbols: [],
      references: [],
      imports: [],
      hasErrors: false,
    });
  });

  test("what stands before text that makes no sense is still found, and the error is told", async () => {
    const whole = await readSyntax(language, text);

    const broken = await readSyntax(language, `${text}\n)) = 3 (\n`);

    expect(whole.hasErrors).toBe(false);
    expect(broken.hasErrors).toBe(true);
    expect(symbolLines(broken)).toEqual(symbolLines(whole));
  });

  test("CRLF line endings change nothing", async () => {
    const unix = await readSyntax(language, text);

    const windows = await readSyntax(language, text.replaceAll("\n", "\r\n"));

    expect(windows).toEqual(unix);
  });

  test("characters beyond ASCII and beyond 16 bits before a name do not move it", async () => {
    const plain = await readSyntax(language, text);
    const comment = `${sample.comment} é 😀 𝒳\n`;
    const foreign = text
      .replace(/\+ 11/, `+ "😀é".size`)
      .replaceAll("alpha", "größe")
      .replace("\n", `\n${comment}`);

    const moved = await readSyntax(
      language,
      language === "python" ? comment + foreign.replace(comment, "") : foreign,
    );

    const [before, after] = [plain, moved].map(({ symbols }) =>
      symbols.find(({ name }) => name === "alpha" || name === "größe"),
    );
    expect(after?.name).toBe("größe");
    expect(after?.signature).toBe(before?.signature.replace("alpha", "größe"));
    expect(referenceLines(moved)).toEqual(
      expect.arrayContaining([expect.stringMatching(/ in .*größe: call omega$/)]),
    );
  });

  test(`${depth} brackets in each other, closed or not, cost neither the file nor the process`, async () => {
    const closed = text.replace("beta + 11", `beta + ${"(".repeat(depth)}11${")".repeat(depth)}`);
    const open = `${text}\n${"{(".repeat(depth / 2)}`;

    expect(symbolLines(await readSyntax(language, closed))).toEqual(
      symbolLines(await readSyntax(language, text)),
    );
    const { symbols, hasErrors } = await readSyntax(language, open);
    expect(hasErrors).toBe(true);
    expect(symbols.map(({ name }) => name)).toContain("alpha");
  });
});

// The grammars of Ruby and R give up on the whole function, and a call in the shell has no parentheses.
test.each(LANGUAGE_NAMES.filter((language) => !["ruby", "r", "bash"].includes(language)))(
  "%s: a parenthesis missing within a function does not lose the function",
  async (language) => {
    const text = sampleText(SAMPLE_FUNCTIONS[language]);

    const broken = await readSyntax(language, text.replace('omega("red")', 'omega("red"'));

    expect(broken.hasErrors).toBe(true);
    expect(broken.symbols.map(({ name }) => name)).toContain("alpha");
  },
);

test.each(LANGUAGE_NAMES)(
  "%s: a string that never ends changes nothing for the file after it",
  async (language) => {
    const text = sampleText(SAMPLE_FUNCTIONS[language]);
    const openings = ['#"', '##"""', '"', "'''", "[[", "~s|", "`", "/*"];
    await using reader = treeSitterSyntax({ workers: 0 });

    const read: (readonly string[] | undefined)[] = [];
    const texts = openings.flatMap((opening) => [`${text}${opening}a`, text]);
    for await (const { syntax } of reader.parse(
      texts.map((one, at) => ({ oid: String(at), language, text: one })),
    ))
      read.push(syntax === undefined ? undefined : symbolLines(syntax));

    const alone = symbolLines(await readSyntax(language, text));
    expect(read.filter((_, at) => at % 2 === 1)).toEqual(openings.map(() => alone));
  },
);

test("nesting that the parser cannot take leaves the files after it as they are", async () => {
  const text = sampleText(SAMPLE_FUNCTIONS.java);
  await using reader = treeSitterSyntax({ workers: 0 });
  const deep = "{(".repeat(20_000);

  const found: (readonly string[] | undefined)[] = [];
  for await (const { syntax } of reader.parse(
    [text, deep, text, deep, text].map((one, at) => ({
      oid: String(at),
      language: "java" as const,
      text: one,
    })),
  )) {
    found.push(syntax === undefined ? undefined : symbolLines(syntax));
  }

  const expected = symbolLines(await readSyntax("java", text));
  expect(found).toEqual([expected, undefined, expected, undefined, expected]);
});

test("what is given up is a matter of counted steps, whatever the machine", async () => {
  const text = sampleText(SAMPLE_FUNCTIONS.python).repeat(40);
  const endless = 'r#"'.repeat(12_000);
  const read = async (steps: number, readings: number): Promise<readonly boolean[]> => {
    const parser = fileParser({ steps, readings });
    const found = [await parser.parse("python", text), await parser.parse("rust", endless)];
    // What was given up leaves nothing behind.
    expect(await parser.parse("python", "def alpha(): pass\n")).toMatchObject({ hasErrors: false });
    parser.close();
    return found.map((syntax) => syntax !== undefined);
  };
  expect(await read(60_000, 25)).toEqual([true, false]);
  expect(await read(1, 25)).toEqual([false, false]);
});

test("a comment within or after a head is not part of the signature", async () => {
  const python = await readSyntax("python", "def load(path,  # where\n         size):  # why\n    pass\n");
  const ruby = await readSyntax("ruby", "def load(path) # where\n  path\nend\n");
  const java = await readSyntax("java", "class A { void /* never null */ load(int a) // ends\n { } }\n");

  expect(python.symbols[0]?.signature).toBe("def load(path, size)");
  expect(ruby.symbols[0]?.signature).toBe("def load(path)");
  expect(java.symbols[1]?.signature).toBe("void load(int a)");
});

test("a generated file of 900 KB is read to its last line", async () => {
  const count = 11_500;
  const rows = Array.from(
    { length: count },
    (_, row) => `def row_${row}(cursor):\n    return cursor.fetch(TABLE[${row}], "name of the row")\n`,
  );
  const text = rows.join("\n");

  const { symbols, references, hasErrors } = await readSyntax("python", text);

  expect(text.length).toBeGreaterThan(900_000);
  expect(hasErrors).toBe(false);
  expect(symbols).toHaveLength(count);
  expect(symbols.at(-1)).toMatchObject({
    name: `row_${count - 1}`,
    start: 3 * count - 2,
    end: 3 * count - 1,
  });
  expect(references.at(-1)).toMatchObject({ name: "TABLE", line: 3 * count - 1, inside: count - 1 });
});

test("a minified file of 900 KB on one line is read in whole", async () => {
  const count = 20_000;
  const text = Array.from(
    { length: count },
    (_, at) => `function f${at}(a,b){return g${at}(a)+b.c[${at}]};`,
  ).join("");

  const { symbols, references } = await readSyntax("javascript", text);

  expect(text.length).toBeGreaterThan(900_000);
  expect(symbols).toHaveLength(count);
  expect(symbols.every(({ start, end }) => start === 1 && end === 1)).toBe(true);
  expect(references.filter(({ kind }) => kind === "call")).toHaveLength(count);
});

test("functions in functions in functions do not multiply what is kept of a file", async () => {
  const depth = 400;
  const open = Array.from({ length: depth }, (_, at) => `function f${at}() { use(${at});`).join("\n");

  const { symbols } = await readSyntax("javascript", `${open}\n${"}".repeat(depth)}`);

  const kept = symbols.reduce((sum, { shape }) => sum + (shape?.tokens.length ?? 0), 0);
  const deepest = Math.max(...symbols.map(({ container }) => container.length));
  expect(symbols).toHaveLength(depth);
  expect(kept).toBeLessThan(60_000);
  expect(deepest).toBe(20);
});
