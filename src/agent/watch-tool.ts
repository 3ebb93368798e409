import { z } from "zod";
import { MOST_WATCHED } from "../execution/watched.ts";
import type { CauseTrials } from "./cause-trials.ts";
import type { CodeRunner } from "./code-runner.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Names with their attributes and elements, and the length of one: reading it changes nothing that a test would see. */
const EXPRESSION =
  /^(?:len\()?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[(?:-?\d{1,6}|'[^'\\\n]{1,60}'|"[^"\\\n]{1,60}"|[A-Za-z_]\w*)\])*\)?$/;
const MOST_ASKED = 10;

const args = z.object({
  functions: z
    .array(z.object({ path: z.string().min(1).max(1_000), line: z.int().min(1) }))
    .min(1)
    .max(MOST_WATCHED)
    .describe("A line in each function."),
  values: z
    .array(
      z.object({
        path: z.string().min(1).max(1_000),
        line: z.int().min(1),
        expression: z.string().min(1).max(200),
      }),
    )
    .max(MOST_ASKED)
    .default([])
    .describe(
      "Values that are read before a line runs, e.g. `self.items[0].name`; a line of these functions.",
    ),
});

/** `watch`, where there is a failing test that can be run. */
export function watchTools(trials: CauseTrials | undefined, runner: CodeRunner): readonly Tool[] {
  if (trials === undefined) return [];
  return [
    defineTool({
      name: "watch",
      description: `Runs the failing test while at most ${MOST_WATCHED} functions are watched (Python, JavaScript), and tells how their last calls end, the order of their lines, and values. Hand in what matters as claims of type value.`,
      args,
      async run({ functions, values }, signal) {
        const strange = values.find(({ expression }) => !EXPRESSION.test(expression));
        if (strange !== undefined)
          return "Nothing was run: an expression is a name with attributes and elements, or `len(...)` of one.";
        const before = runner.runs.length;
        const claims = await trials.watch(
          {
            functions: functions.map(({ path, line }) => ({ path, start: line })),
            asked: values.map(({ path, line, expression }) => ({ path, line, expressions: [expression] })),
          },
          signal,
        );
        if (typeof claims === "string") return `Nothing is told: ${claims}.`;
        return [
          ...claims.map(({ text }) => `- ${text}`),
          ...runner.runs.slice(before).map((run) => runner.shown(run)),
        ].join("\n");
      },
      restore: async (_, answer) => runner.recall(answer),
    }),
  ];
}
