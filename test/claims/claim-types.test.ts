import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ClaimEvidence } from "../../src/claims/claim-evidence.ts";
import { olderRunRecord } from "../../src/claims/failing-since.ts";
import { recordFor } from "../../src/claims/shown-by-run.ts";
import type { RecordedRun } from "../../src/documents/recorded-run.ts";
import { withRecords } from "../../src/documents/run-record.ts";
import { checkClaim, CLAIM_TYPES } from "../../src/claims/claim-types.ts";
import { MIN_GUESS } from "../../src/claims/no-suspect.ts";
import { MARK_WORDS } from "../../src/documents/render-document.ts";
import type { Location } from "../../src/text/location.ts";
import { definitionOf } from "../../src/phases/builtin/suspects.ts";
import { sha256 } from "../../src/text/hash.ts";
import { type ClaimsIn, claimsIn, CODE, RUNS } from "./claims-in.ts";

const at = (path: string, name: string, start: number, end: number) => ({ path, name, start, end });
const PUT = at("store/store.py", "Store.put", 20, 23);
const SWAP = at("store/store.py", "Store.swap", 25, 28);
const TAKE = at("store/store.py", "Store.take", 30, 34);
const WRITE = at("store/store.py", "Store._write", 16, 18);
const CACHE_PUT = at("store/cache.py", "Cache.put", 2, 3);
const HELPER = at("store/cli.py", "helper", 10, 11);
const MAIN = at("store/cli.py", "main", 4, 7);
const LONELY = at("store/cli.py", "lonely", 14, 15);
const ALONE = at("store/alone.py", "nobody_else", 1, 2);
const ONLY_TESTED = at("store/cache.py", "only_tested", 6, 7);
const FIRST = at("store/pairs.py", "first", 1, 6);
const SECOND = at("store/pairs.py", "second", 9, 14);
const RULE = "read-change-write";
const lines = (start: number, end = start) => ({ path: "store/store.py", start, end });
const UPPER = RUNS[1]!.command[2]!;
const TESTS = {
  path: "AGENTS.md",
  line: 6,
  kind: "test-command",
  heading: "Testing",
  words: "python3 -m pytest tests",
};
const OWNED = {
  path: "store/store.py",
  by: { path: ".github/CODEOWNERS", line: 2 },
  owners: ["@ada", "@acme/store"],
  more: 1,
};
const ASSERTED = {
  callee: ALONE,
  test: { path: "tests/test_store.py", name: "test_put", line: 8 },
  words: "assert nobody_else(1) == 1",
};
const ALONE_SEARCH = { kind: "word", pattern: "nobody_else", include: [], exclude: [] };
const ALONE_HITS = [
  { path: "store/alone.py", line: 1 },
  { path: "tests/test_store.py", line: 2 },
  { path: "tests/test_store.py", line: 8 },
];

const RELATED = {
  number: 3,
  isPull: false,
  state: "open",
  kind: "message",
  theirs: "KeyError: 'there is no such key in the file'",
  ours: "KeyError: 'there is no such key in the file'",
  what: "",
  holders: 1,
  isDuplicate: true,
};

interface Example {
  readonly type: string;
  /** True at the commit. */
  readonly data: unknown;
  /** False, and of the same form. */
  readonly twins: readonly unknown[];
  /** Nothing at hand decides it. Absent: the same claim without the issue; `null`: the commit always decides. */
  readonly undecided?: unknown;
}

