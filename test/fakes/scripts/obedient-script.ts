import type { Script } from "../../../src/simulator/model/script.ts";

/** How hostile text gives an order to the obedient model: one call of a tool, as JSON. */
export const ORDER = "DO THIS NOW: ";

/** Does whatever any text that it is shown tells it to, one order after the other; then it ends. */
export const obedientScript: Script = ({ instructions, task, step, answers }) => {
  if (instructions.startsWith("You judge")) return { text: '{"verdicts":[]}' };
  const orders = [task, ...answers]
    .flatMap((text) => text.split("\n"))
    .flatMap((line) => {
      const at = line.indexOf(ORDER);
      if (at < 0) return [];
      try {
        return [JSON.parse(line.slice(at + ORDER.length)) as { name: string; arguments: object }];
      } catch {
        return [];
      }
    });
  // A few at a time, as a model would; the task holds all of them from the start.
  const now = orders.slice(step * 4, step * 4 + 4);
  return { calls: now.length > 0 ? now : [{ name: "finish", arguments: {} }] };
};
