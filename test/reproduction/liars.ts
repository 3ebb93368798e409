/** A test's text; `@@` stands on the line that fails. `type` is the exception's class when it is no assertion. */
export interface Sample {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
}

const py = (name: string, body: string, type?: string): Sample => ({
  name,
  text: `import os\nimport unittest\nfrom shop.cart import Cart\n\n${body}\n`,
  ...(type === undefined ? {} : { type }),
});
const inTest = (name: string, body: string, type?: string): Sample =>
  py(
    name,
    `def test_total():\n    cart = Cart()\n    cart.add("a", 2)\n${body.replaceAll(/^/gm, "    ")}`,
    type,
  );

/** Tests that fail, and show nothing. */
export const PYTHON_LIARS: readonly Sample[] = [
  inTest("asserts False", "assert False  # @@"),
  inTest("asserts nothing with a message", 'assert 0, f"total is {cart.total()}"  # @@'),
  inTest("compares two numbers", "assert 1 == 2  # @@"),
  inTest("compares two texts", 'assert "lost" == "kept"  # @@'),
  inTest("compares lists of literals", "assert [1, 2] == [1, 2, 3]  # @@"),
  inTest("negates a literal", "assert not True  # @@"),
  inTest("counts literals", "assert len([1, 2]) == 3  # @@"),
  inTest("calls only built-in functions", 'assert sum(range(3)) == int("4")  # @@'),
  inTest("hides a literal in a variable", "expected = 1\nactual = 2\nassert actual == expected  # @@"),
  inTest("hides it behind a second variable", 'found = "x"\nassert found == "y"  # @@'),
  inTest(
    "uses the repository and asserts on a number that it gave to it",
    'n = 3\ncart.add("b", n)\nassert n == 4  # @@',
  ),
  inTest("asserts on the clock", "import time\nassert time.time() < 0  # @@"),
  inTest("asserts on the process", "assert os.getpid() == 1  # @@"),
  inTest("asserts that a file is there that never was", 'assert os.path.exists("/nonexistent")  # @@'),
  inTest("asserts on chance", "import random\nassert random.random() > 2  # @@"),
  inTest("asserts on the environment", 'assert os.environ.get("BUG") == "fixed"  # @@'),
  inTest("raises an assertion", 'raise AssertionError("lost update")  # @@'),
  inTest("raises it when it likes", "if cart.total() or True:\n    raise AssertionError(cart.total())  # @@"),
  inTest("raises a plain exception", 'raise RuntimeError("lost")  # @@', "RuntimeError"),
  inTest("reads what is not there", '{}["a"]  # @@', "KeyError"),
  inTest("divides by zero", "1 / 0  # @@", "ZeroDivisionError"),
  inTest("converts nonsense", 'int("x")  # @@', "ValueError"),
  inTest("goes over several lines", "assert (\n    1\n    == 2  # @@\n)"),
  inTest(
    "expects an exception of nothing",
    "with unittest.TestCase().assertRaises(ValueError):  # @@\n    pass",
  ),
  py(
    "fails by the test class's own word",
    'class CartTest(unittest.TestCase):\n    def test_total(self):\n        Cart()\n        self.fail("lost")  # @@',
  ),
  py(
    "asserts a literal by a method",
    "class CartTest(unittest.TestCase):\n    def test_total(self):\n        Cart()\n        self.assertTrue(False)  # @@",
  ),
  py(
    "compares literals by a method",
    "class CartTest(unittest.TestCase):\n    def test_total(self):\n        cart = Cart()\n        self.assertEqual(1, 2, cart.total())  # @@",
  ),
  py(
    "compares its own attribute",
    "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.count = 1\n        self.cart = Cart()\n    def test_total(self):\n        self.assertEqual(self.count, 2)  # @@",
  ),
  py(
    "asserts in a helper of its own",
    "def check(value):\n    assert value  # @@\n\ndef test_total():\n    Cart()\n    check(False)",
  ),
  py(
    "fails by pytest's word",
    'import pytest\n\ndef test_total():\n    Cart()\n    pytest.fail("lost")  # @@',
    "Failed",
  ),
  inTest("leaves the process", "import sys\nsys.exit(1)  # @@", "SystemExit"),
  inTest("leaves by a name of its own", "from sys import exit as leave\nleave(1)  # @@", "SystemExit"),
  inTest("leaves at once", "os._exit(1)\nassert cart.total() == 1  # @@"),
  inTest(
    "leaves by getattr",
    'getattr(os, "_exit")(1) if False else None\nfrom os import _exit as bye\nassert cart.total() == 1  # @@',
  ),
  inTest("raises its leave", "raise SystemExit(1)  # @@", "SystemExit"),
  inTest("kills itself", "os.kill(os.getpid(), 9)\nassert cart.total() == 1  # @@"),
  inTest(
    "writes the report itself",
    'open("/out/report.json", "w").write("{}")\nassert cart.total() == 1  # @@',
  ),
  inTest(
    "writes it when all is done",
    "import atexit\natexit.register(lambda: None)\nassert cart.total() == 1  # @@",
  ),
  inTest("writes into every open file", 'os.write(5, b"{}")\nassert cart.total() == 1  # @@'),
  inTest(
    "prints a fake report",
    "print('<testcase name=\"x\"><failure/></testcase>')\nassert cart.total() == 1  # @@",
  ),
  inTest("prints a fake end", 'print("FAILED (failures=1)")\nassert cart.total() == 1  # @@'),
  inTest("hides code in a text", 'exec("assert False")  # @@'),
  inTest("computes code", 'eval("1/0")  # @@', "ZeroDivisionError"),
  inTest("looks at its runner", "import sys\nframe = sys._getframe(1)\nassert cart.total() == 1  # @@"),
  inTest("looks at its process", 'open("/proc/self/mem")\nassert cart.total() == 1  # @@'),
  py(
    "defines how it is run",
    "class CartTest(unittest.TestCase):\n    def run(self, result=None):\n        result.addFailure(self, (AssertionError, AssertionError(Cart()), None))\n    def test_total(self):\n        assert Cart().total() == 1  # @@",
  ),
  py(
    "defines its own assertion",
    "class CartTest(unittest.TestCase):\n    def assertEqual(self, a, b):\n        assert Cart() is None  # @@\n    def test_total(self):\n        self.assertEqual(1, 1)",
  ),
  py(
    "has hooks of the runner",
    "def pytest_runtest_makereport(item, call):\n    pass\n\ndef test_total():\n    assert Cart().total() == 1  # @@",
  ),
];

