import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SubmittedFinding } from "../../../src/agent/submission/submission.ts";
import { checkFinding } from "../../../src/agent/submission/check-finding.ts";
import { own, PATHS, type SourceIn, sourceIn, STORE, TESTS } from "./source-in.ts";

const SECTIONS = [
  "sequence",
  "hypotheses",
  "similar",
  "components",
  "options",
  "risks",
  "tests",
  "questions",
  "missing",
  "not-established",
  "summary",
  "steps-for-a-person",
];
const NEAREST = own("nearest.ts");
const SPLICE = own("splice.ts");
const CYCLE = own("find-cycle.ts");
const INLINE = own("inline-code.ts");
const STAND = own("standstill.ts");
const COMMANDS = own("command-lines.ts");

type Told = readonly [statement: string, ...cited: readonly (readonly [path: string, quote: string])[]];
const SET = [
  STORE,
  "data = self._read_data()\n        data[key] = value\n        self._write_data(data)",
] as const;
const READ = [
  STORE,
  'def _read_data(self):\n        with open(self.path, encoding="utf-8") as file:\n            return json.load(file)',
] as const;
const WRITE = [
  STORE,
  'def _write_data(self, data):\n        with open(self.path, "w", encoding="utf-8") as file:\n            json.dump(data, file, indent=2, sort_keys=True)',
] as const;
const DELETE = [STORE, "found = data.pop(key, None) is not None"] as const;
const UPDATE = [
  STORE,
  "current = data.get(key, {})\n        current.update(changes)\n        data[key] = current",
] as const;
const INIT = [STORE, "if not os.path.exists(path):\n            self._write_data({})"] as const;

let at: SourceIn;
beforeAll(async () => {
  at = await sourceIn();
}, 60_000);
afterAll(async () => at[Symbol.asyncDispose]());

async function check(more: Partial<SubmittedFinding>): Promise<string> {
  const checked = await checkFinding(
    { section: "sequence", statement: "", provenance: "code", citations: [], ...more },
    SECTIONS,
    at.from,
  );
  return checked.ok ? `taken as ${checked.accepted.finding.provenance}` : checked.reasons.join(" ");
}
const cited = (places: readonly (readonly [string, string])[]) =>
  places.map(([path, quote]) => at.cite(path, quote));
const word = (pattern: string) => ({ search: { kind: "word" as const, pattern, include: [], exclude: [] } });

