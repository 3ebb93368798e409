import type { RepositoryInfo } from "../github.ts";
import { changeDetails, changeHeadline } from "../../phases/change-verdict.ts";
import type { NamedChange } from "../../investigation/commands/forms.ts";
import type { Investigation } from "../../investigation/investigation.ts";
import { inlineCode } from "../../text/inline-code.ts";

/** Changes that the failing test ran against: the newest verdict with its runs, older ones in a sentence. Empty without any. */
export function testedChanges(
  { tests = [] }: Pick<Investigation, "tests">,
  { webUrl }: Pick<RepositoryInfo, "webUrl">,
): string {
  const newest = [...tests].reverse();
  const whole = newest.find(({ verdict }) => verdict !== undefined);
  const lines = newest.map(({ change, verdict }) => {
    const name = nameOf(change, webUrl);
    return verdict === undefined
      ? `The failing test runs without and with ${name}.`
      : changeHeadline(verdict, name);
  });
  if (whole?.verdict === undefined) return lines.join("\n\n");
  const at = newest.indexOf(whole);
  const older = lines.slice(at + 1).map((line) => `- ${line}`);
  return [
    ...lines.slice(0, at),
    `**${lines[at]!}**`,
    changeDetails(whole.verdict),
    ...(older.length === 0 ? [] : [`Tested before:\n\n${older.join("\n")}`]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function nameOf(change: NamedChange, webUrl: string): string {
  return change.kind === "pull"
    ? `[pull request ${change.number}](${webUrl}/pull/${change.number})`
    : `branch ${inlineCode(change.name, 80)}`;
}
