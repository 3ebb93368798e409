/** What a document said of the place, beside what the fix then changed. */
export interface PhaseComparison {
  /** Type of the phase. */
  readonly phase: string;
  /** Place of the first named file that the fix changes, from 1; 0: it changes none of them. */
  readonly file: number;
  /** Every source file that the fix changes is among the first five. */
  readonly isWhole: boolean;
  /** The same of functions as `file`; undefined where the document names none, or the fix changes none that was there. */
  readonly function?: number;
  /** Likelihoods that the document told, in whole percent, and whether the fix changes that file or function. */
  readonly told: readonly { readonly percent: number; readonly isTrue: boolean }[];
}

/** Likelihoods of one document that are kept. */
const MAX_TOLD = 20;
/** Files of a page that a reader looks at. */
export const FIRST = 5;

interface Place {
  readonly path: string;
  readonly name?: string;
  readonly percent?: number;
}

/** Compares the places that a document names, in their order, with the source files and functions (`path::Class.name`) of the fix. */
export function compareWithFix(
  phase: string,
  said: { readonly files: readonly Place[]; readonly functions: readonly Place[] },
  fix: { readonly files: readonly string[]; readonly functions: readonly string[] },
): PhaseComparison {
  const [files, functions] = [new Set(fix.files), new Set(fix.functions)];
  const isFixed = ({ path, name }: Place): boolean =>
    name === undefined ? files.has(path) : functions.has(`${path}::${name}`);
  const first = said.files.slice(0, FIRST).map(({ path }) => path);
  return {
    phase,
    file: said.files.findIndex(({ path }) => files.has(path)) + 1,
    isWhole: fix.files.every((path) => first.includes(path)),
    ...(said.functions.length === 0 || functions.size === 0
      ? {}
      : { function: said.functions.findIndex(isFixed) + 1 }),
    told: [...said.files, ...said.functions]
      .flatMap((place) =>
        place.percent === undefined ? [] : [{ percent: place.percent, isTrue: isFixed(place) }],
      )
      .slice(0, MAX_TOLD),
  };
}