/** What a good model says about real code, in its words. */
const CODE: readonly Told[] = [
  ["`Store.set` reads all data, changes one key and writes everything back.", SET],
  ["Between `_read_data` and `_write_data` nothing keeps another process out.", SET],
  ["`Store.set` takes no lock between reading and writing.", SET],
  ["The read and the write are two separate steps, so a second writer can come in between.", SET],
  ['`_write_data` opens the file with mode `"w"`, which empties it before `json.dump` writes.', WRITE],
  ["`_write_data` writes in place; a reader can see an empty or half-written file.", WRITE],
  ["`_read_data` returns what `json.load` makes of the file and never caches it.", READ],
  ["Each call of `_read_data` opens the file again.", READ],
  [
    "`Store.update` only changes the mapping of one key, but writes all keys back.",
    UPDATE,
    [STORE, "self._write_data(data)\n        return current"],
  ],
  ["`current.update(changes)` merges the changes into the mapping that was read.", UPDATE],
  [
    "`Store.delete` writes the file even when the key was not there.",
    DELETE,
    [STORE, "self._write_data(data)\n        return found"],
  ],
  [
    "`delete` returns whether the key was there.",
    [STORE, '"""Remove a key. Return whether it was there."""'],
  ],
  ["The constructor checks `os.path.exists(path)` and then writes an empty mapping, in two steps.", INIT],
  ["Two workers that start at the same time can both find the file missing and both write `{}`.", INIT],
  ["The keys are sorted before they are returned.", [STORE, "return sorted(self._read_data())"]],
  ["`keys` reads the file once for each call.", [STORE, "return sorted(self._read_data())"]],
  [
    "`get` falls back to `default` when the key is missing.",
    [STORE, "return self._read_data().get(key, default)"],
  ],
  ["The JSON is written with an indent of 2 and sorted keys.", WRITE],
  ["Line 35 writes back what line 33 has read.", SET],
  ["All three steps work on the same local variable `data`.", SET],
  [
    "The class keeps only `self.path`; no data stays in memory between two calls.",
    [STORE, "self.path = path"],
  ],
  [
    "`data_path` makes the folder when it is missing, with `exist_ok=True`.",
    [PATHS, "os.makedirs(folder, exist_ok=True)"],
  ],
  [
    "Without `root` the folder is `.storage` in the home directory.",
    [PATHS, 'folder = root or os.path.join(os.path.expanduser("~"), ".storage")'],
  ],
  ["`data_path` adds `.json` to the name.", [PATHS, 'return os.path.join(folder, name + ".json")']],
  [
    "The name is joined to the folder as it is; a name with `..` would leave it.",
    [PATHS, 'return os.path.join(folder, name + ".json")'],
  ],
  [
    "Each test makes its own temporary folder in `setUp`.",
    [TESTS, "self.folder = tempfile.TemporaryDirectory()"],
  ],
  [
    "`test_set_and_get` uses one store and one thread.",
    [TESTS, 'self.store.set("a", 1)\n        self.assertEqual(self.store.get("a"), 1)'],
  ],
  [
    "`test_delete` deletes the key and checks that `keys()` gives an empty list.",
    [TESTS, 'self.assertTrue(self.store.delete("a"))\n        self.assertEqual(self.store.keys(), [])'],
  ],
  [
    "The tests open `data.json` in a temporary folder.",
    [TESTS, 'Store(os.path.join(self.folder.name, "data.json"))'],
  ],
  [
    "`nearest` gives up on words of more than 50 characters.",
    [NEAREST, "const MAX_LENGTH = 50;"],
    [NEAREST, 'if (wanted === "" || wanted.length > MAX_LENGTH) return undefined;'],
  ],
  ["`nearest` compares in lower case, so case is ignored.", [NEAREST, "const wanted = word.toLowerCase();"]],
  [
    "A candidate may differ in at most a third of its letters.",
    [NEAREST, "const most = Math.max(1, Math.floor(Math.min(wanted.length, candidate.length) / 3));"],
  ],
  [
    "Of two candidates with the same distance the first one wins, because only a smaller distance replaces it.",
    [NEAREST, "if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY))"],
  ],
  [
    "`distanceBetween` keeps only three rows in memory: `beforeLast`, `last` and `row`.",
    [NEAREST, "beforeLast = last;\n    last = row;"],
    [NEAREST, "const row = [i];"],
  ],
  [
    "A swap of two neighbours counts as one change.",
    [NEAREST, "least = Math.min(least, beforeLast[j - 2]! + 1);"],
  ],
  [
    "`applySplices` throws `splices overlap` when one begins before the last one ended.",
    [SPLICE, 'if (start < from) throw new Error("splices overlap");'],
  ],
  [
    "Splices are sorted by `start`, then by `end`.",
    [SPLICE, "[...splices].sort((a, b) => a.start - b.start || a.end - b.end);"],
  ],
  [
    "The array that is handed in is copied before it is sorted.",
    [SPLICE, "const ordered = [...splices].sort("],
  ],
  ["The text after the last splice is always added.", [SPLICE, "return out + text.slice(from);"]],
  [
    "`findCycle` keeps its own stack in `path` instead of calling itself.",
    [CYCLE, "const path: { id: string; next: number }[] = [{ id: start, next: 0 }];"],
  ],
  [
    "Dependencies on specs that are not in the map are filtered out.",
    [CYCLE, "dependsOn.filter((other) => specs.has(other)),"],
  ],
  ["A spec that is done is never visited again.", [CYCLE, "const next = done.has(top.id) ? undefined"]],
  [
    "`findCycle` returns `undefined` when every path has been followed to its end.",
    [CYCLE, "return undefined;"],
  ],
  [
    "`inlineCode` cuts texts after `MAX_CHARACTERS`, which is 160.",
    [INLINE, "const MAX_CHARACTERS = 160;"],
    [INLINE, "export function inlineCode(text: string, max: number = MAX_CHARACTERS): string {"],
  ],
  ["Empty text is shown as `(empty)`.", [INLINE, 'if (shown === "") return "(empty)";']],
  [
    "The fence has one backtick more than the longest run inside.",
    [INLINE, 'const fence = "`".repeat(longestRun(shown) + 1);'],
  ],
  [
    "`printable` replaces control characters, and only then trims the ends.",
    [INLINE, '.replace(/[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}]/gu, "\\ufffd")\n    .trim();'],
  ],
  [
    "`standstillOf` returns the first reason that applies; the order is `unreachable`, `held`, `closed`, `configuration`.",
    [STAND, "circumstances: { unreachable, held, closed, configuration },"],
  ],
  [
    'A closed issue gives the reason "The issue is closed."',
    [STAND, 'if (closed) return { by: "closed", reason: "The issue is closed." };'],
  ],
  [
    "`confirm` tells customers by mail at most 3 times.",
    ["lib/confirm.py", "# Tell customers by mail, at most 3 times."],
  ],
  [
    "`confirm` sends the order three times, without looking whether one of them arrived.",
    ["lib/confirm.py", "for attempt in range(3):\n        send(order)"],
  ],
  ["The file is opened as utf-8.", READ],
];

const CHANGE = [
  STORE,
  "current = data.get(key, {})\n        current.update(changes)\n        data[key] = current\n        self._write_data(data)",
] as const;
const REMOVE = [STORE, "found = data.pop(key, None) is not None\n        self._write_data(data)"] as const;
const OPEN = [
  STORE,
  'with open(self.path, "w", encoding="utf-8") as file:\n            json.dump(data, file, indent=2, sort_keys=True)',
] as const;

