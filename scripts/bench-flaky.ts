/**
 * A right fix in a project with a flaky suite, tried again and again while the processors are busy. `npm run bench:flaky [TIMES]`
 * Prints the verdicts; exit code 1 when one says that the fix does not work or that it makes something worse.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tryChange } from "../src/agent/try-change.ts";
import { detectFrameworks, runnableIn } from "../src/reproduction/detect-frameworks.ts";
import { runTests } from "../src/reproduction/run-tests.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";

const FLAKY = 10;
const STEADY = 20;
const TEST = "tests/test_first_price.py";
const SOURCE = "shop/cart.py";

/** Flaky in each way that suites are: by chance, by a race of threads, by a deadline that a busy machine misses. */
const BODIES = [
  "        self.assertGreater(random.random(), 0.5)",
  "        done = []\n        worker = threading.Thread(target=lambda: (time.sleep(random.random() * 0.02), done.append(1)))\n        worker.start()\n        time.sleep(0.01)\n        found = list(done)\n        worker.join()\n        self.assertEqual(found, [1])",
  "        began = time.perf_counter()\n        sum(range(20_000))\n        time.sleep(0.001)\n        self.assertLess(time.perf_counter() - began, 0.0025)",
];

const cart = (from: number): string => `def total(prices):\n    return sum(prices[${from}:])\n`;
const files: Readonly<Record<string, string>> = {
  "shop/__init__.py": "",
  [SOURCE]: cart(1),
  "tests/test_flaky.py": `import random, threading, time, unittest\n\n\nclass FlakyTest(unittest.TestCase):\n${Array.from({ length: FLAKY }, (_, n) => `    def test_${n}(self):\n${BODIES[n % BODIES.length]!}\n`).join("\n")}`,
  "tests/test_steady.py": `import unittest\nfrom shop.cart import total\n\n\nclass SteadyTest(unittest.TestCase):\n${Array.from({ length: STEADY }, (_, n) => `    def test_${n}(self):\n        self.assertEqual(total([0] * ${n}), 0)\n`).join("\n")}`,
};
const test =
  "import unittest\nfrom shop.cart import total\n\n\nclass FirstPriceTest(unittest.TestCase):\n    def test_counts_the_first_price(self):\n        self.assertEqual(total([2, 3]), 5)\n";

const times = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "casebook-flaky-"));
const busy = Array.from({ length: 2 * availableParallelism() }, () =>
  spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
);
try {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const state = await openSandbox({ files: folder, toolchains: [] });
  if (state.kind === "none") throw new Error(state.why);
  const { sandbox } = state;
  const [framework] = runnableIn(
    sandbox.environment,
    await detectFrameworks({ paths: Object.keys(files).sort(), text: async (path) => files[path] }),
  ).can;
  if (framework === undefined) throw new Error("no test runner is here");
  const signal = AbortSignal.timeout(3_600_000);
  const counts = new Map<string, number>();
  for (let time = 0; time < times; time++) {
    const withTest = new Map([[TEST, test]]);
    const { verdict } = await tryChange(
      framework,
      {
        plain: { sandbox, changes: new Map() },
        before: { sandbox, changes: withTest },
        after: { sandbox, changes: new Map([...withTest, [SOURCE, cart(0)]]) },
        suiteBefore: async () =>
          (await runTests(sandbox, framework, { changes: new Map(), times: 1 }, signal))[0]!.report,
        test: TEST,
        changed: [SOURCE],
        seconds: { file: 120, suite: 600 },
      },
      signal,
    );
    counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
    process.stdout.write(
      `${time + 1}: ${verdict.kind}; ${[...verdict.reasons, ...verdict.caveats].join("; ").slice(0, 200)}\n`,
    );
  }
  const said = [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
  process.stdout.write(
    `${said} of ${times}, ${FLAKY} of ${FLAKY + STEADY} tests flaky, load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores\n`,
  );
  if (counts.get("fixed") !== times) process.exitCode = 1;
} finally {
  for (const one of busy) one.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