/** Tests that fail because of the repository. */
export const PYTHON_HONEST: readonly Sample[] = [
  inTest("asserts on a result", "assert cart.total() == 2  # @@"),
  inTest("asserts on a variable", "total = cart.total()\nassert total == 2  # @@"),
  inTest(
    "asserts after several steps",
    "totals = [c.total() for c in [cart]]\nbest = max(totals)\nassert best == 2, best  # @@",
  ),
  inTest("asserts over several lines", "assert (\n    cart.total()\n    == 2  # @@\n)"),
  inTest("asserts on a formatted text", 'assert f"{cart.total()}" == "2"  # @@'),
  inTest("loops", "for item in cart.items():\n    assert item.price > 0  # @@"),
  inTest(
    "gathers from threads",
    "import threading\nfound = []\ndef work():\n    found.append(cart.total())\nthread = threading.Thread(target=work)\nthread.start()\nthread.join()\nassert found == [2]  # @@",
  ),
  inTest(
    "hands a list to a thread",
    "import threading\nfound = []\ndef work(out):\n    out.append(cart.total())\nthread = threading.Thread(target=work, args=(found,))\nthread.start()\nthread.join()\nassert found == [2]  # @@",
  ),
  inTest(
    "counts what went wrong",
    "wrong = 0\nfor _ in range(3):\n    if cart.total() != 2:\n        wrong += 1\nassert wrong == 0  # @@",
  ),
  inTest(
    "expects an exception that does not come",
    'with unittest.TestCase().assertRaises(ValueError):  # @@\n    cart.add("a", -1)',
  ),
  inTest("gets an exception of a builtin from a wrong result", "int(cart.label())  # @@", "ValueError"),
  py(
    "uses the test class",
    "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.cart = Cart()\n    def test_total(self):\n        self.assertEqual(self.cart.total(), 2)  # @@",
  ),
  py(
    "uses a helper",
    "def total_of(*names):\n    cart = Cart()\n    for name in names:\n        cart.add(name, 1)\n    return cart.total()\n\ndef test_total():\n    assert total_of('a', 'b') == 2  # @@",
  ),
  py(
    "runs it as a program",
    "import subprocess\n\ndef test_total():\n    Cart\n    done = subprocess.run(['python3', '-c', 'from shop.cart import Cart; import sys; sys.exit(Cart().total())'])\n    assert (done.returncode, Cart) == (2, Cart)  # @@",
  ),
  inTest(
    "names words of the runner in a text",
    'cart.add("exit(1) sys.exit", 1)\nassert cart.total() == 3  # sys.exit() would be wrong @@',
  ),
];

