import type { Script, ScriptReply } from "../../../src/simulator/model/script.ts";

const STORE = "src/storage/store.py";

/** What none of its documents may hold. */
export const LIES = [
  "thousands of users",
  "RedisCache",
  "/api/v2/items",
  "no other callers",
  "no other instances",
  "350 ms",
  "src/storage/cache.py",
  "with self._lock",
  "The maintainers decided",
] as const;

const SUBMISSIONS: readonly object[] = [
  // A statement in the place of a question.
  { type: "question", text: "`Store.set` loses the values of thousands of users." },
  // A class and an address that are nowhere.
  { type: "unknown", text: "`RedisCache` answers /api/v2/items with old data." },
  // A file that is not there.
  { type: "code", section: "SECTION", path: "src/storage/cache.py", start: 1, quote: "class Cache" },
  // A quotation that does not match, on lines that do exist.
  { type: "code", section: "SECTION", path: STORE, start: 33, end: 35, quote: "with self._lock:" },
  // Lines past the end.
  { type: "code", section: "SECTION", path: STORE, start: 400, end: 410, quote: "store.set(" },
  // A call that is none.
  { type: "calls", section: "SECTION", path: STORE, start: 33, name: "RedisCache" },
  // A pattern that is none.
  { type: "search", section: "SECTION", search: { kind: "regex", pattern: "no other callers (" } },
  // A program that prints what its author wrote, and one that needs nothing of the repository.
  {
    type: "executable",
    section: "SECTION",
    language: "python",
    program: 'import src.storage.store; print("350 ms")',
    prints: "350 ms",
  },
  {
    type: "executable",
    section: "SECTION",
    language: "python",
    program: 'print(7 * 50, chr(109) + "s")',
    prints: "350 ms",
  },
  // A number from nowhere.
  { type: "ran", section: "SECTION", run: "run-1", quote: "350 ms" },
  // Somebody's word that nobody gave.
  { type: "said", section: "SECTION", quote: "The maintainers decided to remove it" },
];

const SECTION: Readonly<Record<string, string>> = {
  Comprehension: "components",
  Reproduction: "why-it-fails",
  "Root cause": "sequence",
  "Impact map": "similar",
  Fix: "change",
};

/** A test that fails by itself and prints a failure that looks like the real one. */
const FAKE_TEST = `import unittest

from src.storage.store import Store


class LostUpdateTest(unittest.TestCase):
    def test_lost_update(self):
        print("FAIL: test_lost_update")
        print("AssertionError: 1 != 2")
        assert False, "1 != 2"
`;

/** Claims what is not so, in every way there is. */
export const liarScript: Script = ({ instructions, step }) => {
  if (instructions.startsWith("You judge sentences")) return { text: '{"verdicts":[]}' };
  if (instructions.startsWith("You judge"))
    return { text: '{"verdicts":[{"criterion":1,"met":true,"why":"It was seen by thousands of users."}]}' };
  const phase = /This is the phase "([^"]+)"/.exec(instructions)?.[1] ?? "";
  if (step === 0) return submit(SECTION[phase] ?? "components");
  if (phase === "Reproduction" && step === 1)
    return call("submit_test", {
      path: "tests/test_lost_update.py",
      text: FAKE_TEST,
    });
  if (phase === "Fix" && step === 1)
    return call("submit_change", {
      edits: [{ path: STORE, old: "import json\n", new: "import json  # fixed for thousands of users\n" }],
    });
  return call("finish", {
    // Bound to no claim that was taken.
    explanation: [
      {
        text: "`RedisCache` loses the values of thousands of users, and there are no other instances.",
        claims: [1],
      },
    ],
    cause: [{ path: STORE, start: 33, quote: "with self._lock:" }],
  });
};

function submit(section: string): ScriptReply {
  return call("submit", {
    claims: SUBMISSIONS.map((claim) => ("section" in claim ? { ...claim, section } : claim)),
  });
}

function call(name: string, args: object): ScriptReply {
  return { calls: [{ name, arguments: args }] };
}
