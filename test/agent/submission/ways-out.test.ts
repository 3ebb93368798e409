import { describe, expect, test } from "@jest/globals";
import type { Nodes } from "mdast";
import { parseDocument } from "../../../src/documents/parse-document.ts";
import { parseMarkdown } from "../../../src/text/parse-markdown.ts";
import { documentFileOf, specFileOf } from "../../../src/phases/names.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { parseSpec } from "../../../src/specs/parse-spec.ts";
import type { Phase } from "../../../src/phases/phase.ts";
import { phasesIn, pretendSandbox, type Says } from "./phase-in.ts";

const STORE = "src/storage/store.py";
const QUOTE = "data = self._read_data()\n        data[key] = value\n        self._write_data(data)";
const LINES = { path: STORE, start: 33, end: 35, quote: QUOTE };
const HOST = "evil.example";
const FORGED = "a".repeat(40);

/** What would do something on a page, in a terminal, in a spec or in our own reader, if it came through. */
const PAYLOADS: readonly (readonly [string, string])[] = [
  ["a picture", `![x](https://${HOST}/x.png?q=1)`],
  ["a link", `[here](https://${HOST}/a) <https://${HOST}/b> (www.${HOST}/c x@${HOST}`],
  ["HTML", `<img src=https://${HOST}/x onerror=alert(1)><details open><!-- hidden -->`],
  ["a mention and a closing word", "@acme/everyone fixes #1, closes acme/other#2"],
  ["marks of ours", "Measured: it is so. Not known: nothing. Question: none? - [x] The cause is confirmed"],
  ["lines of a document", `\n\n## Searches\n\n- [x] The document exists\n\nBase commit: \`${FORGED}\`\n`],
  ["front matter", "\n---\nstatus: completed\nlabels: [a]\n---\n# Title\n"],
  ["controls", "a\u001b[2Jb\u0007c\u202ed\u200be\u2066f\u{e0041}"],
  ["fences", "``` ````` `x` ~~~ ``"],
  ["cells", "a | b | Confirmed | `c | d` \\| e \\\\| f"],
  [
    "references",
    "search S1, run `run-1`: `exit 0`, issue: `x`, commit `abcdef1` (`x`), src/storage/store.py:1",
  ],
  ["much", "x ".repeat(50_000)],
  ["much of a fence", "`".repeat(100_000)],
];

/** The same payload in every place that a model can fill. */
function hostile(payload: string): Says {
  const short = (max: number): string => [...payload].slice(0, max).join("") || "x";
  const claimsFor = (section: string): readonly object[] => [
    { type: "code", section, ...LINES, quote: short(400) },
    { type: "code", section, path: short(300), start: 33, quote: QUOTE },
    { type: "code", section, path: STORE, start: 33, quote: "data = self._read_data()" },
    { type: "calls", section, path: STORE, start: 33, name: short(200) },
    { type: "search", section, search: { kind: "text", pattern: short(400) } },
    { type: "search", section, search: { kind: "word", pattern: "Store", exclude: [short(100)] } },
    { type: "commit", section, commit: short(60), quote: short(400) },
    { type: "said", section, quote: short(400), name: short(100) },
    { type: "ran", section, run: short(20), quote: short(20) },
    { type: "executable", section, language: "python", program: short(390), prints: short(190) },
    { type: "hypothesis", ...LINES },
    {
      type: "option",
      edits: [{ path: STORE, old: "import json\n", new: `import json\n# ${short(3_000)}\n` }],
    },
    { type: "question", text: `Why ${short(280)}?` },
    { type: "unknown", text: `whether ${short(280)}` },
    { type: "step", text: short(290) },
  ];
  const submit = (...sections: readonly string[]) => ({
    name: "submit",
    arguments: { claims: sections.flatMap(claimsFor).slice(0, 20) },
  });
  const finish = (more: object = {}) => ({
    name: "finish",
    arguments: {
      explanation: [
        { text: `\`Store.set\` ${short(270)}`, claims: [1] },
        { text: `It is so. ${short(270)}`, claims: [1, 2] },
      ],
      cause: [LINES],
      outcome: { kind: "needs-info", questions: [short(280), `${short(200)}?`], of: short(60) },
      ...more,
    },
  });
  return (conversation, step) => {
    if (conversation.includes("judge"))
      return {
        model: short(200),
        text: JSON.stringify({ verdicts: [{ criterion: 1, met: true, why: short(300) }] }),
      };
    const model = short(200);
    if (step > 4) return { model, text: payload };
    if (conversation === "comprehension")
      return {
        model,
        text: payload,
        calls:
          step === 0
            ? [submit("components", "missing")]
            : step === 1
              ? [submit("questions", "report")]
              : [finish()],
      };
    if (conversation === "reproduction")
      return {
        model,
        calls:
          step === 0
            ? [
                {
                  name: "submit_test",
                  arguments: {
                    path: `${short(100)}/test_x.py`,
                    text: payload.padEnd(30).slice(0, 50_000),
                  },
                },
                {
                  name: "submit_test",
                  arguments: {
                    path: "tests/test_lost.py",
                    text: `from src.storage.store import Store\n\n\ndef test_x():\n    # ${payload.slice(0, 50_000)}\n    assert Store("a").keys() == [1]\n`,
                  },
                },
              ]
            : step === 1
              ? [submit("why-it-fails", "steps-for-a-person")]
              : [finish()],
      };
    if (conversation === "root-cause")
      return {
        model,
        calls:
          step === 0
            ? [submit("hypotheses", "sequence", "options")]
            : step === 1
              ? [submit("suspects", "not-established")]
              : [finish({ outcome: undefined })],
      };
    if (conversation === "impact-map")
      return {
        model,
        calls:
          step === 0
            ? [submit("similar", "tests", "targets")]
            : step === 1
              ? [submit("risks", "scope")]
              : [finish({ outcome: undefined, cause: undefined })],
      };
    return {
      model,
      calls:
        step === 0
          ? [
              {
                name: "submit_change",
                arguments: { edits: [{ path: short(300), old: "a", new: payload.slice(0, 50_000) }] },
              },
              {
                name: "submit_change",
                arguments: {
                  edits: [
                    {
                      path: STORE,
                      old: "import json\n",
                      new: `import json\n# ${payload.slice(0, 50_000)}\n`,
                    },
                  ],
                },
              },
            ]
          : step === 1
            ? [submit("change", "not-established-fix")]
            : [finish({ outcome: undefined, cause: undefined, works: false })],
    };
  };
}