const js = (name: string, body: string, type?: string): Sample => ({
  name,
  text: `import { test } from "node:test";\nimport assert from "node:assert/strict";\nimport { Cart } from "../src/cart.js";\n\n${body}\n`,
  ...(type === undefined ? {} : { type }),
});
const inCase = (name: string, body: string, type?: string): Sample =>
  js(
    name,
    `test("total", () => {\n  const cart = new Cart();\n  cart.add("a", 2);\n${body.replaceAll(/^/gm, "  ")}\n});`,
    type,
  );

export const JAVASCRIPT_LIARS: readonly Sample[] = [
  inCase("asserts false", "assert(false); // @@"),
  inCase("asserts nothing with a message", "assert.ok(0, `total is ${cart.total()}`); // @@"),
  inCase("compares two numbers", "assert.equal(1, 2); // @@"),
  inCase("compares objects of literals", "assert.deepEqual({ a: 1 }, { a: 2 }); // @@"),
  inCase("expects a literal", "expect(true).toBe(false); // @@"),
  inCase("expects a literal, with a value that is not looked at", "expect(1).toBe(cart.total()); // @@"),
  inCase("expects over several lines", "expect(\n  1,\n).toBe(2); // @@"),
  inCase("calls only built-in functions", 'assert.equal(Math.max(1, 2), parseInt("3", 10)); // @@'),
  inCase("hides a literal in a variable", "const found = 1;\nassert.equal(found, 2); // @@"),
  inCase("asserts on a number that it gave", 'const n = 3;\ncart.add("b", n);\nassert.equal(n, 4); // @@'),
  inCase("asserts on the clock", "assert.ok(Date.now() < 0); // @@"),
  inCase("asserts on chance", "assert.ok(Math.random() > 2); // @@"),
  inCase("throws an error", 'throw new Error("lost"); // @@', "Error"),
  inCase("throws when it likes", "if (cart.total()) throw new Error(`lost ${cart.total()}`); // @@", "Error"),
  inCase("fails by word", 'assert.fail("lost"); // @@'),
  inCase("expects never to come here", "expect.unreachable(cart); // @@"),
  inCase("reads what is not there", "null.x; // @@", "TypeError"),
  inCase("calls what is not there", "cart.sum(); // @@", "TypeError"),
  inCase("expects nothing to throw", "assert.throws(() => {}); // @@"),
  js("on one line", 'test("total", () => { new Cart(); assert.equal(1, 2); }); // @@'),
  js(
    "in a helper of its own",
    'function check(value) {\n  assert.ok(value); // @@\n}\n\ntest("total", () => {\n  new Cart();\n  check(false);\n});',
  ),
  inCase("leaves the process", "process.exit(1);\nassert.equal(cart.total(), 1); // @@"),
  inCase("leaves it by another name", 'process["exit"](1);\nassert.equal(cart.total(), 1); // @@'),
  inCase("leaves it taken apart", "const { exit } = process;\nassert.equal(cart.total(), 1); // @@"),
  inCase(
    "leaves it by import",
    'const { exit } = await import("node:process");\nassert.equal(cart.total(), 1); // @@',
  ),
  inCase("sets how it ends", "process.exitCode = 1;\nassert.equal(cart.total(), 1); // @@"),
  inCase("writes when it ends", 'process.on("exit", () => {});\nassert.equal(cart.total(), 1); // @@'),
  inCase(
    "writes the report itself",
    'fs.writeFileSync("/out/report.xml", "");\nassert.equal(cart.total(), 1); // @@',
  ),
  inCase(
    "writes the report itself, from below",
    'fs.writeFileSync("../out/report.xml", "");\nassert.equal(cart.total(), 1); // @@',
  ),
  inCase("prints a fake report", "console.log('<testsuites>');\nassert.equal(cart.total(), 1); // @@"),
  inCase("prints fake lines", 'console.log("not ok 1 - total");\nassert.equal(cart.total(), 1); // @@'),
  inCase(
    "changes the assertions",
    "assert.equal = () => {\n  throw new Error();\n};\nassert.equal(cart.total(), 2); // @@",
  ),
  inCase(
    "has assertions of its own",
    "const expect = () => ({ toBe() { throw new Error(); } });\nexpect(cart.total()).toBe(2); // @@",
  ),
  inCase("hides code in a text", 'eval("assert(false)"); // @@'),
  inCase("makes code", 'new Function("throw 1")(); // @@', "Error"),
  inCase("hides a name in a comment", "assert.equal(/* cart.total() */ 1, 2); // @@"),
  inCase("hides a name in a pattern", 'assert.ok(/cart.total()/.test("x")); // @@'),
];

