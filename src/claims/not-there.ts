import { z } from "zod";
import type { Premise } from "../evidence/premises/premise.ts";
import { inlineCode } from "../text/inline-code.ts";
import { counted } from "../text/counted.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { type Checked, claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const written = z.string().min(1).max(1_000);
const tag = z.string().min(1).max(300);

/** A path or a version that the report names, and that the history does not have. */
export const notInHistory = claimType({
  name: "not-in-history",
  mark: "history",
  schema: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("path"),
      written,
      ref: part.oid.optional(),
      removed: z
        .strictObject({ oid: part.oid, subject: z.string().max(10_000), to: part.path.optional() })
        .optional(),
      near: part.path.optional(),
    }),
    z.strictObject({ kind: z.literal("version"), written, newest: tag }),
  ]),
  say(data) {
    if (data.kind === "version")
      return {
        text: `The report names version ${inlineCode(data.written, 60)}; the repository has no such tag, its newest is ${inlineCode(data.newest, 80)}`,
      };
    const { ref, removed, near } = data;
    const named = `The report names ${inlineCode(data.written, 120)}`;
    if (ref !== undefined) return { text: `${named}; the commit of the link has no such file` };
    if (removed !== undefined)
      return {
        text: `${named}; ${removed.to === undefined ? "this commit removed it" : `this commit moved it to ${inlineCode(removed.to, 120)}`}`,
        citations: [{ kind: "commit", oid: removed.oid, subject: removed.subject }],
      };
    return {
      text: `${named}; the base commit has no such file${near === undefined ? "" : `, but ${inlineCode(near, 120)}`}`,
    };
  },
  check: (data, evidence) => among(data, evidence),
});

/** A line, a name, an option or words of a message that the report names, and that the code does not have. */
export const notInCode = claimType({
  name: "not-in-code",
  mark: "code",
  schema: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("line"),
      path: part.path,
      line: part.line,
      ref: z.string().max(300),
      lines: part.count,
    }),
    z.strictObject({
      kind: z.enum(["name", "option"]),
      written,
      in: tag.optional(),
      near: part.name.optional(),
    }),
    z.strictObject({
      kind: z.literal("message"),
      words: part.words,
      there: part.words,
      path: part.path,
      line: part.line,
    }),
  ]),
  say(data) {
    if (data.kind === "line") {
      const { path, line, ref, lines } = data;
      const at = ref === "" ? "the base commit" : inlineCode(ref.slice(0, 40));
      return {
        text: `The report names line ${line} of ${inlineCode(path)}; the file has ${counted(lines, "line")} at ${at}`,
      };
    }
    if (data.kind === "message") {
      const { words, there, path, line } = data;
      return {
        text: `The report quotes ${inlineCode(words)}; the code writes ${inlineCode(there)}`,
        citations: [{ kind: "lines", path, start: line, end: line }],
      };
    }
    const had = data.in === undefined ? "" : `; ${inlineCode(data.in, 80)} still has it`;
    const near = data.near === undefined ? "" : `; ${inlineCode(data.near)} has nearly this name`;
    return {
      text: `The report names ${inlineCode(data.written, 120)}; no file of the base commit holds this ${data.kind}${had}${near}`,
    };
  },
  check: (data, evidence) => among(data, evidence),
});

/** Both claims look the report's premises up again. */
async function among(data: unknown, { premises }: ClaimEvidence): Promise<Checked> {
  if (premises === undefined) return undecided("the issue is not at hand");
  const wanted = keyOf(data as Premise);
  return (await premises()).some((one) => keyOf(one) === wanted)
    ? holds("looked up again")
    : wrong("the report does not name it so, or the repository has it");
}

function keyOf(premise: Premise): string {
  return JSON.stringify(premise, (_, value: unknown) =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
