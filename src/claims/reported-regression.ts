import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";

/** The last version that worked and the first that does not, as the report states them; empty where it does not say. */
export const reportedRegression = claimType({
  name: "reported-regression",
  mark: "reported",
  schema: z.strictObject({ good: z.string().max(200), bad: z.string().max(200) }),
  say: ({ good, bad }) => ({
    label: "Since",
    text:
      good === ""
        ? `fails in ${inlineCode(bad)}`
        : bad === ""
          ? `worked in ${inlineCode(good)}`
          : `worked in ${inlineCode(good)}, fails in ${inlineCode(bad)}`,
  }),
  check({ good, bad }, { report }) {
    if (report === undefined) return undecided("the issue is not at hand");
    const there = report.regression;
    return there !== undefined && there.good === good && there.bad === bad && good + bad !== ""
      ? holds("the report states this range")
      : wrong("the report states another range, or none");
  },
});
