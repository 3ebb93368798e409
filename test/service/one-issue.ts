import type { Investigation } from "../../src/investigation/investigation.ts";
import type { CommentInfo, GitHub, GitHubApp, IssueInfo } from "../../src/github/github.ts";
import type { Service } from "../../src/service/service.ts";
import type { Store, StoredDelivery, StoredRepository } from "../../src/store/store.ts";
import { PLAIN_SERVICE } from "../fakes/plain-service.ts";

export const ada = { id: 1, login: "ada", type: "User" } as const;
export const eve = { id: 2, login: "eve", type: "User" } as const;
const bot = { id: 99, login: "casebook[bot]", type: "Bot" } as const;
const repository = {
  id: 7,
  owner: "o",
  name: "r",
  isPrivate: false,
  archived: false,
  hasIssues: true,
  defaultBranch: "main",
  webUrl: "https://github.com/o/r",
  cloneUrl: "https://github.com/o/r.git",
};
export const place = {
  installation: { id: 5 },
  repository: { id: 7, name: "r", owner: { login: "o" }, default_branch: "main" },
};

/** A moment of GitHub, read by whoever asks; nothing is written in these tests. */
export function momentOf(
  issue: IssueInfo,
  comments: readonly CommentInfo[],
  more: Partial<GitHub> = {},
): GitHubApp {
  const github: Partial<GitHub> = {
    repository: async () => repository,
    file: async () => "limits: { startsPerHour: 100 }\n",
    filesIn: async () => [],
    issue: async () => ({ kind: "issue", issue }),
    comments: async () => comments,
    permission: async (_, login) => (login === "ada" ? "write" : "read"),
    labelledBy: async () => ada,
    branches: async () => [],
    commitOf: async (_, revision) => (revision === "main" ? "c".repeat(40) : undefined),
    ...more,
  };
  return {
    identity: async () => ({ appId: 4711, slug: "casebook", bot }),
    forInstallation: () => github as GitHub,
  } as unknown as GitHubApp;
}

/** Rows in memory, with what these tests need of a store. */
export function memoryStore(starts = 0): Store & {
  readonly deliveries: Map<string, StoredDelivery>;
  present(): Investigation | undefined;
} {
  const deliveries = new Map<string, StoredDelivery>();
  const repositories = new Map<number, StoredRepository>();
  let present: Investigation | undefined;
  const store: Partial<Store> = {
    delivery: async (key) => deliveries.get(key),
    finishDelivery: async (key, outcome) => void deliveries.set(key, { ...deliveries.get(key)!, outcome }),
    investigation: async () => present,
    change: async (_, decide, also) => {
      const decision = decide(present);
      if (decision !== undefined) present = decision.investigation;
      if (also?.finishDelivery !== undefined)
        await store.finishDelivery!(also.finishDelivery.key, also.finishDelivery.outcome);
      return present;
    },
    trackerChanged: async () => undefined,
    startsInLastHour: async () => starts,
    admitRuns: async () => 0,
    repository: async (id) => repositories.get(id),
    repositories: async () => [...repositories.values()],
    saveRepository: async (row) => void repositories.set(row.id, row),
    send: async () => undefined,
  };
  return Object.assign(store as Store, { deliveries, present: () => present });
}

export function serviceOf(app: GitHubApp, store: Store): Service {
  return {
    ...PLAIN_SERVICE,
    app,
    store,
    now: () => Date.parse("2026-01-01T01:00:00Z"),
  };
}

const time = "2026-01-01T00:30:00Z";
export const say = (id: number, author: typeof ada | typeof eve, body: string): CommentInfo => ({
  id,
  body,
  author,
  isMinimized: false,
  createdAt: time,
  updatedAt: time,
});
export const issue: IssueInfo = {
  number: 42,
  title: "t",
  body: "b",
  author: eve,
  state: "open",
  locked: false,
  labels: ["casebook:comprehension"],
  createdAt: "2026-01-01T00:00:00Z",
  isPullRequest: false,
  webUrl: "https://github.com/o/r/issues/42",
};
export const payloadIssue = { number: 42, title: "t", body: "b", created_at: issue.createdAt };
export const commented = (comment: CommentInfo): object => ({
  action: "created",
  issue: payloadIssue,
  comment: { id: comment.id, body: comment.body, created_at: comment.createdAt, user: comment.author },
  sender: comment.author,
  ...place,
});