/** Written after the checks, to see what they cost a model that never saw them: kind or section, statement, places. */
const UNSEEN: readonly (readonly [string, string, ...(readonly [string, string])[]])[] = [
  [
    "code",
    "This is a classic read-modify-write sequence: if another process writes between lines 33 and 35, its update is overwritten.",
    SET,
  ],
  ["code", "`Store.set` performs an unsynchronised read-modify-write on a shared file.", SET],
  [
    "code",
    "Because the whole dictionary is written back, changes to unrelated keys made by other workers in the meantime are lost as well.",
    SET,
  ],
  [
    "code",
    'Opening with `"w"` truncates the file immediately, so a concurrent reader may see an empty file and `json.load` would raise.',
    OPEN,
    [STORE, "return json.load(file)"],
  ],
  [
    "code",
    "`Store.update` has the same shape: it reads, merges `changes` into `current` and writes everything back.",
    CHANGE,
  ],
  ["code", "`Store.delete` rewrites the file regardless of whether `found` is true.", REMOVE],
  ["inference", "The last writer wins, which matches the symptom that values vanish without an error.", SET],
  [
    "inference",
    "With a single worker the window never overlaps with another writer, which is consistent with the report.",
    SET,
  ],
  [
    "inference",
    "An exclusive `fcntl.flock` around the sequence would serialise writers on POSIX systems.".replace(
      "`fcntl.flock`",
      "file lock",
    ),
    SET,
  ],
  [
    "inference",
    "Using `os.replace` on a temporary file would make each write atomic, but would not prevent lost updates.".replace(
      "`os.replace`",
      "a rename",
    ),
    OPEN,
  ],
  [
    "inference",
    "A file lock costs little here but does not work reliably on some network file systems.",
    SET,
  ],
  [
    "code",
    "The test suite exercises `Store` with one instance per test; see `setUp`.",
    [TESTS, 'self.store = Store(os.path.join(self.folder.name, "data.json"))'],
  ],
  [
    "code",
    "`test_update_merges` covers the merge path but not concurrency.",
    [TESTS, "def test_update_merges(self):"],
  ],
  [
    "code",
    "The file path is stored in `self.path` and is used by both `_read_data` and `_write_data`.",
    [STORE, "self.path = path"],
    [STORE, 'with open(self.path, encoding="utf-8") as file:'],
    [STORE, 'with open(self.path, "w", encoding="utf-8") as file:'],
  ],
  [
    "code",
    "`get` and `keys` only read; they do not modify the file.",
    [STORE, "return self._read_data().get(key, default)"],
    [STORE, "return sorted(self._read_data())"],
  ],
  [
    "code",
    "If `path` does not exist, `__init__` creates it with an empty object.",
    [STORE, "if not os.path.exists(path):\n            self._write_data({})"],
  ],
  [
    "code",
    "There is a check-then-act race in `__init__`: another process can create and fill the file after the `exists` check, and this one then overwrites it with `{}`.",
    [
      STORE,
      "def __init__(self, path):\n        self.path = path\n        if not os.path.exists(path):\n            self._write_data({})",
    ],
  ],
  [
    "code",
    "`data_path` falls back to `~/.storage` when `root` is not given.".replace(
      "`~/.storage`",
      "`.storage` below the home directory",
    ),
    [PATHS, 'folder = root or os.path.join(os.path.expanduser("~"), ".storage")'],
  ],
  [
    "code",
    "The cycle search is iterative; the comment says that no recursion is used.",
    [CYCLE, "its members. No recursion: a chain of any length is followed."],
  ],
  [
    "code",
    "`findCycle` marks an id as done once all of its dependencies have been visited.",
    [CYCLE, "done.add(top.id);"],
  ],
  [
    "code",
    "Each path entry remembers the index of the next dependency in `next`.",
    [CYCLE, "const path: { id: string; next: number }[] = [{ id: start, next: 0 }];"],
  ],
  [
    "code",
    "The returned array starts and ends with the same id.",
    [CYCLE, "return [...path.slice(path.findIndex(({ id }) => id === next)).map(({ id }) => id), next];"],
  ],
  [
    "code",
    "`applySplices` sorts first by start and then by end, so insertions at the same offset keep their relative order.",
    [SPLICE, "const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);"],
  ],
  [
    "code",
    "When two splices overlap, an `Error` is thrown rather than silently producing wrong output.",
    [SPLICE, 'if (start < from) throw new Error("splices overlap");'],
  ],
  [
    "code",
    "`nearest` returns `undefined` for the empty string.",
    [NEAREST, 'if (wanted === "" || wanted.length > MAX_LENGTH) return undefined;'],
  ],
  [
    "code",
    "Candidates whose length differs too much are skipped before the distance is computed.",
    [NEAREST, "if (Math.abs(candidate.length - wanted.length) > most) continue;"],
  ],
  [
    "code",
    "`mayHoldCommand` is a cheap pre-check: texts without `/case` or `/casebook` are not parsed at all.",
    [COMMANDS, "const ANYWHERE = /\\/case(?:book)?(?!\\w)/i;"],
    [COMMANDS, "if (!mayHoldCommand(markdown)) return [];"],
  ],
  [
    "code",
    "Commands in a list, quotation or table are only found on lines without indentation.",
    [COMMANDS, "// Only a line without any indent: there the writer meant to have left the container."],
  ],
  [
    "code",
    "`findCommandLines` stops as soon as `max` lines were found.",
    [COMMANDS, "if (found.length >= max) break;"],
  ],
  [
    "code",
    "The regular expression `WORD` is case-insensitive.",
    [COMMANDS, "const WORD = /^\\/(?:casebook|case)(?=\\s|$)/i;"],
  ],
  [
    "code",
    "A paragraph may be indented by at most 3 spaces (`MAX_INDENT`).",
    [COMMANDS, "const MAX_INDENT = 3;"],
  ],
  [
    "reporter",
    "The reporter runs four worker processes that share one data file.",
    ["issue", "We run four worker processes that share one data file."],
  ],
  [
    "reporter",
    "According to the report, about 2 % of the writes are lost.",
    ["issue", "About 2 % of the writes are lost."],
  ],
  [
    "reporter",
    "No error is raised and nothing is logged.",
    ["issue", "No error is raised and nothing is\nlogged."],
  ],
  [
    "reporter",
    "Every now and then a stored value disappears.",
    ["issue", "Every now and then a value that one worker\nstored is gone a moment later"],
  ],
  ["run", "The run exits with status 1 and reports one failure.", ["run", "FAILED (failures=1)"]],
  ["questions", "Is the data file on a local disk or on a network share?"],
  ["questions", "Do all four workers use the same path?"],
  ["not-established", "Whether the loss also occurs on Windows was not tested."],
  ["not-established", "It is not known how the workers are started."],
  [
    "missing",
    "The Python version is given, but the report does not include the code that starts the workers.",
  ],
  [
    "risks",
    "A lock that is held while the file is written makes concurrent writers wait for one another.",
    SET,
  ],
  [
    "summary",
    "Concurrent calls of `Store.set` can overwrite each other because nothing serialises reading and writing.",
    SET,
  ],
  [
    "summary",
    "The likely cause is the unsynchronised sequence in `Store.set`, `Store.update` and `Store.delete`.",
    SET,
    CHANGE,
    REMOVE,
  ],
  [
    "code",
    "The docstring promises that the file is read and written as a whole.",
    [STORE, '"""Keeps values by key. The file is read and written as a whole."""'],
  ],
  [
    "code",
    "`Store` holds no state besides the path, so every operation goes to disk.",
    [STORE, "self.path = path"],
  ],
  [
    "code",
    "`delete` uses `data.pop(key, None)`, so a missing key does not raise.",
    [STORE, "found = data.pop(key, None) is not None"],
  ],
  [
    "code",
    "`sort_keys=True` makes the output deterministic.",
    [STORE, "json.dump(data, file, indent=2, sort_keys=True)"],
  ],
  ["code", "Neither reading nor writing uses any kind of locking primitive.", SET],
  [
    "code",
    "After `_read_data` returns, the file is already closed again; the write reopens it.",
    SET,
    [STORE, "return json.load(file)"],
  ],
  [
    "code",
    "`test_set_and_get` checks the simple case: set one key, get it back.",
    [TESTS, 'self.store.set("a", 1)\n        self.assertEqual(self.store.get("a"), 1)'],
  ],
  [
    "code",
    "`tearDown` removes the temporary folder after each test.",
    [TESTS, "def tearDown(self):\n        self.folder.cleanup()"],
  ],
  [
    "code",
    "`longestRun` resets the counter to 0 on every other character.",
    [INLINE, 'run = character === "`" ? run + 1 : 0;'],
  ],
  [
    "code",
    "The text is padded with a space when it starts or ends with a backtick.",
    [INLINE, 'const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";'],
  ],
  [
    "code",
    "`data_path` calls `os.makedirs` even if only the path is wanted, i.e. it has a side effect.",
    [PATHS, "os.makedirs(folder, exist_ok=True)"],
  ],
  [
    "inference",
    "Two processes can therefore both read the same old state and the later write discards the earlier one.",
    SET,
  ],
  ["inference", "Serialising the three steps with an inter-process lock would close the window.", SET],
  ["inference", "A compare-and-swap on the file's version would also work, but needs a retry loop.", SET],
  [
    "inference",
    "An in-process `threading.Lock` would not help because the writers are separate processes.".replace(
      "`threading.Lock`",
      "lock",
    ),
    SET,
  ],
  [
    "reporter",
    "With one worker the problem never occurs.",
    ["issue", "With a single worker it never happens."],
  ],
  ["reporter", "The reporter uses Debian 12 and Python 3.11.4.", ["issue", "Python 3.11.4\n- Debian 12"]],
  ["questions", "Which file system holds the data file?"],
  ["not-established", "Whether a crash in the middle of a write leaves a broken file was not examined."],
  ["not-established", "No run with several processes was made."],
  ["risks", "Existing callers may rely on writes being fast; a lock adds waiting time.", SET],
  [
    "options",
    "Keep the lock file next to the data file, so that all workers on the same host agree on it.",
    SET,
  ],
];