/** Commits of the test's repository, which are known when it is made. */
function examples(oid: (subject: string) => string, left: Location | undefined): readonly Example[] {
  const swap = { oid: oid("Swap values for #7 (#9)"), subject: "Swap values for #7 (#9)" };
  const more = { newest: oid("Tidy up the command"), subject: "Tidy up the command" };
  return [
    {
      type: "reported-words",
      data: { part: "expected", words: ["Both keys are there."] },
      twins: [
        { part: "expected", words: ["One of the keys is lost."] },
        { part: "actual", words: ["Both keys are there."] },
        { part: "expected", words: ["All keys are there."] },
        { part: "steps", words: ["Store a key in each", "Start two workers"] },
      ],
    },
    {
      type: "reported-versions",
      data: { versions: [{ subject: "Python", value: "3.11.4" }] },
      twins: [
        { versions: [{ subject: "store", value: "3.11.4" }] },
        { versions: [{ subject: "Python", value: "3.11.5" }] },
        { versions: [{ subject: "Python", value: "11.4" }] },
      ],
    },
    {
      type: "reported-regression",
      data: { good: "1.2.0", bad: "1.3.0" },
      twins: [
        { good: "1.3.0", bad: "1.2.0" },
        { good: "1.1.0", bad: "1.3.0" },
        { good: "", bad: "" },
      ],
    },
    { type: "not-in-report", data: { parts: [] }, twins: [{ parts: ["expected"] }, { parts: ["version"] }] },
    {
      type: "not-in-history",
      data: {
        kind: "path",
        written: "store/legacy/old.py",
        removed: { oid: oid("Tidy more"), subject: "Tidy more" },
      },
      twins: [
        { kind: "path", written: "store/legacy/old.py" },
        {
          kind: "path",
          written: "store/legacy/old.py",
          removed: { oid: oid("Explain (#11)"), subject: "Explain (#11)" },
        },
        {
          kind: "path",
          written: "store/legacy/old.py",
          removed: { oid: oid("Tidy more"), subject: "Tidy more", to: "store/store.py" },
        },
        {
          kind: "path",
          written: "store/store.py",
          removed: { oid: oid("Tidy more"), subject: "Tidy more" },
        },
        { kind: "version", written: "1.3.0", newest: "v1.2.0" },
      ],
    },
    {
      type: "not-in-code",
      data: { kind: "name", written: "nobody_elze", near: "nobody_else" },
      twins: [
        { kind: "name", written: "nobody_elze", near: "only_tested" },
        { kind: "name", written: "nobody_else" },
        { kind: "name", written: "nobody_elze", near: "nobody_else", in: "v1.2.0" },
        { kind: "option", written: "nobody_elze", near: "nobody_else" },
        { kind: "line", path: "store/store.py", line: 21, ref: "", lines: 34 },
        {
          kind: "message",
          words: "there is no such key",
          there: "there is one such key",
          path: "store/store.py",
          line: 33,
        },
      ],
    },
    {
      type: "convention",
      data: TESTS,
      twins: [
        { ...TESTS, line: 5 },
        { ...TESTS, heading: "Files" },
        { ...TESTS, kind: "leave-alone" },
        { ...TESTS, words: "python3 -m pytest" },
        { ...TESTS, path: "README.md" },
        {
          path: "AGENTS.md",
          line: 11,
          kind: "leave-alone",
          heading: "Files",
          words: "Never edit `store/store.py` by hand.",
        },
      ],
      undecided: null,
    },
    {
      type: "owned-by",
      data: OWNED,
      twins: [
        { ...OWNED, owners: ["@acme/all"] },
        { ...OWNED, owners: ["@acme/store", "@ada"] },
        { ...OWNED, by: { ...OWNED.by, line: 1 } },
        { ...OWNED, by: { ...OWNED.by, path: "CODEOWNERS" } },
        { ...OWNED, more: 0 },
        { ...OWNED, path: "store/pairs.py" },
        { ...OWNED, path: "README.md" },
      ],
      undecided: null,
    },
    {
      type: "asserted-by",
      data: ASSERTED,
      twins: [
        { ...ASSERTED, words: "assert nobody_else(1) == 2" },
        { ...ASSERTED, words: "assert nobody_else(1)" },
        { ...ASSERTED, test: { ...ASSERTED.test, line: 7 } },
        { ...ASSERTED, callee: ONLY_TESTED },
        { ...ASSERTED, callee: { ...ALONE, end: 3 } },
      ],
      undecided: null,
    },
    {
      type: "fixed-by",
      data: { oid: oid("Tidy more"), subject: "Tidy more", by: { kind: "message", issue: "7" } },
      twins: [
        { oid: oid("Explain (#11)"), subject: "Explain (#11)", by: { kind: "pull", issue: "8", pull: 11 } },
        { oid: oid("Explain (#11)"), subject: "Explain (#11)", by: { kind: "pull", issue: "7", pull: 9 } },
        { oid: swap.oid, subject: swap.subject, by: { kind: "pull", issue: "7", pull: 11 } },
        { oid: oid("Tidy more"), subject: "Tidy more", by: { kind: "pull", issue: "7", pull: 11 } },
        { oid: oid("Explain (#11)"), subject: "Explain (#11)", by: { kind: "message", issue: "7" } },
        { oid: oid("Tidy more"), subject: "Tidy more", tag: "v1.3.0", by: { kind: "message", issue: "7" } },
        { oid: oid("Tidy more"), subject: "Tidy more", by: { kind: "message", issue: "8" } },
        { oid: swap.oid, subject: swap.subject, by: { kind: "message", issue: "7" } },
        {
          oid: oid("Tidy more"),
          subject: "Tidy more",
          by: {
            kind: "test",
            issue: "7",
            path: "tests/test_store.py",
            line: 5,
            changed: "store/store.py",
          },
        },
        {
          oid: oid("Tidy more"),
          subject: "Tidy more",
          by: {
            kind: "quotes",
            words: "KeyError: 'there is no such key in the file'",
            changed: "store/store.py",
          },
        },
      ],
    },
    {
      type: "related",
      data: RELATED,
      twins: [
        { ...RELATED, number: 5 },
        { ...RELATED, number: 4 },
        { ...RELATED, state: "closed" },
        { ...RELATED, kind: "line", what: "store/store.py:33" },
        { ...RELATED, holders: 2 },
        { ...RELATED, theirs: "KeyError: 'there is no such value in the file'" },
        { ...RELATED, isDuplicate: false },
        { ...RELATED, fix: { oid: oid("Tidy more"), inBase: true } },
        { ...RELATED, until: 6 },
      ],
    },
    {
      type: "named-place",
      data: {
        written: "store/store.py:21",
        ref: "",
        lines: { path: "store/store.py", start: 21, end: 21 },
        in: "Store.put",
      },
      twins: [
        { written: "store/store.py:21", ref: "", lines: { path: "store/store.py", start: 22, end: 22 } },
        { written: "store/cli.py:5", ref: "", lines: { path: "store/cli.py", start: 5, end: 5 } },
        {
          written: "store/store.py:21",
          ref: "",
          lines: { path: "store/store.py", start: 21, end: 21 },
          in: "Store.swap",
        },
      ],
    },
    {
      type: "named-change",
      data: { written: "#9", oid: swap.oid, subject: swap.subject, left },
      twins: [
        { written: "#9", oid: more.newest, subject: more.subject },
        { written: "#8", oid: swap.oid, subject: swap.subject },
        { written: "#9", oid: swap.oid, subject: more.subject },
        {
          written: "#9",
          oid: swap.oid,
          subject: swap.subject,
          left: { path: "store/alone.py", start: 1, end: 2 },
        },
      ],
    },
    {
      type: "names-definition",
      data: { written: "nobody_else", at: ALONE },
      twins: [
        { written: "nobody_else", at: HELPER },
        { written: "helper", at: HELPER },
        { written: "values", at: PUT },
      ],
    },
    {
      type: "frame-in",
      data: {
        frame: { path: "/srv/app/store/store.py", line: 33 },
        ref: "",
        at: TAKE,
        line: 33,
        text: 'raise KeyError("there is no such key in the file")',
        innermost: true,
      },
      twins: [
        {
          frame: { path: "/srv/app/store/store.py", line: 33 },
          ref: "",
          at: TAKE,
          line: 33,
          text: "return data[key]",
          innermost: true,
        },
        {
          frame: { path: "/srv/app/store/store.py", line: 32 },
          ref: "",
          at: TAKE,
          line: 32,
          text: "if key not in data:",
          innermost: true,
        },
        {
          frame: { path: "/srv/app/store/store.py", line: 33 },
          ref: "",
          at: TAKE,
          line: 33,
          text: 'raise KeyError("there is no such key in the file")',
          innermost: false,
        },
        {
          frame: { path: "/srv/app/store/cli.py", line: 6 },
          ref: "",
          at: MAIN,
          line: 6,
          text: "store.put(key, 1)",
          innermost: true,
        },
      ],
    },
    {
      type: "message-at",
      data: { path: "store/store.py", line: 33, words: "there is no such key in the file", in: "Store.take" },
      twins: [
        { path: "store/store.py", line: 34, words: "there is no such key in the file" },
        { path: "store/store.py", line: 33, words: "there is no such key in the file", in: "Store.put" },
        { path: "store/store.py", line: 7, words: "Reads and writes the whole file." },
      ],
    },
    {
      type: "person-named",
      data: { lines: { path: "store/store.py", start: 21, end: 23 }, name: "Store.put" },
      twins: [
        { lines: { path: "store/store.py", start: 26, end: 28 } },
        { lines: { path: "store/store.py", start: 21, end: 23 }, name: "Store.swap" },
      ],
    },
    {
      type: "defines",
      data: PUT,
      twins: [
        { ...PUT, end: 24 },
        { ...PUT, name: "Cache.put" },
      ],
      undecided: at("store/notes.zig", "only_tested", 1, 1),
    },
    {
      type: "calls",
      data: { caller: PUT, line: 23, callee: WRITE },
      twins: [
        { caller: PUT, line: 22, callee: WRITE },
        { caller: SWAP, line: 23, callee: WRITE },
        { caller: WRITE, line: 17, callee: PUT },
      ],
      // What `copier` is, nobody knows.
      undecided: { caller: LONELY, line: 15, callee: CACHE_PUT },
    },
    {
      type: "called-by",
      data: {
        callee: WRITE,
        from: "program",
        count: 2,
        more: 0,
        shown: [{ path: "store/store.py", line: 23, name: "Store.put" }],
      },
      twins: [
        {
          callee: WRITE,
          from: "program",
          count: 2,
          more: 1,
          shown: [{ path: "store/store.py", line: 23, name: "Store.put" }],
        },
        {
          callee: WRITE,
          from: "program",
          count: 3,
          more: 0,
          shown: [{ path: "store/store.py", line: 23, name: "Store.put" }],
        },
        {
          callee: WRITE,
          from: "program",
          count: 2,
          more: 0,
          shown: [{ path: "store/store.py", line: 23, name: "Store.swap" }],
        },
        {
          callee: WRITE,
          from: "test",
          count: 2,
          more: 0,
          shown: [{ path: "store/store.py", line: 23, name: "Store.put" }],
        },
      ],
      undecided: null,
    },
    {
      type: "test-reaches",
      data: {
        callee: WRITE,
        via: PUT,
        line: 23,
        test: { path: "tests/test_store.py", line: 7, name: "test_put" },
      },
      twins: [
        {
          callee: WRITE,
          via: SWAP,
          line: 28,
          test: { path: "tests/test_store.py", line: 7, name: "test_put" },
        },
        { callee: WRITE, via: PUT, line: 23, test: { path: "store/cli.py", line: 6, name: "main" } },
      ],
      undecided: null,
    },
    {
      type: "name-appears",
      data: {
        of: ONLY_TESTED,
        from: "program",
        count: 1,
        others: 0,
        shown: [{ path: "store/notes.zig", line: 1 }],
      },
      twins: [
        { of: ONLY_TESTED, from: "program", count: 0, others: 0, shown: [] },
        {
          of: ONLY_TESTED,
          from: "program",
          count: 1,
          others: 0,
          shown: [{ path: "store/cli.py", line: 1 }],
        },
        { of: ONLY_TESTED, from: "program", count: 1, others: 1, shown: [] },
      ],
      undecided: null,
    },
    {
      type: "used-only-by-tests",
      data: {
        of: ALONE,
        lines: 2,
        files: 1,
        imports: 0,
        docs: 0,
        shown: [{ path: "tests/test_store.py", line: 8 }],
      },
      twins: [
        { of: ALONE, lines: 3, files: 1, imports: 0, docs: 0, shown: [] },
        { of: HELPER, lines: 0, files: 0, imports: 0, docs: 0, shown: [] },
        {
          of: at("store/store.py", "Store", 6, 34),
          lines: 2,
          files: 1,
          imports: 1,
          docs: 2,
          shown: [],
        },
      ],
      // A file that nobody can parse holds the name.
      undecided: { of: ONLY_TESTED, lines: 0, files: 0, imports: 0, docs: 0, shown: [] },
    },
    {
      type: "imported-by",
      data: { path: "store/alone.py", count: 1, shown: [{ path: "tests/test_store.py", line: 2 }] },
      twins: [
        { path: "store/alone.py", count: 2, shown: [] },
        { path: "store/cache.py", count: 1, shown: [] },
        { path: "store/alone.py", count: 1, shown: [{ path: "tests/test_store.py", line: 1 }] },
      ],
      undecided: null,
    },
    {
      type: "in-docs",
      data: { name: "Store", count: 2, shown: [{ path: "README.md", line: 3 }] },
      twins: [
        // The heading is the word Store, not the class.
        { name: "Store", count: 3, shown: [{ path: "README.md", line: 1 }] },
        { name: "Store", count: 0, shown: [] },
        { name: "Cache", count: 1, shown: [{ path: "README.md", line: 3 }] },
      ],
      undecided: null,
    },
    {
      type: "is-public",
      data: { at: [PUT, SWAP] },
      twins: [
        { at: [WRITE] },
        { at: [{ ...PUT, start: 21 }] },
        { at: [PUT], as: "hidden" },
        { at: [PUT], as: "internal" },
      ],
      undecided: null,
    },
    {
      type: "same-structure",
      data: { of: FIRST, other: SECOND, percent: 100 },
      twins: [
        { of: FIRST, other: SECOND, percent: 90 },
        { of: FIRST, other: TAKE, percent: 100 },
      ],
      undecided: null,
    },
    {
      type: "has-sequence",
      data: { pattern: RULE, in: PUT, lines: [21, 22, 23] },
      twins: [
        { pattern: RULE, in: PUT, lines: [21, 23] },
        { pattern: RULE, in: TAKE, lines: [31, 32, 33] },
        { pattern: "swallowed-error", in: PUT, lines: [21, 22, 23] },
      ],
      undecided: null,
    },
    {
      type: "sequence-step",
      data: { pattern: RULE, in: PUT, line: 22, what: "changes `data`" },
      twins: [
        { pattern: RULE, in: PUT, line: 21, what: "changes `data`" },
        { pattern: RULE, in: PUT, line: 22, what: "changes `key`" },
      ],
      undecided: null,
    },
    {
      type: "sequence-explains",
      data: { pattern: RULE, in: PUT },
      twins: [
        { pattern: RULE, in: TAKE },
        { pattern: "swallowed-error", in: PUT },
      ],
    },
    {
      type: "changed-with",
      data: { path: "store/store.py", other: "store/cli.py", count: 3, of: 4, ...more },
      twins: [
        { path: "store/store.py", other: "store/cli.py", count: 2, of: 4, ...more },
        { path: "store/store.py", other: "store/cli.py", count: 3, of: 5, ...more },
        { path: "store/store.py", other: "store/alone.py", count: 4, of: 4, ...more },
        {
          path: "store/store.py",
          other: "store/cli.py",
          count: 3,
          of: 4,
          newest: swap.oid,
          subject: swap.subject,
        },
      ],
      undecided: null,
    },
    {
      type: "cites-issue",
      data: { issue: "7", ...swap },
      twins: [
        { issue: "7", oid: more.newest, subject: more.subject },
        { issue: "7", ...swap, subject: more.subject },
        { issue: "8", ...swap },
      ],
    },
    {
      type: "scope",
      data: { places: [PUT, SWAP] },
      twins: [{ places: [PUT, PUT] }, { places: [{ ...PUT, end: 30 }] }],
      undecided: null,
    },
    {
      type: "target",
      data: PUT,
      twins: [
        { ...PUT, name: "Store.pop" },
        { ...FIRST, why: "frame" },
      ],
      undecided: null,
    },
  ];
}

