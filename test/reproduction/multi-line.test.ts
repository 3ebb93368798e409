import { describe, expect, test } from "@jest/globals";
import { readStatements } from "../../src/languages/io/read-statements.ts";
import { familyOf } from "../../src/reproduction/static/mask-text.ts";
import { vacuity } from "../../src/reproduction/static/vacuous.ts";

/** `@@` stands on the line that the framework reports. `names`: what stands for the repository's code, where imports are read. */
interface Case {
  readonly name: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
  readonly names?: readonly string[];
}

const py = (name: string, body: string): Case => ({
  name,
  path: "tests/test_new.py",
  language: "Python",
  text: `import unittest\nimport pytest\nfrom shop.cart import Cart, total\n\n${body}\n`,
  names: ["Cart", "total"],
});
const js = (name: string, body: string, path = "test/new.test.ts"): Case => ({
  name,
  path,
  language: "JavaScript",
  text: `import { total } from "../src/cart.js";\n\n${body}\n`,
  names: ["total"],
});
const other = (name: string, path: string, language: string, text: string): Case => ({
  name,
  path,
  language,
  text,
});
const go = (name: string, body: string): Case =>
  other(
    name,
    "cart/new_test.go",
    "Go",
    `package cart\n\nimport (\n\t"testing"\n\n\t"github.com/stretchr/testify/assert"\n)\n\nfunc TestTotal(t *testing.T) {\n${body}\n}\n`,
  );
const rust = (name: string, body: string): Case =>
  other(name, "tests/new.rs", "Rust", `use shop::total;\n\n#[test]\nfn counts() {\n${body}\n}\n`);
const java = (name: string, body: string): Case =>
  other(
    name,
    "src/test/java/shop/NewTest.java",
    "Java",
    `package shop;\n\nclass NewTest {\n  @Test\n  void counts() {\n${body}\n  }\n}\n`,
  );
const cpp = (name: string, body: string): Case =>
  other(name, "tests/new_test.cpp", "C++", `#include <gtest/gtest.h>\n\nTEST(Cart, Counts) {\n${body}\n}\n`);

const HONEST: readonly Case[] = [
  py(
    "pytest: an assert in brackets",
    "def test_a():\n    assert (  # @@\n        total([2, 3])\n        == 5\n    )",
  ),
  py("pytest: a call over lines", "def test_a():\n    assert total(\n        [2, 3],\n    ) == 5  # @@"),
  py(
    "pytest: raises",
    'def test_a():\n    with pytest.raises(  # @@\n        ValueError,\n        match="price",\n    ):\n        total([-1])',
  ),
  py(
    "pytest: raises beside another",
    "def test_a(tmp_path):\n    with (\n        open(tmp_path / 'a', 'w') as out,\n        pytest.raises(ValueError),  # @@\n    ):\n        total([-1])",
  ),
  py(
    "unittest: assertEqual over lines",
    "class A(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(\n            total([2, 3]),\n            5,  # @@\n        )",
  ),
  py(
    "unittest: assertRaises",
    "class A(unittest.TestCase):\n    def test_a(self):\n        with self.assertRaisesRegex(  # @@\n            ValueError,\n            'x',\n        ):\n            total([-1])",
  ),
  js(
    "Jest: toThrow behind a function",
    'test("a", () => {\n  expect(() => {\n    total([-1]);\n  }).toThrow(); // @@\n});',
  ),
  js(
    "Jest: toThrow with more lines",
    'test("a", () => {\n  expect(() => {\n    const prices = [-1];\n    total(prices);\n  })\n    .toThrow( // @@\n      "price",\n    );\n});',
  ),
  js(
    "Jest: rejects",
    'test("a", async () => {\n  await expect(async () => {\n    await total([-1]);\n  }).rejects.toThrow(RangeError); // @@\n});',
  ),
  js(
    "Jest: an object over lines",
    'test("a", () => {\n  expect(total([2, 3])).toEqual({ // @@\n    sum: 5,\n    count: 2,\n  });\n});',
  ),
  js(
    "Vitest: a value over lines",
    'test("a", () => {\n  expect(\n    total([2, 3]),\n  ).toBe(5); // @@\n});',
  ),
  js(
    "Vitest: soft over lines",
    'test("a", () => {\n  expect\n    .soft(total([2, 3]))\n    .toBe(5); // @@\n});',
  ),
  js(
    "Mocha with chai: throw",
    'it("a", function () {\n  expect(function () {\n    total([-1]);\n  }).to.throw(RangeError); // @@\n});',
    "test/new.js",
  ),
  js(
    "Mocha with chai's assert",
    'it("a", () => {\n  assert.deepEqual( // @@\n    total([2, 3]),\n    { sum: 5 },\n  );\n});',
    "test/new.js",
  ),
  js(
    "Mocha with node:assert, throws",
    'it("a", () => {\n  assert.throws(() => { // @@\n    total([-1]);\n  }, RangeError);\n});',
    "test/new.mjs",
  ),
  js(
    "node:test: strictEqual",
    'test("a", () => {\n  assert.strictEqual(\n    total([2, 3]), // @@\n    5,\n  );\n});',
    "test/new.test.mjs",
  ),
  js(
    "node:test: t.assert over lines",
    'test("a", (t) => {\n  t.assert.deepStrictEqual(\n    total([2, 3]), // @@\n    [5],\n  );\n});',
    "test/new.test.mjs",
  ),
  js(
    "tap: throws",
    't.test("a", async (t) => {\n  t.throws(() => { // @@\n    total([-1]);\n  });\n});',
    "test/new.test.js",
  ),
  js(
    "tap: same",
    't.test("a", async (t) => {\n  t.same(\n    total([2, 3]),\n    5, // @@\n  );\n});',
    "test/new.test.js",
  ),
  js(
    "AVA: is",
    'test("a", (t) => {\n  t.is( // @@\n    total([2, 3]),\n    5,\n  );\n});',
    "test/new.test.js",
  ),
  js(
    "AVA: throws",
    'test("a", (t) => {\n  t.throws(() => { // @@\n    total([-1]);\n  }, { instanceOf: RangeError });\n});',
    "test/new.test.js",
  ),
  go(
    "Go: a condition over lines",
    '\tif got := Total(\n\t\t[]int{2, 3},\n\t); got != 5 {\n\t\tt.Fatalf( // @@\n\t\t\t"got %d",\n\t\t\tgot,\n\t\t)\n\t}',
  ),
  go("Go: testify", "\tassert.Equal( // @@\n\t\tt,\n\t\t5,\n\t\tTotal([]int{2, 3}),\n\t)"),
  go("Go: testify's require on one line", "\trequire.Equal(t, 5, Total([]int{2, 3})) // @@"),
  go("Go: testify, panics", "\tassert.Panics(t, func() { // @@\n\t\tTotal(nil)\n\t})"),
  rust(
    "Rust: assert_eq over lines",
    '    assert_eq!( // @@\n        total(&[2, 3]),\n        5,\n        "sum"\n    );',
  ),
  rust("Rust: assert at the end of a block", "    assert!(\n        total(&[2, 3]) == 5 // @@\n    )"),
  java("JUnit: assertEquals over lines", "    assertEquals( // @@\n        5,\n        Cart.total(2, 3));"),
  java(
    "JUnit: assertThrows",
    "    assertThrows( // @@\n        IllegalArgumentException.class,\n        () -> {\n          Cart.total(-1);\n        });",
  ),
  cpp("GoogleTest: EXPECT_EQ over lines", "  EXPECT_EQ( // @@\n      total({2, 3}),\n      5);"),
  cpp(
    "GoogleTest: EXPECT_THROW",
    "  EXPECT_THROW( // @@\n      { total({-1}); },\n      std::invalid_argument);",
  ),
];

