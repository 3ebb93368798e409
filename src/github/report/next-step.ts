import type { Rules } from "../../investigation/event.ts";
import { type Investigation, MAX_ANSWERS } from "../../investigation/investigation.ts";
import { canRun, hasResult } from "../../investigation/plan.ts";
import { inlineCode } from "../../text/inline-code.ts";
import type { Answer } from "./answer.ts";
import { placeName } from "./permalink.ts";
import { changesCode } from "./phase-words.ts";

/** The last line of a page: one or two commands or actions, each with its effect. Empty when there is none. */
export function nextStep(investigation: Investigation, answer: Answer | undefined, rules: Rules): string {
  const { stage, endedBy, wanted, pull } = investigation;
  const [next] = wanted;
  switch (stage) {
    case "idle":
      return "`/casebook investigate` starts the research.";
    case "queued":
      return "`/casebook cancel` stops it.";
    case "running":
      return "`/casebook cancel` stops the run, `/casebook pause` holds it.";
    case "awaiting-approval":
      return `\`/casebook approve\` starts \`${next}\`, \`/casebook reject REASON\` ends the investigation.`;
    case "awaiting-merge":
      return `Merge ${pullName(investigation)} to start \`${next}\`, or close it to end the investigation.`;
    case "needs-info":
      return `${whatAnAnswerDoes(investigation)} \`/casebook retry\` continues without an answer.`;
    case "awaiting-choice":
      return next === undefined
        ? "Open an issue for each cause."
        : `\`/casebook run ${next}\` researches all causes as one. An issue for each keeps them apart.`;
    case "paused":
      return resumption(investigation);
    case "failed":
      return "`/casebook retry` starts it again.";
    case "stopped":
      return "`/casebook resume` continues from that commit and keeps it.";
    case "cancelled":
      return "`/casebook retry` continues with what was left.";
    case "rejected":
      return "`/casebook retry` opens the investigation again.";
    case "gone":
      return "";
    case "done":
      if (endedBy !== undefined)
        return next === undefined
          ? `\`/casebook retry ${endedBy}\` looks at it again.`
          : `\`/casebook retry\` continues with \`${next}\` all the same.`;
      if (pull?.state === "open" && changesCode(investigation.phases))
        return `Review the change and its test in ${pullName(investigation)}, mark it ready and merge it.`;
      return afterResearch(investigation, answer, rules);
  }
}

/** What settles the cause, then what corrects it. */
function afterResearch(investigation: Investigation, answer: Answer | undefined, rules: Rules): string {
  // Only a model writes a test.
  const canReproduce =
    rules.models.length > 0 && canRun("reproduction", rules) && !hasResult(investigation, "reproduction");
  const reproduce = "`/casebook run reproduction` writes and runs a failing test.";
  if (answer?.certainty === undefined)
    return investigation.phases.some(({ type }) => type === "root-cause" || type === "research")
      ? "`/casebook at PATH:LINE` names the place of the cause."
      : "`/casebook run root-cause` looks for the cause, `/casebook at PATH:LINE` names it.";
  const settle =
    answer.isConfirmed === true || answer.place === undefined
      ? []
      : [
          `${inlineCode(`/casebook at ${placeName(answer.place)}`, 200)} confirms the place; another \`PATH:LINE\` corrects it.`,
        ];
  const steps = [...(canReproduce ? [reproduce] : []), ...settle];
  return steps.length === 0
    ? "`/casebook refresh` re-runs the phases at the newest commit."
    : steps.join(" ");
}

function whatAnAnswerDoes({ startedBy, answers, endedBy }: Investigation): string {
  if (startedBy === undefined || (answers?.taken ?? 0) >= MAX_ANSWERS)
    return "Answer in a new comment, then comment `/casebook retry`.";
  return `When the reporter or a person with triage answers in a new comment, \`${endedBy}\` continues with it.`;
}

function resumption({ pausedBy }: Investigation): string {
  switch (pausedBy) {
    case "hold":
      return "Remove the label `casebook:hold` to continue, or comment `/casebook cancel`.";
    case "closed":
      return "Reopen the issue to continue, or comment `/casebook cancel`.";
    case "configuration":
      return "The run continues when `.github/casebook.yml` is right.";
    case "confidential":
      return "`/casebook investigate --public` continues, `/casebook cancel` ends it.";
    case "reach":
      return "The run continues when Casebook can reach the repository.";
    default:
      return "`/casebook resume` continues, `/casebook cancel` ends it.";
  }
}

function pullName({ pull }: Investigation): string {
  return pull === undefined ? "the pull request" : `pull request ${pull.number}`;
}
