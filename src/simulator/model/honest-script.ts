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

const code = (section: string, start: number, quote: string, more: object = {}) => ({
  type: "code",
  section,
  path: STORE,
  start,
  quote,
  ...more,
});
const SEQUENCE = {
  path: STORE,
  start: 33,
  end: 35,
  quote: "data = self._read_data()\n        data[key] = value\n        self._write_data(data)",
};
const SAID = {
  type: "said",
  section: "report",
  quote: "a value that one worker stored is gone a moment later",
};

/** The honest model's steps by phase; a step sees the results of the step before. */
const PHASES: Readonly<Record<string, readonly ((request: ScriptRequest) => ScriptReply)[]>> = {
  Comprehension: [
    () =>
      submit(
        SAID,
        code("components", 31, "def set(self, key, value):"),
        code("components", 37, "def update(self, key, changes):"),
        { type: "question", text: "Does each worker open its own `Store`, or do they share one?" },
      ),
    () =>
      finish({
        explanation: [{ text: "`Store.set` is what the workers of the report call.", claims: [2] }],
      }),
  ],
  Reproduction: [
    () => call("read_file", { path: "tests/test_store.py" }),
    () => call("submit_test", { path: TEST, text: TEST_TEXT }),
    () =>
      submit(
        code("why-it-fails", 33, "data = self._read_data()"),
        code("why-it-fails", 35, "self._write_data(data)"),
      ),
    () =>
      finish({
        explanation: [
          { text: "`Store.set` reads the data and writes it back, in separate steps.", claims: [1, 2] },
        ],
      }),
  ],
  "Root cause": [
    () => call("run", { command: ["python3", "-m", "unittest", "tests.test_store"] }),
    () =>
      submit(
        { type: "hypothesis", ...SEQUENCE },
        { type: "hypothesis", path: STORE, start: 53, quote: "def _read_data(self):" },
        code("sequence", 33, "data = self._read_data()", { step: 1 }),
        code("sequence", 35, "self._write_data(data)", { step: 3 }),
        code("sequence", 34, "data[key] = value", { step: 2 }),
        {
          type: "executable",
          section: "sequence",
          step: 4,
          language: "python",
          program:
            "from src.storage.store import Store\na = Store('/tmp/a.json'); b = Store('/tmp/a.json'); old = b._read_data()\na.set('x', 1); old['y'] = 2; b._write_data(old); print(a.keys())",
          prints: "['y']",
        },
        {
          type: "option",
          edits: lockedEdits(""),
        },
      ),
    () =>
      finish({
        explanation: [
          {
            text: "`Store.set` writes back what it read before another writer wrote, so that writer's value is gone.",
            claims: [3, 4, 5],
          },
        ],
        cause: [SEQUENCE],
      }),
  ],
  "Impact map": [
    () =>
      submit(
        code("similar", 43, "self._write_data(data)"),
        code("similar", 50, "self._write_data(data)"),
        { type: "uses", section: "callers", path: STORE, start: 31 },
        {
          type: "code",
          section: "tests",
          path: "tests/test_store.py",
          start: 16,
          quote: "def test_set_and_get(self):",
        },
      ),
    () =>
      finish({
        explanation: [
          { text: "`Store.update` and `Store.delete` write back all data, too.", claims: [1, 2] },
        ],
      }),
  ],
  Research: [
    () =>
      submit(
        { ...SAID, section: "stage-comprehension" },
        code("stage-root-cause", 33, SEQUENCE.quote, { end: 35 }),
        code("stage-impact-map", 43, "self._write_data(data)"),
      ),
    () => finish({ cause: [SEQUENCE] }),
  ],
  Fix: [
    () => call("read_file", { path: STORE }),
    () =>
      call("submit_change", {
        edits: lockedEdits(LOCK_REMARK),
      }),
    () => submit(code("change", 33, "data = self._read_data()")),
    () =>
      finish({
        explanation: [{ text: "The lock keeps other writers out from this line on.", claims: [1] }],
      }),
  ],
};

const LOCK_REMARK = '        """Keep other writers out, in this process and in others."""\n';

/** A lock around everything that reads, changes and writes back. `remark`: the lock's own documentation. */
function lockedEdits(remark: string): readonly { path: string; old: string; new: string }[] {
  return [
    {
      path: STORE,
      old: "import json\nimport os\n",
      new: "import contextlib\nimport fcntl\nimport json\nimport os\n",
    },
    {
      path: STORE,
      old: "    def get(self, key, default=None):",
      new: `    @contextlib.contextmanager\n    def _locked(self):\n${remark}        with open(self.path + ".lock", "w", encoding="utf-8") as lock:\n            fcntl.flock(lock, fcntl.LOCK_EX)\n            yield\n\n    def get(self, key, default=None):`,
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
  ];
}

/** A model that completes every phase on the bundled example. */
export function honestScript(request: ScriptRequest): ScriptReply {
  const { instructions, step } = request;
  if (instructions.startsWith("You judge sentences"))
    return { text: JSON.stringify({ verdicts: [{ sentence: 1, verdict: "follows" }] }) };
  if (instructions.startsWith("You judge"))
    return { text: JSON.stringify({ verdicts: [{ criterion: 1, met: true }] }) };
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

function submit(...claims: readonly object[]): ScriptReply {
  return call("submit", { claims });
}

function finish(args: object): ScriptReply {
  return call("finish", args);
}
