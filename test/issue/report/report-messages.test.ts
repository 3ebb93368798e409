import { describe, expect, test } from "@jest/globals";
import { type Report, readReport } from "../../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const read = (body: string, title = "It fails"): Report =>
  readReport(visibleIssue({ key: "1", title, body, comments: [] }));

describe("an error and its text in inline code", () => {
  test.each([
    ["It fails with `decimal.InvalidOperation: [<class 'X'>]`.", "decimal.InvalidOperation: [<class 'X'>]"],
    ["Then it raises `pkg.errors.NoSuch: 'a' is gone`.", "pkg.errors.NoSuch: 'a' is gone"],
    ["It throws a `std::RangeError: too far`, always.", "std::RangeError: too far"],
  ])("is a message behind a verb that says that it comes: %s", (body, message) =>
    expect(read(body).messages).toEqual([message]),
  );

  test.each([
    "It should raise `ValueError: no such field` instead of returning None.",
    "It doesn't throw `RangeError: too far`, as it did.",
    "The class is called `RangeError: a special one`.",
  ])("is none where it does not come: %s", (body) => expect(read(body).messages).toEqual([]));
});

test("words that are quoted of a text are no message, and those that a program prints are", () => {
  expect(read('The manual says: "A timer should fire once only."').messages).toEqual([]);
  expect(read('The program says: "A timer fired more than once."').messages).toEqual([
    "A timer fired more than once.",
  ]);
});

test("a printed list is no message", () => {
  expect(read("`run a b` prints `[run with some arguments --]` there.").messages).toEqual([]);
});

describe("an error that is printed as data", () => {
  test("has its text in a field", () => {
    const body =
      '```\nSchemaError: [\n  {\n    "path": [],\n    "message": "At least one element is needed"\n  }\n]\n```';
    expect(read(body).messages).toEqual(["At least one element is needed"]);
  });

  test("has no text where no field has it, and a message that ends in a bracket of its own stays", () => {
    expect(read("```\nSchemaError: [\n  1,\n  2\n]\n```").messages).toEqual([]);
    expect(read("```\nSyntaxError: unexpected token in define({\n```").messages).toEqual([
      "SyntaxError: unexpected token in define({",
    ]);
  });
});

test("a message in prose ends where its writer goes on", () => {
  expect(read("TypeError: shape is no function... well, mostly that.").messages).toEqual([
    "TypeError: shape is no function",
  ]);
});

describe("sanitizers and Valgrind", () => {
  test.each([
    [
      "==771==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x4f bp 0x7f sp 0x7e",
      "ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602",
    ],
    [
      "==9==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x55 T0)",
      "ERROR: AddressSanitizer: SEGV on unknown address 0x0",
    ],
    ["WARNING: ThreadSanitizer: data race (pid=9)", "WARNING: ThreadSanitizer: data race (pid=9)"],
    [
      "src/hash.c:41:22: runtime error: left shift of 255 by 24 places",
      "runtime error: left shift of 255 by 24 places",
    ],
    ["==42== Invalid read of size 8", "Invalid read of size 8"],
  ])("print messages: %s", (line, message) => {
    expect(read(`\`\`\`\n${line}\n\`\`\``).messages).toEqual([message]);
  });

  test("print lines that are none", () => {
    const lines = "==42== Memcheck, a memory error detector\n==42== Command: ./a.out\n==771==ABORTING";
    expect(read(`\`\`\`\n${lines}\n\`\`\``).messages).toEqual([]);
  });

  test("name the place of undefined behaviour", () => {
    const { innermostFrame } = read("```\nsrc/hash.c:41:22: runtime error: left shift of 255\n```");
    expect(innermostFrame).toMatchObject({ path: "src/hash.c", line: 41 });
  });
});

test.each([
  [
    "2025/08/11 09:14:02 http: panic serving 127.0.0.1:51544: runtime error: invalid memory address or nil pointer dereference",
    "runtime error: invalid memory address or nil pointer dereference",
  ],
  [
    "terminate called after throwing an instance of 'std::bad_any_cast'\n  what():  bad any_cast\nAborted",
    "bad any_cast",
  ],
  [
    "app.rb:7:in 'Object#<main>': undefined method 'to_s!' for nil (NoMethodError)",
    "undefined method 'to_s!' for nil (NoMethodError)",
  ],
  [
    "PHP Fatal error:  Uncaught TypeError: usort(): Argument #1 must be of type array in /srv/app/Sort.php:12",
    "TypeError: usort(): Argument #1 must be of type array",
  ],
  [
    "** (KeyError) key :name not found in: %{}\n    lib/app.ex:3: App.run/1",
    "(KeyError) key :name not found in: %{}",
  ],
])("what a runtime prints last is a message: %s", (printed, message) => {
  expect(read(`It stops.\n\n\`\`\`\n${printed}\n\`\`\``).messages[0]).toBe(message);
});

describe("what a program printed", () => {
  test.each([
    ["```\n$ ./app\nSegmentation fault (core dumped)\n```", "Segmentation fault (core dumped)"],
    ["```\nE492: Not an editor command: Foo\n```", "E492: Not an editor command: Foo"],
    ["```\nmain.ts:7 Uncaught TypeError: a is undefined\n```", "Uncaught TypeError: a is undefined"],
    ["```\n[2026-01-15T01:02:34Z] [ERROR] [ui] No answer from the host\n```", "No answer from the host"],
    [
      "```\nCMake Error at lib/CMakeLists.txt:3 (find_package):\n  Could NOT find FOO\n```",
      "Could NOT find FOO",
    ],
    ["```js\nlift(v); // error TS2322: Type 'A' is no 'B'\n```", "error TS2322: Type 'A' is no 'B'"],
    ["I get this error:\n\n```\nthe container has no health check\n```", "the container has no health check"],
    ["Je reçois ce message d'erreur : « La page est introuvable »", "La page est introuvable"],
    ['The words "Failed to open the file" are displayed.', undefined],
    ['The notice "Failed to open the file" is displayed.', "Failed to open the file"],
  ])("%j", (body, message) => expect(read(body).messages).toEqual(message === undefined ? [] : [message]));

  test("is read behind what a log puts before each line", () => {
    const log =
      "web-1  | Traceback (most recent call last):\nweb-1  |   File \"a.py\", line 3, in f\nweb-1  | KeyError: 'x'";
    expect(read(`\`\`\`\n${log}\n\`\`\``).messages).toEqual(["KeyError: 'x'"]);
  });

  test("is the error that ended it first, where another one arose while one was handled", () => {
    const text =
      "Traceback (most recent call last):\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTypeError: no b";
    expect(read(`\`\`\`\n${text}\n\`\`\``).messages).toEqual(["TypeError: no b", "KeyError: 'a'"]);
  });

  test("is the title as a whole, and none with words of the reporter behind it", () => {
    expect(read("It ends.", "RangeError: not a number").messages).toEqual(["RangeError: not a number"]);
    expect(read("It ends.", "RangeError: not a number when I call f").messages).toEqual([]);
  });
});
