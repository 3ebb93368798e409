import type { PackPartName } from "./part.ts";

/** How much the first item of each part helps in a phase; a part that is not named is not there. In the order of the text. */
export type Profile = Readonly<Partial<Record<PackPartName, number>>>;

/**
 * Chosen by thought, next to the size of an item: a line of a list has 30 to 60 tokens, a piece of the issue 170, a function
 * with its reasons 150 to 800.
 */
const PROFILES: Readonly<Record<string, Profile>> = {
  comprehension: {
    issue: 900,
    comments: 350,
    missing: 60,
    files: 220,
    "prior-work": 160,
    "earlier-documents": 160,
    layout: 40,
  },
  reproduction: {
    issue: 900,
    comments: 200,
    "earlier-documents": 200,
    layout: 120,
    "test-example": 700,
    suspects: 450,
    tests: 120,
    callers: 60,
    files: 50,
  },
  "root-cause": {
    issue: 500,
    comments: 120,
    "earlier-documents": 200,
    "shown-by-run": 900,
    suspects: 900,
    sequence: 150,
    callers: 160,
    "line-history": 160,
    tests: 40,
    files: 60,
    "prior-work": 60,
  },
  "impact-map": {
    issue: 250,
    comments: 60,
    "earlier-documents": 250,
    suspects: 700,
    similar: 160,
    uses: 200,
    tests: 140,
    docs: 60,
    "co-change": 80,
    risks: 60,
  },
  fix: {
    issue: 400,
    comments: 120,
    "earlier-documents": 400,
    suspects: 900,
    "test-example": 400,
    uses: 120,
    tests: 120,
    similar: 80,
    layout: 40,
  },
};
/** A phase of a repository's own can be about anything. */
const OTHER: Profile = {
  issue: 700,
  comments: 200,
  "earlier-documents": 250,
  files: 150,
  suspects: 400,
  "prior-work": 80,
  layout: 60,
};

/** What a phase is told first. */
export function profileOf(phaseType: string): Profile {
  return Object.hasOwn(PROFILES, phaseType) ? PROFILES[phaseType]! : OTHER;
}
