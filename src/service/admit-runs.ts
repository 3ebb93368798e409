import type { Service } from "./service.ts";

/** Runs at once in a repository that says nothing about it. */
const RUNS_PER_REPOSITORY = 2;

/** Lets waiting runs begin as far as the limits allow; called whenever one is wanted or ends. */
export async function admitRuns({ store, settings }: Pick<Service, "store" | "settings">): Promise<void> {
  await store.admitRuns({
    perRepository: RUNS_PER_REPOSITORY,
    perInstallation: settings.runsPerInstallation,
  });
}