const LIARS: readonly Case[] = [
  py(
    "pytest: a literal in brackets",
    "def test_a():\n    total([])\n    assert (\n        1\n        == 2  # @@\n    )",
  ),
  py(
    "pytest: raises of nothing",
    "def test_a():\n    total([])\n    with pytest.raises(\n        ValueError,\n    ):  # @@\n        pass",
  ),
  js(
    "Jest: toThrow of nothing",
    'test("a", () => {\n  total([]);\n  expect(() => {\n    Math.max(1);\n  }).toThrow(); // @@\n});',
  ),
  js(
    "Jest: the end of a test with good assertions",
    'test("a", () => {\n  expect(total([])).toBe(0);\n}); // @@',
  ),
  js(
    "tap: a literal",
    't.test("a", async (t) => {\n  total([]);\n  t.equal(\n    1,\n    2, // @@\n  );\n});',
  ),
  go("Go: testify on literals", "\tTotal(nil)\n\tassert.Equal(\n\t\tt,\n\t\t5, // @@\n\t\t3,\n\t)"),
  go("Go: a failure without a condition", '\tTotal(nil)\n\tt.Fatalf(\n\t\t"lost", // @@\n\t)'),
  rust("Rust: literals over lines", "    total(&[]);\n    assert_eq!(\n        1, // @@\n        2\n    );"),
  rust("Rust: a panic", '    total(&[]);\n    panic!( // @@\n        "lost"\n    );'),
  java("JUnit: literals over lines", "    Cart.total();\n    assertEquals(\n        5, // @@\n        3);"),
  java("JUnit: fail", '    Cart.total();\n    fail( // @@\n        "lost");'),
  cpp("GoogleTest: literals over lines", "  total({});\n  EXPECT_EQ(\n      1, // @@\n      2);"),
  cpp("GoogleTest: FAIL", '  total({});\n  FAIL() // @@\n      << "lost";'),
];

async function whyEmpty({ path, language, text, names }: Case): Promise<string | undefined> {
  const lines = (await readStatements(path, text))!;
  const line = text.split("\n").findIndex((one) => one.includes("@@")) + 1;
  return vacuity(text, familyOf(language), { names, lines })(line);
}

describe("an assertion over several lines is read whole", () => {
  test.each(HONEST.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    expect(await whyEmpty(one)).toBeUndefined();
  });
});

describe("an assertion over several lines that looks at nothing is noticed", () => {
  test.each(LIARS.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    expect(await whyEmpty(one)).toEqual(expect.any(String));
  });
});
