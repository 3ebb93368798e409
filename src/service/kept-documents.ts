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

/** Specs and documents of an investigation that goes to no branch. */
export async function keptDocuments(
  { store }: Pick<Service, "store">,
  { repository, issue }: IssueKey,
): Promise<ReadonlyMap<string, string>> {
  const idempotencyRecords = await store.idempotencyRecords({ repository, issue });
  return new Map(
    [...idempotencyRecords]
      .filter(([name]) => name.startsWith(DOCUMENT))
      .map(([name, text]) => [name.slice(DOCUMENT.length), text]),
  );
}
