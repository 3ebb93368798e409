import { openEvidence } from "../../src/claims/open-evidence.ts";
import type { RecordedRun } from "../../src/documents/recorded-run.ts";
import type { ClaimEvidence } from "../../src/claims/claim-evidence.ts";
import { shortlist } from "../../src/evidence/related/shortlist.ts";
import { readEntry, soughtFor } from "../../src/evidence/related/signs.ts";
import { parseTracker } from "../../src/issue/parse-tracker.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { researchContext, type ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import { type GitFolder, gitFolder } from "../fakes/git-folder.ts";

const STORE = `"""Keeps values in a file."""

import json


class Store:
    """Reads and writes the whole file."""

    def __init__(self, path):
        self.path = path

    def _read(self):
        with open(self.path) as file:
            return json.load(file)

    def _write(self, data):
        with open(self.path, "w") as file:
            json.dump(data, file)

    def put(self, key, value):
        data = self._read()
        data[key] = value
        self._write(data)

    def swap(self, key, value):
        data = self._read()
        data[key] = value
        self._write(data)

    def take(self, key):
        data = self._read()
        if key not in data:
            raise KeyError("there is no such key in the file")
        return data[key]
`;

/** Files of a small program with a class, a command, tests and documentation. */
const FILES = {
  "README.md": "# Store\n\n`Store` keeps values.\nCall `Store.put` from one process.\n",
  ".github/CODEOWNERS": "* @acme/all\n/store/ @ada @acme/store bob@example.org # values\n/store/pairs.py\n",
  "AGENTS.md":
    "# Rules\n\n## Testing\n\n```sh\npython3 -m pytest tests\n```\n\n## Files\n\nNever edit `store/tables.rs` by hand.\n",
  "store/__init__.py": "from .store import Store\n",
  "store/store.py": STORE,
  "store/cli.py": `from store.store import Store


def main(path, key):
    store = Store(path)
    store.put(key, 1)
    print(helper(key))


def helper(key):
    return key.upper()


def lonely(copier, key):
    copier.put(key, 2)
`,
  "store/cache.py": `class Cache:
    def put(self, key, value):
        self.value = value


def only_tested(key):
    return key
`,
  "store/pairs.py": `def first(rows):
    total = 0
    for row in rows:
        if row.value > 10:
            total = total + row.value * 2
    return total


def second(items):
    amount = 0
    for item in items:
        if item.price > 99:
            amount = amount + item.price * 3
    return amount
`,
  "store/notes.zig": "fn only_tested() void {}\n",
  "store/alone.py": "def nobody_else(key):\n    return key\n",
  "tests/test_store.py": `from store.store import Store
from store.alone import nobody_else


def test_put():
    store = Store("x")
    store.put("a", 1)
    assert nobody_else(1) == 1
`,
} as const;

/** The code of the report. */
export const CODE = `from store.store import Store

Store("x").take("a")`;

const BODY = `Every now and then a value that one worker stored is lost: two processes write at the same time, a race, and values vanish.

### Steps to reproduce

1. Start two workers
2. Store a key in each

### Expected behavior

Both keys are there.

### Actual behavior

One of the keys is lost.

It worked in 1.2.0 and fails since 1.3.0. See #9. Look at store/store.py:21 and at \`nobody_else\`.
It was the same with \`nobody_elze\` and in store/legacy/old.py before.

\`\`\`
Traceback (most recent call last):
  File "/srv/app/store/cli.py", line 6, in main
    store.put(key, 1)
  File "/srv/app/store/store.py", line 33, in take
    raise KeyError("there is no such key in the file")
KeyError: 'there is no such key in the file'
\`\`\`

\`\`\`python
${CODE}
\`\`\`

Python 3.11.4, store 1.3.0
`;

/** A run of the project's own tests, and one of a program that a model wrote. */
export const RUNS: readonly RecordedRun[] = [
  {
    name: "run-1",
    command: ["python3", "-m", "pytest", "tests"],
    changed: [],
    end: "exit 0",
    milliseconds: 412,
    output: "collected 1 item\n1 passed in 0.02s",
    environment: "bubblewrap 0.8.0, python3 3.11.2",
  },
  {
    name: "run-2",
    command: ["python3", "-c", "from store.cli import helper; print(helper('a'))"],
    changed: [],
    end: "exit 0",
    milliseconds: 31,
    output: "A\n",
    environment: "bubblewrap 0.8.0, python3 3.11.2",
  },
];

/** The tracker: an older report of the same message, a pull request that names the issue, and a report of something else. */
const TRACKER = JSON.stringify([
  {
    number: 3,
    title: "A key is gone",
    body: "After the night:\n\n```\nKeyError: 'there is no such key in the file'\n```\n",
    state: "OPEN",
  },
  {
    number: 9,
    title: "Lock the file",
    body: "Closes #7",
    state: "OPEN",
    url: "https://github.com/a/b/pull/9",
  },
  {
    number: 11,
    title: "Explain",
    body: "Fixes #7",
    state: "MERGED",
    mergedAt: "2026-01-01T00:00:00Z",
    url: "https://github.com/a/b/pull/11",
  },
  { number: 5, title: "Values vanish when one worker writes", body: "The values vanish.", state: "OPEN" },
]);

/** One commit with everything that claims speak of; the issue has the number 7. */
export interface ClaimsIn extends AsyncDisposable {
  readonly folder: GitFolder;
  readonly context: ResearchContext;
  /** The same commit, nobody having the issue. */
  readonly withoutIssue: ClaimEvidence;
}

export async function claimsIn(): Promise<ClaimsIn> {
  const folder = gitFolder();
  // A scanner looks for the end of each of these marks up to the end of the file.
  const hostile = 'r#"'.repeat(12_000);
  folder.commit(
    {
      ...FILES,
      "store/legacy/old.py": "x = 1\n",
      "store/tables.rs": hostile,
      "store/store.py": STORE.replace("swap", "exchange"),
    },
    "Keep values",
  );
  folder.commit(
    { "store/store.py": STORE, "store/cli.py": `${FILES["store/cli.py"]}\n` },
    "Swap values for #7 (#9)",
  );
  folder.commit(
    { "store/cli.py": FILES["store/cli.py"], "store/store.py": `${STORE}\n` },
    "Tidy up the command",
  );
  folder.commit({ "store/store.py": STORE, "store/legacy/old.py": undefined }, "Tidy more\n\nFixes #7");
  folder.commit({ "README.md": `${FILES["README.md"]}\nMore.\n` }, "Explain (#11)");
  const repository = await openRepository(folder.path);
  const reader = treeSitterSyntax({ workers: 0 });
  const opened = await openCodebase(await repository.tree(await repository.resolve("HEAD")), {
    cache: { getMany: () => new Map(), putMany: () => undefined },
    reader,
  });
  // A clone that lacks two files of the program and a recording.
  const codebase = { ...opened, unreadable: ["media/a.mp3", "store/lost.py", "store/more.py"] };
  const options = {
    codebase,
    history: repository.history,
  };
  const issue = visibleIssue({
    key: "7",
    title: "Values vanish when two workers write",
    body: BODY,
    comments: [],
  });
  const tracker = shortlist(soughtFor(readEntry(issue), undefined), parseTracker(TRACKER), undefined);
  return {
    folder,
    context: {
      ...researchContext({
        ...options,
        issue,
        tracker: async () => tracker,
        at: { path: "store/store.py", start: 21, end: 23 },
      }),
      runs: (name) => RUNS.find((run) => run.name === name),
    },
    withoutIssue: openEvidence(options),
    async [Symbol.asyncDispose]() {
      repository[Symbol.dispose]();
      await reader[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