describe("honest statements", () => {
  const refused: string[] = [];
  let count = 0;
  const take = async (more: Partial<SubmittedFinding>): Promise<void> => {
    count++;
    const answer = await check(more);
    if (!answer.startsWith("taken")) refused.push(`${more.statement}\n    ${answer}`);
  };

  test("about code, a run, the issue, and what is not known: at least 95 % are taken", async () => {
    for (const [statement, ...places] of CODE) await take({ statement, citations: cited(places) });
    // Everything and nothing, with the search that shows it.
    await take({
      statement: "`_write_data` is called in `Store` alone.",
      citations: [word("_write_data")],
    });
    await take({
      statement: "There are no other callers of `data_path`.",
      citations: [{ ...word("data_path"), dismissed: [{ path: PATHS, line: 6, why: "its definition" }] }],
    });
    await take({ statement: "Nothing in the repository uses `fcntl`.", citations: [word("fcntl")] });
    await take({
      statement: "No other function calls `applySplices`.",
      citations: [
        word("applySplices"),
        at.cite(SPLICE, "export function applySplices(text: string, splices: readonly Splice[]): string {"),
      ],
    });
    await take({
      statement: "`distanceBetween` has 2 hits, its definition and one call.",
      citations: [word("distanceBetween")],
    });
    // People.
    for (const [statement, issue] of [
      [
        "A value that one worker stored is gone a moment later.",
        "a value that one worker\nstored is gone a moment later",
      ],
      ["About 2 % of the writes are lost.", "About 2 % of the writes are lost."],
      ["Python 3.11.4 on Debian 12 is used.", "Python 3.11.4\n- Debian 12"],
      ["With a single worker the failure does not happen.", "With a single worker it never happens."],
      [
        "Four workers store a hundred different keys each.",
        "Let each of them store a hundred different keys",
      ],
    ] as const)
      await take({ statement, provenance: "reporter", citations: [{ issue }] });
    await take({
      statement: "It is seen in the project's own tests, too, also with Python 3.12.",
      provenance: "maintainer",
      citations: [{ issue: "I can see this in our tests, too. Python 3.12 is the same." }],
    });
    // Runs.
    await take({
      statement: "The test ends with `AssertionError: 17 != 20`.",
      provenance: "run",
      citations: [{ run: "run-1", quote: "AssertionError: 17 != 20" }],
    });
    await take({
      statement: "One test fails; the program ends with `exit 1`.",
      provenance: "run",
      citations: [{ run: "run-1", quote: "exit 1" }],
    });
    // A commit by the beginning of its hash.
    await take({
      statement: `Commit \`${at.head.slice(0, 8)}\` brought the file.`,
      citations: [{ commit: at.head.slice(0, 10) }],
    });
    // Conclusions and gaps.
    const infer = { provenance: "inference" as const };
    await take({
      ...infer,
      statement: "A lock around reading and writing would keep other writers out.",
      citations: cited([SET]),
    });
    await take({
      ...infer,
      section: "options",
      statement: "Write to a new file and rename it with `os.replace`.".replace(
        "`os.replace`",
        "an atomic rename",
      ),
      citations: cited([WRITE]),
    });
    await take({
      ...infer,
      section: "questions",
      statement: "Are there other callers that keep a copy of the data?",
    });
    await take({ ...infer, section: "questions", statement: "Does each worker make its own `Store`?" });
    await take({
      ...infer,
      section: "not-established",
      statement: "Whether any test covers two writers at once.",
    });
    await take({
      ...infer,
      section: "not-established",
      statement: "How often two writers overlap is not known.".replace("How often", "When"),
    });
    await take({
      ...infer,
      section: "missing",
      statement: "The report does not say which file system the data file is on.",
    });
    await take({
      ...infer,
      section: "steps-for-a-person",
      statement: "Start two processes that call `Store.set` on the same file, and count the keys.",
    });
    await take({
      section: "hypotheses",
      statement: "Two writers overlap in `Store.set`.",
      because: "`Store.set` writes back what it read before.",
      result: "open",
      citations: cited([SET]),
    });
    for (const [kind, statement, ...places] of UNSEEN) {
      const isSection = SECTIONS.includes(kind);
      await take({
        statement,
        section: isSection ? kind : "sequence",
        provenance: isSection ? "inference" : (kind as SubmittedFinding["provenance"]),
        citations: places.map(([path, quote]) =>
          path === "issue"
            ? { issue: quote }
            : path === "run"
              ? { run: "run-1", quote }
              : at.cite(path, quote),
        ),
      });
    }
    console.info(`${count - refused.length} of ${count} honest statements taken`);
    if (refused.length > 0) console.info(refused.join("\n"));
    expect(count).toBeGreaterThanOrEqual(60);
    expect((count - refused.length) / count).toBeGreaterThanOrEqual(0.95);
  }, 60_000);
});

