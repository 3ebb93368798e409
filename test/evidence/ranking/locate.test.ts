import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { likelihoodsOf } from "../../../src/evidence/ranking/locate.ts";
import { locate } from "../../../src/evidence/ranking/locate.ts";
import { wordsOf } from "../../../src/text/words-of.ts";
import { SIGNALS } from "../../../src/evidence/ranking/signals.ts";
import type { Reason } from "../../../src/evidence/ranking/signal.ts";
import { termsOf } from "../../../src/repository/inverted-index/words.ts";
import type { SymbolDefinition } from "../../../src/languages/syntax.ts";
import { type Report, reportOn, type ReportOnCode, untrueIn } from "../../fakes/report-on-code.ts";

const RUNS = 100;

/** Small enough that an issue and the code meet often. */
const WORDS = [
  "store",
  "flush",
  "journal",
  "disk",
  "readConfig",
  "key_value",
  "Store",
  "index",
  "caches",
  "x",
];
const PATHS = ["src/", "src/core/", "lib/", "tests/", "docs/", "", "vendor/a/"].flatMap((folder) =>
  [
    "store.py",
    "test_store.py",
    "index.ts",
    "Store.java",
    "disk.go",
    "flush.lua",
    "key-value.ts",
    "notes.md",
    "__init__.py",
    "readConfig.test.ts",
  ].map((name) => `${folder}${name}`),
);
const MESSAGE = "cannot write the journal to this disk";

const word = fc.constantFrom(...WORDS);
const path = fc.constantFrom(...PATHS);
const source = fc
  .array(
    fc.oneof(
      word.map((name) => `def ${name}(self):\n    return ${name}s()\n`),
      word.map((name) => `export function ${name}() {\n  return disk();\n}\n`),
      word.map((name) => `class ${name} {\n  ${name}() {\n    new Store();\n  }\n}\n`),
      word.map((name) => `# ${name} is here\r\n`),
      fc.constantFrom(
        "",
        "\n",
        "\0",
        "\ufeff",
        "}}}} (((\n",
        'import { flush } from "./store.ts";\n',
        'import "../src/index";\n',
        "from src.store import flush\n",
        "import store\n",
        `raise IOError("${MESSAGE}")`,
        "日本 = 'é'\n",
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));
const sentence = fc.oneof(
  word,
  word.map((name) => `\`${name}\``),
  word.map((name) => `${name}() fails`),
  path,
  path.map((written) => written.replaceAll("/", "\\")),
  path.map((written) => `/usr/lib/${written}:3`),
  path.map((written) => `\n\n\`\`\`\n  File "${written}", line 2, in flush\n\`\`\`\n\n`),
  fc.constantFrom(
    "\n\n```\n    at org.app.Store.flush(Store.java:3)\n    at src.Store.main(Store.java:1)\n```\n\n",
    "\n\n```\n    at flush (C:\\work\\src\\index.ts:3:1)\n```\n\n",
    `It says "${MESSAGE}".`,
    `Error: ${MESSAGE}\n`,
    "<!-- store -->",
    "<Store>",
    "flu\u200bsh",
    "\n\n## Environment\n\nlinux\n\n",
    "\n\n",
  ),
);
const text = fc.array(sentence, { maxLength: 8 }).map((parts) => parts.join(" "));

const situation: fc.Arbitrary<ReportOnCode> = fc.record({
  files: fc.dictionary(path, source, { maxKeys: 8 }),
  title: fc.array(sentence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" ")),
  body: text,
  commits: fc.array(
    fc.record({
      subject: fc.array(word, { maxLength: 4 }).map((words) => words.join(" ")),
      body: text,
      files: fc.uniqueArray(path, { maxLength: 5 }),
    }),
    { maxLength: 5 },
  ),
});

const ROWS: readonly ReportOnCode[] = [
  { files: {}, title: "store" },
  { files: { "src/store.py": "" }, title: "store" },
  { files: { "src/store.py": "\0" }, title: "store src/store.py" },
  { files: { "src/store.py": "store\n" }, title: "x" },
];

const allTold = async (given: ReportOnCode, top = 5) => {
  const report = await reportOn(given);
  const ranking = await locate(report.codebase, report.query, report.commits, { top });
  return { report, ranking };
};

