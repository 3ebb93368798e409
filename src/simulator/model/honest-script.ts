import type { ScriptReply, ScriptRequest } from "./script.ts";

const STORE = "src/storage/store.py";
const TEST = "tests/test_lost_update.py";

/** Two writers that have both read before either writes, every time, without a pause that hopes for it. */
const TEST_TEXT = `import os
import tempfile
import threading
import unittest

from src.storage.store import Store


class LostUpdateTest(unittest.TestCase):
    def test_two_writers_keep_both_values(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "data.json")
            Store(path)
            both_have_read = threading.Barrier(2)

            class SlowStore(Store):
                def _read_data(self):
                    data = super()._read_data()
                    try:
                        both_have_read.wait(timeout=1)
                    except threading.BrokenBarrierError:
                        pass
                    return data

            writers = [
                threading.Thread(target=SlowStore(path).set, args=(key, 1)) for key in ("a", "b")
            ]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            self.assertEqual(len(Store(path).keys()), 2)


if __name__ == "__main__":
    unittest.main()
`;

const line = (start: number, quote: string, end = start) => ({ path: STORE, start, end, quote });
const READ = line(33, "data = self._read_data()");
const CHANGE = line(34, "data[key] = value");
const WRITE = line(35, "self._write_data(data)");
const SEQUENCE = line(
  33,
  "data = self._read_data()\n        data[key] = value\n        self._write_data(data)",
  35,
);

/** The honest model's steps by phase; a step sees the results of the step before. */
const PHASES: Readonly<Record<string, readonly ((request: ScriptRequest) => ScriptReply)[]>> = {
  Comprehension: [
    () =>
      submit(
        {
          section: "report",
          statement: "A value that one worker stored is gone a moment later.",
          provenance: "reporter",
          citations: [{ issue: "a value that one worker stored is gone a moment later" }],
        },
        {
          section: "components",
          statement: "`Store.set` takes a value and writes the file as a whole.",
          provenance: "code",
          citations: [line(31, "def set(self, key, value):"), WRITE],
        },
        {
          section: "components",
          statement: "Values are also written by `Store.update` and `Store.delete`.",
          provenance: "code",
          citations: [line(37, "def update(self, key, changes):"), line(46, "def delete(self, key):")],
        },
        {
          section: "questions",
          statement: "Does each worker open its own `Store`, or do they share one?",
          provenance: "inference",
        },
      ),
    () =>
      finish({
        summary: "Values that workers hand to `Store.set` on one shared file do not all stay there.",
        citations: [line(31, "def set(self, key, value):")],
      }),
  ],
  Reproduction: [
    () => call("read_file", { path: "tests/test_store.py" }),
    () =>
      call("submit_test", {
        path: TEST,
        text: TEST_TEXT,
        expected: "Both values are there after two writers are done.",
        actual: "One of the two values is missing.",
      }),
    () =>
      submit({
        section: "why-it-fails",
        statement: "`Store.set` reads the data, changes it and writes it back, in three steps.",
        provenance: "code",
        citations: [SEQUENCE],
      }),
    () => finish({ summary: "Two writers that overlap in `Store.set` lose a value.", citations: [SEQUENCE] }),
  ],
  "Root cause": [
    () =>
      call("run", {
        command: ["python3", "-m", "unittest", "tests.test_lost_update"],
        files: [{ path: TEST, text: TEST_TEXT }],
      }),
    (request) =>
      submit(
        {
          section: "hypotheses",
          statement: "Two writers overlap in `Store.set` between reading and writing.",
          because: "A run in which both have read before either writes ends with `1 != 2`.",
          result: "confirmed",
          provenance: "run",
          citations: [{ run: runIn(request), quote: "AssertionError: 1 != 2" }, SEQUENCE],
        },
        {
          section: "hypotheses",
          statement: "The file is written by code outside of `Store`.",
          because: "`_write_data` stands in `Store` alone.",
          result: "eliminated",
          provenance: "code",
          citations: [{ search: { kind: "word", pattern: "_write_data" } }],
        },
        {
          section: "sequence",
          statement: "`Store.set` reads all data from the file.",
          provenance: "code",
          citations: [READ],
        },
        {
          section: "sequence",
          statement: "It changes what it has read, in memory.",
          provenance: "code",
          citations: [CHANGE],
        },
        {
          section: "sequence",
          statement: "It writes back all of it, also the values that another writer changed in the meantime.",
          provenance: "code",
          citations: [WRITE],
        },
        {
          section: "options",
          statement:
            "Hold a lock on a file beside the data from the reading to the writing back: small, and writers wait for each other.",
          provenance: "inference",
          citations: [SEQUENCE],
        },
        {
          section: "options",
          statement:
            "Write only when the file did not change since it was read, and try again otherwise: no waiting, more code.",
          provenance: "inference",
          citations: [SEQUENCE],
        },
      ),
    () =>
      finish({
        summary: "`Store.set` reads, changes and writes back without keeping other writers out.",
        citations: [SEQUENCE],
        cause: { ...SEQUENCE, why: "`Store.set` writes back what it read before another writer wrote." },
      }),
  ],
  "Impact map": [
    () =>
      submit(
        {
          section: "similar",
          statement: "`Store.update` reads, merges and writes back in the same way.",
          provenance: "code",
          citations: [line(39, "data = self._read_data()"), line(43, "self._write_data(data)")],
        },
        {
          section: "similar",
          statement: "`Store.delete` reads, removes and writes back in the same way.",
          provenance: "code",
          citations: [line(48, "data = self._read_data()"), line(50, "self._write_data(data)")],
        },
        {
          section: "tests",
          statement: "`test_set_and_get` stores one value with one writer.",
          provenance: "code",
          citations: [
            { path: "tests/test_store.py", start: 16, end: 18, quote: "def test_set_and_get(self):" },
          ],
        },
        {
          section: "risks",
          statement: "With a lock a writer waits for as long as another one holds it.",
          provenance: "inference",
          citations: [SEQUENCE],
        },
      ),
    () =>
      finish({
        summary: "`Store.set`, `Store.update` and `Store.delete` share the fault and change together.",
        citations: [SEQUENCE, line(39, "data = self._read_data()"), line(48, "data = self._read_data()")],
      }),
  ],
  Research: [
    () =>
      submit(
        {
          section: "stage-comprehension",
          statement: "A value that one worker stored is gone a moment later.",
          provenance: "reporter",
          citations: [{ issue: "a value that one worker stored is gone a moment later" }],
        },
        {
          section: "stage-root-cause",
          statement: "`Store.set` reads the data, changes it and writes it back, in three steps.",
          provenance: "code",
          citations: [SEQUENCE],
        },
        {
          section: "stage-impact-map",
          statement: "`Store.update` reads, merges and writes back in the same way.",
          provenance: "code",
          citations: [line(39, "data = self._read_data()"), line(43, "self._write_data(data)")],
        },
      ),
    () =>
      finish({
        summary: "`Store.set` reads, changes and writes back without keeping other writers out.",
        citations: [SEQUENCE],
      }),
  ],
  Fix: [
    () => call("read_file", { path: STORE }),
    () =>
      call("submit_change", {
        edits: [
          {
            path: STORE,
            old: "import json\nimport os\n",
            new: "import contextlib\nimport fcntl\nimport json\nimport os\n",
          },
          {
            path: STORE,
            old: "    def get(self, key, default=None):",
            new: '    @contextlib.contextmanager\n    def _locked(self):\n        """Keep other writers out, in this process and in others."""\n        with open(self.path + ".lock", "w", encoding="utf-8") as lock:\n            fcntl.flock(lock, fcntl.LOCK_EX)\n            yield\n\n    def get(self, key, default=None):',
          },
          {
            path: STORE,
            old: "        data = self._read_data()\n        data[key] = value\n        self._write_data(data)\n",
            new: "        with self._locked():\n            data = self._read_data()\n            data[key] = value\n            self._write_data(data)\n",
          },
          {
            path: STORE,
            old: "        data = self._read_data()\n        current = data.get(key, {})\n        current.update(changes)\n        data[key] = current\n        self._write_data(data)\n        return current\n",
            new: "        with self._locked():\n            data = self._read_data()\n            current = data.get(key, {})\n            current.update(changes)\n            data[key] = current\n            self._write_data(data)\n            return current\n",
          },
          {
            path: STORE,
            old: "        data = self._read_data()\n        found = data.pop(key, None) is not None\n        self._write_data(data)\n        return found\n",
            new: "        with self._locked():\n            data = self._read_data()\n            found = data.pop(key, None) is not None\n            self._write_data(data)\n            return found\n",
          },
        ],
      }),
    () =>
      submit({
        section: "change",
        statement: "`Store.set`, `Store.update` and `Store.delete` hold a lock from reading to writing back.",
        provenance: "inference",
        citations: [SEQUENCE],
      }),
    () =>
      finish({
        summary: "A lock keeps other writers out while `Store.set` changes the file.",
        citations: [SEQUENCE],
      }),
  ],
};

