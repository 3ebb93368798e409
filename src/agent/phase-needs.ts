import type { OutcomeKind } from "../phases/outcome.ts";
import { namesCauseOrFix } from "../phases/decide-criterion.ts";
import type { AcceptedFinding } from "./submission/check-finding.ts";

/** What a model may and must bring to a phase. */
export interface PhaseNeeds {
  /** Sections that it may write to. */
  readonly sections: readonly string[];
  /** In these, its findings replace those of the built-in researcher; in the others, they come first. */
  readonly replaces: readonly string[];
  /** Legal ends other than "continue". */
  readonly outcomes: readonly OutcomeKind[];
  /** What is missing before it may end, as one sentence for the model; undefined when nothing is. */
  readonly lacks: (accepted: readonly AcceptedFinding[], hasCause: boolean) => string | undefined;
  /** Why this sentence has no place in the phase; undefined when it has one. */
  readonly forbids?: (statement: string) => string | undefined;
  /** How to do it; the catalogue says what. */
  readonly advice: string;
}

const inSection = (accepted: readonly AcceptedFinding[], ...sections: readonly string[]): number =>
  accepted.filter(({ section }) => sections.includes(section)).length;

/** Single-document mode: everything in one conversation, for small issues. */
const SINGLE_NEEDS: PhaseNeeds = {
  sections: ["stage-comprehension", "stage-reproduction", "stage-root-cause", "stage-impact-map"],
  replaces: [],
  outcomes: ["not-a-bug", "duplicate", "needs-info", "wont-fix", "several-causes"],
  lacks: (accepted) =>
    inSection(accepted, "stage-root-cause") === 0
      ? "Say at least one thing about the cause (section stage-root-cause), with the lines."
      : undefined,
  advice:
    "The issue is small: find the lines that hold the cause, how it comes to the symptom, and what a fix would touch, in a few findings.",
};

/** By the type of the phase. A repository's own phase takes `OWN_PHASE`. */
export const PHASE_NEEDS: Readonly<Record<string, PhaseNeeds>> = {
  comprehension: {
    sections: ["report", "components", "prior-work", "missing", "questions"],
    replaces: [],
    outcomes: ["not-a-bug", "duplicate", "needs-info", "wont-fix", "several-causes"],
    lacks: (accepted) =>
      inSection(accepted, "components") === 0
        ? "Name at least one component that is touched (section components), with the lines that show it."
        : undefined,
    forbids: (statement) =>
      namesCauseOrFix(statement) ? "No cause and no fix belongs here; that is another phase." : undefined,
    advice:
      "Say what the reporter experiences, in their words, and which code it touches and why. Name no cause and propose no fix: that is another phase. What a person would have to be asked goes to `questions`; what the report does not say to `missing`.",
  },
  reproduction: {
    sections: ["why-it-fails", "steps-for-a-person"],
    replaces: [],
    outcomes: ["cannot-reproduce", "needs-info"],
    lacks: () => undefined,
    advice:
      "Write the smallest test, in the project's own framework, that fails at the base commit in the way the issue describes, for the reason it describes, every time. Look at an existing test first. Hand it in with `submit_test`: Casebook runs it itself several times and tells you what it saw; what a test prints counts for nothing. When it cannot be automated, give the steps for a person in the section steps-for-a-person.",
  },
  "root-cause": {
    sections: [
      "suspects",
      "callers-of-suspects",
      "line-history",
      "hypotheses",
      "sequence",
      "options",
      "not-established",
    ],
    replaces: ["sequence", "options"],
    outcomes: ["not-a-bug", "duplicate", "needs-info", "several-causes"],
    lacks(accepted, hasCause) {
      if (inSection(accepted, "hypotheses") < 2)
        return "Test at least two hypotheses (section hypotheses, each with `result` and citations); one of them may be eliminated.";
      if (!hasCause && inSection(accepted, "not-established") === 0)
        return "Give `cause`, the lines that hold it, or say in the section not-established what stands in the way.";
      if (hasCause && inSection(accepted, "options") < 1)
        return "Give at least one option for a fix (section options) with what it costs.";
      return undefined;
    },
    advice:
      "Find the lines that hold the cause and the sequence of events that leads from them to the symptom (section sequence, one step a finding, in order). Test each explanation against the code: look for what would speak against it. Without a run nothing is confirmed; say open where you cannot tell. Two or three options for a fix, each with what it costs, the one you recommend first.",
  },
  "impact-map": {
    sections: [
      "similar",
      "callers",
      "public-surface",
      "tests",
      "docs",
      "co-change",
      "scope",
      "risks",
      "targets",
    ],
    replaces: [],
    outcomes: [],
    lacks: (accepted) =>
      inSection(accepted, "similar", "callers", "public-surface", "tests", "risks", "targets") === 0
        ? "Say at least one thing about similar code, callers, tests, the public surface or risks that the evidence does not say yet."
        : undefined,
    advice:
      "Find where the same fault stands again, who depends on what would change, which tests cover it and which are missing, what documentation says about it, and what could go wrong. A statement that there are no others needs the search that shows it.",
  },
  research: SINGLE_NEEDS,
  fix: {
    sections: ["change", "not-established-fix"],
    replaces: [],
    outcomes: [],
    lacks: () => undefined,
    advice:
      "Carry out the recommendation of the root cause, in the target files only, as small as it can be and in the style of the code around it. Hand it in with `submit_change`: Casebook runs the failing test before and after it and the rest of the suite. When the recommendation does not work, say so with `finish` and `works: false`; do not look for another one.",
  },
};

export const OWN_PHASE: Omit<PhaseNeeds, "sections"> = {
  replaces: [],
  outcomes: [],
  lacks: () => undefined,
  advice: "Add what the evidence does not say yet, each finding to the section it belongs to.",
};