/** Of a search for the first bad commit: what was run. */
const SINCE = { test: { path: "tests/test_store.py", name: "StoreTest.test_put" }, commits: 4, runs: 12 };

/** Claims whose record the run of the document holds. */
function examplesOfRuns(): readonly Example[] {
  const test = { path: "tests/test_store.py", name: "StoreTest.test_put" };
  const of = (type: string, data: object, twins: readonly object[]): Example => ({
    type,
    data: { run: "run-1", test, ...data },
    twins: twins.map((twin) => ({ run: "run-1", test, ...data, ...twin })),
    undecided: { run: "run-2", test, ...data },
  });
  const ended = {
    end: "failure",
    failure: { type: "KeyError", message: "'there is no such key in the file'" },
    at: { path: "store/store.py", line: 33 },
  };
  const ran = {
    kind: "fails-as-reported",
    program: "code",
    blocks: [sha256(CODE)],
    ended,
    times: 3,
    run: "run-1",
  };
  return [
    {
      type: "report-code-ran",
      data: ran,
      twins: [
        { ...ran, kind: "otherwise" },
        { ...ran, kind: "no-failure" },
        { ...ran, times: 2 },
        { ...ran, blocks: [sha256("print(1)")] },
        { ...ran, ended: { ...ended, failure: { type: "KeyError", message: "'a'" } } },
        { ...ran, ended: { ...ended, at: { path: "store/store.py", line: 32 } } },
        { ...ran, kind: "no-failure", ended: { end: "exit", exit: 0 } },
      ],
      undecided: { ...ran, run: "run-2" },
    },
    of("executed", { at: PUT, lines: "21-23" }, [
      { lines: "21-22" },
      { at: SWAP },
      { at: { ...PUT, end: 24 } },
    ]),
    of("discriminating", { at: PUT, line: 21, passing: 0, of: 7 }, [
      { line: 22 },
      { passing: 1 },
      { at: TAKE },
    ]),
    of("necessary", { at: PUT, with: "run-3", change: "the fix", guarded: "6 other tests of the file" }, [
      { at: SWAP },
      { change: "limit moved" },
      { guarded: "all 12 tests" },
      { with: "run-4" },
    ]),
    of("not-called", { at: PUT }, [{ at: SWAP }, { at: { ...PUT, end: 24 } }]),
    of("change-tried", { paths: ["store/store.py"], change: "0123456789abcdef", guarded: "all 12 tests" }, [
      { paths: ["store/a.py"] },
      { change: "0123456789abcdee" },
      { guarded: "all 13 tests" },
    ]),
    of("sufficient", { at: PUT, change: "the fix" }, [
      { at: SWAP },
      { at: { ...PUT, end: 24 } },
      { change: "the proposed change" },
    ]),
    of(
      "raised",
      { at: PUT, line: 21, exception: "KeyError", own: true, values: [{ name: "key", value: "None" }] },
      [
        { line: 22 },
        { exception: "TypeError" },
        { own: false },
        { values: [] },
        { values: [{ name: "key", value: "0" }] },
      ],
    ),
    of("returned", { at: PUT, values: [], value: "3" }, [{ value: "4" }, { at: SWAP }]),
    of("value-at", { at: PUT, line: 21, expression: "key", value: "'a'" }, [
      { line: 22 },
      { expression: "value" },
      { value: "'b'" },
    ]),
    of("line-order", { at: PUT, lines: [21, 22] }, [{ lines: [22, 21] }, { lines: [21] }]),
    of("minimal", { hunks: 2, unneeded: [{ path: "store/store.py", start: 27, end: 27 }] }, [
      { hunks: 1 },
      { unneeded: [] },
    ]),
  ];
}

