import type { PageServerOptions } from "./page-server.ts";
import type { FileInput } from "./page.ts";
import type { Simulation } from "./simulation.ts";
import type { Watch } from "./watch.ts";

/** Requests that the page lists. */
const MAX_REQUESTS = 60;

/** The page's view of a simulation: the last state, the pull requests' files, the bot's requests. */
export function showing(
  simulation: Simulation,
  told: Pick<Watch, "latest" | "feed" | "isBusy">,
): Pick<PageServerOptions, "show" | "file"> {
  const { github, repository, issue, text, people, hasModel } = simulation;
  // A commit's files do not change.
  const kept = new Map<string, string | undefined>();
  const fileAt = async (commit: string, path: string): Promise<string | undefined> => {
    const key = `${commit}:${path}`;
    if (!kept.has(key)) kept.set(key, await simulation.fileAt(commit, path));
    return kept.get(key);
  };
  const changes = new Map<string, string | undefined>();
  const changeAt = async (commit: string, path: string): Promise<string | undefined> => {
    const key = `${commit}:${path}`;
    // After the merge there is no difference; the page keeps the proposed one.
    if (!changes.has(key)) changes.set(key, await simulation.changeAt(commit, path));
    return changes.get(key);
  };
  return {
    async show() {
      const state = told.latest ?? (await simulation.state());
      const documents = new Map<string, string>();
      for (const { head, files } of state.pulls)
        for (const path of files)
          documents.set(
            path,
            (path.endsWith(".md") ? await fileAt(head, path) : await changeAt(head, path)) ?? "",
          );
      return {
        state,
        issue,
        text,
        author: people.find(({ role }) => role === "reporter")?.login ?? "",
        people,
        bot: github.app.bot.login,
        webUrl: `${github.url}/${repository.owner}/${repository.name}`,
        feed: told.feed,
        isBusy: told.isBusy,
        documents,
        hasModel,
        requests: github.requests.slice(-MAX_REQUESTS),
      };
    },
    async file(place): Promise<FileInput | undefined> {
      const { branches } = told.latest ?? (await simulation.state());
      const branch = Object.keys(branches).find((name) => place.startsWith(`${name}/`));
      const revision = branch ?? /^[0-9a-f]{40}(?=\/)/.exec(place)?.[0];
      if (revision === undefined) return undefined;
      const path = place.slice(revision.length + 1);
      const content = await fileAt(branches[revision] ?? revision, path);
      return content === undefined ? undefined : { revision, path, text: content };
    },
  };
}
