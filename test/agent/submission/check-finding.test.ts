import { describe, expect, test } from "@jest/globals";
import type { SearchQuery } from "../../../src/repository/recorded-search.ts";
import type { SubmittedFinding } from "../../../src/agent/submission/submission.ts";
import type { RecordedRun } from "../../../src/documents/recorded-run.ts";
import { checkFinding } from "../../../src/agent/submission/check-finding.ts";
import type { FindingSource } from "../../../src/agent/submission/read-citation.ts";
import { holdsWord } from "../../../src/repository/run-search.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const FILES: Readonly<Record<string, string>> = {
  "src/store.py": [
    "class Store:",
    "    def set(self, key, value):",
    "        data = self._read()",
    "        data[key] = value",
    "        self._write(data)",
    "",
    "    def delete(self, key):",
    "        data = self._read()",
    "        data.pop(key, None)",
    "        self._write(data)",
  ].join("\n"),
  "tests/test_store.py": "def test_set():\n    Store('x').set('a', 1)\n",
};
const RUN: RecordedRun = {
  name: "run-1",
  command: ["python3", "-m", "unittest"],
  changed: ["tests/test_lost.py"],
  end: "exit 1",
  milliseconds: 212,
  output: "F\nAssertionError: 17 != 20\nFAILED (failures=1)",
  environment: "bubblewrap 0.8.0",
};

/** One commit with two files, an issue with a comment of a maintainer, and one run. */
const from: FindingSource = {
  source: {
    commit: "a".repeat(40),
    exists: (path) => path in FILES,
    text: async (path) =>
      FILES[path] === undefined ? undefined : { text: FILES[path], lines: FILES[path].split("\n") },
    ancestor: async (oid) =>
      "b".repeat(40).startsWith(oid)
        ? { oid: "b".repeat(40), subject: "Write the file in place" }
        : undefined,
    async search(query: SearchQuery) {
      const hits = Object.entries(FILES).flatMap(([path, text]) =>
        text.split("\n").flatMap((line, i) => {
          const matches =
            query.kind === "word" ? holdsWord(line, query.pattern) : line.includes(query.pattern);
          return matches ? [{ path, line: i + 1 }] : [];
        }),
      );
      return { query, hits };
    },
    at: async () => undefined,
    issueText:
      "Updates get lost\nWith 20 writers only 17 values are there.\nI can see this in our tests, too.",
  },
  issue: visibleIssue({
    key: "42",
    title: "Updates get lost",
    body: "With 20 writers only 17 values are there.",
    author: "eve",
    comments: [
      { author: "ada", maintainer: true, body: "I can see this in our tests, too." },
      { author: "mallory", maintainer: false, body: "The maintainer said it will not be fixed." },
    ],
  }),
  symbolsAt: async (path, start) =>
    path === "src/store.py" ? ["Store", start < 7 ? "Store.set" : "Store.delete"] : [],
  run: (name) => (name === "run-1" ? RUN : undefined),
  given: () => "",
};
const SECTIONS = ["sequence", "hypotheses", "not-established"];

function finding(more: Partial<SubmittedFinding>): SubmittedFinding {
  return {
    section: "sequence",
    statement: "`Store.set` reads the data before it writes.",
    provenance: "code",
    citations: [{ path: "src/store.py", start: 3, quote: "data = self._read()" }],
    ...more,
  };
}
const check = (more: Partial<SubmittedFinding>) => checkFinding(finding(more), SECTIONS, from);
async function reasonsFor(more: Partial<SubmittedFinding>): Promise<string> {
  const checked = await check(more);
  return checked.ok ? "taken" : checked.reasons.join("\n");
}

describe("a finding that holds", () => {
  test("is taken as a model's reading, with its lines", async () => {
    expect(await check({})).toEqual({
      ok: true,
      notes: [],
      accepted: {
        section: "sequence",
        finding: {
          text: "`Store.set` reads the data before it writes.",
          provenance: "model",
          citations: [
            { kind: "lines", path: "src/store.py", start: 3, end: 3, quote: "data = self._read()" },
          ],
        },
      },
    });
  });

  test("with lines that are a little off is put right when its words stand in one place only", async () => {
    const checked = await check({
      citations: [{ path: "src/store.py", start: 9, quote: "data[key] = value" }],
    });
    expect(checked).toMatchObject({
      ok: true,
      notes: ["src/store.py: the quotation stands on lines 4-4, which is what was taken."],
      accepted: { finding: { citations: [{ start: 4, end: 4 }] } },
    });
  });

  test("may rest on a commit, the issue, a maintainer's words or a run", async () => {
    expect(
      await reasonsFor({
        statement: "The way of writing was changed by `Write the file in place`.",
        citations: [{ commit: "bbbbbbb" }],
      }),
    ).toBe("taken");
    expect(
      await reasonsFor({
        statement: "17 of 20 values are there.",
        provenance: "reporter",
        citations: [{ issue: "With 20 writers only 17 values are there." }],
      }),
    ).toBe("taken");
    expect(
      await reasonsFor({
        statement: "It is seen in the project's own tests.",
        provenance: "maintainer",
        citations: [{ issue: "I can see this in our tests" }],
      }),
    ).toBe("taken");
    expect(
      await reasonsFor({
        statement: "The test ends with `17 != 20`.",
        provenance: "run",
        citations: [{ run: "run-1", quote: "AssertionError: 17 != 20" }],
      }),
    ).toBe("taken");
  });
});