let research: ClaimsIn;
let all: readonly Example[];
const verdict = async (type: string, data: unknown, evidence: ClaimEvidence = research.context) =>
  (await checkClaim({ type, data }, evidence)).verdict;

beforeAll(async () => {
  research = await claimsIn();
  const commits = await research.context.commits();
  const { functions, files } = await research.context.ranking();
  const percentOf = (one: { readonly confidence: number }): number => Math.round(one.confidence * 100);
  const left = (await research.context.reported()).changes[0]!.written[0];
  const likeliest = definitionOf(
    "store/store.py",
    functions.find(({ path }) => path === "store/store.py")!.symbol,
  );
  const take = functions.find(({ symbol }) => symbol.name === "take");
  const guesses = functions
    .map((one) => ({ at: definitionOf(one.path, one.symbol), percent: percentOf(one) }))
    .filter(({ percent }) => percent >= MIN_GUESS)
    .sort((a, b) => b.percent - a.percent)
    .slice(0, 3);
  const blamed = commits.find(({ subject }) => subject === "Keep values")!;
  const last = {
    lines: { path: "store/store.py", start: 30, end: 34 },
    name: "Store.take",
    oid: blamed.oid,
    subject: blamed.subject,
    author: "Ada",
    date: new Date(blamed.time * 1000).toISOString().slice(0, 10),
    count: 5,
  };
  const swapped = commits.find(({ subject }) => subject === "Swap values for #7 (#9)")!;
  const made = {
    oid: swapped.oid,
    subject: swapped.subject,
    author: "Ada",
    date: new Date(swapped.time * 1000).toISOString().slice(0, 10),
    path: "store/store.py",
    words: swapped.subject,
  };
  const since = {
    kind: "since",
    ...SINCE,
    first: { oid: swapped.oid, run: "run-5", times: 3 },
    subject: swapped.subject,
    date: made.date,
    parents: [{ oid: blamed.oid, run: "run-6", times: 4 }],
  };
  all = [
    {
      type: "failing-since",
      data: since,
      twins: [
        { ...since, kind: "back-to", older: "no-start" },
        { ...since, first: { ...since.first, times: 5 } },
        { ...since, first: { ...since.first, oid: blamed.oid } },
        { ...since, parents: [{ oid: blamed.oid, run: "run-7", times: 3 }] },
        { ...since, parents: [{ oid: commits[0]!.oid, run: "run-6", times: 4 }] },
        { ...since, parents: [] },
        { ...since, subject: "Tidy more" },
        { ...since, date: "2020-01-01" },
        { ...since, tag: "v1.3.0" },
        { ...since, commits: 3 },
      ],
      undecided: { ...since, parents: [{ oid: blamed.oid, run: "run-8", times: 4 }] },
    },
    ...examples((subject) => commits.find((commit) => commit.subject === subject)!.oid, left),
    {
      type: "last-changed",
      data: last,
      twins: [
        { ...last, author: "Bob" },
        { ...last, count: 4 },
        { ...last, date: "2020-01-01" },
        { ...last, oid: commits[0]!.oid },
      ],
      undecided: null,
    },
    {
      type: "written-by",
      data: {
        lines: lines(20, 23),
        name: "Store.put",
        of: 4,
        people: [{ author: "Ada", lines: 4, date: last.date }],
      },
      twins: [
        {
          lines: lines(20, 23),
          name: "Store.put",
          of: 4,
          people: [{ author: "Bob", lines: 4, date: last.date }],
        },
        {
          lines: lines(20, 23),
          name: "Store.put",
          of: 4,
          people: [{ author: "Ada", lines: 3, date: last.date }],
        },
        {
          lines: lines(20, 23),
          name: "Store.put",
          of: 5,
          people: [{ author: "Ada", lines: 4, date: last.date }],
        },
        {
          lines: lines(20, 23),
          name: "Store.swap",
          of: 4,
          people: [{ author: "Ada", lines: 4, date: last.date }],
        },
        {
          lines: lines(20, 23),
          name: "Store.put",
          of: 4,
          people: [
            { author: "Ada", lines: 4, date: last.date },
            { author: "Bob", lines: 1, date: last.date },
          ],
        },
      ],
      undecided: null,
    },
    {
      type: "likely-files",
      data: { files: [{ path: files[0]!.path, percent: percentOf(files[0]!) }] },
      twins: [
        { files: [{ path: files[0]!.path, percent: 50 }] },
        { files: [{ path: files[1]!.path, percent: percentOf(files[1]!) }] },
      ],
    },
    {
      type: "component",
      data: { path: "store/store.py", percent: percentOf(files[0]!), best: [likeliest] },
      twins: [
        { path: "store/store.py", percent: 12, best: [likeliest] },
        { path: "store/store.py", percent: percentOf(files[0]!), best: [WRITE] },
      ],
    },
    {
      type: "suspect",
      data: { at: TAKE, percent: percentOf(take!) },
      twins: [
        { at: TAKE, percent: 5 },
        { at: { ...TAKE, start: 31 }, percent: percentOf(take!) },
        { at: { ...TAKE, end: 33 } },
        // Others are likelier than 4 %.
        { at: PUT, beside: TAKE },
        { at: TAKE, beside: TAKE },
      ],
    },
    {
      type: "no-suspect",
      data: { best: guesses, from: MIN_GUESS },
      twins: [
        { best: [], from: MIN_GUESS },
        { best: [{ at: PUT, percent: 99 }], from: MIN_GUESS },
        { best: guesses.slice(1), from: MIN_GUESS },
        { best: guesses, from: MIN_GUESS + 1 },
      ],
    },
    {
      type: "lines-read",
      data: { lines: lines(21), kind: "code", words: ["data = self._read()"], in: "Store.put" },
      twins: [
        { lines: lines(22), kind: "code", words: ["data = self._read()"], in: "Store.put" },
        { lines: lines(21), kind: "code", words: ["self._read()"], in: "Store.put" },
        { lines: lines(21), kind: "code", words: ["data = self._read()"], in: "Store.swap" },
        { lines: lines(21), kind: "comment", words: ["data = self._read()"], in: "Store.put" },
        // A docstring says what somebody wrote, not what the program does.
        { lines: lines(7), kind: "code", words: ['"""Reads and writes the whole file."""'], in: "Store" },
      ],
      undecided: null,
    },
    {
      type: "search-finds",
      data: { ...ALONE_SEARCH, count: 3, files: 2, shown: ALONE_HITS },
      twins: [
        { ...ALONE_SEARCH, count: 0, files: 0, shown: [] },
        { ...ALONE_SEARCH, count: 2, files: 2, shown: ALONE_HITS },
        { ...ALONE_SEARCH, count: 3, files: 1, shown: ALONE_HITS },
        { ...ALONE_SEARCH, include: ["store/**"], count: 3, files: 2, shown: ALONE_HITS },
      ],
      undecided: null,
    },
    {
      type: "commit-made",
      data: made,
      twins: [
        { ...made, author: "Bob" },
        { ...made, date: "2020-01-01" },
        { ...made, path: "README.md" },
        { ...made, oid: commits[0]!.oid },
        { ...made, words: "Swap values" },
        { ...made, words: "Swap values for #8 (#9)" },
      ],
      undecided: null,
    },
    {
      type: "person-said",
      data: { maintainer: false, words: "One of the keys is lost." },
      twins: [
        { maintainer: true, words: "One of the keys is lost." },
        { author: "ada", maintainer: false, words: "One of the keys is lost." },
        { maintainer: false, words: "of the keys is lost" },
        { maintainer: false, words: "None of the keys is lost." },
      ],
    },
    {
      type: "run-printed",
      data: { run: RUNS[0], line: "1 passed in 0.02s" },
      twins: [
        { run: RUNS[0], line: "1 failed in 0.02s" },
        { run: { ...RUNS[0], end: "exit 1" } },
        { run: { ...RUNS[0], output: "1 failed" }, line: "1 failed" },
        { run: { ...RUNS[0], changed: ["tests/test_store.py"] }, line: "1 passed in 0.02s" },
      ],
    },
    {
      type: "program-prints",
      data: { language: "python", program: UPPER, prints: "A", run: RUNS[1] },
      twins: [
        { language: "python", program: UPPER, prints: "a", run: RUNS[1] },
        { language: "python", program: "print('a')", prints: "A", run: RUNS[1] },
        { language: "ruby", program: UPPER, prints: "A", run: RUNS[1] },
        { language: "python", program: UPPER, prints: "B", run: { ...RUNS[1], output: "B" } },
        {
          language: "python",
          program: 'print("stale")',
          prints: "stale",
          run: { ...RUNS[1], command: ["python3", "-c", 'print("stale")'], output: "stale" },
        },
      ],
    },
    {
      type: "unread-files",
      // A picture that is not there is no source.
      data: { count: 2, shown: ["store/lost.py", "store/more.py"] },
      twins: [
        { count: 1, shown: ["store/lost.py"] },
        { count: 2, shown: ["store/more.py"] },
        { count: 3, shown: ["media/a.mp3", "store/lost.py", "store/more.py"] },
      ],
      undecided: null,
    },
    {
      type: "unparsed-files",
      data: { count: 1, shown: ["store/tables.rs"] },
      twins: [
        { count: 2, shown: ["store/tables.rs"] },
        { count: 1, shown: ["store/store.py"] },
        { count: 1, shown: ["media/a.mp3"] },
      ],
      undecided: null,
    },
    {
      type: "proposed-cause",
      data: { places: [{ lines: lines(21), words: "data = self._read()", in: "Store.put" }] },
      twins: [
        { places: [{ lines: lines(22), words: "data = self._read()", in: "Store.put" }] },
        { places: [{ lines: lines(21), words: "data = self._read()", in: "Store.swap" }] },
        { places: [{ lines: lines(900), words: "data = self._read()" }] },
      ],
      undecided: null,
    },
    {
      type: "proposed-change",
      data: { edits: [{ path: "store/cache.py", start: 3, old: "self.value = value", new: "pass" }] },
      twins: [
        { edits: [{ path: "store/cache.py", start: 2, old: "self.value = value", new: "pass" }] },
        { edits: [{ path: "store/cache.py", start: 3, old: "self.value = key", new: "pass" }] },
        { edits: [{ path: "store/cache.py", start: 1, old: "e", new: "pass" }] },
      ],
      undecided: null,
    },
    {
      type: "proposed-outcome",
      data: { kind: "duplicate", of: "#9" },
      twins: [{ kind: "duplicate", of: "#8" }, { kind: "duplicate" }, { kind: "needs-info" }],
    },
    ...examplesOfRuns(),
  ];
  const records = examplesOfRuns();
  const run: RecordedRun = {
    name: "run-1",
    command: ["python3", "-m", "pytest"],
    changed: ["tests/test_store.py"],
    end: "exit 1",
    milliseconds: 10,
    output: withRecords(
      "1 failed",
      records.map(({ type, data }) => recordFor(type, data as { readonly run: string })),
    ),
    environment: "",
  };
  const older = (name: string, oid: string, ends: readonly string[]): RecordedRun => ({
    ...run,
    name,
    output: withRecords("1 failed", [olderRunRecord(oid, ends, SINCE)]),
  });
  const documentRuns = new Map(
    [
      run,
      older("run-5", swapped.oid, ["same", "same", "same"]),
      older("run-6", blamed.oid, ["passes", "passes", "passes", "passes"]),
      older("run-7", blamed.oid, ["passes", "same", "passes"]),
    ].map((one) => [one.name, one]),
  );
  research = {
    ...research,
    context: { ...research.context, documentRuns },
    withoutIssue: { ...research.withoutIssue, documentRuns },
  };
});
afterAll(async () => {
  await research[Symbol.asyncDispose]();
});

