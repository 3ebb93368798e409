import type { Mistake, NamedChange } from "../investigation/commands/forms.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

/** A change that is there now. */
export interface FoundChange {
  /** 40 hex digits. */
  readonly head: string;
  /** The branch that it is for. */
  readonly onto: string;
}

/** Files and commits of a pull request that is tested; more cannot be a fix of one issue. */
const MAX_FILES = 300;
const MAX_COMMITS = 250;

/** What GitHub says of a change now; a mistake when it cannot be tested. */
export async function findChange(
  { github, repository }: Pick<RepositoryFacts, "github" | "repository">,
  change: NamedChange,
): Promise<FoundChange | Mistake> {
  const { defaultBranch, owner, name } = repository;
  if (change.kind === "branch") {
    const head = await github.branchHead(repository, change.name);
    const isNumber = /^\d+$/.test(change.name);
    return head === undefined
      ? {
          mistake: `There is no branch ${inlineCode(change.name, 80)} in this repository${isNumber ? `; a pull request is named \`#${change.name}\`` : ""}.`,
        }
      : { head, onto: defaultBranch };
  }
  const { number, of } = change;
  if (of !== undefined && of.toLowerCase() !== `${owner}/${name}`.toLowerCase())
    return {
      mistake: `The pull request is in ${inlineCode(of, 200)}; only those of this repository are tested.`,
    };
  const pull = await github.pull(repository, number);
  if (pull === undefined) return { mistake: `There is no pull request ${number} in this repository.` };
  if (pull.state === "merged")
    return { mistake: `Pull request ${number} is merged; \`/casebook refresh\` reads the newest commit.` };
  if (pull.state === "closed") return { mistake: `Pull request ${number} is closed; reopen it first.` };
  const { files = 0, commits = 0 } = pull;
  if (files > MAX_FILES || commits > MAX_COMMITS)
    return {
      mistake: `Pull request ${number} has ${files} files and ${commits} commits; at most ${MAX_FILES} and ${MAX_COMMITS} are tested.`,
    };
  return { head: pull.head, onto: pull.base };
}
