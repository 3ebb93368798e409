import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { endStatements } from "../../src/languages/end-statements.ts";
import { chooseBranches } from "../../src/languages/choose-branches.ts";
import type { LanguageName } from "../../src/languages/languages.ts";
import { readSyntax } from "./syntax-lines.ts";

/** Functions and classes as `print 1-9`. */
async function functionsOf(language: LanguageName, text: string): Promise<readonly string[]> {
  const { symbols } = await readSyntax(language, text);
  return symbols
    .filter(({ kind }) => ["function", "method", "class"].includes(kind))
    .map(({ container, name, start, end }) => `${[...container, name].join(".")} ${start}-${end}`);
}

const HALVES = `void print(int x) {
#ifdef WITH_DECIMALS
  const char *literal = literal_of(x);
  if (literal) {
    put("} \\" {", literal);
  } else {
#endif
    put_number('{', x); /* } */
#ifdef WITH_DECIMALS
  }
#endif
}

void show(int x) {
  print(x);
}

int length(int x) {
  return x;
}
`;

describe("a C file in which conditionals cut through the syntax", () => {
  test("its functions end where their braces close, none in another", async () => {
    expect(await functionsOf("c", HALVES)).toEqual(["print 1-12", "show 14-16", "length 18-20"]);
  });

  test("what a function uses is its own", async () => {
    const { references, symbols } = await readSyntax("c", HALVES);
    const uses = references.map(({ name, inside }) => [
      name,
      inside === undefined ? "" : symbols[inside]!.name,
    ]);
    expect(uses).toContainEqual(["put_number", "print"]);
    expect(uses).toContainEqual(["print", "show"]);
  });

  test("one of two heads is read, the usual one", async () => {
    const text =
      "#ifdef OLD\nint run(void) {\n#else\nint run(int n) {\n#endif\n  return 1;\n}\nint stop(void) {\n  return 0;\n}\n";
    expect(await functionsOf("c", text)).toEqual(["run 4-7", "stop 8-10"]);
  });

  test("a condition is chosen alike where it is negated", () => {
    const text =
      "void f() {\n#ifdef A\n  if (a) {\n#endif\n  b();\n#if !defined(A)\n  {\n#else\n  }\n#endif\n}\n";
    expect(
      chooseBranches(text)
        ?.split("\n")
        .map((line) => line.trim()),
    ).toEqual(["void f() {", "", "if (a) {", "", "b();", "", "", "", "}", "", "}", ""]);
  });

  test("a part under `#if 0` is left out", () => {
    expect(chooseBranches("#if 0\nint f( {\n#else\nint f() {\n#endif\n}\n")).toBe(
      "     \n        \n     \nint f() {\n      \n}\n",
    );
  });

  test("whole branches stay, also with brackets in comments, strings and characters", () => {
    const whole = `#ifdef A
int f(void) { return '{' + 1'000; } // {
#else /* { */
char *s = "}" R"x(})x";
#endif
#define OPEN {
`;
    expect(chooseBranches(whole)).toBeUndefined();
  });

  test.each(["#if (\n", "/*", '"\\', "#/*", "'", 'R"(', "#if A\n{\n", "#else\n}\n#endif\n"])(
    "64 KiB of %j keep their length",
    (part) => {
      const text = part.repeat(Math.ceil(65_536 / part.length));
      expect((chooseBranches(text) ?? text).length).toBe(text.length);
    },
  );
});

describe("Kotlin: a body that closes on the line of its last statement", () => {
  test("is read, and so is what follows", async () => {
    const text = `interface Runner { fun run() }
data class P(val x: Int) { fun show() = "a }\${x }" }
enum class E { A { override fun f() {} }; abstract fun f() }
class Store { companion object { fun make() {} } }
val later = run { x: Int -> }
fun after() {}
`;
    const named = await functionsOf("kotlin", text);
    expect(named).toEqual(
      expect.arrayContaining(["Runner.run 1-1", "P.show 2-2", "Store.Companion.make 4-4", "after 6-6"]),
    );
  });

  test("only white space before a brace changes", () => {
    const piece = fc.constantFrom(
      "fun f()",
      " ",
      "}",
      "{",
      "\n",
      '"a }"',
      '"""',
      "'",
      "//",
      "/*",
      "->",
      "x",
      "List<T>",
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join("")),
        (text) => {
          const ended = endStatements(text) ?? text;
          expect(ended.length).toBe(text.length);
          for (const [i, unit] of [...ended].entries())
            expect(unit === text[i] || (unit === ";" && text[i] === " " && text[i + 1] === "}")).toBe(true);
        },
      ),
    );
  });

  test("white space stays in strings and comments, after a brace and after an arrow", () => {
    expect(endStatements('val a = "x }" // x }\nval b = { }\nval c = { x -> }\n')).toBeUndefined();
  });
});

test("C: a macro with a block is no function in a function", async () => {
  const text =
    "static void each(void) {\n  for_every(item, list) {\n    use(item);\n  }\n}\nvoid next(void) {\n  stop();\n}\n";
  expect(await functionsOf("c", text)).toEqual(["each 1-5", "next 6-8"]);
});

test("C++: a class behind a macro is a class, its functions are methods", async () => {
  const text =
    "class EXPORTED Store {\n public:\n  int get() { return 1; }\n};\nint after() {\n  return 2;\n}\n";
  expect(await functionsOf("cpp", text)).toEqual(["Store 1-4", "Store.get 3-3", "after 5-7"]);
});

test("a missing name does not stretch a function over the next", async () => {
  const text = "function first() {\n  const = `}${'{'}`;\n}\n\nfunction second() {\n  return 2;\n}\n";
  expect(await functionsOf("javascript", text)).toEqual(["first 1-3", "second 5-7"]);
});
