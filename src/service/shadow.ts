import { stateLabelOf } from "../investigation/label.ts";
import type { Stage } from "../investigation/investigation.ts";
import type { Store } from "../store/store.ts";

/** The idempotency record that holds the comment which shadow mode did not write. */
export const SHADOW = "shadow";

/** What Casebook would have written on one issue. */
export interface InShadow {
  /** `owner/name`. */
  readonly repository: string;
  readonly issue: number;
  readonly stage: Stage;
  /** The label of its state. */
  readonly label?: string;
  /** The whole comment; Markdown. */
  readonly comment: string;
}

/** Everything that shadow mode kept, by repository and issue. */
export async function inShadow(
  store: Pick<Store, "repositories" | "investigations" | "idempotencyRecords">,
): Promise<readonly InShadow[]> {
  const found: InShadow[] = [];
  for (const { id, owner, name } of await store.repositories())
    for (const { investigation } of await store.investigations(id)) {
      const { issue, stage } = investigation;
      const comment = (await store.idempotencyRecords({ repository: id, issue })).get(SHADOW);
      const label = stateLabelOf(investigation);
      if (comment !== undefined)
        found.push({
          repository: `${owner}/${name}`,
          issue,
          stage,
          ...(label === undefined ? {} : { label }),
          comment,
        });
    }
  return found.toSorted(
    (a, b) => (a.repository < b.repository ? -1 : Number(a.repository > b.repository)) || a.issue - b.issue,
  );
}
