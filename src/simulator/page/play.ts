import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommentState, RepositoryState } from "../github/contract.ts";
import { STATE_LABELS } from "../../investigation/label.ts";
import type { CommandIo } from "../../cli/io.ts";
import { checkCommand } from "../../cli/commands/check.ts";
import type { Simulation } from "./simulation.ts";
import type { Watch } from "./watch.ts";

/**
 * Plays the life of an issue: a reader is refused, the maintainer asks, mistypes, names the cause, and merges. Each step is
 * checked against the state of GitHub. Exit code 0 when all checks pass, 1 and a sentence otherwise.
 */
export async function play(simulation: Simulation, told: Watch, io: CommandIo): Promise<number> {
  const { repository, issue } = simulation;
  const bot = simulation.github.app.bot.login;
  const step = async (title: string, work: () => Promise<unknown>): Promise<RepositoryState> => {
    io.out(`\n${title}`);
    await work();
    await told.quiet(io.signal);
    return simulation.state();
  };
  const say = (who: string, text: string) => (): Promise<unknown> => repository.comment(who, issue, text);
  const fail = (what: string): number => {
    io.err(`casebook: ${what}`);
    return 1;
  };

  let state = await step(
    "A reader asks for an investigation, which needs the right to write:",
    say("rob", "/casebook investigate"),
  );
  if (!hasAnswer(state, issue, "rob", bot, "-1")) return fail("the reader was not refused");
  if (state.pulls.length > 0) return fail("something was published without the right");

  state = await step("The maintainer asks, and the phases run:", say("mia", "/casebook investigate"));
  if (!hasAnswer(state, issue, "mia", bot, "rocket")) return fail("the investigation did not end");
  if (state.pulls[0]?.state !== "open" || !state.pulls[0].draft)
    return fail("there is no draft pull request");

  if (simulation.hasModel) {
    state = await step("The maintainer allows the fix:", say("mia", "/casebook approve"));
    const fix = state.pulls[0];
    const changed = fix === undefined ? undefined : await simulation.fileAt(fix.head, "src/storage/store.py");
    if (fix === undefined || changed?.includes("fcntl.flock") !== true)
      return fail("the fix is not on the branch");
    if (!fix.draft) return fail("the fix is no draft");
    for (const path of fix.files.filter((file) => !file.startsWith(".chant/"))) {
      const diff = (await simulation.changeAt(fix.head, path)) ?? "";
      io.out(`  ${path}: ${sizeOf(diff)}`);
    }
  }

  state = await step("The maintainer mistypes a command:", say("mia", "/casebook refesh"));
  if (!hasAnswer(state, issue, "mia", bot, "confused")) return fail("the mistyped command got no answer");

  state = await step(
    "The maintainer names the place of the cause, and root cause and impact map run again:",
    say("mia", "/casebook at src/storage/store.py:31-35"),
  );
  const [pull, ...more] = state.pulls;
  if (pull === undefined || more.length > 0) return fail("there is not exactly one pull request");
  if (!state.checks.some(({ head, conclusion }) => head === pull.head && conclusion === "success"))
    return fail("the check of the pull request is not green");

  state = await step("The maintainer merges the pull request:", () =>
    repository.mergePull("mia", pull.number),
  );
  const ended = state.issues.find(({ number }) => number === issue);
  const comments = ended?.comments.filter(({ author }) => author === bot).length;
  if (state.pulls[0]?.state !== "merged") return fail("the pull request is not merged");
  if (ended?.labels.join() !== STATE_LABELS.done.name) return fail("the issue is not marked as done");
  if (comments !== 1) return fail(`the bot made ${comments} comments instead of one`);

  io.out("\nThe merged documents, checked once more by the command line:");
  const exit = await check(repository.gitDir, io);
  if (exit !== 0) return exit;
  const broken = simulation.github.violations;
  if (broken.length > 0) return fail(`GitHub's rules were broken: ${broken.slice(0, 5).join("; ")}`);
  io.out("\nDone: one comment, one pull request, every reference verified. Nothing is left behind.");
  return 0;
}

/** `+20 -13` of a unified diff. */
function sizeOf(diff: string): string {
  const lines = diff.split("\n");
  const count = (sign: string, head: string): number =>
    lines.filter((line) => line.startsWith(sign) && !line.startsWith(head)).length;
  return `+${count("+", "+++ ")} -${count("-", "--- ")}`;
}

async function check(repo: string, io: CommandIo): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), "casebook-check-"));
  try {
    return await checkCommand([], { repo, ref: "main", data }, io);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** True when the bot reacted with this to a comment of that person. */
function hasAnswer(
  { issues }: RepositoryState,
  issue: number,
  author: string,
  bot: string,
  content: string,
): boolean {
  const isAnswered = (comment: CommentState): boolean =>
    comment.author === author &&
    comment.reactions.some((reaction) => reaction.by === bot && reaction.content === content);
  return issues.some(({ number, comments }) => number === issue && comments.some(isAnswered));
}
