import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";
import { LANGUAGE_NAMES } from "../../../src/languages/languages.ts";
import type { FileText } from "../../../src/languages/syntax.ts";
import { SAMPLE_FUNCTIONS, sampleText } from "../sample-functions.ts";
import { readSyntax } from "../syntax-lines.ts";

const FILES: readonly FileText[] = LANGUAGE_NAMES.map((language) => ({
  oid: `oid of ${language}`,
  language,
  text: sampleText(SAMPLE_FUNCTIONS[language]),
}));

describe.each([0, 2])("with %d workers", (workers) => {
  let reader: ReturnType<typeof treeSitterSyntax>;
  beforeAll(() => {
    reader = treeSitterSyntax({ workers });
  });
  afterAll(async () => {
    await reader[Symbol.asyncDispose]();
  });

  test("each file given comes back once, with its own syntax", async () => {
    const found = new Map<string, unknown>();
    for await (const { oid, language, syntax } of reader.parse(FILES)) {
      expect(found.has(oid)).toBe(false);
      found.set(oid, { language, syntax });
    }

    expect(found.size).toBe(FILES.length);
    for (const { oid, language, text } of FILES) {
      expect(found.get(oid)).toEqual({ language, syntax: await readSyntax(language, text) });
    }
  });

  test("no more files are taken than can be worked on", async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<FileText> {
      for (;;) yield { oid: String(taken++), language: "go", text: "package a" };
    }

    let given = 0;
    for await (const parsed of reader.parse(endless())) {
      expect(parsed.language).toBe("go");
      if (++given === 20) break;
    }

    expect(taken).toBeLessThanOrEqual(20 + 3 * workers);
  });

  test("an aborted signal ends the reading with its reason", async () => {
    const stop = new AbortController();
    const read = async () => {
      let count = 0;
      for await (const { syntax } of reader.parse(FILES, stop.signal)) {
        expect(syntax?.hasErrors).toBe(false);
        if (++count === 2) stop.abort(new Error("enough"));
      }
    };

    await expect(read()).rejects.toThrow("enough");
  });
});

test.each([-1, 1.5, Number.NaN])("%p workers are refused", (workers) => {
  expect(() => treeSitterSyntax({ workers })).toThrow(RangeError);
});

test("text that a thread cannot take costs its own answer only", async () => {
  await using reader = treeSitterSyntax({ workers: 1 });
  const deep: FileText = { oid: "deep", language: "java", text: "{(".repeat(50_000) };

  const answers = new Map<string, boolean>();
  for await (const { oid, syntax } of reader.parse([deep, ...FILES])) answers.set(oid, syntax !== undefined);

  expect(answers.get("deep")).toBe(false);
  expect([...answers.values()].filter(Boolean)).toHaveLength(FILES.length);
});

describe("the process around it", () => {
  const MODULE = new URL("../../../src/languages/io/tree-sitter-syntax.ts", import.meta.url).href;
  const START = `
    const { treeSitterSyntax } = await import(${JSON.stringify(MODULE)});
    const reader = treeSitterSyntax({ workers: 2 });
    for await (const { syntax } of reader.parse([{ oid: "1", language: "python", text: "def f(): pass" }])) {
      console.log(syntax.symbols[0].name);
    }`;

  test("ends by itself once the reader is disposed of", async () => {
    const child = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `${START}\nawait reader[Symbol.asyncDispose]();`,
    ]);
    const output = child.stdout.toArray();

    expect(await once(child, "exit")).toEqual([0, null]);
    expect(Buffer.concat(await output).toString()).toBe("f\n");
  });

  test("survives an abort while files are being parsed", async () => {
    const aborted = `
      const stop = new AbortController();
      async function* files() {
        for (let n = 0; n < 3; n++) yield { oid: "1", language: "python", text: "def f(): pass\\n".repeat(5000) };
        stop.abort(new Error("enough"));
        await new Promise((later) => setImmediate(later));
        yield { oid: "2", language: "python", text: "" };
      }
      try {
        for await (const _ of reader.parse(files(), stop.signal));
      } catch (error) {
        console.log(error.message);
      }
      await reader[Symbol.asyncDispose]();`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", START + aborted]);
    const output = child.stdout.toArray();

    expect(await once(child, "exit")).toEqual([0, null]);
    expect(Buffer.concat(await output).toString()).toBe("f\nenough\n");
  });

  test("ends at once when a signal comes in the middle of reading", async () => {
    const endless = `
      async function* files() { for (;;) yield { oid: "1", language: "python", text: "def f(): pass\\n".repeat(5000) }; }
      for await (const _ of reader.parse(files()));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", START + endless]);
    const ended = once(child, "exit");
    await Promise.race([once(child.stdout, "data"), ended]);

    child.kill("SIGTERM");

    expect(await ended).toEqual([null, "SIGTERM"]);
  });
});
