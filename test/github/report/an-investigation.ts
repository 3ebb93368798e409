import type { Core, Investigation } from "../../../src/investigation/investigation.ts";
import { newInvestigation } from "../../../src/investigation/investigation.ts";
import type { Rules } from "../../../src/investigation/event.ts";
import type { PhaseRecord } from "../../../src/phases/phase-result.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { statusComment } from "../../../src/github/report/status-comment.ts";

export const repository = { webUrl: "https://github.com/o/r" };
export const base = "a".repeat(40);
export const rules: Rules = {
  phases: ["comprehension", "root-cause", "impact-map"],
  known: PHASES.map(({ type, dependsOn, needs }) => ({ type, dependsOn, needsModel: needs === "model" })),
  gates: new Set(["fix"]),
  perPhase: false,
  start: "write",
  models: [],
};
/** With a model every phase can run. */
export const withModel: Rules = { ...rules, models: ["large"] };

const met = {
  text: "Every reference resolves",
  result: "met",
  how: "machine",
  evidence: "3 looked up",
} as const;
const confirmed = {
  text: "The cause is confirmed",
  result: "undecided",
  how: "human",
  evidence: "no person named the place",
} as const;
const places = [
  { path: "src/store.py", start: 33, end: 33 },
  { path: "src/store.py", start: 31, end: 35 },
  { path: "src/store.py", start: 37, end: 44 },
];

export const comprehension: PhaseRecord = {
  type: "comprehension",
  status: "completed",
  startedAt: "2026-02-28T23:59:50Z",
  endedAt: "2026-03-01T00:00:05Z",
  lead: "Hypothesis: The issue is about `a|b.ts`.",
  cited: [{ path: "src/a.ts", start: 3, end: 9 }],
  unknowns: ["whether it is so"],
  files: [".chant/research/issue-42-comprehension.md"],
  criteria: [met],
  dropped: 2,
};
export const rootCause: PhaseRecord = {
  type: "root-cause",
  status: "needs_attention",
  startedAt: "2026-03-01T00:00:05Z",
  endedAt: "2026-03-01T00:00:08Z",
  lead: "Hypothesis: `Store.set` writes without a lock.",
  cited: places.slice(0, 2),
  files: [".chant/research/issue-42-root-cause.md"],
  criteria: [met, confirmed],
  dropped: 0,
};
export const impactMap: PhaseRecord = {
  type: "impact-map",
  status: "completed",
  startedAt: "2026-03-01T00:00:08Z",
  endedAt: "2026-03-01T00:00:10Z",
  lead: "A fix would change 1 file.",
  cited: places,
  files: [".chant/research/issue-42-impact-map.md"],
  criteria: [met],
  dropped: 0,
};

export const core: Core = {
  ...newInvestigation(7, 42),
  base,
  runs: 1,
  startedBy: { id: 1, login: "ada" },
  phases: [comprehension, rootCause, impactMap],
};
export const done: Investigation<"done"> = { ...core, stage: "done", pull: { number: 2, state: "open" } };
export const running: Investigation<"running"> = {
  ...core,
  stage: "running",
  run: { id: "7-42-1" },
  wanted: ["root-cause"],
  phases: [comprehension, { type: "root-cause", status: "running", startedAt: "2026-03-01T00:00:06Z" }],
};

export function status(
  investigation: Investigation,
  more: Partial<Parameters<typeof statusComment>[0]> = {},
): string {
  return statusComment({
    investigation,
    repository,
    rules,
    destination: "pull-request",
    documents: new Map(),
    ...more,
  });
}

/** What is seen without a click. */
export function aboveFold(text: string): string {
  return text.split("<details")[0]!.trim();
}

/** Everything in an investigation that somebody else words. */
export function said(text: string): Investigation {
  const criterion = { text, result: "undecided", how: "human", evidence: text } as const;
  const outcome = { kind: "needs-info", reason: text, questions: [text] } as const;
  return {
    ...done,
    reason: text,
    phases: [
      { ...rootCause, lead: text, criteria: [criterion], unknowns: [text], outcome, partial: text },
      {
        ...rootCause,
        type: "impact-map",
        lead: text,
        cited: [{ path: text, start: 1, end: 2 }],
        files: ["a.md"],
      },
    ],
    asks: [{ text, by: { id: 1, login: "ada" }, answer: "refused", note: text }],
  } as unknown as Investigation;
}
