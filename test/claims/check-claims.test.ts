import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkWhole, claimsOf, readClaims } from "../../src/claims/check-claims.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import type { CheckSource } from "../../src/documents/check-document.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { writeDocument } from "../../src/phases/builtin/write-document.ts";
import { dropWrong } from "../../src/phases/builtin/drop-wrong.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { type ClaimsIn, claimsIn } from "./claims-in.ts";

let research: ClaimsIn;
let source: CheckSource;
let repository: Repository & Disposable;
let documents: readonly string[];

beforeAll(async () => {
  research = await claimsIn();
  const { context } = research;
  repository = await openRepository(research.folder.path);
  source = await repositorySource(
    repository,
    context.baseCommit,
    async () => context.codebase,
    context.issue.text,
  );
  documents = await Promise.all(
    PHASES.filter(({ needs }) => needs === "builtin").map(async (phase) => {
      const optional = new Set(phase.sections.flatMap((one) => (one.optional === true ? [one.id] : [])));
      const { document } = await dropWrong(await writeDocument(phase, context), optional, source, context);
      return renderDocument(document);
    }),
  );
});
afterAll(async () => {
  repository[Symbol.dispose]();
  await research[Symbol.asyncDispose]();
});

const problemsOf = async (text: string): Promise<readonly string[]> =>
  (await checkWhole(text, source, research.context)).problems.map(
    ({ line, message }) => `${line}: ${message}`,
  );

describe("a document as it was published", () => {
  test("holds, with every claim decided", async () => {
    for (const text of documents) {
      const report = await checkWhole(text, source, research.context);
      expect(report.problems).toEqual([]);
      expect(report.checked.claim).toBeGreaterThan(2);
      expect(report.undecided).toBe(0);
    }
  });

  test("leaves undecided what only the report decides, where the report is not at hand", async () => {
    const report = await checkWhole(documents[0]!, source, research.withoutIssue);
    expect(report.problems).toEqual([]);
    expect(report.undecided).toBeGreaterThan(0);
  });

  test("comes back from its data letter by letter", () => {
    for (const text of documents) {
      const document = readClaims(parseDocument(text).claims[0]!.value);
      if (typeof document === "string") throw new Error(document);
      expect(renderDocument(document)).toBe(text);
      expect(claimsOf(document).length).toBeGreaterThan(2);
    }
  });
});

describe("an edit is found", () => {
  test("in a sentence, at its line", async () => {
    const text = documents[2]!;
    const line = text.split("\n").findIndex((one) => one.includes("1 line calls `Store.put`, in `main`")) + 1;
    const [only] = await problemsOf(
      text.replace("1 line calls `Store.put`, in `main`", "2 lines call `Store.put`, in `main`"),
    );
    expect(line).toBeGreaterThan(1);
    expect(only).toMatch(new RegExp(`^${line}: the data of the claims says `));
  });

  test("in the data and the sentence alike, by what the repository says", async () => {
    const text = documents[2]!;
    const both = text
      .replace("1 line calls `Store.put`, in `main`", "2 lines call `Store.put`, such as in `main`")
      .replace('"count":1,"from":"program"', '"count":2,"from":"program"');
    const [only, ...more] = await problemsOf(both);
    expect(more).toEqual([]);
    expect(only).toContain("does not hold: 1 line call it for certain");
  });

  test("in a line that somebody added", async () => {
    expect(await problemsOf(documents[0]!.replace("\n## ", "\nThis is certain.\n\n## "))).toEqual([
      expect.stringContaining("this is not in the data of the claims"),
    ]);
  });

  test.each([
    ["no JSON", "{", "it has another form"],
    ["an unknown type", '"type":"reported-words"', "no claim of type `rumour` has this form"],
    ["data of another form", '"words":[', "no claim of type `reported-words` has this form"],
  ])("in data that is %s", async (_, found, message) => {
    const changes: Readonly<Record<string, string>> = {
      "{": "{{",
      '"type":"reported-words"': '"type":"rumour"',
      '"words":[': '"words":[7,',
    };
    const text = documents[0]!;
    const at = text.indexOf(found, text.indexOf("casebook-claims"));
    const broken = text.slice(0, at) + changes[found]! + text.slice(at + found.length);
    expect((await problemsOf(broken)).join("\n")).toContain(message);
  });

  test("of any number, path, name or negation of the text", async () => {
    const edit = fc.constantFrom(...documents.keys()).chain((n) => {
      const text = documents[n]!.slice(0, documents[n]!.indexOf("<details><summary>Claims"));
      const tokens = [...text.matchAll(/\d+|[\w./-]*[a-z][\w./]*|\bis\b|\bno\b/gi)];
      return fc.record({
        n: fc.constant(n),
        token: fc.constantFrom(...tokens),
        by: fc.integer({ min: 1, max: 9 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(edit, async ({ n, token, by }) => {
        const [old] = token;
        const other = /^\d+$/.test(old) ? String(Number(old) + by) : by % 2 === 0 ? `not ${old}` : `${old}x`;
        const text = documents[n]!;
        const edited = text.slice(0, token.index) + other + text.slice(token.index + old.length);
        expect(await problemsOf(edited)).not.toEqual([]);
      }),
      { numRuns: 200, seed: 20_261_130 },
    );
  });
});