test("whatever the issue and the code, what is told of the code is true of it", async () => {
  await fc.assert(
    fc.asyncProperty(situation, async (given) => {
      const { report, ranking } = await allTold(given);
      const { codebase } = report;

      const paths = ranking.files.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths.length).toBeLessThanOrEqual(5);
      for (const path of [...paths, ...ranking.functions.map((one) => one.path)]) {
        expect(codebase.tree.find(path)).toBeDefined();
        expect(codebase.roleOf(path)).toBe("source");
      }
      expect(ranking.candidates).toBeGreaterThanOrEqual(paths.length);

      let last = { confidence: 1, score: Infinity };
      for (const { confidence, score } of ranking.files) {
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(last.confidence);
        expect(score).toBeLessThanOrEqual(last.score);
        last = { confidence, score };
      }

      const places = ranking.functions.map(({ path, symbol }) => `${path}:${symbol.start} ${symbol.name}`);
      expect(new Set(places).size).toBe(places.length);
      for (const { reasons } of ranking.files) {
        expect(new Set(reasons.map(({ signal }) => signal)).size).toBe(reasons.length);
        expect(await untrueIn(reasons, report)).toEqual([]);
        expect(await wordsThatAreMissing(reasons, report)).toEqual([]);
      }
      for (const { reasons, symbol } of ranking.functions) {
        expect(reasons).not.toEqual([]);
        expect(await untrueIn(reasons, report)).toEqual([]);
        expect(await wordsThatAreMissing(reasons, report, symbol)).toEqual([]);
      }
    }),
    { numRuns: RUNS, examples: ROWS.map((row) => [row]) },
  );
});

/** Words that a reason says stand in the lines it cites and do not; a function also holds the names it stands in. */
async function wordsThatAreMissing(
  reasons: readonly Reason[],
  { codebase }: Report,
  symbol?: SymbolDefinition,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { signal, text: told, citations } of reasons) {
    if (signal !== "words" && signal !== "function") continue;
    const held = new Set<string>(symbol?.container.flatMap(termsOf));
    for (const citation of citations) {
      if (citation.kind !== "lines") continue;
      const lines = (await codebase.text(citation.path))!.lines.slice(citation.start - 1, citation.end);
      for (const one of wordsOf(lines.join("\n"))) for (const term of termsOf(one)) held.add(term);
    }
    const [name = ""] = signal === "function" ? (/^`.*?`/.exec(told) ?? []) : [];
    for (const one of wordsOf(name)) for (const term of termsOf(one)) held.add(term);
    for (const [, shown = ""] of told.slice(name.length).matchAll(/`([^`]+)`/g))
      if (!termsOf(shown).some((term) => held.has(term))) missing.push(`${shown}: ${told}`);
  }
  return missing;
}

test("the scores of a signal are above 0 and of candidates; where they stand for themselves, at most 1", async () => {
  await fc.assert(
    fc.asyncProperty(situation, async (given) => {
      const { query, context } = await reportOn(given);
      for (const [signal] of SIGNALS.direct)
        for (const [path, value] of await signal.score(query, context)) {
          const found = { signal: signal.name, path, value };
          expect([found, context.candidates.includes(path)]).toEqual([found, true]);
          expect([found, value > 0 && value <= (signal.scale === "absolute" ? 1 : 1e6)]).toEqual([
            found,
            true,
          ]);
        }
    }),
    { numRuns: RUNS },
  );
});

test("the same is told again, and a shorter list is the begin of a longer one", async () => {
  await fc.assert(
    fc.asyncProperty(situation, async (given) => {
      const long = (await allTold(given, 10)).ranking;
      const short = (await allTold(given, 2)).ranking;
      expect(short).toEqual({
        ...long,
        files: long.files.slice(0, 2),
        functions: long.functions.slice(0, 2),
      });
    }),
    { numRuns: 30 },
  );
});

test("files that may not be named are neither ranked nor compared", async () => {
  const { codebase, query } = await reportOn({
    files: { "src/store.py": "flush()\n", "src/disk.py": "flush()\n", "tests/test_store.py": "flush()\n" },
    title: "flush hangs on disks",
  });
  const { files, candidates } = await locate(codebase, query, [], {
    top: 5,
    isCandidate: (path) => path !== "src/store.py",
  });
  expect(files.map(({ path, confidence }) => [path, confidence])).toEqual([
    ["src/disk.py", ...likelihoodsOf([0])],
  ]);
  expect(candidates).toBe(1);
});

test("an issue that says nothing of the code leads to no file", async () => {
  const { ranking } = await allTold({ files: { "src/store.py": "flush()\n" }, title: "Hello" });
  expect(ranking).toEqual({ files: [], functions: [], candidates: 1, unreadable: [] });
});