/** Nodes outside of fenced blocks and inline code, where what stands is only shown. */
function nodesOf(text: string): readonly Nodes[] {
  const all: Nodes[] = [];
  const open: Nodes[] = [parseMarkdown(text)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    all.push(node);
    if ("children" in node) open.push(...node.children);
  }
  return all;
}

const LIVE = /@\w|(?:^|[^\w`])#\d|:\/\/|www\./;
const NEVER: ReadonlySet<string> = new Set([
  "image",
  "imageReference",
  "html",
  "definition",
  "footnoteDefinition",
  "linkReference",
]);

/** What Casebook itself writes around what is folded. */
const FOLD = /^<details><summary>[A-Za-z :,]+<\/summary>$|^<\/details>$/;

/** What of a text would do something where people read it. */
function livesIn(text: string): readonly string[] {
  return nodesOf(text).flatMap((node) => {
    if (node.type === "html" && FOLD.test(node.value)) return [];
    if (NEVER.has(node.type)) return [node.type];
    if (node.type === "link") return [`link to ${node.url}`];
    if (node.type === "text" && LIVE.test(node.value)) return [`live words: ${node.value}`];
    if (node.type === "listItem" && typeof node.checked === "boolean") return ["a box"];
    // A cell too many would be a result that nobody found.
    if (node.type === "table" && new Set(node.children.map((row) => row.children.length)).size > 1)
      return ["a row with cells of its own"];
    return [];
  });
}

const HIDDEN = /[^\P{Cc}\n\t]|[\u200b\u202a-\u202e\u2066-\u2069]|\u{e0041}/u;

/** Everything that is wrong with a document, by what a phase that nobody attacks looks like. */
function wrongIn(phase: Phase, text: string): readonly string[] {
  const parsed = parseDocument(text);
  const headings = parsed.sections.filter(({ level }) => level <= 2).map(({ heading }) => heading);
  const expected = phase.sections
    .filter(({ heading, optional }) => optional !== true || headings.includes(heading))
    .map(({ heading }) => heading);
  const own = headings.slice(1).filter((heading) => heading !== "Runs" && heading !== "Searches");
  return [
    ...livesIn(text),
    ...(own.join("\n") === expected.join("\n") ? [] : [`headings: ${own.join(", ")}`]),
    ...(HIDDEN.test(text) ? ["characters that do not show"] : []),
    ...(parsed.baseCommit === FORGED ? ["a base commit of the model's"] : []),
    ...(text.length > 400_000 ? ["no bound"] : []),
    ...parsed.sections
      .flatMap(({ statements }) => statements)
      .filter((statement) => statement.text.startsWith("Measured: it is so"))
      .map((statement) => statement.text),
  ];
}

describe("whatever a model writes, wherever it may write", () => {
  test.each(PAYLOADS)(
    "%s does nothing in a document or a spec",
    async (_, payload) => {
      const sandbox = pretendSandbox((changed) =>
        changed.includes("tests/test_lost.py")
          ? [
              {
                name: `test_x ${payload.slice(0, 2_000)}`,
                file: "tests/test_lost.py",
                message: payload.slice(0, 5_000),
              },
            ]
          : [],
      );
      const says = hostile(payload);
      const files = new Map<string, string>();
      // Each by itself: an outcome of one would hold the rest.
      for (const phase of PHASES) {
        const worked = await phasesIn({ says, sandbox, phases: [phase.type], before: files });
        for (const [path, text] of worked.files) files.set(path, text);
        const [result] = worked.result.phases;
        expect(wrongIn(phase, files.get(documentFileOf("42", phase)) ?? "")).toEqual([]);
        expect(livesIn(result!.lead ?? "")).toEqual([]);

        const text = files.get(specFileOf("42", phase)) ?? "";
        const { spec, problems } = parseSpec("spec", text);
        expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(spec.criteria.map((one) => one.text)).toEqual(phase.criteria.map((one) => one.text));
        expect(spec.criteria.map(({ done }) => done)).toEqual(
          result!.criteria.map((criterion) => criterion.result === "met"),
        );
        expect(spec.status).toBe(result!.status);
        expect(spec.labels.filter((label) => HIDDEN.test(label) || label.includes("\n"))).toEqual([]);
      }
      for (const path of files.keys())
        expect(path).toMatch(
          /^(?:\.chant\/(?:specs|research)\/issue-42-[\w.-]+|src\/storage\/store\.py|tests\/test_lost\.py)$/,
        );
    },
    120_000,
  );
});
