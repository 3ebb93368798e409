import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseCalls } from "../../../src/llm/protocol/parse-calls.ts";
import { readLenient } from "../../../src/llm/protocol/lenient-json.ts";
import { formatAnswer, formatCall } from "../../../src/llm/protocol/text-protocol.ts";
import type { ToolSpec } from "../../../src/llm/transcript.ts";

const tools: readonly ToolSpec[] = [
  {
    name: "read_file",
    description: "Reads a file.",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, from: { type: "integer" }, deep: { type: "boolean" } },
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

describe("calls in the text of a reply", () => {
  test("one block is one call, and the words around it stay", () => {
    expect(
      parseCalls(
        'I look at it.\n\n```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}\n```\n',
        tools,
      ),
    ).toEqual({ text: "I look at it.", calls: readA, repairs: [] });
  });

  test("several blocks are several calls in their order", () => {
    const reply = `${formatCall("read_file", '{"path":"a"}')}\n\n${formatCall("search", '{"pattern":"x"}')}`;
    expect(parseCalls(reply, tools)).toEqual({
      text: "",
      calls: [
        { name: "read_file", arguments: '{"path":"a"}' },
        { name: "search", arguments: '{"pattern":"x"}' },
      ],
      repairs: [],
    });
  });

  /** What local models were seen to write instead. */
  test.each([
    ["a trailing comma", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts",},}\n```'],
    ["single quotes", "```tool\n{'name': 'read_file', 'arguments': {'path': 'src/a.ts'}}\n```"],
    ["bare keys", '```tool\n{name: "read_file", arguments: {path: "src/a.ts"}}\n```'],
    ["bare words", "```tool\n{name: read_file, arguments: {path: src/a.ts}}\n```"],
    ["a missing brace", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}\n```'],
    ["no braces at the end", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"\n```'],
    ["a brace too many", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}}\n```'],
    ["no end of the block", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}'],
    ["curly quotes", "```tool\n{“name”: “read_file”, “arguments”: {“path”: “src/a.ts”}}\n```"],
    ["a comment", '```tool\n{"name": "read_file", // the file\n "arguments": {"path": "src/a.ts"}}\n```'],
    ["missing commas", '```tool\n{"name": "read_file"\n "arguments": {"path": "src/a.ts"}}\n```'],
    ["everything on one line", '```tool {"name": "read_file", "arguments": {"path": "src/a.ts"}} ```'],
    ["a block of JSON", '```json\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}\n```'],
    ["a block without a language", '```\n{"tool": "read_file", "args": {"path": "src/a.ts"}}\n```'],
    ["tildes", '~~~tool\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}\n~~~'],
    ["no block at all", '{"name": "read_file", "arguments": {"path": "src/a.ts"}}'],
    [
      "Hermes and Qwen",
      '<tool_call>\n{"name": "read_file", "arguments": {"path": "src/a.ts"}}\n</tool_call>',
    ],
    ["an open tag", '<tool_call>{"name": "read_file", "arguments": {"path": "src/a.ts"}}'],
    [
      "Qwen coder",
      "<tool_call>\n<function=read_file>\n<parameter=path>\nsrc/a.ts\n</parameter>\n</function>\n</tool_call>",
    ],
    ["Llama", '<function=read_file>{"path": "src/a.ts"}</function>'],
    ["Mistral", '[TOOL_CALLS][{"name": "read_file", "arguments": {"path": "src/a.ts"}}]'],
    ["newer Mistral", '[TOOL_CALLS]read_file[ARGS]{"path": "src/a.ts"}'],
    ["Gemma", '```tool_code\nread_file(path="src/a.ts")\n```'],
    ["Gemma, printing", '```tool_code\nprint(read_file(path="src/a.ts"))\n```'],
    ["Python's single quotes", "```tool\nread_file(path='src/a.ts')\n```"],
    ["an argument by its place", '```tool\nread_file("src/a.ts")\n```'],
    ["a call on a line", 'read_file(path="src/a.ts")'],
    ["tool for name", '```tool\n{"tool": "read_file", "parameters": {"path": "src/a.ts"}}\n```'],
    ["function for name", '```tool\n{"function": "read_file", "input": {"path": "src/a.ts"}}\n```'],
    [
      "OpenAI's shape",
      '```tool\n{"type": "function", "function": {"name": "read_file", "arguments": "{\\"path\\": \\"src/a.ts\\"}"}}\n```',
    ],
    ["a list", '```tool\n[{"name": "read_file", "arguments": {"path": "src/a.ts"}}]\n```'],
    [
      "a wrapped list",
      '```json\n{"tool_calls": [{"name": "read_file", "arguments": {"path": "src/a.ts"}}]}\n```',
    ],
    ["arguments beside the name", '```tool\n{"name": "read_file", "path": "src/a.ts"}\n```'],
    ["the name as a key", '```tool\n{"read_file": {"path": "src/a.ts"}}\n```'],
    ["the name before", '```tool\nread_file\n{"path": "src/a.ts"}\n```'],
    ["the name beside the fence", '```tool read_file\n{"path": "src/a.ts"}\n```'],
    ["a name space", '```tool\n{"name": "functions.read_file", "arguments": {"path": "src/a.ts"}}\n```'],
  ])("%s", (_, reply) => {
    expect(parseCalls(reply, tools).calls).toEqual(readA);
  });

  test("what was mended is said", () => {
    expect(
      parseCalls("```tool\n{'tool': 'read_file', parameters: {path: src/a.ts,}\n```", tools).repairs,
    ).toEqual([
      'other quotes than "',
      "a key without quotes",
      "a word without quotes",
      "a comma too many",
      "a missing }",
      '"tool" for "name"',
      '"parameters" for "arguments"',
    ]);
  });

  test("values keep their types, also where tags know only text", () => {
    const reply =
      "<function=read_file><parameter=path>12</parameter><parameter=from>12</parameter><parameter=deep>true</parameter></function>";
    expect(JSON.parse(parseCalls(reply, tools).calls[0]!.arguments)).toEqual({
      path: "12",
      from: 12,
      deep: true,
    });
  });

  test("quotes and backslashes of a pattern survive", () => {
    const reply =
      '```tool\n{"name": "search", "arguments": {"pattern": "say \\"hi\\" \\d+ "now" C:\\src"}}\n```';
    expect(JSON.parse(parseCalls(reply, tools).calls[0]!.arguments)).toEqual({
      pattern: 'say "hi" \\d+ "now" C:\\src',
    });
  });

  test.each([
    ["a text that was cut", '```tool\n{"name": "read_file", "arguments": {"path": "src/a.t', "read_file"],
    ["words", "```tool\nplease read_file it\n```", "read_file"],
    ["no name that can be made out", "```tool\n{{{\n```", "unreadable_call"],
    ["nothing", "```tool\n```", "unreadable_call"],
  ])("%s is a call whose arguments are the raw text", (_, reply, name) => {
    const { calls, repairs } = parseCalls(reply, tools);
    expect(calls).toEqual([{ name, arguments: expect.any(String) }]);
    expect(() => JSON.parse(calls[0]!.arguments) as unknown).toThrow(/JSON/);
    expect(repairs).toContain("a call that cannot be read");
  });

  test("a name that nobody offered stays: the answer will say which there are", () => {
    expect(parseCalls('```tool\n{"name": "delete_all", "arguments": {}}\n```', tools).calls).toEqual([
      { name: "delete_all", arguments: "{}" },
    ]);
  });

  test.each([
    [
      "code that holds a function of the same name",
      '```python\nsearch("x")\nfor i in range(3):\n    pass\n```',
    ],
    ["JSON about something else", '```json\n{"name": "casebook", "version": "1.0.0"}\n```'],
    ["a sentence", "I would call read_file(path) next, and search(pattern) after it."],
    ["a line that goes on", 'read_file("src/a.ts") is what I would call.'],
    ["an object in prose", '{"read": true} is the setting.'],
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

  test("for endpoints with calls of their own only tags with known names are calls", () => {
    const tag = (name: string): string =>
      `<tool_call>{"name": "${name}", "arguments": {"path": "src/a.ts"}}</tool_call>`;
    expect(parseCalls(tag("read_file"), tools, { marked: true }).calls).toEqual(readA);
    expect(parseCalls(tag("other"), tools, { marked: true })).toMatchObject({
      text: tag("other"),
      calls: [],
    });
    expect(parseCalls(formatCall("read_file", "{}"), tools, { marked: true }).calls).toEqual([]);
  });

  test("no more calls than anybody could mean", () => {
    const { calls, repairs } = parseCalls(`${formatCall("search", "{}")}\n`.repeat(500), tools);
    expect(calls).toHaveLength(32);
    expect(repairs).toEqual(["calls after the first 32 were left out"]);
  });
});

describe("properties", () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:-]{0,30}$/);
  const object = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 4 }));

  test("what is written as a call is read as that call", () => {
    fc.assert(
      fc.property(name, object, fc.string(), (tool, args, words) => {
        const text = JSON.stringify(args);
        fc.pre(parseCalls(words, tools).calls.length === 0 && !/[`~<[{(]/.test(words));
        const { calls, repairs } = parseCalls(`${words}\n\n${formatCall(tool, text)}`, [
          { name: tool, description: "", parameters: {} },
        ]);
        expect(repairs).toEqual([]);
        expect(calls).toEqual([{ name: tool, arguments: text }]);
      }),
    );
  });

  test("JSON is read as JSON, without repairs", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 4), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const read = readLenient(text);
        expect(JSON.stringify(read?.value)).toBe(JSON.stringify(JSON.parse(text)));
        expect([...(read?.repairs ?? [])]).toEqual([]);
        expect(read?.end).toBe(text.length);
      }),
    );
  });

  test("no text makes it throw, and names and texts stay bounded", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "```tool\n",
        "```",
        "<tool_call>",
        "</tool_call>",
        "<function=",
        '{"name": "',
        "read_file",
        "(",
      ),
      fc.constantFrom(
        '"arguments": {',
        "}",
        "]",
        "[",
        "'",
        '"',
        "\\",
        "\n",
        "<parameter=a>",
        "[TOOL_CALLS]",
        "“",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { text, calls } = parseCalls(pieces.join(""), tools);
        expect(text.length).toBeLessThanOrEqual(pieces.join("").length);
        for (const call of calls) expect(call.name).toMatch(/^[A-Za-z_][\w.:-]{0,99}$/);
      }),
      { numRuns: 500 },
    );
  });

  const SIZE = 65_536;
  const fill = (part: string): string => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);
  test.each([
    "```tool\n",
    "```tool\n{",
    '```tool\n{"name": "read_file", "arguments": {"path": "',
    '```json\n{"name":"read_file"\n',
    "<tool_call>",
    "<tool_call></tool_cal>",
    '<tool_call>{"name":"read_file"}',
    "<function=read_file>",
    "<function=read_file><parameter=path>",
    "[TOOL_CALLS]",
    '{"name":"read_file\n',
    '{read_file:"a\n',
    'read_file("a\n',
    "read_file(\n",
    "read_file(a,",
    "[[[[[[[[",
    '{"a":',
    '"',
    "'",
    "\\",
    "`",
    "~~~",
    " ",
    "\n",
    "\t \n",
    '["a" ',
    "/*",
    "// read_file\n",
    "“",
    "<|python_tag|>",
    "[answer 1: ",
    "a",
    "\ud800",
    '{"name":"read_file"} ',
    '{"name":"read_file"}\n',
    "('",
    '"""',
  ])("64 KiB of %j are read in no time", (part) => {
    for (const text of [
      fill(part),
      `\`\`\`tool\n${fill(part)}`,
      `<tool_call>${fill(part)}`,
      `read_file(${fill(part)}`,
    ]) {
      const started = performance.now();
      parseCalls(text, tools);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});
