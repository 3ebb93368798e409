import type { Phase, PhaseCriterion } from "./phase.ts";

/** What every research document must hold, whatever it is about. */
const EVERY_DOCUMENT: readonly PhaseCriterion[] = [
  { text: "The document exists and has every section", check: "sections-present" },
  { text: "Every reference resolves at the base commit, excerpts included", check: "citations-resolve" },
  { text: "Every recorded search gives the recorded hits again", check: "searches-repeat" },
  {
    text: "No statement stands without a reference or a mark that says it is not established",
    check: "no-uncited-statements",
  },
  { text: "Words of the issue are quoted as they stand there", check: "quotes-verbatim" },
];

/** Words of a model, the only ones that stand in a document. */
const EXPLANATION = { id: "explanation", heading: "A model's explanation", optional: true } as const;

/** The built-in phases, in their order. Sections and criteria follow chant's maintainer workflow. */
export const PHASES: readonly Phase[] = [
  {
    type: "comprehension",
    number: 1,
    title: "Comprehension",
    specType: "research",
    dependsOn: [],
    needs: "builtin",
    prompt: "research",
    context: "An issue was reported. Before anyone looks for a cause, what it says must be clear.",
    task: "Say what the reporter experiences, expects and sees, in the reporter's own words; name the components it touches and what was done about the same thing before; list what has to be asked. No cause and no fix.",
    sections: [
      { id: "report", heading: "What the report says" },
      { id: "fixed", heading: "Already fixed", optional: true },
      { id: "missing", heading: "To ask the reporter", optional: true },
      { id: "questions", heading: "Questions", optional: true },
      EXPLANATION,
      { id: "components", heading: "Affected components", folded: true },
      { id: "prior-work", heading: "Prior work", folded: true, optional: true },
    ],
    criteria: [
      ...EVERY_DOCUMENT,
      {
        text: "Affected components are named with file, reason and strength of the evidence",
        check: "components-listed",
      },
      { text: "The document names no cause and proposes no fix", check: "no-cause-no-fix" },
    ],
  },
  {
    type: "reproduction",
    number: 2,
    title: "Reproduction",
    specType: "task",
    dependsOn: ["comprehension"],
    needs: "model-or-run",
    prompt: "reproduction",
    context: "The report is understood. Whether the failure can be shown at will is not known yet.",
    task: "Write a test in the project's own framework that fails at the base commit in the way the issue describes, or steps for a person where that cannot be done.",
    sections: [
      { id: "reproduction-result", heading: "Result" },
      { id: "test", heading: "Test" },
      { id: "why-it-fails", heading: "Why it fails", optional: true },
      EXPLANATION,
      { id: "steps-for-a-person", heading: "Steps for a person", optional: true },
    ],
    criteria: [
      ...EVERY_DOCUMENT,
      {
        text: "A test of the project's own framework fails at the base commit, every time, in the same way",
        check: "reproduced",
      },
      { text: "The rest of the suite runs as before with the test added", check: "suite-runs" },
      { text: "The test fails in the way the issue describes", check: "judged" },
    ],
  },
  {
    type: "root-cause",
    number: 3,
    title: "Root cause",
    specType: "research",
    dependsOn: ["comprehension"],
    needs: "builtin",
    prompt: "research",
    context: "The report is understood and the components it touches are named.",
    task: "Rank the places that may hold the cause with all evidence for each, say how control reaches them and who changed them, test the explanations that can be tested without running code, and name the options for a fix.",
    sections: [
      { id: "sequence", heading: "The suspected code", optional: true },
      EXPLANATION,
      { id: "shown-by-run", heading: "Shown by a run", optional: true },
      { id: "options", heading: "Options for a fix", optional: true },
      { id: "suspects", heading: "Suspects", folded: true },
      { id: "intent", heading: "Bug or intended", folded: true, optional: true },
      { id: "hypotheses", heading: "Hypotheses", folded: true, optional: true },
      { id: "callers-of-suspects", heading: "Callers", folded: true, optional: true },
      { id: "line-history", heading: "Last change and authors", folded: true, optional: true },
      { id: "not-established", heading: "Not established", folded: true, optional: true },
    ],
    criteria: [
      ...EVERY_DOCUMENT,
      { text: "Suspects are ranked, each with its lines and the evidence for it", check: "suspects-ranked" },
      {
        text: "Each hypothesis is Confirmed, Eliminated or Open, with the evidence",
        check: "hypotheses-tested",
      },
      { text: "The cause is confirmed", check: "cause-confirmed" },
    ],
  },
  {
    type: "impact-map",
    number: 4,
    title: "Impact map",
    specType: "research",
    dependsOn: ["root-cause"],
    needs: "builtin",
    prompt: "research",
    context: "The places that may hold the cause are ranked.",
    task: "Find the same thing elsewhere, everything that depends on it, the tests that cover it and those that are missing, the documentation that names it, what changes together with it; count the scope of a fix and its risks, and list the target files.",
    sections: [
      { id: "similar", heading: "What would change" },
      { id: "callers", heading: "Used by" },
      { id: "tests", heading: "Tests" },
      EXPLANATION,
      { id: "scope", heading: "Scope", folded: true, optional: true },
      { id: "risks", heading: "Risks", folded: true },
      { id: "docs", heading: "Documentation", folded: true, optional: true },
      { id: "conventions", heading: "What the project asks of agents", folded: true, optional: true },
      { id: "co-change", heading: "Files that change together", folded: true, optional: true },
      { id: "public-surface", heading: "Public surface", folded: true, optional: true },
      { id: "targets", heading: "Target files", folded: true, optional: true },
    ],
    criteria: [
      ...EVERY_DOCUMENT,
      { text: "Every instance of the pattern is listed with its lines", check: "instances-listed" },
      {
        text: "Callers and importers are listed, or a recorded search shows that there are none",
        check: "callers-listed",
      },
      { text: "Tests that cover it, and functions without one, are listed", check: "tests-listed" },
      { text: "The scope is counted in files, functions and lines", check: "scope-counted" },
      { text: "Each risk rests on a measured fact", check: "risks-measured" },
      { text: "Every target file exists at the base commit", check: "targets-exist" },
    ],
  },
  {
    type: "fix",
    number: 5,
    title: "Fix",
    specType: "code",
    dependsOn: ["root-cause", "impact-map"],
    needs: "model",
    prompt: "fix",
    context: "A cause is named and the files that a fix changes are listed; a test fails.",
    task: "Change the target files as the recommendation says, with a test that fails before and passes after.",
    sections: [
      { id: "fix-result", heading: "Result" },
      { id: "shown-by-run", heading: "Shown by a run", optional: true },
      { id: "change", heading: "Change" },
      EXPLANATION,
      { id: "not-established-fix", heading: "Not established" },
    ],
    criteria: [
      ...EVERY_DOCUMENT,
      { text: "The reproduction test fails before the change and passes after it", check: "fix-works" },
      { text: "The rest of the suite is no worse", check: "suite-no-worse" },
      { text: "Only target files and the test are changed", check: "only-targets" },
    ],
  },
];

/** The one phase of an investigation in single-document mode: a document with a heading for each stage. */
export const SINGLE_PHASE: Phase = {
  type: "research",
  // Before every other: it replaces all of them.
  number: 0,
  title: "Research",
  specType: "research",
  dependsOn: [],
  needs: "builtin",
  prompt: "research",
  context: "A small issue was reported; one document holds all that is found out about it.",
  task: "Say what the reporter experiences and which components it touches, rank the places that may hold the cause with the evidence, and list what a fix touches.",
  sections: [
    { id: "stage-comprehension", heading: "Comprehension" },
    { id: "stage-reproduction", heading: "Reproduction", optional: true },
    { id: "stage-root-cause", heading: "Root cause" },
    { id: "stage-impact-map", heading: "Impact map" },
    EXPLANATION,
  ],
  criteria: [...EVERY_DOCUMENT, { text: "The cause is confirmed", check: "cause-confirmed" }],
};
