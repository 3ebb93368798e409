import { relationText } from "../../claims/related.ts";
import type { Related } from "../../evidence/related/find-related.ts";
import type { Issue } from "../../issue/issue.ts";
import type { Shortlist } from "../../issue/parse-tracker.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { relatedAt } from "../../research/related-at.ts";
import { counted } from "../../text/counted.ts";
import { printable } from "../../text/inline-code.ts";
import type { ReaderIo } from "../io.ts";
import { openPlace } from "../place.ts";

/** The part of a tracker that can be related to the issue, and what of the tracker was not read. */
export interface GivenTracker {
  readonly list: Shortlist;
  readonly unreadable: number;
  /** Why no more of it was read. */
  readonly stopped?: string | undefined;
}

export interface RelatedOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly repo: string;
  readonly commit: string;
  readonly tracker?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly data?: string;
}

/** Relations that are printed; the JSON has all. */
const SHOWN = 10;

/** Compares the issue with the entries and prints what a check relates. Exit code 0. */
export async function relatedHere(
  { issue, tracker }: { readonly issue: Issue; readonly tracker: GivenTracker },
  options: RelatedOptions,
  io: ReaderIo,
): Promise<number> {
  await using workbench = await openPlace(options, io, io.step);
  const commit = await workbench.repository.resolve(options.commit);
  const seen = visibleIssue(issue);
  const found = await relatedAt({ issue: seen, commit, tracker: tracker.list }, workbench, io.signal);
  if (options.json === true)
    io.out(
      JSON.stringify(
        {
          commit,
          entries: found.size,
          last: found.last,
          unreadable: tracker.unreadable,
          ...(tracker.stopped === undefined ? {} : { stopped: tracker.stopped }),
          related: found.relations,
        },
        null,
        2,
      ),
    );
  else io.out(relatedLines(found, issue.key, commit, tracker).join("\n"));
  return 0;
}

/** What was found, for people. */
export function relatedLines(
  { relations, size, last }: Related,
  key: string,
  commit: string,
  { unreadable, stopped }: GivenTracker,
): readonly string[] {
  const shown = relations.slice(0, SHOWN).map((relation) => printable(relationText(relation)));
  const isOlder = /^\d+$/.test(key) && last > 0 && last < Number(key);
  return [
    relations.length === 0
      ? `No check relates the issue to one of the ${counted(size, "entry", "entries")} of the tracker.`
      : `${counted(relations.length, "entry", "entries")} of ${size} in the tracker related to the issue, compared at ${commit.slice(0, 12)}:\n`,
    ...shown,
    ...(relations.length > SHOWN ? [`and ${relations.length - SHOWN} more; --json lists all`] : []),
    ...(isOlder ? [`The tracker at hand ends at #${last}, before this issue.`] : []),
    ...(stopped === undefined ? [] : [`No more of the tracker was read: ${stopped}.`]),
    ...(unreadable === 0
      ? []
      : [`Casebook left out ${counted(unreadable, "entry", "entries")} of the tracker: no issue.`]),
  ];
}
