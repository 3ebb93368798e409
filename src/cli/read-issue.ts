import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { RunFailure } from "../failure.ts";
import { withoutEmpty } from "../process/config.ts";
import type { Issue } from "../issue/issue.ts";
import type { IssueInput } from "../issue/parse-issue-input.ts";
import type { CommandIo } from "./io.ts";

/** The issue of `--issue FILE|URL|-`. Throws as `issueInput`, and RunFailure `empty-issue`. */
export async function readIssue(
  file: string | undefined,
  number: string | undefined,
  io: CommandIo,
): Promise<Issue> {
  const { parseIssueInput } = await import("../issue/parse-issue-input.ts");
  return parseIssueInput(await issueInput(file, number, io));
}

/** The same as it is written, for who takes it apart elsewhere. Throws RunFailure `usage`, `unreadable-issue` or `issue-unreachable`. */
export async function issueInput(
  file: string | undefined,
  number: string | undefined,
  io: CommandIo,
): Promise<IssueInput> {
  if (file === undefined)
    throw new RunFailure(
      "usage",
      "The option `--issue` is missing; it names the file or the address of the issue",
    );
  if (/^https?:\/\//i.test(file)) {
    const { fetchIssue } = await import("./fetch-issue.ts");
    const text = await fetchIssue(file, {
      apiUrl: withoutEmpty(io.env)["GITHUB_API_URL"],
      signal: io.signal,
    });
    return { text, number };
  }
  if (file === "-") return { text: await io.stdin(), number };
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
  return { text: bytes.toString("utf8"), name: basename(file), number };
}
