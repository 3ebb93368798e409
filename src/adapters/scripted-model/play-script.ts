import type { ParsedRequest, ScriptedReply } from "./contract.ts";
import type { Script } from "./script.ts";

/** A script as what a scripted server says. */
export function playScript(script: Script): (request: ParsedRequest) => ScriptedReply {
  return ({ messages, step, answers }) =>
    script({
      instructions: messages.find(({ role }) => role === "system")?.text ?? "",
      task: messages.find(({ role }) => role === "user")?.text ?? "",
      step,
      answers: answers.map(({ text }) => text),
    });
}
