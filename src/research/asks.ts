import { z } from "zod";
import { CALLERS } from "../agent/tools/callers.ts";
import { HISTORY } from "../agent/tools/history.ts";
import { REFERENCES } from "../agent/tools/references.ts";
import { SEARCH } from "../agent/tools/search.ts";
import { SIMILAR_CODE } from "../agent/tools/similar-code.ts";
import { FAILURES, type FailureCode } from "../failure.ts";
import type { Issue } from "../issue/issue.ts";
import type { Shortlist } from "../issue/parse-tracker.ts";
import { MAX_TOKENS } from "./brief.ts";

/** Characters of an issue that is asked about, and of a document that is checked. */
const MAX_ISSUE = 200_000;
const MAX_DOCUMENT = 1_000_000;

const issueArgs = {
  issue: z
    .string()
    .min(1)
    .max(MAX_ISSUE)
    .describe("The text of the issue: Markdown whose first line is the title, or GitHub's JSON."),
  number: z.int().min(1).max(9_999_999_999).optional().describe("The number of the issue."),
};

interface Ask {
  /** Says what it gives and what it leaves out. */
  readonly description: string;
  readonly args: z.ZodObject;
}

/** What another agent may ask about one commit of a repository. Each answer is read there; nothing is written and no code is run. */
export const ASKS = {
  locate: {
    description:
      "Ranks the files and functions of the repository by how likely a fix of the issue changes them, best first, with the probability, the evidence and its lines.",
    args: z.strictObject({
      ...issueArgs,
      top: z.int().min(1).max(30).default(10).describe("How many files and functions."),
    }),
  },
  read_issue: {
    description:
      "Reads what the issue says, part by part, in the reporter's words: symptom, expected and actual behaviour, steps, environment, versions, messages, frames of traces, references. What the repository's issue forms say is left out.",
    args: z.strictObject(issueArgs),
  },
  callers: CALLERS,
  references: REFERENCES,
  similar: SIMILAR_CODE,
  search: SEARCH,
  history: HISTORY,
  related: {
    description:
      "Names issues and pull requests of the tracker that have to do with the issue, strongest first, each with the words of both texts that a check compared: the same failing line, message of the program, last call of a trace, commit, or option with a function; or one cites the other. A likely text without such a check is not named.",
    args: z.strictObject(issueArgs),
  },
  check: {
    description:
      "Checks every reference and every claim of a document: `path:line` citations, excerpts, commits, recorded searches. Lists what does not hold, with its line. The document is compared with the commit that it names, else with the commit under research.",
    args: z.strictObject({
      document: z.string().min(1).max(MAX_DOCUMENT).describe("The Markdown text of the document."),
      issue: issueArgs.issue
        .optional()
        .describe("The text of the issue, so that what the report says is checked too."),
    }),
  },
  investigate: {
    description: `Researches the issue and gives the brief: the answer, the chain of evidence, suspects, what would change and what must keep working, each line checked and cited, in at most ${MAX_TOKENS} tokens. Takes the longest of all tools. It writes no branch and runs no code.`,
    args: z.strictObject({
      ...issueArgs,
      at: z
        .string()
        .min(1)
        .max(4_200)
        .optional()
        .describe("PATH:LINE or PATH:LINE-LINE of the cause, if you know it."),
    }),
  },
  brief: {
    description: `Gives the brief of an investigation that is there already, on its branch casebook/issue-<key>, in at most ${MAX_TOKENS} tokens.`,
    args: z.strictObject({
      key: z
        .string()
        .regex(/^[a-z0-9-]{1,60}$/, "a number, or local- and 6 digits")
        .describe("The number of the issue, or its key local-<6 digits>."),
    }),
  },
} as const satisfies Readonly<Record<string, Ask>>;

export type AskName = keyof typeof ASKS;

/** One question about a commit, for the process that reads the repository. */
export interface AskRequest {
  readonly mirror: string;
  /** 40 hex digits. Of `brief`: the head of the branch. */
  readonly base: string;
  readonly name: AskName;
  /** As `ASKS` reads them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The issue that the arguments hold. */
  readonly issue?: Issue | undefined;
  /** Of `related`: what of the tracker can be related to the issue. */
  readonly tracker?: Shortlist | undefined;
  /** 16 hexadecimal digits that mark foreign text in the answer. */
  readonly nonce: string;
}

/** What helps after a failure; empty where the hint is about options of the command line. */
export function helpAfter(code: FailureCode): string {
  const { exit, hint } = FAILURES[code];
  return exit === FAILURES.usage.exit || exit === FAILURES["empty-issue"].exit ? "" : hint;
}

/** An answer: our words, and foreign text between marks with the nonce. */
export interface Told {
  readonly text: string;
  /** The question could not be answered; the text says why. */
  readonly isError: boolean;
}
