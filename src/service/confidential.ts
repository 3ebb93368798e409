import type { IssueInfo } from "../github/github.ts";
import { looksLikeVulnerability } from "../issue/report/vulnerability.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

/** Where GitHub looks for a security policy. */
const POLICIES = [".github/SECURITY.md", "SECURITY.md", "docs/SECURITY.md"];

/**
 * Why an issue is not researched in a public repository; undefined in a private one, and where it does not look like the report of a
 * vulnerability. The words say no more than the issue does: neither what was found in it nor where.
 */
export async function whyConfidential(
  { github, repository }: Pick<RepositoryFacts, "github" | "repository">,
  issue: Pick<IssueInfo, "title" | "body">,
): Promise<string | undefined> {
  if (repository.isPrivate || !looksLikeVulnerability(issue)) return undefined;
  for (const path of POLICIES)
    if ((await github.file(repository, path)) !== undefined)
      return `Casebook researches such a report only in private. [The security policy](${repository.webUrl}/blob/HEAD/${path}) says how to send it.`;
  return "Casebook researches such a report only in private.";
}
