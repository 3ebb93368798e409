import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Versions that the report states, each with what it is the version of. An empty subject is the project itself. */
export const reportedVersions = claimType({
  name: "reported-versions",
  mark: "reported",
  schema: z.strictObject({
    versions: z
      .array(z.strictObject({ subject: z.string().max(200), value: part.words }))
      .min(1)
      .max(12),
  }),
  say: ({ versions }) => ({
    label: "Versions",
    text: versions
      // A bare number beside the same one with its name says nothing more.
      .filter(
        ({ subject, value }) =>
          subject !== "" ||
          !versions.some((other) => other.subject !== "" && withoutV(other.value) === withoutV(value)),
      )
      .map(({ subject, value }) =>
        subject === "" ? inlineCode(value) : `${inlineCode(subject)} ${inlineCode(value)}`,
      )
      .join(", "),
  }),
  check({ versions }, { report }) {
    if (report === undefined) return undecided("the issue is not at hand");
    const stray = versions.find(
      ({ subject, value }) => !report.versions.some((one) => one.subject === subject && one.value === value),
    );
    return stray === undefined
      ? holds("the report states each version for its subject")
      : wrong(`the report does not state ${inlineCode(stray.value)} for ${inlineCode(stray.subject)}`);
  },
});

function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/i, "");
}
