import type { Command, CommandOf, Mistake } from "../investigation/commands/forms.ts";
import { inlineCode } from "../text/inline-code.ts";
import { counted } from "../text/counted.ts";
import type { Location, WrittenLocation } from "../text/location.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import { linesOf } from "../repository/source-text.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { hasFailingTest } from "../investigation/test-change.ts";
import { findChange } from "./named-change.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

/** A branch has at most so many `/` in its name; each costs a request. */
const MAX_BRANCH_PARTS = 6;

/**
 * The command with what it names found in the repository; a mistake when it is not there. Asked before the command
 * counts: a run that fails on it would take the place of a result. `revision`: what the research reads.
 */
export async function checkCommand(
  facts: RepositoryFacts,
  command: Command,
  { revision, known }: { readonly revision: string; readonly known: Investigation | undefined },
): Promise<Command | Mistake> {
  switch (command.verb) {
    case "at": {
      const found = await findPlace(facts, command, revision);
      return "mistake" in found ? found : { verb: "at", location: found };
    }
    case "investigate": {
      const commit = command.from === undefined ? "" : await commitAt(facts, command.from);
      return typeof commit === "string" ? command : commit;
    }
    case "test": {
      // Without a failing test nothing is looked up: the investigation says so.
      if (known === undefined || !hasFailingTest(known)) return command;
      const found = await findChange(facts, command.change);
      if ("mistake" in found) return found;
      const { change } = command;
      return change.kind === "pull"
        ? { verb: "test", change: { kind: "pull", number: change.number } }
        : command;
    }
    case "refresh":
      return known?.at === undefined ? command : movePlace(facts, known.at, known);
    default:
      return command;
  }
}

/** The place that a person named, at the newest commit: its lines may have moved since. */
async function movePlace(
  facts: RepositoryFacts,
  at: Location,
  { base, from = facts.repository.defaultBranch }: Investigation,
): Promise<Command | Mistake> {
  const newest = await commitAt(facts, from);
  if (typeof newest !== "string") return newest;
  // What was read before may be gone from GitHub; then the lines are all that is known.
  const before = base === undefined ? undefined : await linesAt(facts, at, base);
  const found =
    base === undefined || before === undefined || "mistake" in before
      ? await linesAt(facts, at, newest)
      : await moveTo(facts, at, base, newest);
  return "mistake" in found ? found : { verb: "refresh", at: found };
}

/** The lines at the commit that the research reads. */
async function findPlace(
  facts: RepositoryFacts,
  { location, link }: CommandOf<"at">,
  revision: string,
): Promise<Location | Mistake> {
  const base = await commitAt(facts, revision);
  if (typeof base !== "string") return base;
  if (link === undefined) return linesAt(facts, location, base);
  const { webUrl } = facts.repository;
  if (link.repository.toLowerCase() !== webUrl.toLowerCase())
    return { mistake: `The link leads to another repository than ${inlineCode(webUrl, 200)}.` };
  const linked = await resolveLink(facts, location.path, link);
  if (linked === undefined) return { mistake: "The branch or commit of the link is not in this repository." };
  const place = { ...location, path: linked.path };
  const there = await linesAt(facts, place, linked.commit);
  return "mistake" in there || linked.commit === base ? there : moveTo(facts, place, linked.commit, base);
}

async function commitAt(
  { github, repository }: RepositoryFacts,
  revision: string,
): Promise<string | Mistake> {
  const commit = await github.commitOf(repository, revision);
  return (
    commit ?? {
      mistake: `There is no branch, tag or commit ${inlineCode(revision, 80)} in this repository.`,
    }
  );
}

async function linesAt(facts: RepositoryFacts, place: Location, commit: string): Promise<Location | Mistake> {
  const { path, start, end } = place;
  const lines = await readLines(facts, path, commit);
  if ("mistake" in lines) return lines;
  const count = lines.length;
  return end > count
    ? {
        mistake: `${inlineCode(path, 120)} has ${counted(count, "line")} ${at(commit)}, and line ${end} is not one of them.`,
      }
    : { path, start, end };
}

/** A permalink to another commit: the same text at the same lines, else at the one place where it is now. */
async function moveTo(
  facts: RepositoryFacts,
  { path, start, end }: Location,
  from: string,
  base: string,
): Promise<Location | Mistake> {
  const before = await readLines(facts, path, from);
  if ("mistake" in before) return before;
  const now = await readLines(facts, path, base);
  if ("mistake" in now) return now;
  const wanted = before.slice(start - 1, end);
  const starts = now.flatMap((_, i) => (wanted.every((line, k) => now[i + k] === line) ? [i + 1] : []));
  const moved = starts.includes(start) ? start : starts.length === 1 ? starts[0] : undefined;
  return moved === undefined
    ? {
        mistake: `The lines of the place changed between \`${from.slice(0, 12)}\` and \`${base.slice(0, 12)}\`; name lines of ${inlineCode(path, 120)} ${at(base)}.`,
      }
    : { path, start: moved, end: moved + end - start };
}

/** A link does not show where the name of the branch ends; a branch and a folder of it cannot both exist. */
async function resolveLink(
  { github, repository }: RepositoryFacts,
  path: string,
  { revision }: NonNullable<WrittenLocation["link"]>,
): Promise<{ readonly commit: string; readonly path: string } | undefined> {
  const parts = [revision, ...path.split("/")];
  for (let length = 1; length < Math.min(parts.length, MAX_BRANCH_PARTS + 1); length++) {
    const commit = await github.commitOf(repository, parts.slice(0, length).join("/"));
    if (commit !== undefined) return { commit, path: parts.slice(length).join("/") };
  }
  return undefined;
}

/** The lines as research reads them: it skips binary files, and files that are larger than the API returns. */
async function readLines(
  { github, repository }: RepositoryFacts,
  path: string,
  commit: string,
): Promise<readonly string[] | Mistake> {
  const name = inlineCode(path, 120);
  try {
    const text = await github.file(repository, path, commit);
    if (text === undefined) return { mistake: `There is no file ${name} ${at(commit)}.` };
    return text.slice(0, SNIFF).includes("\0") ? { mistake: `${name} is not a text file.` } : linesOf(text);
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.code !== "refused") throw error;
    return { mistake: `${name} is larger than 1 MB, and Casebook does not read such files.` };
  }
}

/** As git does, a NUL among the first characters makes a file binary. */
const SNIFF = 8_000;

function at(commit: string): string {
  return `at \`${commit.slice(0, 12)}\``;
}
