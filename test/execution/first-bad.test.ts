import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type End,
  type Line,
  nextStep,
  RUNS_AT_BORDER,
  RUNS_AT_BOUND,
  type Step,
} from "../../src/execution/first-bad.ts";

interface Searched {
  readonly end: Exclude<Step, { kind: "run" }>;
  readonly ends: ReadonlyMap<number, readonly End[]>;
}

/** Searches a history of which `endOf` says how each run of a commit ends. `from`: ends that are recorded already. */
function search(
  line: Partial<Line> & { readonly length: number },
  endOf: (at: number) => End,
  from: ReadonlyMap<number, readonly End[]> = new Map(),
): Searched {
  const whole: Line = { suspects: [], first: [], most: 30, ...line };
  const ends = new Map(from);
  for (let runs = 0; runs < 500; runs++) {
    const step = nextStep(whole, ends);
    if (step.kind !== "run") return { end: step, ends };
    expect(step.at).toBeGreaterThanOrEqual(0);
    expect(step.at).toBeLessThan(whole.length);
    ends.set(step.at, [...(ends.get(step.at) ?? []), endOf(step.at)]);
  }
  throw new Error("the search does not end");
}

/** Newest first: `bad` commits that fail, then others that pass. */
const broken = (bad: number) => (at: number) => (at < bad ? "same" : "passes");

const history = fc
  .integer({ min: 2, max: 1_000 })
  .chain((length) =>
    fc.record({ length: fc.constant(length), bad: fc.integer({ min: 1, max: length - 1 }) }),
  );
const places = (length: number) =>
  fc.array(
    fc.uniqueArray(fc.nat(length - 1), { maxLength: 12 }).map((list) => list.toSorted((a, b) => a - b)),
    {
      maxLength: 5,
    },
  );

describe("a history in which every commit starts and every run tells", () => {
  test("ends at the one border, wherever suspects and versions point", () => {
    fc.assert(
      fc.property(
        history.chain(({ length, bad }) =>
          fc.record({
            length: fc.constant(length),
            bad: fc.constant(bad),
            suspects: places(length),
            first: fc.array(fc.nat(length - 1), { maxLength: 3 }),
          }),
        ),
        ({ length, bad, suspects, first }) => {
          const { end, ends } = search({ length, suspects, first, most: 60 }, broken(bad));
          expect(end).toEqual({ kind: "since", at: bad - 1 });
          for (const at of [bad - 1, bad])
            expect(ends.get(at)!.length).toBeGreaterThanOrEqual(RUNS_AT_BORDER);
        },
      ),
    );
  });

  test.each([2, 3, 10, 100, 1_000, 1_024])("of %i commits runs at most log2 + 2 older ones", (length) => {
    for (let bad = 1; bad < length; bad += Math.ceil(length / 100)) {
      const { ends } = search({ length }, broken(bad));
      expect(ends.size - 1).toBeLessThanOrEqual(Math.ceil(Math.log2(length)) + 2);
    }
  });

  test("of 1,000 commits runs 3 where the newest change of the first suspect place did it", () => {
    const { end, ends } = search({ length: 1_000, suspects: [[200, 300]] }, broken(201));
    expect(end).toEqual({ kind: "since", at: 200 });
    // Later changes of other places are no part of it.
    expect([...ends.keys()].sort((a, b) => a - b)).toEqual([0, 200, 201]);
  });

  test("fails as far back as the first commit where no commit passes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (length) => {
        expect(search({ length }, () => "same").end).toEqual({
          kind: "back-to",
          at: length - 1,
          older: "none",
        });
      }),
    );
  });
});

describe("a failure that was gone in between", () => {
  test("is since the later commit where the places know both changes", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 20, max: 800 })
          .chain((length) =>
            fc
              .uniqueArray(fc.integer({ min: 1, max: length - 2 }), { minLength: 3, maxLength: 3 })
              .map((list) => ({ length, list: list.toSorted((a, b) => a - b) })),
          ),
        ({ length, list: [again, fix, broke] }) => {
          const endOf = (at: number): End =>
            at <= again! || (at > fix! && at <= broke!) ? "same" : "passes";
          const { end } = search({ length, suspects: [[again!, fix!, broke!]] }, endOf);
          expect(end).toEqual({ kind: "since", at: again });
        },
      ),
    );
  });

  test("never ends at a commit whose parent does not pass", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 3, max: 300 })
          .chain((length) => fc.array(fc.boolean(), { minLength: length, maxLength: length })),
        (bad) => {
          const endOf = (number: number): End => (number === 0 || bad[number] === true ? "same" : "passes");
          const at = (one: Searched["end"]): string =>
            one.kind === "undecided" ? "" : `${endOf(one.at)}, ${endOf(one.at + 1)}`;
          const { end } = search({ length: bad.length }, endOf);
          const shown = {
            since: () => at(end) === "same, passes",
            "back-to": () => at(end).startsWith("same"),
            undecided: () => true,
          };
          expect([end, shown[end.kind]()]).toEqual([end, true]);
        },
      ),
    );
  });
});

