import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** The size of the suspected code, counted from its places: what a fix touches at least in part if the suspect is right. */
export const scope = claimType({
  name: "scope",
  mark: "concluded",
  schema: z.strictObject({ places: z.array(part.definition).min(1).max(40) }),
  say: ({ places }) => {
    const files = [...new Set(places.map(({ path }) => path))];
    const [only] = places;
    const lines = places.reduce((total, { start, end }) => total + end - start + 1, 0);
    return {
      text: `The suspected code is ${counted(files.length, "file")}, ${counted(places.length, "function")}, ${counted(lines, "line")}: ${places.length === 1 ? `${inlineCode(only!.name)} in ` : ""}${listed(files.map((path) => inlineCode(path)))}`,
      citations: places.slice(0, 8).map(({ path, start, end }) => ({ kind: "lines", path, start, end })),
    };
  },
  async check({ places }, evidence) {
    if (new Set(places.map((one) => JSON.stringify(one))).size !== places.length)
      return wrong("a place is counted twice");
    for (const one of places)
      if ((await definitionAt(one, evidence)) === undefined)
        return wrong(`${inlineCode(one.name)} is not defined on these lines`);
    return holds("every place is there");
  },
});
