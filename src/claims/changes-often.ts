import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** How many of the commits that were read changed a file. The files of a commit of hundreds are not read, so it is a least number. */
export const changesOften = claimType({
  name: "changes-often",
  mark: "history",
  schema: z.strictObject({ path: part.path, count: part.count, of: part.count }),
  say: ({ path, count, of }) => ({
    label: "Churn",
    text: `at least ${count} of the last ${counted(of, "commit")} changed ${inlineCode(path)}`,
  }),
  async check({ path, count, of }, { commits }) {
    const all = await commits();
    const own = all.filter(({ files }) => files.includes(path)).length;
    return all.length === of && own === count
      ? holds("counted again")
      : wrong(`it is ${own} of ${all.length}`);
  },
});
