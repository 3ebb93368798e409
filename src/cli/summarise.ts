import pc from "picocolors";
import { formatMoney } from "../llm/money.ts";
import type { PhaseCost } from "../phases/outcome.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { PhaseResult } from "../phases/phase-result.ts";
import type { CommandIo } from "./io.ts";
import { counted } from "../text/counted.ts";
import { table } from "./table.ts";

const SHOWN: Readonly<Record<PhaseResult["status"], string>> = {
  completed: "completed",
  needs_attention: "needs attention",
  failed: "failed",
  "left-out": "left out",
};

/** The result for people: a row for each phase, the open criteria, the place of the files. */
export function summarise(
  { issue, baseCommit, place, phases, unchanged }: InvestigateResult,
  { isMirror, gitDir, io }: { readonly isMirror: boolean; readonly gitDir: string; readonly io: CommandIo },
): string {
  const color = pc.createColors(io.isTerminal);
  const paint: Readonly<Record<PhaseResult["status"], (text: string) => string>> = {
    completed: color.green,
    needs_attention: color.yellow,
    failed: color.red,
    "left-out": color.dim,
  };
  const rows = phases.map(({ type, status, criteria, files, reason }) => {
    const met = criteria.filter(({ result }) => result === "met").length;
    return [
      type,
      paint[status](SHOWN[status]),
      status === "left-out"
        ? (reason ?? "")
        : `${met} of ${criteria.length} criteria met${unchanged.includes(type) ? ", nothing new" : ""}`,
      files[0] ?? "",
    ];
  });
  const open = phases.flatMap(({ type, criteria }) =>
    criteria
      .filter(({ result }) => result !== "met")
      .map(({ text, result, evidence }) => `  ${type}: ${text}: ${result}, ${evidence}`),
  );
  const ends = phases.flatMap(({ type, outcome, partial }) => [
    ...(outcome === undefined
      ? []
      : [
          `${color.bold(type)} ends with ${outcome.kind}: ${outcome.reason.replaceAll("`", "")}`,
          ...[...(outcome.questions ?? []), ...(outcome.parts ?? [])].map((text) => `  - ${text}`),
        ]),
    ...(partial === undefined
      ? []
      : [
          `${color.bold(type)} is partial: ${partial.replace(/[.\s]+$/, "")}. The findings so far are written.`,
        ]),
  ]);
  const costs = phases.flatMap(({ cost }) => (cost === undefined || cost.calls === 0 ? [] : [cost]));
  const dropped = phases.reduce((total, phase) => total + phase.dropped, 0);
  const branch = /^branch (.+)$/.exec(place)?.[1];
  const where =
    branch === undefined
      ? `Written to ${place}.`
      : isMirror
        ? `On ${place} of the mirror: git fetch ${gitDir} ${branch}`
        : `On ${place}: git log -p ${branch}`;
  const leads = phases.flatMap(({ type, lead }) =>
    lead === undefined ? [] : [`${color.bold(type)}: ${lead.replaceAll("`", "")}`],
  );
  return [
    `Issue ${issue} at ${baseCommit.slice(0, 12)}`,
    "",
    table(["phase", "status", "checked", "document"], rows, { bold: color.bold }),
    "",
    ...leads,
    "",
    ...(ends.length > 0 ? [...ends, ""] : []),
    ...(open.length > 0 ? ["Open:", ...open, ""] : []),
    ...(dropped > 0
      ? [
          `${counted(dropped, "statement")} failed a check and ${dropped === 1 ? "was" : "were"} left out.`,
          "",
        ]
      : []),
    ...(costs.length > 0 ? [costLine(costs), ""] : []),
    where,
  ].join("\n");
}

function costLine(costs: readonly PhaseCost[]): string {
  const sum = (of: (cost: PhaseCost) => number): number => costs.reduce((total, cost) => total + of(cost), 0);
  const models = [...new Set(costs.flatMap((cost) => cost.models))].join(", ");
  const tokens = (n: number): string => n.toLocaleString("en-US");
  return `Cost: ${formatMoney(sum(({ micros }) => micros))} with ${models}: ${counted(
    sum(({ calls }) => calls),
    "call",
  )}, ${tokens(sum(({ inputTokens }) => inputTokens))} tokens in, ${tokens(sum(({ outputTokens }) => outputTokens))} out.`;
}
