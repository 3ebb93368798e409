import type { Investigation } from "../investigation/investigation.ts";
import type { VerdictValue } from "../investigation/verdict.ts";
import { FIRST, type PhaseComparison } from "../phases/fix-comparison.ts";
import type { Store } from "../store/store.ts";

interface Share {
  readonly hits: number;
  readonly of: number;
}

/** How right the answers of one phase were in one repository. */
export interface Accuracy {
  /** `owner/name`. */
  readonly repository: string;
  readonly phase: string;
  /**
   * A person's verdict where there is one. Else the fix decides: right when it changes the first file that was named, partly when it
   * changes one of the first five.
   */
  readonly counts: Readonly<Record<VerdictValue, number>>;
  /** Of `counts`, what a person said. */
  readonly byPeople: number;
  /** Answers whose issue was closed by a fix, whatever people said. */
  readonly fixes: {
    readonly fileFirst: Share;
    /** Every file of the fix is among the first five. */
    readonly allInFive: Share;
    readonly functionFirst: Share;
  };
  /** By the likelihood that was told: how many of these files and functions the fix changed. */
  readonly told: readonly (Share & { readonly from: number; readonly to: number })[];
}

/** Whole percent; a likelihood belongs to the last row that starts at or below it. */
const ROWS = [0, 10, 30, 50, 70, 90] as const;

/** How right the App was, by repository and phase: verdicts of people, and the fixes that closed issues. Each investigation counts once. */
export async function accuracyOf(
  store: Pick<Store, "repositories" | "investigations">,
): Promise<readonly Accuracy[]> {
  const found: Accuracy[] = [];
  for (const { id, owner, name } of await store.repositories()) {
    const known = (await store.investigations(id)).map(({ investigation }) => investigation);
    const phases = new Set(
      known.flatMap(({ verdict, fix }) => [
        ...(verdict === undefined ? [] : [verdict.phase]),
        ...(fix?.phases ?? []).map(({ phase }) => phase),
      ]),
    );
    for (const phase of phases) found.push({ repository: `${owner}/${name}`, ...accuracyIn(phase, known) });
  }
  const nameOf = ({ repository, phase }: Accuracy): string => `${repository} ${phase}`;
  return found.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function accuracyIn(phase: string, known: readonly Investigation[]): Omit<Accuracy, "repository"> {
  const compared = known.flatMap(({ fix }) => fix?.phases.filter((one) => one.phase === phase) ?? []);
  const people = known.flatMap(({ verdict }) => (verdict?.phase === phase ? [verdict.value] : []));
  const values = [
    ...people,
    ...known.flatMap(({ verdict, fix }) => {
      const one = fix?.phases.find((other) => other.phase === phase);
      return verdict?.phase === phase || one === undefined ? [] : [valueOf(one)];
    }),
  ];
  const count = (value: VerdictValue): number => values.filter((one) => one === value).length;
  const share = (of: readonly PhaseComparison[], isHit: (one: PhaseComparison) => boolean): Share => ({
    hits: of.filter(isHit).length,
    of: of.length,
  });
  const told = compared.flatMap((one) => one.told);
  return {
    phase,
    counts: { right: count("right"), partly: count("partly"), wrong: count("wrong") },
    byPeople: people.length,
    fixes: {
      fileFirst: share(compared, ({ file }) => file === 1),
      allInFive: share(compared, ({ isWhole }) => isWhole),
      functionFirst: share(
        compared.filter((one) => one.function !== undefined),
        (one) => one.function === 1,
      ),
    },
    told: ROWS.flatMap((from, i) => {
      const to = ROWS[i + 1] ?? 101;
      const own = told.filter(({ percent }) => percent >= from && percent < to);
      return own.length === 0
        ? []
        : [{ from, to: to - 1, hits: own.filter(({ isTrue }) => isTrue).length, of: own.length }];
    }),
  };
}

function valueOf({ file }: PhaseComparison): VerdictValue {
  if (file === 1) return "right";
  return file > 0 && file <= FIRST ? "partly" : "wrong";
}