/** A model that completes every phase on the bundled example. */
export function honestScript(request: ScriptRequest): ScriptReply {
  const { instructions, step } = request;
  if (instructions.startsWith("You judge"))
    return {
      text: JSON.stringify({
        verdicts: [
          {
            criterion: 1,
            met: true,
            why: "It loses a value when two writers overlap, which is what the issue reports.",
          },
        ],
      }),
    };
  const phase = /This is the phase "([^"]+)"/.exec(instructions)?.[1] ?? "";
  // Without evidence in the first message it has to look for itself first.
  const explored = request.task.includes("What is known without a model") ? 0 : EXPLORE.length;
  if (step < explored) return EXPLORE[step]!;
  return PHASES[phase]?.[step - explored]?.(request) ?? finish({});
}

/** The first tool calls without any evidence. */
const EXPLORE: readonly ScriptReply[] = [
  call("issue", {}),
  call("list_files", {}),
  call("search", { kind: "word", pattern: "write" }),
  call("read_file", { path: "src/storage/__init__.py" }),
  call("read_file", { path: STORE }),
  call("read_file", { path: "src/storage/paths.py" }),
  call("read_file", { path: "tests/test_store.py" }),
];

function call(name: string, args: unknown): ScriptReply {
  return { calls: [{ name, arguments: args as object }] };
}

function submit(...findings: readonly object[]): ScriptReply {
  return call("submit", { findings });
}

function finish(args: object): ScriptReply {
  return call("finish", args);
}

/** The name of the run in the last answer. */
function runIn({ answers }: ScriptRequest): string {
  return /\brun-\d+\b/.exec(answers.join("\n"))?.[0] ?? "run-1";
}
