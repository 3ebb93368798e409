import { expect, test } from "@jest/globals";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import type { GitHub, PullInfo } from "../../src/github/github.ts";
import { type Investigation, newInvestigation } from "../../src/investigation/investigation.ts";
import { checkHead } from "../../src/service/check-head.ts";
import type { Service } from "../../src/service/service.ts";
import { syncIssue } from "../../src/service/sync-issue.ts";
import type { Store } from "../../src/store/store.ts";
import { ada, issue, memoryStore, momentOf, serviceOf } from "./one-issue.ts";

const HEAD = "d".repeat(40);
const OF = { repository: 7, issue: 42 };
const job = { signal: new AbortController().signal, attempt: 1 };

const done: Investigation = {
  ...newInvestigation(7, 42),
  stage: "done",
  base: "c".repeat(40),
  runs: 1,
  startedBy: { id: ada.id, login: ada.login },
  phases: [
    {
      type: "root-cause",
      status: "completed",
      criteria: [],
      dropped: 0,
      files: ["b.md"],
      lead: "The lock is missing.",
    },
  ],
};

/** A GitHub with one comment and one pull request, which sends no text of the kinds that `refuses` names. */
async function world(refuses: ReadonlySet<string>) {
  const sent: { comment?: string; pull?: string; check?: string } = {};
  const log: string[] = [];
  const records = new Map<string, string>();
  const send = (what: keyof typeof sent, text: string): void => {
    if (refuses.has(what) && !text.includes("did not publish"))
      throw new GitHubFailure("would-act", "line 3 would show an image");
    sent[what] = text;
  };
  const github: Partial<GitHub> = {
    comments: async () => [],
    branchHead: async () => HEAD,
    pullsFrom: async () => [],
    pull: async () => ({ number: 8, state: "open" }) as PullInfo,
    readToken: async () => "token",
    ownCheckRuns: async () => [],
    addLabels: async () => undefined,
    removeLabel: async () => undefined,
    createLabel: async () => undefined,
    createComment: async (_, _issue, body) => (send("comment", body), 1),
    updateComment: async (_, _id, body) => send("comment", body),
    createPull: async (_, { body }) => (send("pull", body), 8),
    createCheckRun: async (_, { summary }) => (send("check", summary), 9),
  };
  const sync: string[] = [];
  const store: Store = Object.assign(memoryStore(), {
    takeLease: async () => 1,
    holdsLease: async () => true,
    note: async () => "created",
    saveNote: async () => undefined,
    send: async ({ kind }: { readonly kind: string }) => void sync.push(kind),
    idempotencyRecords: async () => new Map(records),
    saveIdempotencyRecord: async (_: unknown, name: string, value: string | undefined) =>
      value === undefined ? void records.delete(name) : void records.set(name, value),
  });
  await store.saveRepository({ id: 7, installation: 5, owner: "o", name: "r" });
  await store.change({ ...OF, installation: 5 }, () => ({ investigation: done, effects: [] }));
  const service: Service = {
    ...serviceOf(momentOf({ ...issue, labels: [] }, [], github), store),
    research: {
      openMirror: async () => ({ mirror: "mirror" }),
      check: async () => [],
    } as unknown as Service["research"],
    log: {
      info: () => undefined,
      warn: (what, { code }) => void log.push(`${what}: ${code}`),
      error: () => undefined,
    },
  };
  return { service, sent, log, sync };
}

test("a status comment that would act is replaced by one that says so, and the log says it", async () => {
  const { service, sent, log } = await world(new Set(["comment"]));
  await syncIssue(service, OF, job);
  expect(sent.comment).toContain("### Could not show the results");
  expect(sent.comment).toContain(
    "Casebook read its status comment back and did not publish it: line 3 would show an image.",
  );
  expect(sent.comment).not.toContain("lock");
  expect(sent.pull).toContain("lock");
  expect(log).toEqual(["could not show the status comment: would-act"]);
});

test("a pull request that would act is not opened, and the comment names it beside the results", async () => {
  const { service, sent, log } = await world(new Set(["pull"]));
  await syncIssue(service, OF, job);
  expect(sent.pull).toBeUndefined();
  expect(sent.comment).toContain("The lock is missing");
  expect(sent.comment).toContain("> Casebook read the pull request back and did not publish it: line 3");
  expect(log).toEqual(["could not show the pull request: would-act"]);
});

test("a check that would act is not made, and the comment names it until one is", async () => {
  const refuses = new Set(["check"]);
  const { service, sent, log, sync } = await world(refuses);
  await checkHead(service, { ...OF, head: HEAD }, job);
  expect([sent.check, log, sync]).toEqual([undefined, ["could not show the check: would-act"], ["sync"]]);
  await syncIssue(service, OF, job);
  expect(sent.comment).toContain("> Casebook read the check back and did not publish it: line 3");
  refuses.clear();
  await checkHead(service, { ...OF, head: HEAD }, job);
  await syncIssue(service, OF, job);
  expect(sent.check).toContain("No document to check");
  expect(sent.comment).not.toContain("did not publish");
});