describe("nothing invented is taken", () => {
  test.each<[string, Partial<SubmittedFinding>, string]>([
    [
      "a file",
      { citations: [{ path: "src/cache.py", start: 1, quote: "x" }] },
      "There is no text file `src/cache.py`",
    ],
    [
      "lines past the end",
      { citations: [{ path: "src/store.py", start: 99, quote: "data = self._load()" }] },
      "the file has 10 lines",
    ],
    [
      "a quotation",
      { citations: [{ path: "src/store.py", start: 3, quote: "with self._lock:" }] },
      "the quotation does not stand there, nor anywhere else in the file",
    ],
    [
      "a place among several",
      { citations: [{ path: "src/store.py", start: 5, quote: "data = self._read()" }] },
      "does not stand there, but on lines 3, 8",
    ],
    ["a citation without words", { citations: [{ path: "src/store.py", start: 3 }] }, "give `quote`"],
    ["no citation", { citations: [] }, "A statement about code cites lines"],
    ["a section", { section: "news" }, "There is no section `news`"],
    [
      "a name",
      { statement: "`Store.flush` runs before it." },
      "`Store.flush` does not stand in what the statement cites",
    ],
    ["users", { statement: "`Store.set` hits thousands of users." }, "“thousands” says how many or whom"],
    ["a number", { statement: "It fails in 35 cases." }, "The number `35` does not stand"],
    ["an endpoint", { statement: "The endpoint /api/items calls it." }, "`/api/items` does not stand"],
    [
      "a commit",
      { citations: [{ commit: "cccccccc" }] },
      "The base commit does not reach a commit `cccccccc`",
    ],
    [
      "words of the issue",
      { provenance: "reporter", citations: [{ issue: "it crashes every time" }] },
      "does not stand in the issue",
    ],
    [
      "a maintainer's word by a stranger",
      {
        statement: "It will not be fixed.",
        provenance: "maintainer",
        citations: [{ issue: "it will not be fixed" }],
      },
      "cites words of a maintainer's comment",
    ],
    ["a run", { provenance: "run", citations: [{ run: "run-9", quote: "OK" }] }, "There was no run `run-9`"],
    [
      "a run's output",
      { provenance: "run", citations: [{ run: "run-1", quote: "all tests passed" }] },
      "does not stand in what it printed",
    ],
    ["our own marks", { statement: "Measured: `Store.set` reads the data." }, "Leave out “Measured:”"],
  ])("%s", async (_, more, reason) => {
    expect(await reasonsFor(more)).toContain(reason);
  });

  test("a conclusion may name what the repository or the issue has, and nothing else", async () => {
    const inference: Partial<SubmittedFinding> = { provenance: "inference" };
    expect(await reasonsFor({ ...inference, statement: "Two calls of `set` can overlap; `pop` too." })).toBe(
      "taken",
    );
    expect(await reasonsFor({ ...inference, statement: "With 20 writers they overlap." })).toBe("taken");
    expect(await reasonsFor({ ...inference, statement: "`RedisCache` is to blame." })).toContain(
      "`RedisCache`",
    );
    expect(await reasonsFor({ ...inference, statement: "It costs customers money." })).toContain("customers");
  });
});

describe("a word about everything or nothing", () => {
  const statement = "There are no other callers of `_read`.";
  const search = { kind: "word" as const, pattern: "_read", include: [], exclude: [] };
  const set = { path: "src/store.py", start: 3, quote: "data = self._read()" };
  const remove = { path: "src/store.py", start: 8, quote: "data = self._read()" };

  test("needs a search", async () => {
    expect(await reasonsFor({ statement, citations: [set] })).toContain("cite the `search` that shows it");
  });

  test("is refused while a hit of the search is neither cited nor dismissed", async () => {
    expect(await reasonsFor({ statement, citations: [set, { search: { ...search } }] })).toContain(
      "also finds `src/store.py:8`",
    );
    expect(await reasonsFor({ statement, citations: [set, remove, { search: { ...search } }] })).toBe(
      "taken",
    );
    expect(
      await reasonsFor({
        statement,
        citations: [
          set,
          {
            search: { ...search },
            dismissed: [{ path: "src/store.py", line: 8, why: "`delete` reads the data, too" }],
          },
        ],
      }),
    ).toBe("taken");
  });

  test("is not shown by a search in files of the model's choice", async () => {
    expect(
      await reasonsFor({
        statement,
        citations: [set, { search: { ...search, include: ["docs/**"], exclude: ["src/**"] } }],
      }),
    ).toContain("also finds `src/store.py:8`");
  });

  test("is not shown by a search for something else", async () => {
    expect(
      await reasonsFor({ statement, citations: [set, { search: { ...search, pattern: "zzz_nothing" } }] }),
    ).toContain("is not about what");
  });
});

describe("a hypothesis", () => {
  const hypothesis = {
    section: "hypotheses",
    statement: "Two writers overlap between reading and writing.",
    because: "`Store.set` reads the data before it writes.",
  };

  test("is confirmed by a run alone", async () => {
    expect(await reasonsFor({ ...hypothesis, result: "confirmed" })).toContain("confirmed only by a run");
    expect(
      await reasonsFor({
        ...hypothesis,
        because: "The test ends with 17 != 20.",
        provenance: "run",
        result: "confirmed",
        citations: [{ run: "run-1", quote: "AssertionError: 17 != 20" }],
      }),
    ).toBe("taken");
  });

  test("has a result and something cited", async () => {
    expect(await reasonsFor({ ...hypothesis })).toContain("has a `result`");
    expect(await reasonsFor({ ...hypothesis, result: "open" })).toBe("taken");
  });
});