/** Whether an end says nothing false of a history that is broken for `bad` commits, some of which cannot tell. */
function isTrueOf(end: Searched["end"], bad: number, isDead: (at: number) => boolean): boolean {
  switch (end.kind) {
    case "since":
      return end.at === bad - 1;
    case "back-to":
      return end.at < bad && isDead(end.at + 1);
    case "undecided": {
      const { why } = end;
      const isInside = isDead(bad - 1) || isDead(bad);
      return isInside && (why.kind !== "between" || (why.bad < bad && bad <= why.good));
    }
  }
}

describe("commits that cannot tell", () => {
  test("are gone round: a border beside them is found, one inside them is not guessed", () => {
    fc.assert(
      fc.property(
        history.chain(({ length, bad }) =>
          fc.record({
            length: fc.constant(length),
            bad: fc.constant(bad),
            from: fc.nat(length),
            dead: fc.integer({ min: 1, max: 40 }),
          }),
        ),
        ({ length, bad, from, dead }) => {
          const isDead = (at: number): boolean => at > 0 && at >= from && at < from + dead;
          const { end } = search({ length, most: 200 }, (at) => (isDead(at) ? "no-start" : broken(bad)(at)));
          expect([end, isTrueOf(end, bad, isDead)]).toEqual([end, true]);
        },
      ),
    );
  });

  test("are older ones that do not start: it fails as far back as the last that does", () => {
    fc.assert(
      fc.property(history, fc.constantFrom<End>("no-start", "other"), ({ length, bad }, older) => {
        const { end, ends } = search({ length }, (at) => (at < bad ? "same" : older));
        expect(end).toEqual({ kind: "back-to", at: bad - 1, older });
        expect(ends.get(bad)!.length).toBeGreaterThanOrEqual(RUNS_AT_BOUND);
      }),
    );
  });

  test("are too many: nothing is decided", () => {
    const { end } = search({ length: 1_000, most: 8 }, (at) =>
      at === 0 || at % 2 === 1 ? "same" : "no-start",
    );
    expect(end).toEqual({ kind: "undecided", why: { kind: "most" } });
  });
});

describe("runs that disagree", () => {
  test("on the newest commit: nothing is decided", () => {
    let runs = 0;
    const { end } = search({ length: 10 }, () => (runs++ === 1 ? "passes" : "same"));
    expect(end).toEqual({ kind: "undecided", why: { kind: "newest" } });
    expect(search({ length: 10 }, () => "passes").end).toEqual({
      kind: "undecided",
      why: { kind: "newest" },
    });
  });

  test("in every second run of a commit make it undecided, never the border", () => {
    fc.assert(
      fc.property(history, fc.nat(), ({ length, bad }, pick) => {
        const odd = 1 + (pick % Math.max(1, length - 1));
        let runs = 0;
        const { end } = search({ length, most: 100 }, (at) =>
          at === odd && runs++ % 2 === 1 ? "passes" : at === odd ? "same" : broken(bad)(at),
        );
        // Beside it nothing is named; elsewhere the border is found.
        const named = end.kind === "since" ? end.at : "nothing";
        expect([odd, odd + 1].includes(bad) ? ["nothing"] : ["nothing", bad - 1]).toContain(named);
        expect(named === "nothing" && ![odd, odd + 1].includes(bad)).toBe(false);
      }),
    );
  });

  test("by chance end at the right commit or at none", () => {
    const wrong: string[] = [];
    let exact = 0;
    let random = 20_261_130;
    // mulberry32: the same chance in each run of this test
    const chance = (): number => {
      random = (random + 0x6d2b79f5) | 0;
      let t = Math.imul(random ^ (random >>> 15), 1 | random);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
    for (const [failing, passing] of [
      [0.95, 0],
      [0.8, 0],
      [0.9, 0.1],
      [1, 0.1],
      [1, 0.2],
    ] as const)
      for (let i = 0; i < 200; i++) {
        const length = 2 + Math.floor(chance() * 600);
        const bad = 1 + Math.floor(chance() * (length - 1));
        const { end } = search({ length }, (at) =>
          chance() < (at < bad ? failing : passing) ? "same" : "passes",
        );
        if (end.kind === "since" && end.at === bad - 1) exact++;
        else if (end.kind !== "undecided")
          wrong.push(`${failing} ${passing} ${length} ${bad}: ${JSON.stringify(end)}`);
      }
    expect(wrong).toEqual([]);
    expect(exact).toBeGreaterThan(200);
  });
});

test("a search that is broken off anywhere continues from its records to the same end", () => {
  fc.assert(
    fc.property(history, fc.nat(), ({ length, bad }, cut) => {
      const whole = search({ length }, broken(bad));
      const runs = [...whole.ends].flatMap(([at, list]) => list.map((end) => [at, end] as const));
      const kept = new Map<number, readonly End[]>();
      for (const [at, end] of runs.slice(0, cut % (runs.length + 1)))
        kept.set(at, [...(kept.get(at) ?? []), end]);
      expect(search({ length }, broken(bad), kept).end).toEqual(whole.end);
    }),
  );
});