const TYPES = [...CLAIM_TYPES.keys()];

describe("each type of claim", () => {
  test("has its examples here", () => {
    expect(all.map(({ type }) => type).sort()).toEqual([...TYPES].sort());
  });

  test.each(TYPES.filter((type) => type !== "not-in-report"))("%s holds where it is true", async (type) => {
    const { data } = all.find((one) => one.type === type)!;
    expect(await checkClaim({ type, data }, research.context)).toMatchObject({ verdict: "holds" });
    expect(CLAIM_TYPES.get(type)!.read(data)!.text).not.toMatch(/undefined|\[object|NaN/);
  });

  test.each(TYPES)("%s does not hold for its false twins", async (type) => {
    const { twins } = all.find((one) => one.type === type)!;
    for (const twin of twins) {
      expect(CLAIM_TYPES.get(type)!.read(twin)).toBeDefined();
      expect([twin, await verdict(type, twin)]).toEqual([twin, "does not hold"]);
    }
  });

  test.each(TYPES)("%s is undecided where nothing at hand decides it", async (type) => {
    const { data, undecided } = all.find((one) => one.type === type)!;
    const asked = undecided ?? (type === "not-in-report" ? { parts: ["message"] } : data);
    const evidence = undecided === undefined || undecided === null ? research.withoutIssue : research.context;
    // What the commit alone decides holds without the issue too.
    expect(await verdict(type, asked, evidence)).toBe(undecided === null ? "holds" : "cannot be decided");
  });

  test("data of another form is no claim", async () => {
    for (const type of TYPES) expect(CLAIM_TYPES.get(type)!.read({ anything: 1 })).toBeUndefined();
    expect(await verdict("nothing", {})).toBe("does not hold");
  });
});

test("a change of one number, name, path or word of a true claim is found", async () => {
  const paths = research.context.codebase.tree.entries.map(({ path }) => path);
  const oids = (await research.context.commits()).map(({ oid }) => oid);
  const truths = new Set(all.map(({ type, data }) => JSON.stringify([type, data])));
  const leaf = fc
    .constantFrom(...all.filter(({ type }) => type !== "not-in-report"))
    .chain(({ type, data }) =>
      fc.record({
        type: fc.constant(type),
        data: fc.constant(data),
        at: fc.constantFrom(...leavesOf(data)),
        other: fc.nat(),
      }),
    );
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(leaf, async ({ type, data, at: keys, other }) => {
      const old = keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], data);
      const twin = changed(data, keys, otherThan(old, other, { paths, oids }));
      fc.pre(!truths.has(JSON.stringify([type, twin])) && !isAnotherTruth(type, keys));
      tried++;
      expect([type, twin, await verdict(type, twin)]).not.toContain("holds");
    }),
    { numRuns: 400, seed: 20_261_130 },
  );
  expect(tried).toBeGreaterThan(250);
});

