import { z } from "zod";
import type { SymbolIndex } from "../../evidence/references/build-symbol-index.ts";
import { findSimilar, type SimilarFunction } from "../../evidence/find-similar.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, quotedAnswer } from "./answer.ts";
import { yielder } from "../../process/clock.ts";
import { definitionArgs, definitionOf, placeOf } from "./find-definition.ts";
import type { PathFinder } from "./path-finder.ts";

/** As `findSimilar` has it. */
const MIN_TOKENS = 24;

export interface SimilarCode {
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** What a model is told of the tool. */
export const SIMILAR_CODE = {
  name: "similar_code",
  description: `Lists the functions whose body has the structure of a given one: 70 % or more of the runs of four tokens, names and literals put aside. Most similar first. Finds copies of a mistake; bodies under ${MIN_TOKENS} tokens are not compared.`,
  args: z.strictObject(definitionArgs),
};

/** Functions that are built like one. */
export function similarCodeTool({ symbolIndex, paths, nonce }: SimilarCode): Tool {
  return defineTool({
    ...SIMILAR_CODE,
    async run(wanted, signal) {
      const all = await symbolIndex();
      const found = definitionOf(wanted, { symbolIndex: all, paths, nonce });
      if (typeof found === "string") return found;
      const syntax = all.files.get(found.path);
      if (found.symbol.shape === undefined || syntax === undefined)
        return "This definition has no body to compare; name a function or a method.";
      if (found.symbol.shape.tokens.length < MIN_TOKENS)
        return `Its body has ${found.symbol.shape.tokens.length} tokens; bodies under ${MIN_TOKENS} are alike by chance and not compared.`;
      const yieldNow = yielder(signal);
      const alike: SimilarFunction[] = [];
      // File by file: one comparison of the whole code would not look at the clock.
      for (const [path, file] of all.files) {
        await yieldNow();
        alike.push(...findSimilar(found, syntax.language, { ...all, files: new Map([[path, file]]) }));
      }
      alike.sort(
        (a, b) =>
          b.similarity - a.similarity ||
          (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start),
      );
      return quotedAnswer({
        nonce,
        head: `${counted(alike.length, "function")} of similar structure in ${counted(all.files.size, "file")}.`,
        source: "similar functions of the repository",
        lines: [
          `like ${placeOf(found)}`,
          ...alike.map((item) => `${Math.round(item.similarity * 100)} %  ${placeOf(item)}`),
        ],
        rest: (shown) =>
          shown > alike.length ? "" : `${alike.length - (shown - 1)} less similar ones are not shown.`,
      });
    },
  });
}
