import { LIMITS } from "../../text/github-limits.ts";
import type { ConfigProblem } from "../../investigation/settings/parse-repository-config.ts";
import { clipMarkdown, type SafeText, safeText, safeTitle } from "../../text/safe-text.ts";

const MAX_LISTED = 50;
const MAX_MESSAGE = 400;

/** The one issue about a configuration file that cannot be used. */
export function configurationIssue(problems: readonly ConfigProblem[]): {
  readonly title: SafeText;
  readonly body: SafeText;
} {
  const listed = problems.slice(0, MAX_LISTED).map(({ line, message }) => `| ${line} | ${cell(message)} |`);
  const more =
    problems.length > MAX_LISTED ? [`${problems.length - MAX_LISTED} more are not listed.`, ""] : [];
  return {
    title: safeTitle("Casebook: the configuration has mistakes", LIMITS.ownTitleCharacters),
    body: safeText(
      [
        "`.github/casebook.yml` of the default branch cannot be used, so Casebook starts no run here.",
        "",
        "| line | what is wrong |",
        "| --- | --- |",
        ...listed,
        "",
        ...more,
        "Casebook closes this issue when the file is right, and reopens it when it is not. `docs/configuration.md` of Casebook describes every key; an editor can check the file with `schemas/casebook.schema.json`.",
      ].join("\n"),
    ),
  };
}

function cell(text: string): string {
  return clipMarkdown(text.replace(/\s+/g, " "), MAX_MESSAGE).replaceAll("|", "\\|");
}
