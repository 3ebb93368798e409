import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { RunFailure } from "../failure.ts";
import type { Issue } from "../issue/issue.ts";
import { parseIssueInput } from "../issue/parse-issue-input.ts";
import type { CommandIo } from "./io.ts";

/** The issue of `--issue FILE|-`. Throws RunFailure `unreadable-issue` or `empty-issue`. */
export async function readIssue(file: string, number: string | undefined, io: CommandIo): Promise<Issue> {
  if (file === "-") return parseIssueInput({ text: await io.stdin(), number });
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(io.cwd, file));
  } catch (error) {
    throw new RunFailure(
      "unreadable-issue",
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"})`,
      error,
    );
  }
  return parseIssueInput({ text: bytes.toString("utf8"), name: basename(file), number });
}
