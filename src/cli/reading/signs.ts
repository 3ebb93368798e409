import { readEntry, soughtFor } from "../../evidence/related/signs.ts";
import type { Issue } from "../../issue/issue.ts";
import type { ReaderIo } from "../io.ts";

/** Reads the issue and prints, as JSON, what a tracker is searched for. Exit code 0. */
export async function signsHere(
  { issue, repository }: { readonly issue: Issue; readonly repository?: string | undefined },
  _: object,
  io: ReaderIo,
): Promise<number> {
  io.out(JSON.stringify(soughtFor(readEntry(issue), repository)));
  return 0;
}
