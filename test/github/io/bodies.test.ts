import { describe, expect, test } from "@jest/globals";
import { validate } from "@octokit/graphql-schema";
import fc from "fast-check";
import {
  checkRunRequests,
  COMMIT_MUTATION,
  commitInput,
  type SentAnnotation,
} from "../../../src/github/io/request-bodies.ts";
import type { SafeText } from "../../../src/text/safe-text.ts";
import { LIMITS } from "../../../src/text/github-limits.ts";

describe("the mutation of a commit", () => {
  test("is what GitHub's schema describes", () => {
    expect(validate(COMMIT_MUTATION)).toEqual([]);
    expect(validate(COMMIT_MUTATION.replace("oid", "sha")).map(({ message }) => message)).toEqual([
      expect.stringContaining('Cannot query field "sha"'),
    ]);
  });

  test.each([
    ["one line", "Add it", { headline: "Add it" }],
    ["a line and a text", "Add it\n\nBecause.\nSpec: x\n", { headline: "Add it", body: "Because.\nSpec: x" }],
    ["lines of Windows", "Add it\r\n\r\nBecause.", { headline: "Add it", body: "Because." }],
  ])("splits a message of %s", (_, message, expected) => {
    const change = { branch: "b", expectedHead: "c", files: new Map(), message };
    expect(commitInput("o/r", change)).toMatchObject({ message: expected });
  });

  test("carries any text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const change = { branch: "b", expectedHead: "c", files: new Map([["a.md", text]]), message: "M" };
        const { fileChanges } = commitInput("o/r", change) as {
          readonly fileChanges: { readonly additions: readonly { readonly contents: string }[] };
        };
        expect(Buffer.from(fileChanges.additions[0]!.contents, "base64").toString()).toBe(text);
      }),
    );
  });
});

describe("the requests of a check run", () => {
  interface Body {
    readonly output: { readonly annotations?: readonly SentAnnotation[] };
  }
  const content = (count: number) => ({
    name: "Casebook",
    head: "a".repeat(40),
    externalId: "x",
    conclusion: "success" as const,
    title: "T",
    summary: "S" as SafeText,
    annotations: Array.from({ length: count }, (_, at) => ({
      path: "a.ts",
      line: at + 1,
      level: "warning" as const,
      message: "M" as SafeText,
    })),
  });
  const linesOf = (bodies: readonly object[]): readonly number[][] =>
    bodies.map((body) => ((body as Body).output.annotations ?? []).map(({ start_line }) => start_line));

  test("carry every annotation once, worst first, never more than GitHub takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 260 }), fc.integer({ min: 0, max: 260 }), (count, known) => {
        const present = linesOf(checkRunRequests(content(known), []))
          .flat()
          .map((line) => ({
            path: "a.ts",
            start_line: line,
            end_line: line,
            annotation_level: "warning" as const,
            message: "M",
          }));
        const batches = linesOf(checkRunRequests(content(count), present));
        expect(batches.length).toBeGreaterThanOrEqual(1);
        expect(batches.every(({ length }) => length <= LIMITS.annotationsPerRequest)).toBe(true);
        const wanted = Array.from({ length: Math.min(count, LIMITS.ownAnnotations) }, (_, at) => at + 1);
        expect(batches.flat()).toEqual(
          wanted.filter((line) => line > Math.min(known, LIMITS.ownAnnotations)),
        );
      }),
    );
  });
});
