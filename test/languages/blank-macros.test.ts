import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { blankMacros } from "../../src/languages/blank-macros.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { qualifiedName } from "../../src/languages/syntax.ts";

const CODE = `namespace lib {
class Reader {
  public:
    LIB_NODISCARD std::vector<Part *> parts(const std::string &name) const;
    LIB_DEPRECATED("use parts") LIB_INLINE bool has(int number);
};

LIB_INLINE std::string Reader::load(std::istream &input) const {
    return LIB_SEPARATOR + read(input);
}

LIB_TEMPLATE_DECLARATION
void swap(Reader &one, Reader &other) {
}
}
`;

test("functions have their own names where macros stand before their types", async () => {
  await using reader = treeSitterSyntax({ workers: 0 });
  const names: string[] = [];
  for await (const { syntax } of reader.parse([{ oid: "1", language: "cpp", text: CODE }]))
    names.push(...syntax!.symbols.map((symbol) => `${qualifiedName(symbol)}:${symbol.start}-${symbol.end}`));
  expect(names).toEqual(expect.arrayContaining(["lib.Reader:2-6", "lib.Reader.load:8-10", "lib.swap:13-14"]));
  expect(names.filter((name) => /LIB_|std/.test(name))).toEqual([]);
});

test("what stays, stays at its place", () => {
  expect(blankMacros("int MAX_SIZE = 3;\nreturn A_B + c;\n")).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = blankMacros(text) ?? text;
      expect(found).toHaveLength(text.length);
      expect(found.replaceAll(/[^\n]/g, "")).toBe(text.replaceAll(/[^\n]/g, ""));
    }),
  );
});
