import type { VerdictValue } from "../investigation/verdict.ts";
import type { Store } from "../store/store.ts";

/** How people judged the answers of one phase in one repository. */
export interface Accuracy {
  /** `owner/name`. */
  readonly repository: string;
  readonly phase: string;
  readonly counts: Readonly<Record<VerdictValue, number>>;
}

/** What people said of the answers, by repository and phase; each investigation counts once, with its newest verdict. */
export async function accuracyOf(
  store: Pick<Store, "repositories" | "investigations">,
): Promise<readonly Accuracy[]> {
  const found: Accuracy[] = [];
  for (const { id, owner, name } of await store.repositories()) {
    const verdicts = (await store.investigations(id)).flatMap(({ investigation: { verdict } }) =>
      verdict === undefined ? [] : [verdict],
    );
    for (const [phase, own] of Map.groupBy(verdicts, (verdict) => verdict.phase)) {
      const count = (value: VerdictValue): number => own.filter((one) => one.value === value).length;
      found.push({
        repository: `${owner}/${name}`,
        phase,
        counts: { right: count("right"), partly: count("partly"), wrong: count("wrong") },
      });
    }
  }
  const nameOf = ({ repository, phase }: Accuracy): string => `${repository} ${phase}`;
  return found.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}
