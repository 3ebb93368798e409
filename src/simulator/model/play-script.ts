import type { ParsedRequest, ScriptedReply } from "./contract.ts";
import type { Script } from "./script.ts";

/** A script as what a scripted server says. */
export function playScript(script: Script): (request: ParsedRequest) => ScriptedReply {
  return ({ messages, step, answers }) => {
    const task = messages.find(({ role }) => role === "user")?.text ?? "";
    return script({
      // A server without system messages gets them in front of the first request.
      instructions: messages.find(({ role }) => role === "system")?.text ?? task,
      task,
      step,
      answers: answers.map(({ text }) => text),
    });
  };
}