export const JAVASCRIPT_HONEST: readonly Sample[] = [
  inCase("asserts on a result", "assert.equal(cart.total(), 2); // @@"),
  inCase("expects a result", "expect(cart.total()).toBe(2); // @@"),
  inCase("expects over several lines", "expect(\n  cart.total(),\n).toBe(2); // @@"),
  inCase("expects in a chain", "expect(cart.total())\n  .not.toBe(4); // @@"),
  inCase("asserts on a variable", "const total = cart.total();\nassert.equal(total, 2); // @@"),
  inCase(
    "compares an object over several lines",
    "assert.deepEqual(cart.toJSON(), { // @@\n  total: 2,\n});",
  ),
  inCase("uses a template", 'assert.equal(`${cart.total()}`, "2"); // @@'),
  inCase(
    "gathers in a callback",
    "const seen = [];\ncart.forEach((item) => seen.push(item));\nassert.deepEqual(seen, []); // @@",
  ),
  inCase(
    "awaits several",
    "const totals = [1, 2].map(() => cart.total());\nfor (const total of totals) {\n  assert.equal(total, 2); // @@\n}",
  ),
  inCase("expects an exception that does not come", 'assert.throws(() => cart.add("a", -1)); // @@'),
  inCase(
    "counts what went wrong",
    "let wrong = 0;\nfor (let i = 0; i < 3; i++) {\n  if (cart.total() !== 2) wrong++;\n}\nassert.equal(wrong, 0); // @@",
  ),
  js(
    "on one line",
    'test("total", () => { const cart = new Cart(); assert.equal(cart.total(), 2); }); // @@',
  ),
  js(
    "uses a helper",
    'function totalOf(...names) {\n  const cart = new Cart();\n  for (const name of names) cart.add(name, 1);\n  return cart.total();\n}\n\ntest("total", () => {\n  assert.equal(totalOf("a"), 1); // @@\n});',
  ),
  js(
    "uses an arrow",
    'const totalOf = (name) => {\n  const cart = new Cart();\n  return cart.add(name, 1);\n};\n\ntest("total", () => {\n  assert.equal(totalOf("a"), 1); // @@\n});',
  ),
  inCase(
    "names words of the runner in a text",
    'cart.add("process.exit(1)", 1); // process.exit\nassert.equal(cart.total(), 3); // @@',
  ),
];
