import type { OutcomeKind } from "../phases/outcome.ts";
import { namesCauseOrFix } from "../phases/decide-criterion.ts";
import type { TakenClaim } from "./submission/taken-claim.ts";

/** What a model may and must bring to a phase. */
export interface PhaseNeeds {
  /** Sections that it may write to. */
  readonly sections: readonly string[];
  /** Tools that it gets besides those to hand in; undefined: all. Each costs tokens in every call. */
  readonly tools?: readonly string[];
  /** Legal ends other than "continue". */
  readonly outcomes: readonly OutcomeKind[];
  /** What is missing before it may end, as one sentence for the model; undefined when nothing is. */
  readonly lacks: (taken: readonly TakenClaim[], hasCause: boolean) => string | undefined;
  /** Why this sentence has no place in the phase; undefined when it has one. */
  readonly forbids?: (statement: string) => string | undefined;
  /** How to do it; the catalogue says what. */
  readonly advice: string;
}

const inSection = (taken: readonly TakenClaim[], ...sections: readonly string[]): number =>
  taken.filter(({ section }) => sections.includes(section)).length;

/** Single-document mode: everything in one conversation, for small issues. */
const SINGLE_NEEDS: PhaseNeeds = {
  sections: ["stage-comprehension", "stage-reproduction", "stage-root-cause", "stage-impact-map"],
  outcomes: ["not-a-bug", "duplicate", "needs-info", "wont-fix", "several-causes"],
  lacks: (taken) =>
    inSection(taken, "stage-root-cause") === 0
      ? "Hand in at least one claim about the cause (section stage-root-cause)."
      : undefined,
  advice:
    "The issue is small: find the lines that hold the cause, how it comes to the symptom, and what a fix would touch, in a few claims.",
};

/** By the type of the phase. A repository's own phase takes `OWN_PHASE`. */
export const PHASE_NEEDS: Readonly<Record<string, PhaseNeeds>> = {
  comprehension: {
    sections: ["report", "components", "prior-work", "missing", "questions"],
    tools: ["issue", "list_files", "read_file", "search", "history"],
    outcomes: ["not-a-bug", "duplicate", "needs-info", "wont-fix", "several-causes"],
    lacks: (taken) =>
      inSection(taken, "components") === 0
        ? "Hand in at least one claim about a component that is touched (section components)."
        : undefined,
    forbids: (statement) =>
      namesCauseOrFix(statement) ? "No cause and no fix belongs here; that is another phase." : undefined,
    advice:
      "Say what the reporter experiences, in their words (`said`), and which code it touches. Name no cause and propose no fix: that is another phase. What a person would have to be asked is a `question`; what the report does not say an `unknown`.",
  },
  reproduction: {
    sections: ["why-it-fails", "steps-for-a-person"],
    tools: ["issue", "list_files", "read_file", "search", "run", "earlier_documents"],
    outcomes: ["cannot-reproduce", "needs-info"],
    lacks: () => undefined,
    advice:
      "Write the smallest test, in the project's own framework, that fails at the base commit in the way the issue describes, for the reason it describes, every time. Look at an existing test first. Hand it in with `submit_test`: Casebook runs it itself several times and tells you what it saw; what a test prints counts for nothing. When it cannot be automated, give claims of type step.",
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
    tools: [
      "issue",
      "list_files",
      "read_file",
      "search",
      "symbols",
      "callers",
      "history",
      "blame",
      "run",
      "watch",
      "earlier_documents",
    ],
    outcomes: ["not-a-bug", "duplicate", "needs-info", "several-causes"],
    lacks(taken, hasCause) {
      if (inSection(taken, "hypotheses") < 2) return "Hand in at least two claims of type hypothesis.";
      if (!hasCause && inSection(taken, "not-established") === 0)
        return "Give `cause`, the lines that hold it, or a claim of type unknown that says what is missing.";
      if (hasCause && inSection(taken, "options") < 1) return "Hand in at least one claim of type option.";
      return undefined;
    },
    advice:
      "Find the lines that hold the cause and the sequence of events that leads from them to the symptom (section sequence, numbered by `step`). Test each explanation against the code: look for what would speak against it, and show a value by an `executable`, or by `watch` where there is a failing test. One or two options for a fix, the one you recommend first.",
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
    tools: [
      "list_files",
      "read_file",
      "search",
      "symbols",
      "references",
      "callers",
      "similar_code",
      "history",
    ],
    outcomes: [],
    lacks: (taken) =>
      inSection(taken, "similar", "callers", "public-surface", "tests", "risks", "targets") === 0
        ? "Hand in at least one claim about similar code, callers, tests, the public surface or risks that the evidence does not hold yet."
        : undefined,
    advice:
      "Find where the same fault stands again, who depends on what would change, which tests cover it and which are missing, what documentation says about it, and what could go wrong. A statement that there are no others needs the search that shows it.",
  },
  research: SINGLE_NEEDS,
  fix: {
    sections: ["change", "not-established-fix"],
    tools: ["list_files", "read_file", "search", "run", "earlier_documents"],
    outcomes: [],
    lacks: () => undefined,
    advice:
      "Carry out the recommendation of the root cause, in the target files only, as small as it can be and in the style of the code around it. Hand it in with `submit_change`: Casebook runs the failing test before and after it and the rest of the suite. When the recommendation does not work, say so with `finish` and `works: false`; do not look for another one.",
  },
};

export const OWN_PHASE: Omit<PhaseNeeds, "sections"> = {
  outcomes: [],
  lacks: () => undefined,
  advice: "Add what the evidence does not say yet, each claim to the section it belongs to.",
};
