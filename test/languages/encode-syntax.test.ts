import { crc32 } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ByteReader, ByteWriter, DamagedBytes } from "../../src/languages/bytes.ts";
import { decodeSyntax, encodeSyntax } from "../../src/languages/encode-syntax.ts";
import { LANGUAGE_NAMES } from "../../src/languages/languages.ts";
import type { FileSyntax } from "../../src/languages/syntax.ts";

const line = fc.integer({ min: 1, max: 2_000_000 });
const hash = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("get", "", "\0", "\ufeff", "__proto__"),
);
const symbolKind = fc.constantFrom(
  ...(["function", "method", "constructor", "class", "interface"] as const),
  ...(["enum", "type", "module", "variable", "macro"] as const),
);
const shape = fc.record({ tokens: fc.array(hash), calls: fc.array(text), statements: fc.array(hash) });
const symbol = fc.record(
  {
    name: text,
    kind: symbolKind,
    container: fc.array(text, { maxLength: 4 }),
    start: line,
    end: line,
    nameLine: line,
    signature: text,
    isPublic: fc.boolean(),
    doc: fc.record({ start: line, end: line }),
    shape,
  },
  { requiredKeys: ["name", "kind", "container", "start", "end", "nameLine", "signature", "isPublic"] },
);
const reference = fc.record(
  {
    name: text,
    kind: fc.constantFrom(
      "call" as const,
      "new" as const,
      "type" as const,
      "inherit" as const,
      "name" as const,
    ),
    line,
    receiver: text,
    onValue: fc.constant(true as const),
    isLocal: fc.constant(true as const),
    inside: fc.nat(1_000_000),
  },
  { requiredKeys: ["name", "kind", "line"] },
);
const fileSyntax: fc.Arbitrary<FileSyntax> = fc.record(
  {
    language: fc.constantFrom(...LANGUAGE_NAMES),
    symbols: fc.array(symbol, { maxLength: 8 }),
    references: fc.array(reference, { maxLength: 20 }),
    imports: fc.array(
      fc.record(
        { source: text, names: fc.array(text), locals: fc.array(text), line },
        { requiredKeys: ["source", "names", "line"] },
      ),
      { maxLength: 5 },
    ),
    renamedExports: fc.array(fc.record({ name: text, as: text }), { minLength: 1, maxLength: 3 }),
    hasErrors: fc.boolean(),
  },
  {
    noNullPrototype: true,
    requiredKeys: ["language", "symbols", "references", "imports", "hasErrors"],
  },
);

describe("encoded syntax", () => {
  test("any syntax comes back as it was", () => {
    fc.assert(
      fc.property(fileSyntax, (syntax) => {
        expect(decodeSyntax(encodeSyntax(syntax))).toEqual(syntax);
      }),
      { seed: 3 },
    );
  });

  test("the same syntax gives the same bytes", () => {
    fc.assert(
      fc.property(fileSyntax, (syntax) => {
        expect(encodeSyntax(structuredClone(syntax))).toEqual(encodeSyntax(syntax));
      }),
      { seed: 3, numRuns: 30 },
    );
  });

  test("one changed byte anywhere is noticed", () => {
    fc.assert(
      fc.property(fileSyntax, fc.nat(), fc.integer({ min: 1, max: 255 }), (syntax, place, change) => {
        const bytes = encodeSyntax(syntax);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(decodeSyntax(bytes)).toBeUndefined();
      }),
      { seed: 3 },
    );
  });

  test("bytes missing at the end or too many are noticed", () => {
    fc.assert(
      fc.property(
        fileSyntax,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        (syntax, length, more) => {
          const bytes = encodeSyntax(syntax);
          expect(decodeSyntax(bytes.slice(0, length % bytes.length))).toBeUndefined();
          expect(decodeSyntax(Uint8Array.from([...bytes, ...more]))).toBeUndefined();
        },
      ),
      { seed: 3 },
    );
  });

  test("bytes made to pass the checksum never make it throw", () => {
    fc.assert(
      fc.property(
        fileSyntax,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }),
        (syntax, changes) => {
          const bytes = encodeSyntax(syntax);
          for (const [place, value] of changes) bytes[4 + (place % (bytes.length - 4))] = value;
          expect(() => decodeSyntax(withChecksum(bytes))).not.toThrow();
        },
      ),
      { seed: 3, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (rest) => {
        expect(() => decodeSyntax(withChecksum(Uint8Array.from([0, 0, 0, 0, ...rest])))).not.toThrow();
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test("a count that the bytes cannot hold costs no memory", () => {
    // 2^32 - 1 texts are announced, none follows.
    const bytes = withChecksum(Uint8Array.from([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]));

    expect(decodeSyntax(bytes)).toBeUndefined();
  });

  test("a name that comes again takes one byte", () => {
    const once: FileSyntax = { language: "go", symbols: [], references: [], imports: [], hasErrors: false };
    const name = "aRatherLongNameThatIsUsedOften";
    const many = {
      ...once,
      references: Array.from({ length: 1000 }, (_, at) => ({ name, kind: "call" as const, line: at + 1 })),
    };

    expect(encodeSyntax(many).length).toBeLessThan(1000 * 3 + 60);
  });
});

test("numbers of every size that is allowed come back", () => {
  const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const signed = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(fc.array(number), fc.array(signed), (numbers, signeds) => {
      const out = new ByteWriter();
      for (const one of numbers) out.number(one);
      for (const one of signeds) out.signed(one);
      const from = new ByteReader(out.finish());
      expect(numbers.map(() => from.number())).toEqual(numbers);
      // `toEqual` tells -0 from 0; a distance of lines is the same number either way.
      expect(signeds.map(() => from.signed() + 0)).toEqual(signeds.map((one) => one + 0));
      expect(() => from.number()).toThrow(DamagedBytes);
    }),
    { seed: 3 },
  );
});

/** The checksum of what follows the first four bytes, as the writer makes it. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}
