import { z } from "zod";
import type { Codebase } from "../repository/codebase.ts";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { Location } from "../text/location.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const schema = z.strictObject({
  edits: z
    .array(
      z.strictObject({
        path: part.path,
        start: part.line,
        /** Text that is in the file once, and begins on this line. */
        old: z.string().min(1).max(20_000),
        new: z.string().max(20_000),
      }),
    )
    .min(1)
    .max(10),
});
export type ProposedChangeData = z.infer<typeof schema>;

/** A change that a model proposes: what it takes out and what it puts there. Whether it helps is what a run says, elsewhere. */
export const proposedChange = claimType({
  name: "proposed-change",
  mark: "concluded",
  schema,
  say: ({ edits }) => ({
    text: `A model proposes to change ${listed(edits.map(({ path, old, new: text }) => `${counted(linesIn(old), "line")} of ${inlineCode(path)} into ${linesIn(text)}`))}`,
    citations: edits.map((edit) => ({ kind: "lines", ...linesOfEdit(edit) })),
  }),
  async check({ edits }, { codebase }) {
    for (const { path, start, old } of edits) {
      const at = startOf(old, (await codebase.text(path))?.text);
      if (at === undefined) return wrong("the file does not hold the old text once");
      if (at !== start) return wrong("the old text begins on another line");
    }
    return holds("the commit has these lines, and more is not said");
  },
});

/** The changed files with their new text, edit after edit; undefined where an edit took the old text of a later one away. */
export async function filesAfter(
  { edits }: { readonly edits: readonly Pick<ProposedChangeData["edits"][number], "path" | "old" | "new">[] },
  codebase: Pick<Codebase, "text">,
): Promise<ReadonlyMap<string, string> | undefined> {
  const files = new Map<string, string>();
  for (const { path, old, new: text } of edits) {
    const before = files.get(path) ?? (await codebase.text(path))?.text;
    if (before === undefined || startOf(old, before) === undefined) return undefined;
    files.set(
      path,
      before.replace(old, () => text),
    );
  }
  return files;
}

/** The line on which a text begins that a file holds once; undefined where it holds none or several. */
export function startOf(old: string, text: string | undefined): number | undefined {
  const at = text?.indexOf(old) ?? -1;
  return at < 0 || text!.indexOf(old, at + 1) >= 0 ? undefined : text!.slice(0, at).split("\n").length;
}

function linesOfEdit({ path, start, old }: { path: string; start: number; old: string }): Location {
  return { path, start, end: start + Math.max(1, linesIn(old)) - 1 };
}

function linesIn(text: string): number {
  return text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
}
