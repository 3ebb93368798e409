import { RetryLater, RunFailure } from "../failure.ts";
import type { RepositoryInfo } from "../github/github.ts";
import type { IssueKey } from "../store/store.ts";
import type { Service } from "./service.ts";
import { RETRY_SECONDS, secondOf } from "./time.ts";

/** What a mirror says that lost a part of what was fetched. */
const DAMAGE: ReadonlySet<string> = new Set(["damaged-mirror", "incomplete-repository", "not-a-repository"]);

/**
 * Throws a damaged mirror away, so that the next attempt fetches it anew. False when the failure is another one, or when this task
 * (a run, a test, a check of one head) did that before: then the origin lacks it too.
 */
export async function renewsMirror(
  { store, research, log }: Pick<Service, "store" | "research" | "log">,
  repository: Pick<RepositoryInfo, "id">,
  of: IssueKey,
  task: string,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof RunFailure) || !DAMAGE.has(error.code)) return false;
  if ((await store.idempotencyRecords(of)).get("mirror-anew") === task) return false;
  research.discardMirror(repository);
  await store.saveIdempotencyRecord(of, "mirror-anew", task);
  log.warn("a damaged mirror is fetched anew", { run: task, repository: repository.id, code: error.code });
  return true;
}

/** Reads a mirror. A damaged one is thrown away, for an investigation at most once an hour, and the job starts again. */
export async function readingMirror<T>(
  service: Pick<Service, "store" | "research" | "log" | "now">,
  repository: Pick<RepositoryInfo, "id">,
  of: IssueKey,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const hour = secondOf(service.now()).slice(0, "2026-03-14T09".length);
    if (await renewsMirror(service, repository, of, `read in ${hour}`, error))
      throw new RetryLater(RETRY_SECONDS, "the mirror was damaged");
    throw error;
  }
}
