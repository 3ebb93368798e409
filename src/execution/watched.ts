/** Functions that are watched while tests run; each costs time. */
export const MOST_WATCHED = 20;

export interface Watched {
  /** At most `MOST_WATCHED`. */
  readonly functions: readonly {
    readonly path: string;
    /** Without what it stands in: functions inside of it have another. */
    readonly name: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** Expressions whose value is noted before a line of these functions runs. */
  readonly asked: readonly {
    readonly path: string;
    readonly line: number;
    readonly expressions: readonly string[];
  }[];
}
