import type { Investigation } from "../investigation/investigation.ts";
import { type Micros, microsOf } from "../llm/money.ts";
import { lowerBudget } from "../investigation/settings/merge-configs.ts";
import type { GitHub, IssueInfo } from "../github/github.ts";
import type { IssueKey } from "../store/store.ts";
import type { Withheld } from "../github/report/withheld.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";

/** What one look at an investigation and its issue gives to everything that is put right. */
export interface SyncContext {
  readonly service: Service;
  readonly facts: RepositoryFacts;
  /** Asks for the lease before every write. */
  readonly github: GitHub;
  readonly investigation: Investigation;
  readonly issue: IssueInfo;
  readonly of: IssueKey;
  readonly idempotencyRecords: ReadonlyMap<string, string>;
  /** Texts that were read back and not published, with why: the status comment names them. */
  readonly withheld: Withheld[];
  readonly signal: AbortSignal;
}

/** What the investigation may cost, as it is shown; undefined where nothing can cost anything. */
export function capOf({
  facts: { rules, budget },
  investigation,
}: Pick<SyncContext, "facts" | "investigation">): Micros | undefined {
  const { investigation: cap } = lowerBudget(budget, {}, investigation.budget);
  return cap === undefined || rules.models.length === 0 ? undefined : microsOf(cap);
}
