import { expect, test } from "@jest/globals";
import { LeaseLost, RetryLater, RunFailure } from "../../src/failure.ts";
import type { GitHub, GitHubApp } from "../../src/github/github.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import { handlersOf } from "../../src/service/handlers.ts";
import { readingMirror } from "../../src/service/renew-mirror.ts";
import { guarded, type Service } from "../../src/service/service.ts";
import { memoryStore } from "../fakes/memory-store.ts";
import { memoryStore as rows, serviceOf } from "./one-issue.ts";

const context = { signal: new AbortController().signal, attempt: 1 };

/** Seconds that a delivery waits each time, as long as `fails` gives a failure. */
function waits(fails: () => Error | undefined): () => Promise<number | undefined> {
  const store = memoryStore();
  const app = {
    identity: async () => {
      const failure = fails();
      if (failure !== undefined) throw failure;
      return { appId: 1, slug: "c", bot: { id: 9, login: "c[bot]" } };
    },
  } as unknown as GitHubApp;
  const handlers = handlersOf({ ...serviceOf(app, rows()), store });
  let count = 0;
  return async () => {
    const key = String(count++);
    await store.acceptDelivery({ key, guid: key, event: "push", payload: {}, wanted: true });
    try {
      await handlers.delivery({ kind: "delivery", key }, context);
      return undefined;
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      return error.seconds;
    }
  };
}

test("jobs wait longer while nothing answers, at most five minutes, and not any more when one ends well", async () => {
  let isDown = true;
  const next = waits(() => (isDown ? new GitHubFailure("unavailable", "502") : undefined));
  const seconds: (number | undefined)[] = [];
  for (let i = 0; i < 40; i++) seconds.push(await next());
  expect(seconds.slice(0, 9)).toEqual([10, 10, 10, 10, 20, 20, 20, 20, 40]);
  expect(Math.max(...seconds.map(Number))).toBe(300);
  isDown = false;
  expect(await next()).toBeUndefined();
  isDown = true;
  expect(await next()).toBe(10);
});

test("a job waits as long as GitHub says, however often it was asked before", async () => {
  const next = waits(
    () => new GitHubFailure("limited", "429", { retryAt: Date.parse("2026-01-01T01:00:42Z") }),
  );
  for (let i = 0; i < 6; i++) expect(await next()).toBe(42);
});

test("what passes by itself is no failure of a job: git that does not answer, a full disk", async () => {
  for (const code of ["repository-unreachable", "no-space", "busy"] as const)
    expect(await waits(() => new RunFailure(code, "not now"))()).toBe(10);
  await expect(waits(() => new RunFailure("spec-unreadable", "broken"))()).rejects.toThrow("broken");
});

test("a damaged mirror that is read is thrown away once an hour", async () => {
  const discarded: number[] = [];
  let now = Date.parse("2026-01-01T01:00:00Z");
  const service = {
    store: memoryStore(),
    research: { discardMirror: ({ id }: { readonly id: number }) => void discarded.push(id) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => now,
  } as unknown as Service;
  const read = (): Promise<never> =>
    readingMirror(service, { id: 7 }, { repository: 7, issue: 1 }, () =>
      Promise.reject(new RunFailure("damaged-mirror", "an object is missing")),
    );
  await expect(read()).rejects.toBeInstanceOf(RetryLater);
  await expect(read()).rejects.toBeInstanceOf(RunFailure);
  now += 3_600_000;
  await expect(read()).rejects.toBeInstanceOf(RetryLater);
  expect(discarded).toEqual([7, 7]);
});

test("a process that stood still while it asked for its lease asks again before it writes", async () => {
  let now = 0;
  let isHeld = true;
  const written: string[] = [];
  const view = guarded(
    { now: () => now },
    { deleteBranch: async (_: unknown, branch: string) => void written.push(branch) } as unknown as GitHub,
    async () => {
      if (!isHeld) throw new LeaseLost("the run");
      // It was held when it was asked for; the answer is read a minute later.
      now += 60_000;
      isHeld = false;
    },
  );
  const name = { id: 7, owner: "o", name: "r" };
  await expect(view.deleteBranch(name, "b")).rejects.toBeInstanceOf(LeaseLost);
  expect(written).toEqual([]);
});
