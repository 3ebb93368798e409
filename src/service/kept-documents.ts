import type { IssueKey } from "../store/store.ts";
import type { Service } from "./service.ts";

const DOCUMENT = "document:";

/** Keeps what a run published where there is no branch: the thread is the only place that shows it. */
export async function keepDocuments(
  { store }: Pick<Service, "store">,
  of: IssueKey,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [path, text] of files) await store.saveIdempotencyRecord(of, `${DOCUMENT}${path}`, text);
}

/** Specs and documents of an investigation that goes to no branch, from its idempotency records. */
export function keptDocuments(records: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...records]
      .filter(([name]) => name.startsWith(DOCUMENT))
      .map(([name, text]) => [name.slice(DOCUMENT.length), text]),
  );
}

/** The kept documents alone, by phase. */
export function keptTexts(records: ReadonlyMap<string, string>, issue: number): ReadonlyMap<string, string> {
  return documentsIn(keptDocuments(records), issue);
}

/** The documents of an issue among its files, by phase. */
export function documentsIn(files: ReadonlyMap<string, string>, issue: number): ReadonlyMap<string, string> {
  const prefix = `.chant/research/issue-${issue}-`;
  return new Map(
    [...files]
      .filter(([path]) => path.startsWith(prefix) && path.endsWith(".md"))
      .map(([path, text]) => [path.slice(prefix.length, -".md".length), text]),
  );
}
