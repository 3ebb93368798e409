import { expect, test } from "@jest/globals";
import { type WatchedEvent, watchValues } from "../../src/execution/watch-values.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { openProject, type Project, projectsHere } from "./projects.ts";

const signal = AbortSignal.timeout(600_000);
const { here } = projectsHere();

interface Asking {
  readonly name?: string;
  readonly text?: string;
  readonly test?: string;
  readonly lines?: readonly [number, number];
  readonly asked?: readonly { readonly line: number; readonly expressions: readonly string[] }[];
}

/** What happens in a function of the project's source while a test runs; a text says why nothing is told. */
async function watched(
  { files, source, file, failing, ...project }: Project,
  { name = "total", text = files[source]!, test = failing, lines, asked = [] }: Asking = {},
): Promise<readonly WatchedEvent[] | string> {
  using opened = await openProject({ files, source, file, failing, ...project });
  const request = { changes: new Map([[source, text]]), file, text: files[file]! };
  const [plain] = await runTests(opened.sandbox, opened.framework, { ...request, times: 1 }, signal);
  if (plain?.report.kind !== "report") throw new Error("it does not run");
  const [start, end] = lines ?? [1, text.split("\n").length];
  const watching = await watchValues(
    opened.sandbox,
    opened.framework,
    request,
    {
      plain,
      test,
      watched: {
        functions: [{ path: source, name, start, end }],
        asked: asked.map((one) => ({ path: source, ...one })),
      },
    },
    signal,
  );
  return watching.kind === "none" ? watching.why : watching.events;
}

const short = (events: readonly WatchedEvent[] | string): readonly string[] =>
  typeof events === "string"
    ? [events]
    : events.map((event) =>
        [
          event.kind,
          event.call,
          event.line,
          event.kind === "return"
            ? event.value
            : Object.entries(event.values)
                .map(([name, value]) => `${name}=${value}`)
                .join(" "),
          ...(event.kind === "raise" ? [event.type, event.own ? "own" : "from below"] : []),
        ]
          .join(" ")
          .trim(),
      );

const named = (wanted: string): Project => here.find(({ name }) => name === wanted)!;

describeSandboxed("what happens in a watched function", () => {
  for (const project of here) {
    const isPython = project.source.endsWith(".py");
    const text = isPython
      ? "RATE = 2\n\ndef total(prices):\n    add = lambda a, b: a + b\n    sum = 0\n    for price in prices[1:]:\n        sum = add(sum, price)\n    return sum\n\ndef label(a):\n    return str(a)\n"
      : `const total = (prices) => {\n  const add = (a, b) => a + b;\n  let sum = 0;\n  for (const price of prices.slice(1)) {\n    sum = add(sum, price);\n  }\n  return sum;\n};\nfunction label(a) {\n  return String(a);\n}\n${project.files[project.source]!.split("\n").slice(-2).join("\n")}`;
    const line = isPython ? 7 : 5;
    test(`${project.name}: arguments, lines, a value that is asked for and the end; not of functions inside`, async () => {
      const lines: readonly [number, number] = isPython ? [3, 8] : [1, 8];
      const events = await watched(project, {
        text,
        lines,
        asked: [{ line, expressions: ["price", "len(prices)", "prices[0]"] }],
      });
      const told = short(events);
      expect(told[0]).toBe(`call 1 ${lines[0]} prices=[2, 3]`);
      expect(told.at(-1)).toMatch(/^return 1 \d+ 3$/);
      expect(told).toContain(`line 1 ${line} price=3 len(prices)=${isPython ? "2" : "null"} prices[0]=2`);
      expect(new Set((events as readonly WatchedEvent[]).map(({ call }) => call))).toEqual(new Set([1]));
    }, 120_000);
  }

  const JS = (body: string): string =>
    `${body}\nfunction label(a) { return String(a); }\nmodule.exports = { total, label };\n`;
  test("Jest: an exception with the values on its line", async () => {
    const text = JS(
      "function check(sum) {\n  if (sum > 2) throw new RangeError(`too much: ${sum}`);\n}\nfunction total(prices) {\n  const sum = prices.length;\n  check(sum + 1);\n  return sum;\n}",
    );
    const told = short(await watched(named("jest"), { text, lines: [4, 8] }));
    expect(told).toEqual([
      "call 1 4 prices=[2, 3]",
      "line 1 5",
      "line 1 6",
      "raise 1 6 sum=2 RangeError from below",
    ]);
  }, 120_000);

  test("Jest: a call that ends with an exception is not the next call", async () => {
    const text = JS(
      "function total(prices) {\n  try {\n    part(3);\n  } catch {}\n  return part(1);\n}\nfunction part(n) {\n  if (n > 2) throw new Error('n');\n  return n;\n}",
    );
    const told = short(await watched(named("jest"), { text, name: "part", lines: [7, 10] }));
    expect(told).toEqual([
      "call 1 7 n=3",
      "line 1 8",
      "raise 1 8 n=3 Error own",
      "call 2 7 n=1",
      "line 2 8",
      "line 2 9",
      "return 2 9 1",
    ]);
  }, 120_000);

  test.each([
    [
      "node:test",
      "pauses",
      "const later = async () => { await null; };\nexport function total(prices) {\n  later();\n  return 3;\n}\nexport function label(a) {\n  return String(a);\n}\n",
    ],
    [
      "unittest",
      "is a generator",
      "def total(prices):\n    return list(parts(prices))[-1]\n\ndef parts(prices):\n    for price in prices:\n        yield price\n\ndef label(a):\n    return str(a)\n",
    ],
  ])(
    "%s: nothing is told of a function that %s",
    async (runner, what, text) => {
      const name = what === "pauses" ? "later" : "parts";
      expect(await watched(named(runner), { text, name })).toBe(
        "they run in threads, or pause in the middle, and their order is chance",
      );
    },
    120_000,
  );

  test("a function that the test does not run is said not to run", async () => {
    for (const runner of ["unittest", "node:test"])
      expect(await watched(named(runner), { name: "label" })).toBe("the test runs none of these functions");
  }, 120_000);
});
