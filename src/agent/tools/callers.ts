import { qualifiedName } from "../../languages/syntax.ts";
import { z } from "zod";
import type { Codebase } from "../../repository/codebase.ts";
import type { SymbolIndex, Definition } from "../../evidence/references/build-symbol-index.ts";
import type { Caller } from "../../evidence/references/reach.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, onOneLine, quotedAnswer } from "./answer.ts";
import { definitionArgs, definitionOf, placeOf } from "./find-definition.ts";
import type { PathFinder } from "./path-finder.ts";

export interface Callers {
  readonly codebase: Pick<Codebase, "roleOf">;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly callers: (target: Definition) => Promise<readonly Caller[]>;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** What a model is told of the tool. */
export const CALLERS = {
  name: "callers",
  description:
    "Lists the functions from which control can come to a function, direct callers first, through uses that are resolved or the only ones of their name; at most 200, up to four calls away. Uses that only share the name are left out: references lists them.",
  args: z.strictObject({
    ...definitionArgs,
    depth: z.int().min(1).max(4).default(2).describe("Calls away, at most."),
  }),
};

/** From where control can come to a function. */
export function callersTool({ codebase, symbolIndex, callers, paths, nonce }: Callers): Tool {
  return defineTool({
    ...CALLERS,
    async run({ depth, ...wanted }) {
      const found = definitionOf(wanted, { symbolIndex: await symbolIndex(), paths, nonce });
      if (typeof found === "string") return found;
      const every = await callers(found);
      const all = every.filter(({ distance }) => distance <= depth);
      const direct = all.filter(({ distance }) => distance === 1).length;
      const further = every.length - all.length;
      return quotedAnswer({
        nonce,
        head: `${counted(all.length, "caller")} up to ${counted(depth, "call")} away, ${direct} of them direct${further > 0 ? `; ${further} further away` : ""}.${all.length === 0 ? " What shares the name is listed by references." : ""}`,
        source: "callers in the repository",
        lines: [`callers of ${placeOf(found)}`, ...all.map(describe)],
        rest: (shown) =>
          shown > all.length
            ? ""
            : `${all.length - (shown - 1)} more are not shown; ask with a smaller "depth", or for callers of one of these.`,
      });
    },
  });

  function describe({ definition, distance, call, calls }: Caller): string {
    const test = codebase.roleOf(definition.path) === "test" ? ", test" : "";
    return `${distance}  ${onOneLine(qualifiedName(definition.symbol), 120)} calls ${onOneLine(qualifiedName(calls.symbol), 120)} at ${onOneLine(call.path)}:${call.line}${test}`;
  }
}