/** Each must be refused when it cites the lines of `Store.set`. */
const LIES_ABOUT_CODE: readonly string[] = [
  // Names.
  "`Store.flush` runs before it.",
  "`Store.pop` removes the value.",
  "`set(RedisCache)` is called first.",
  "`(thousands of users)` lose data.",
  "The method flush_cache() is called.",
  "RedisCache keeps the old data.",
  "The data goes to Redis before it is written.",
  "Kafka sends the value twice.",
  "It was found by Anna in Berlin.",
  "`dat` is read first.",
  "`_read_dat` is read first.",
  "Set --no-cache to avoid it.",
  "The file src/storage/cache.py does it, too.",
  "The endpoint /api/v2/items returns it.",
  "`Store​.set`​ reads the data of ​`Cache`.",
  "Sto\u200bre.set reads the data.",
  "`Stοre.set` reads the data.",
  "The version v2.7 brought it.",
  "CVE-2024-12345 describes it.",
  // Numbers.
  "It fails in 35 cases.",
  "It fails in 33 cases.",
  "It loses 31 values.",
  "It fails in ３５ cases.",
  "It fails in ٣٥ cases.",
  "It takes 350 ms.",
  "It takes 350ms.",
  "About 40% of requests fail.",
  "40 percent of the writes are lost.",
  "Forty percent of the writes are lost.",
  "Forty-two values are lost.",
  "Forty thousand values are lost.",
  "Half of all requests fail.",
  "Half the users see it.",
  "Two thirds of the writes are lost.",
  "Most of the writes are lost.",
  "Nine out of ten writes are lost.",
  "Between 10-20 values are lost.",
  "It got tenfold slower.",
  "It is 3x slower.",
  "It uses 512 MB.",
  "Since 2019-04-01 it is wrong.",
  "It happens ½ of the time.",
  "Line 99 writes it back.",
  // Scale.
  "It touches thousands of users.",
  "It touches end-users.",
  "It costs customers money.",
  "The customer's data of dozens of companies is gone.",
  "It happens frequently.",
  "It happens in production.",
  "Everybody sees it.",
  // Addresses and quotations.
  "See https://evil.example/x for more.",
  "See (www.evil.example for more.",
  "See evil dot com for more.",
  "Write to eve@evil.example for more.",
  "It asks 10.0.0.1 first.",
  "The docs say “always lock before writing”.",
  "The docs say 'always lock before writing'.",
  "The docs say «always lock before writing».",
  // Marks of our own and what was looked at.
  "Measured: the data is read.",
  "It is so. Measured : the data is read.",
  "Мeasured: the data is read.",
  "Measured： the data is read.",
  "Measured – the data is read.",
  "Reported: the data is read.",
  "A maintainer said: the data is read.",
  "The criteria are met.",
  "This was verified.",
  "Verified: the data is read.",
  "I ran the tests and they show it.",
  "All tests pass.",
  "The cause is confirmed.",
  "The failure was reproduced.",
  "Casebook found this.",
  "The data is read, search S1.",
  "The data is read, see issue: `data`.",
  // Everything and nothing without a search.
  "There are no other callers of `_read_data`.",
  "No one else calls `_read_data`.",
  "Nobody calls `_read_data` but this.",
  "Nothing else calls `_read_data`.",
  "`_read_data` is called exclusively here.",
  "`_read_data` is solely used here; it is called only from `Store.set`.",
  "Only `set` calls `_read_data`.",
  "The rest of the methods are fine.",
  "The others are fine.",
  "In the entire repository there is `_read_data`.",
  "Every caller of `_read_data` does the same.",
  "All other methods of it take a copy; each caller does.",
  "There are zero callers of `_read_data`.",
  "`_read_data` is never used.",
  "`_read_data` is unused.",
  "It isn’t tested.",
  "Alle Aufrufer lesen `data`.",
  "Niemand sonst liest `data`.",
  "Aucun autre code lit `data`.",
  "Ningún otro lee `data`.",
  "Der Wert wird gelesen und nicht mehr geschrieben.",
  "Все читают `data`.",
  // Written after the checks: twelve of the first forty-two and nineteen of the next forty came through at first.
  "`Store.set` is called by 14 different modules.",
  "Fourteen modules call it.",
  "Around one hundred requests per second arrive here.",
  "Roughly a dozen other modules rely on it.",
  "The majority of deployments run this code.",
  "Virtually all callers ignore the result.",
  "Almost every caller ignores the result.",
  "No callers of this check the result.",
  "`Store.set` has no counterpart in the test suite.",
  "The test suite never exercises it.",
  "Tests for it do not exist.",
  "It lacks test coverage.",
  "Not a single caller takes a lock.",
  "None but `set` writes the file.",
  "`Store.set` is the one place where the file is written.",
  "Everything else is unaffected.",
  "All remaining code is safe.",
  "No further changes are needed.",
  "The bug exists since version 1.4.",
  "It was introduced in March.",
  "It was introduced by Alice Miller.",
  "GitHub issue #77 describes the same.",
  "The maintainers confirmed it.",
  "It is known to the maintainers.",
  "The reporter said that it crashes.",
  "Benchmarks show a slowdown of 30 %.",
  "In our benchmarks it became twice as slow.",
  "Throughput drops by an order of magnitude.",
  "It costs about $4,000 a month.",
  "This violates GDPR.",
  "`Store.set` calls `fsync` afterwards.",
  "A `threading.Lock` guards it.",
  "The AWS bucket holds a copy.",
  "Memory grows to 2 GB.",
  "A timeout of 30 seconds applies.",
  "The file `config/settings.toml` sets it.",
  "The environment variable STORE_LOCK turns it on.",
  "The HTTP endpoint POST /items uses it.",
  "See RFC 7231 for it.",
  "It was reproduced ten out of ten times.",
  "It reproduces reliably in CI.",
  "I have checked each of the call sites.",
  "Anyone who uses this loses data.",
  "Whoever calls it loses data.",
  "Every request goes through here.",
  "The same pattern is present in dozens of files.",
  "Several other modules contain the same flaw.",
  "Similar code exists in other places.",
  "There is a second copy of this function.",
  "Two other services depend on this file.",
  "This has a severity of 9.8.",
  "The method was rewritten last year.",
  "A colleague of the reporter saw it, too.",
  "Upstream has fixed this already.",
  "The project's changelog mentions it.",
  "The documentation says that a lock is held.",
  "The official Python docs recommend a lock.",
  "The `README.md` warns about it.",
  "The default timeout is five seconds.",
  "The queue holds at most sixty-four entries.",
  "After the change the loss rate is zero.",
  "Throughput drops by 12–15%.",
  "p99 latency is 1.2s.",
  "A log line `WARN lost update` is written.",
  "It raises a `ConflictError`.",
  "It raises a ConflictError.",
  "The flag `--safe` avoids it.",
  "With PyPy it does not happen.",
  "On macOS it does not happen.",
  "Line 33 was added by Bob.",
  "No other file has the problem.",
  "There is nothing similar elsewhere.",
  "All of the above was validated.",
  "See the run: it ended with exit 0.",
  "Exit code 0 was seen.",
  "Kein Aufrufer prüft das.",
  "C'est la seule fonction qui écrit.",
  "这里没有其他调用者。",
  "N0 other callers exist.",
  // Inventions in plain words: eighteen of these thirty came through at first.
  "The function is invoked from the background scheduler.",
  "A cron job calls it each night.",
  "The cache layer keeps stale entries.",
  "It is executed on a hot path.",
  "Performance is dominated by this call.",
  "It corrupts the database.",
  "Customers have complained about it.",
  "Support tickets mention it.",
  "There are reports of it on Stack Overflow.",
  "A similar bug was fixed in Django.",
  "It was deprecated in favour of a new API.",
  "The class has over a dozen subclasses.",
  "Fewer than ten percent of the calls fail.",
  "It fails once in a blue moon.",
  "It fails every third time.",
  "The lock is acquired in the parent class.",
  "Ownership of this file lies with the platform group.",
  "The tests were green before the change.",
  "CI is red because of it.",
  "All in all nothing depends on it.",
  "Absolutely no one relies on this.",
  "It has 3 callers.",
  "It raises a conflict error.",
  "It is covered by integration tests.",
  "The value 42 is written.",
  "Port 8080 is used.",
  "The key `user_id` is lost.",
  "It sends an e-mail to the administrators.",
  "The hash is computed with SHA-1.",
];

