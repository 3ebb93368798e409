import { Client } from "pg";
import { STATE_LABELS } from "../../src/investigation/label.ts";
import type { SimulatedGitHub, SimulatedRepository } from "../../src/simulator/github/contract.ts";

const PASSING: ReadonlySet<string> = new Set([STATE_LABELS.queued.name, STATE_LABELS.running.name]);

/** What must be the same however often the bot was killed: everything but times, numbers of runs and hashes. */
export async function outcomeOf(github: SimulatedGitHub, repository: SimulatedRepository): Promise<unknown> {
  const { issues, pulls, branches, checks, labels } = await repository.state();
  const bot = github.app.bot.login;
  return {
    branches: Object.keys(branches),
    // The label of a state that passes by is made only where the App looks while it lasts.
    labels: labels.filter((name) => !PASSING.has(name)),
    issues: issues.map(({ title, state, labels: own, comments }) => ({
      title,
      state,
      labels: own,
      comments: comments.map(({ author, body, reactions }) => ({
        author,
        body: author === bot ? stable(body) : body,
        reactions: reactions.map(({ by, content }) => `${by} ${content}`),
      })),
    })),
    pulls: pulls.map(({ title, state, draft, files, body, author }) => ({
      title,
      state,
      draft,
      files,
      author,
      body: stable(body),
    })),
    checks: checks
      .filter(({ head }) => pulls.some((pull) => pull.head === head))
      .map(({ name, status, conclusion, title }) => ({ name, status, conclusion, title })),
  };
}

/** GUIDs of deliveries that the bot neither answered nor stored. One that it stored can fail all the same: its answer is lost with the App. */
export async function undelivered(github: SimulatedGitHub, databaseUrl: string): Promise<readonly string[]> {
  const answered = new Set(
    github.webhooks.log.filter(({ status = 0 }) => status >= 200 && status < 300).map(({ guid }) => guid),
  );
  const failed = [...new Set(github.webhooks.log.map(({ guid }) => guid))].filter(
    (guid) => !answered.has(guid),
  );
  if (failed.length === 0) return [];
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ guid: string }>("SELECT guid FROM casebook.delivery");
    const stored = new Set(rows.map(({ guid }) => guid));
    return failed.filter((guid) => !stored.has(guid));
  } finally {
    await client.end();
  }
}

function stable(text: string): string {
  return text
    .replace(/\b\d+ (?:s|min) \|/g, "TIME |")
    .replace(/(?<=\b\d+ phases?, )\d+ (?:s|min)\b/g, "TIME")
    .replace(/\| *\|$/gm, "| TIME |")
    .replace(/[0-9a-f]{40}|(?<=`)[0-9a-f]{12}(?=`)/g, "HASH")
    .replace(/run `[^`]*`|run \d+/g, "run N")
    .replace(/\/acme\/[a-z0-9-]+/g, "/acme/REPOSITORY")
    .replace(/127\.0\.0\.1:\d+/g, "GITHUB")
    .replace(/casebook:\d+:/g, "casebook:APP:");
}
