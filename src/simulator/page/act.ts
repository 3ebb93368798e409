import type { RepositoryState } from "../github/contract.ts";
import { RunFailure } from "../../failure.ts";
import type { Person, Simulation } from "./simulation.ts";

/** Actions of a person, in the terminal and on the page. */
export type Act =
  | { readonly kind: "comment"; readonly who: string; readonly text: string }
  | { readonly kind: "label" | "unlabel"; readonly who: string; readonly label: string }
  | { readonly kind: "close" | "reopen" | "merge"; readonly who: string };

const MAX_COMMENT = 65_536;
const MAX_LABEL = 50;

/**
 * A typed line. "label NAME", "unlabel NAME", "close", "reopen" and "merge" are the maintainer's actions; "quit" ends. Any
 * other text is a comment, by the person or role before a colon, or else by the maintainer. Undefined for an empty line.
 */
export function parseLine(line: string, people: readonly Person[]): Act | "quit" | undefined {
  const text = line.trim();
  const maintainer = personOf("maintainer", people)!;
  if (text === "") return undefined;
  if (text === "quit" || text === "exit") return "quit";
  if (text === "close" || text === "reopen" || text === "merge") return { kind: text, who: maintainer };
  const [first = "", ...rest] = text.split(" ");
  if ((first === "label" || first === "unlabel") && rest.length > 0)
    return { kind: first, who: maintainer, label: rest.join(" ") };
  const speaker = first.endsWith(":") ? personOf(first.slice(0, -1), people) : undefined;
  return speaker === undefined
    ? { kind: "comment", who: maintainer, text }
    : { kind: "comment", who: speaker, text: rest.join(" ") };
}

/** The action of a submitted form. Throws RunFailure `usage` for an action without a button. */
export function parseForm(form: URLSearchParams, people: readonly Person[]): Act {
  const who = personOf(form.get("who") ?? "", people);
  if (who === undefined) throw new RunFailure("usage", "There is nobody of that name here");
  const kind = form.get("do") ?? "comment";
  switch (kind) {
    case "comment":
      return { kind, who, text: form.get("text") ?? "" };
    case "say":
      return { kind: "comment", who, text: form.get("say") ?? "" };
    case "label":
    case "unlabel":
      return { kind, who, label: form.get("label") ?? "" };
    case "close":
    case "reopen":
    case "merge":
      return { kind, who };
    default:
      throw new RunFailure("usage", "There is no such thing to do here");
  }
}

/** Performs it as that person. Throws RunFailure `usage` when it is not possible now. */
export async function perform(
  act: Act,
  { repository, issue, state }: Pick<Simulation, "repository" | "issue" | "state">,
): Promise<void> {
  switch (act.kind) {
    case "comment": {
      if (act.text.trim() === "") throw new RunFailure("usage", "A comment needs words");
      if (act.text.length > MAX_COMMENT) throw new RunFailure("usage", "A comment is that long nowhere");
      await repository.comment(act.who, issue, act.text);
      return;
    }
    case "label":
    case "unlabel": {
      if (act.label === "" || act.label.length > MAX_LABEL)
        throw new RunFailure("usage", `A label has 1 to ${MAX_LABEL} characters`);
      const has = issueIn(await state(), issue).labels.includes(act.label);
      if (act.kind === "label") return repository.label(act.who, issue, act.label);
      if (!has) throw new RunFailure("usage", "The issue does not carry that label");
      return repository.unlabel(act.who, issue, act.label);
    }
    case "close":
    case "reopen": {
      const isOpen = issueIn(await state(), issue).state === "open";
      if (isOpen !== (act.kind === "close"))
        throw new RunFailure("usage", `The issue is ${isOpen ? "open" : "closed"} already`);
      return isOpen ? repository.closeIssue(act.who, issue) : repository.reopenIssue(act.who, issue);
    }
    case "merge": {
      const pull = (await state()).pulls.find((candidate) => candidate.state === "open");
      if (pull === undefined) throw new RunFailure("usage", "There is no open pull request");
      return repository.mergePull(act.who, pull.number);
    }
  }
}

function personOf(name: string, people: readonly Person[]): string | undefined {
  return people.find(({ login, role }) => login === name || role === name)?.login;
}

function issueIn({ issues }: RepositoryState, number: number): RepositoryState["issues"][number] {
  const found = issues.find((issue) => issue.number === number);
  if (found === undefined) throw new RunFailure("usage", "The issue is gone");
  return found;
}
