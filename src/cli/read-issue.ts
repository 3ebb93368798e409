import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { RunFailure } from "../failure.ts";
import { withoutEmpty } from "../process/config.ts";
import type { Issue } from "../issue/issue.ts";
import { parseIssueInput } from "../issue/parse-issue-input.ts";
import { fetchIssue, isAddress } from "./fetch-issue.ts";
import type { CommandIo } from "./io.ts";

/**
 * The issue of `--issue FILE|URL|-`. Throws RunFailure `usage`, `unreadable-issue`, `issue-unreachable` or `empty-issue`.
 */
export async function readIssue(
  file: string | undefined,
  number: string | undefined,
  io: CommandIo,
): Promise<Issue> {
  if (file === undefined)
    throw new RunFailure(
      "usage",
      "The option `--issue` is missing; it names the file or the address of the issue",
    );
  if (isAddress(file)) {
    const text = await fetchIssue(file, {
      apiUrl: withoutEmpty(io.env)["GITHUB_API_URL"],
      signal: io.signal,
    });
    return parseIssueInput({ text, number });
  }
  if (file === "-") return parseIssueInput({ text: await io.stdin(), number });
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(io.cwd, file));
  } catch (error) {
    throw new RunFailure(
      "unreadable-issue",
      `Casebook cannot read the issue ${file} (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      error,
    );
  }
  return parseIssueInput({ text: bytes.toString("utf8"), name: basename(file), number });
}
