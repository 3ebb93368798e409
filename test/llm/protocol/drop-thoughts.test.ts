import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { dropThoughts, thoughtFilter } from "../../../src/llm/protocol/drop-thoughts.ts";

describe("thoughts", () => {
  test.each([
    ["<think>a</think>Yes.", "Yes."],
    ["\n<thinking>\na\n</thinking>\n\nYes.", "Yes."],
    ["<THINK>a</think><think>b</think>Yes.", "Yes."],
    ["a\n</think>\nYes.", "Yes."],
    ["<think>cut off", ""],
    ["Yes.", "Yes."],
    ["  Yes.", "  Yes."],
    ["The tag <think> opens it, </think> ends it.", "The tag <think> opens it, </think> ends it."],
    ["```xml\n<think>\n</think>\n```", "```xml\n<think>\n</think>\n```"],
  ])("%j leaves %j", (text, left) => {
    expect(dropThoughts(text)).toBe(left);
  });

  test("who watches is told the same, however it is cut into pieces", () => {
    const texts = [
      "<think>a < b </thin </think>\n\nYes: <b>.",
      "Yes.",
      "<thought>\n</thought>x",
      "<",
      "<thinner>",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.integer({ min: 1, max: 5 })), (text, sizes) => {
        const told: string[] = [];
        const see = thoughtFilter((part) => void told.push(part));
        let at = 0;
        for (let i = 0; at < text.length; i++) {
          const size = sizes[i] ?? 3;
          see(text.slice(at, at + size));
          at += size;
        }
        // What could still have become a tag is told with the next piece, if there is one.
        expect(told.join("").trimStart()).toBe(text === "<" ? "" : dropThoughts(text));
      }),
    );
  });
});