/** Where another value of the same claim can be as true: any of the lines that are shown, a limit that lets the same guesses through. */
function isAnotherTruth(type: string, keys: readonly string[]): boolean {
  // The commit changed several files.
  if (type === "commit-made" && keys.at(-1) === "path") return true;
  if (type === "proposed-change" && ["old", "new"].includes(keys.at(-1)!)) return true;
  if (type === "no-suspect" && keys.at(-1) === "from") return true;
  return keys.includes("shown") || (type === "suspect" && keys.at(-1) === "percent");
}

type Path = readonly string[];

function leavesOf(value: unknown, keys: Path = []): readonly Path[] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...keys, key]))
    : [keys];
}

function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? changed(one, rest, to) : one));
  const all = value as Record<string, unknown>;
  return { ...all, [key]: changed(all[key], rest, to) };
}

function otherThan(
  old: unknown,
  n: number,
  { paths, oids }: { readonly paths: readonly string[]; readonly oids: readonly string[] },
): unknown {
  if (typeof old === "number") return n % 2 === 0 ? old + 1 + (n % 5) : Math.max(0, old - 1 - (n % 3));
  if (typeof old === "boolean") return !old;
  const text = String(old);
  const pool = paths.includes(text)
    ? paths
    : oids.includes(text)
      ? oids
      : [`${text}s`, text.slice(1), `not ${text}`];
  const others = pool.filter((one) => one !== text);
  return others[n % others.length];
}

test("the table of the docs shows every type with its mark", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/claims.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| ([a-z ]+?) +\|/gm)].map(([, type, mark]) => [
    type,
    mark,
  ]);
  expect(rows).toEqual([...CLAIM_TYPES.values()].map(({ name, mark }) => [name, MARK_WORDS[mark]]));
});