describe("lies", () => {
  test.each(LIES_ABOUT_CODE)("%s", async (statement) => {
    for (const provenance of ["code", "inference"] as const)
      expect(await check({ statement, provenance, citations: cited([SET]) })).not.toMatch(/^taken/);
  });

  test.each<readonly [string, () => Partial<SubmittedFinding>]>([
    [
      "a quotation of one sign",
      () => ({ statement: "`data` is read.", citations: [{ path: STORE, start: 33, quote: "(" }] }),
    ],
    [
      "a quotation of one letter",
      () => ({ statement: "`data` is read.", citations: [{ path: STORE, start: 33, quote: "d" }] }),
    ],
    [
      "a short word that stands anywhere",
      () => ({ statement: "`data` is read.", citations: [{ path: STORE, start: 33, quote: "data" }] }),
    ],
    [
      "a whole file as evidence",
      () => ({
        statement: "`data` is read.",
        citations: [{ path: "lib/nearest.ts", start: 1, end: 62, quote: "A longer word was not mistyped." }],
      }),
    ],
    [
      "numbers of a hash",
      () => ({
        statement: `It fails in ${/\d{2}/.exec(at.head)?.[0] ?? "35"} cases.`,
        citations: [{ commit: at.head }],
      }),
    ],
    [
      "users out of a commit's subject",
      () => ({ statement: "It touches thousands of users.", citations: [{ commit: at.head }] }),
    ],
    [
      "a name that only the search holds",
      () => ({ statement: "`RedisCache` answers with old data.", citations: [word("RedisCache")] }),
    ],
    [
      "a number out of a search's hits",
      () => ({ statement: "It loses 5 values.", citations: [word("_write_data")] }),
    ],
    [
      "words of a program's own text",
      () => ({
        statement: "35 % of all requests fail.",
        provenance: "run" as const,
        citations: [{ run: "run-1", quote: "35 % of all requests fail" }],
      }),
    ],
    [
      "a name of a program's own text",
      () => ({
        statement: "RedisCache is stale.",
        provenance: "run" as const,
        citations: [{ run: "run-1", quote: "AssertionError: 17 != 20" }],
      }),
    ],
    [
      "a run by one sign",
      () => ({
        statement: "It fails.",
        provenance: "run" as const,
        citations: [{ run: "run-1", quote: "F" }],
      }),
    ],
    [
      "a run by its command",
      () => ({
        statement: "It runs.",
        provenance: "run" as const,
        citations: [{ run: "run-1", quote: "python3" }],
      }),
    ],
    [
      "a stranger's word as a maintainer's",
      () => ({
        statement: "It will not be fixed.",
        provenance: "maintainer" as const,
        citations: [{ issue: "it will not be fixed" }],
      }),
    ],
    [
      "what a maintainer only quoted",
      () => ({
        statement: "We decided that it will not be fixed",
        provenance: "maintainer" as const,
        citations: [{ issue: "we decided that it will not be fixed" }],
      }),
    ],
    [
      "a part of a word of the issue",
      () => ({
        statement: "It is so.",
        provenance: "reporter" as const,
        citations: [{ issue: "alues disappear when several" }],
      }),
    ],
    [
      "a universal claim in the evidence of a hypothesis",
      () => ({
        section: "hypotheses",
        statement: "Two writers overlap.",
        because: "No other code writes the file.",
        result: "open" as const,
        citations: cited([SET]),
      }),
    ],
    [
      "a statement as a question",
      () => ({ section: "questions", provenance: "inference" as const, statement: "All callers are fine." }),
    ],
    [
      "a statement before a question",
      () => ({
        section: "questions",
        provenance: "inference" as const,
        statement: "All callers are fine. Is that so?",
      }),
    ],
    [
      "a statement as a gap",
      () => ({
        section: "not-established",
        provenance: "inference" as const,
        statement: "All callers take a lock.",
      }),
    ],
    [
      "a search for a definition alone",
      () => ({
        statement: "There are no other callers of `_read_data`.",
        citations: [
          { search: { kind: "text" as const, pattern: "def _read_data", include: [], exclude: [] } },
        ],
      }),
    ],
    [
      "a pattern that matches nothing",
      () => ({
        statement: "There are no other callers of `_read_data`.",
        citations: [
          { search: { kind: "regex" as const, pattern: "^_read_data$", include: [], exclude: [] } },
        ],
      }),
    ],
    [
      "a pattern of another name",
      () => ({
        statement: "There are no other callers of `_read_data` in `Store`.",
        citations: [word("Storage")],
      }),
    ],
    [
      "a part of the name",
      () => ({
        statement: "There are no other callers of `_read_data`.",
        citations: [
          { search: { kind: "text" as const, pattern: "_read_data(self", include: [], exclude: [] } },
          ...cited([READ]),
        ],
      }),
    ],
    [
      "an empty reason for every hit",
      () => ({
        statement: "There are no other callers of `_read_data`.",
        citations: [
          {
            ...word("_read_data"),
            dismissed: [17, 27, 31, 33, 39, 48].map((line) => ({ path: STORE, line, why: "not relevant" })),
          },
        ],
      }),
    ],
    [
      "hits called comments that are none",
      () => ({
        statement: "There are no other callers of `_read_data`.",
        citations: [
          {
            ...word("_read_data"),
            dismissed: Array.from({ length: 50 }, (_, i) => ({
              path: STORE,
              line: i + 1,
              why: "only a comment",
            })),
          },
        ],
      }),
    ],
    [
      "only in a place where it is not alone",
      () => ({
        statement: "`_read_data` is called in `Store.set` alone.",
        citations: [word("_read_data"), ...cited([SET])],
      }),
    ],
    [
      "no lock, where there is one",
      () => ({
        statement: "`printable` uses no cache, without any lock.",
        citations: [at.cite(STAND, "configuration !== undefined")],
      }),
    ],
  ])("%s", async (_, more) => {
    expect(await check(more())).not.toMatch(/^taken/);
  });

  test("words put into a person's mouth are the model's", async () => {
    const issue = "I can see this in our tests, too.";
    expect(
      await check({ statement: "It will never be fixed.", provenance: "maintainer", citations: [{ issue }] }),
    ).toBe("taken as model");
    expect(
      await check({ statement: issue.slice(0, -1), provenance: "maintainer", citations: [{ issue }] }),
    ).toBe("taken as maintainer");
    expect(
      await check({
        statement: "About 2 % of the writes are lost.",
        provenance: "reporter",
        citations: [{ issue: "About 2 % of the writes are lost." }],
      }),
    ).toBe("taken as reporter");
    expect(
      await check({
        statement: "About 2 % of the writes are kept.",
        provenance: "reporter",
        citations: [{ issue: "About 2 % of the writes are lost." }],
      }),
    ).toBe("taken as model");
  });
});

/** What no machine can tell from a true sentence. A reader sees “Model:” before it and the lines behind it. */
const LIMITS: readonly (readonly [statement: string, why: string])[] = [
  ["`Store.set` writes before it reads.", "the order of the cited lines is turned round"],
  ["`Store.set` holds other writers out.", "the opposite of what the lines do, in words that stand in none"],
  ["`Store.set` returns the old value.", "an effect that is not there, without a name of its own"],
  ["Seven writes are lost at once.", "a small number as a word, which may be a count of the cited lines"],
  ["The value is lost when the disk is full.", "a condition that nothing shows"],
  ["Three callers exist.", "a count in words, which may be one of the cited lines"],
  ["It has been like this from the very first commit.", "history that no commit is cited for"],
  ["The fix is trivial and safe.", "an opinion"],
  ["It is the most critical part of the project.", "an opinion"],
];

describe("limits", () => {
  test.each(LIMITS)("known limit: reads as “Model:”, not as fact: %s (%s)", async (statement) => {
    expect(await check({ statement, citations: cited([SET]) })).toBe("taken as model");
  });
});
