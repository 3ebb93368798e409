import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openMetrics } from "../../src/server/metrics.ts";

interface Job {
  readonly queue: string;
  readonly state: string;
  readonly count: number;
}

interface Run {
  readonly state: "waiting" | "admitted";
  readonly count: number;
}

/** A store of which only what can be counted is there. */
function countedStore() {
  let jobs: readonly Job[] = [];
  let runs: readonly Run[] = [];
  let last: number | undefined;
  return {
    has: (...now: readonly Job[]) => void (jobs = now),
    received: (at: number) => void (last = at),
    runs: (...now: readonly Run[]) => void (runs = now),
    counts: () => Promise.resolve(jobs),
    openRuns: () => Promise.resolve(runs),
    lastDeliveryAt: () => Promise.resolve(last),
  };
}

describe("/metrics", () => {
  test("counts deliveries, requests and jobs", async () => {
    const metrics = openMetrics(countedStore());
    metrics.delivery("stored");
    metrics.delivery("stored");
    metrics.delivery("known");
    for (const seconds of [0.004, 0.2, 0.001]) metrics.acknowledged(seconds);
    metrics.request(true, 201);
    metrics.request(false, 0);
    metrics.job("run", "done", 3);
    const text = await metrics.text();
    expect(text).toContain('casebook_deliveries_total{outcome="stored"} 2\n');
    expect(text).toContain('casebook_deliveries_total{outcome="known"} 1\n');
    expect(text).toContain('casebook_delivery_seconds_bucket{le="0.005"} 2\n');
    expect(text).toContain('casebook_github_requests_total{kind="write",status="201"} 1\n');
    expect(text).toContain('casebook_github_requests_total{kind="read",status="0"} 1\n');
    expect(text).toContain('casebook_job_seconds_count{kind="run",outcome="done"} 1\n');
  });

  test("says what is in the queues now, and forgets what is there no more", async () => {
    const store = countedStore();
    const metrics = openMetrics(store);
    store.has({ queue: "run", state: "active", count: 2 });
    expect(await metrics.text()).toContain('casebook_jobs{queue="run",state="active"} 2\n');
    store.has();
    expect(await metrics.text()).not.toContain("casebook_jobs{");
  });

  test("counts runs that have no job yet: they wait for their place", async () => {
    const store = countedStore();
    const metrics = openMetrics(store);
    store.runs({ state: "waiting", count: 3 });
    expect(await metrics.text()).toContain('casebook_runs{state="waiting"} 3\n');
    store.runs();
    expect(await metrics.text()).not.toContain("casebook_runs{");
  });

  test("says when the last webhook came, 0 before the first", async () => {
    const store = countedStore();
    const metrics = openMetrics(store);
    expect(await metrics.text()).toContain("casebook_last_delivery_timestamp_seconds 0\n");
    store.received(1_700_000_000_000);
    expect(await metrics.text()).toContain("casebook_last_delivery_timestamp_seconds 1700000000\n");
  });

  test("has the names that docs/operating.md explains, and the other way round", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/operating.md"), "utf8");
    const explained = [...page.matchAll(/^\| `(casebook_[a-z_]+)` /gm)].map((match) => match[1]);
    const text = await openMetrics(countedStore()).text();
    const printed = [...text.matchAll(/^# TYPE (casebook_[a-z_]+) /gm)].map((match) => match[1]);
    expect(printed.length).toBeGreaterThan(0);
    expect(explained).toHaveLength(printed.length);
    expect(new Set(explained)).toEqual(new Set(printed));
  });
});
