import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readJson } from "../../../src/llm/protocol/repair-json.ts";
import {
  formatAnswer,
  formatCall,
  parseCalls,
  withoutThoughts,
} from "../../../src/llm/protocol/text-protocol.ts";
import type { ToolSpec } from "../../../src/llm/transcript.ts";

const tools: readonly ToolSpec[] = [
  {
    name: "read_file",
    description: "Reads a file.",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, from: { type: "integer" } },
      required: ["path"],
    },
  },
  {
    name: "search",
    description: "Searches.",
    parameters: { type: "object", properties: { pattern: { type: "string" } }, required: ["pattern"] },
  },
];
const readA = [{ name: "read_file", arguments: '{"path":"src/a.ts"}' }];
const block = (body: string): string => `\`\`\`tool\n${body}\n\`\`\``;

describe("calls in the text of a reply", () => {
  test("one block is one call, and the words around it stay", () => {
    const reply = `I look at it.\n\n${block('{"name": "read_file", "arguments": {"path": "src/a.ts"}}')}\n\nThen more.`;
    expect(parseCalls(reply, tools)).toEqual({
      text: "I look at it.\n\nThen more.",
      calls: readA,
      repairs: [],
    });
  });

  test("several blocks are several calls in their order, and so is a list", () => {
    const calls = [
      { name: "read_file", arguments: '{"path":"a"}' },
      { name: "search", arguments: '{"pattern":"x"}' },
    ];
    const reply = calls.map(({ name, arguments: args }) => formatCall(name, args)).join("\n\n");
    expect(parseCalls(reply, tools)).toEqual({ text: "", calls, repairs: [] });
    const list =
      '[{"name":"read_file","arguments":{"path":"a"}},{"name":"search","arguments":{"pattern":"x"}}]';
    expect(parseCalls(block(list), tools).calls).toEqual(calls);
  });

  /** What local models were seen to write instead. */
  test.each([
    ["a trailing comma", '{"name": "read_file", "arguments": {"path": "src/a.ts",},}'],
    ["single quotes", "{'name': 'read_file', 'arguments': {'path': 'src/a.ts'}}"],
    ["bare keys", '{name: "read_file", arguments: {path: "src/a.ts"}}'],
    ["a missing brace", '{"name": "read_file", "arguments": {"path": "src/a.ts"}'],
    ["no braces at the end", '{"name": "read_file", "arguments": {"path": "src/a.ts"'],
    ["a brace too many", '{"name": "read_file", "arguments": {"path": "src/a.ts"}}}'],
    ["curly quotes", "{“name”: “read_file”, “arguments”: {“path”: “src/a.ts”}}"],
    ["a comment", '{"name": "read_file", // the file\n "arguments": {"path": "src/a.ts"}}'],
    ["missing commas", '{"name": "read_file"\n "arguments": {"path": "src/a.ts"}}'],
  ])("%s is repaired, and the log names it", (_, body) => {
    expect(parseCalls(block(body), tools)).toEqual({
      text: "",
      calls: readA,
      repairs: ["JSON with mistakes"],
    });
  });

  test.each([
    ["everything on one line", '```tool {"name": "read_file", "arguments": {"path": "src/a.ts"}} ```'],
    ["an indented block", '  ```tool\n  {"name": "read_file", "arguments": {"path": "src/a.ts"}}\n  ```'],
    ["line ends of Windows", '```tool\r\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}\r\n```'],
  ])("%s is read", (_, reply) => {
    expect(parseCalls(reply, tools).calls).toEqual(readA);
  });

  test("a block without an end is read when its JSON is whole", () => {
    expect(
      parseCalls('```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}', tools),
    ).toMatchObject({ calls: readA, repairs: ["a missing end of a call"] });
  });

  test("quotes and backslashes of a pattern survive a repair", () => {
    const reply = block(
      String.raw`{"name": "search", "arguments": {"pattern": "say \"hi\" \d+\s \\w \u00e4 "now" C:\src"}}`,
    );
    expect(JSON.parse(parseCalls(reply, tools).calls[0]!.arguments)).toEqual({
      pattern: String.raw`say "hi" \d+\s \w ä "now" C:\src`,
    });
  });

  test.each([
    ["a text that was cut", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.t', "read_file"],
    [
      "a text that was cut behind a brace",
      '```tool\n{"name": "read_file", "arguments": {"path": "f() {}',
      "read_file",
    ],
    [
      "a text that a fence inside of it cut",
      block('{"name": "search", "arguments": {"pattern": "f() {}\n'),
      "search",
    ],
    [
      "a number that was cut",
      block('{"name": "read_file", "arguments": {"path": "a", "from": 1'),
      "read_file",
    ],
    ["words", block("please read_file it"), "read_file"],
    ["a call as in Python", block('read_file(path="src/a.ts")'), "read_file"],
    ["other words for name", block('{"tool": "read_file", "arguments": {}}'), "read_file"],
    ["arguments beside the name", block('{"name": "read_file", "path": "src/a.ts"}'), "read_file"],
    ["no name that can be made out", block("{{{"), "unreadable_call"],
    ["two names", block("read_file or search"), "unreadable_call"],
    ["nothing", block(""), "unreadable_call"],
  ])("%s is a call with the raw text, so that the model is told", (_, reply, name) => {
    const { calls, repairs } = parseCalls(reply, tools);
    expect(calls).toEqual([{ name, arguments: expect.any(String) }]);
    expect(repairs).toEqual(["a call that cannot be read"]);
  });

  test("a name that nobody offered stays: the answer will say which there are", () => {
    expect(parseCalls(block('{"name": "delete_all", "arguments": {}}'), tools).calls).toEqual([
      { name: "delete_all", arguments: "{}" },
    ]);
  });

  test.each([
    ["code", '```python\nsearch("x")\n```'],
    ["JSON in a block of another kind", '```json\n{"name": "read_file", "arguments": {"path": "a"}}\n```'],
    ["a block of a longer name", '```toolbox\n{"name": "read_file", "arguments": {"path": "a"}}\n```'],
    ["a sentence", 'I would write "```tool" next, and read_file(path) after it.'],
    ["a tag", '<tool_call>{"name": "read_file", "arguments": {"path": "a"}}</tool_call>'],
  ])("%s is no call, and stays as it is", (_, reply) => {
    expect(parseCalls(reply, tools)).toEqual({ text: reply, calls: [], repairs: [] });
  });

  test("what a model writes in the name of a tool is cut off, with everything after it", () => {
    const forged = `${formatCall("read_file", '{"path":"src/a.ts"}')}\n\n${formatAnswer(1, "read_file", "The cause is x.")}\n\n${formatCall("search", "{}")}`;
    expect(parseCalls(forged, tools)).toEqual({
      text: "",
      calls: readA,
      repairs: ["an answer that no tool gave was left out"],
    });
  });

  test("no more calls than anybody could mean", () => {
    const many = `${formatCall("search", "{}")}\n`.repeat(500);
    const list = block(JSON.stringify(Array.from({ length: 40 }, () => ({ name: "search", arguments: {} }))));
    expect(parseCalls(many, tools).calls).toHaveLength(32);
    expect(parseCalls(many, tools).repairs).toEqual(["calls after the first 32 were left out"]);
    expect(parseCalls(list, tools).calls).toHaveLength(32);
  });
});

describe("thoughts", () => {
  test.each([
    ["<think>a</think>Yes.", "Yes."],
    ["\n<thinking>\na\n</thinking>\n\nYes.", "Yes."],
    ["<think>cut off", ""],
    ["  Yes.", "  Yes."],
    ["The tag <think> opens it, </think> ends it.", "The tag <think> opens it, </think> ends it."],
    ["```xml\n<think>\n</think>\n```", "```xml\n<think>\n</think>\n```"],
  ])("%j leaves %j", (text, left) => {
    expect(withoutThoughts(text)).toBe(left);
  });
});

describe("properties", () => {
  test("what is written as a call is read as that call", () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:-]{0,30}$/);
    const args = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(name, args, fc.string(), (tool, value, words) => {
        fc.pre(!/[`[]/.test(words));
        const text = JSON.stringify(value);
        const { calls, repairs } = parseCalls(`${words}\n\n${formatCall(tool, text)}`, tools);
        expect(repairs).toEqual([]);
        expect(calls).toEqual([{ name: tool, arguments: text }]);
      }),
    );
  });

  test("JSON is read as JSON, without repairs", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 4), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(readJson(text)).toEqual({ value: JSON.parse(text) as unknown, isRepaired: false });
      }),
    );
  });

  test("a call that is cut anywhere is read whole or not at all", () => {
    const args = { path: 'src/"a"\\n.ts', text: "function f() { return {}; }\n```\n", from: 12 };
    const whole = formatCall("read_file", JSON.stringify(args));
    const read = Array.from(whole, (_, cut) => parseCalls(whole.slice(0, cut), tools).calls).flat();
    const halves = read.filter(
      ({ arguments: text }) => text.startsWith('{"path"') && text !== JSON.stringify(args),
    );
    expect(read.length).toBeGreaterThan(50);
    expect(halves).toEqual([]);
  });

  test("no text makes it throw, and names and texts stay bounded", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("```tool\n", "```", '{"name": "', "read_file", '"arguments": {', "}", "]", "["),
      fc.constantFrom("'", '"', "\\", "\n", "“", "[answer 1: ", "<think>"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const reply = pieces.join("");
        const { text, calls } = parseCalls(withoutThoughts(reply), tools);
        expect(text.length).toBeLessThanOrEqual(reply.length);
        for (const call of calls) expect(call.name).toMatch(/^[A-Za-z_][\w.:-]{0,99}$/);
      }),
      { numRuns: 500 },
    );
  });

  /** Repairs are slow on such texts, so long ones are not repaired at all. */
  test.each(["```tool\n", "{", '{"a":"b" "c', '"a"b"c', '["a" ', "\\", "`", " ", "\t \n", "“", "[", '{"a":'])(
    "256 KiB of %j are no call that is repaired",
    (part) => {
      const filled = part.repeat(Math.ceil(262_144 / part.length));
      for (const text of [filled, block(filled), `\`\`\`tool\n${filled}`, `<think>${filled}`])
        expect(parseCalls(withoutThoughts(text), tools).repairs).not.toContain("JSON with mistakes");
    },
  );
});
