import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Store } from "../store/store.ts";

/** Metrics for the operator; `/metrics` serves them to Prometheus. */
export interface Metrics {
  delivery(outcome: "stored" | "known" | "ignored" | "refused" | "failed"): void;
  acknowledged(seconds: number): void;
  request(write: boolean, status: number): void;
  job(kind: string, outcome: "done" | "failed" | "retry", seconds: number): void;
  /** Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** `waiting`: bytes of deliveries that are acknowledged and not in the database yet. */
export function openMetrics(
  store: Pick<Store, "counts" | "openRuns" | "lastDeliveryAt">,
  waiting: () => number = () => 0,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const deliveries = new Counter({
    name: "casebook_deliveries_total",
    help: "Webhooks by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const acknowledged = new Histogram({
    name: "casebook_delivery_seconds",
    help: "Seconds until a webhook was answered",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10],
    registers,
  });
  const requests = new Counter({
    name: "casebook_github_requests_total",
    help: "Requests to GitHub's API by kind and status; 0 is no response",
    labelNames: ["kind", "status"],
    registers,
  });
  const jobs = new Histogram({
    name: "casebook_job_seconds",
    help: "Seconds that jobs took, by kind and outcome",
    labelNames: ["kind", "outcome"],
    buckets: [0.05, 0.25, 1, 5, 30, 120, 600],
    registers,
  });
  const present = new Gauge({
    name: "casebook_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"],
    registers: [],
    async collect() {
      this.reset();
      for (const { queue, state, count } of await store.counts()) this.set({ queue, state }, count);
    },
  });
  const runs = new Gauge({
    name: "casebook_runs",
    help: "Open runs: waiting for admission, or admitted to the queue",
    labelNames: ["state"],
    registers: [],
    async collect() {
      this.reset();
      for (const { state, count } of await store.openRuns()) this.set({ state }, count);
    },
  });
  const last = new Gauge({
    name: "casebook_last_delivery_timestamp_seconds",
    help: "Time of the last webhook in seconds since 1970; 0 before the first",
    registers: [],
    async collect() {
      this.set(((await store.lastDeliveryAt()) ?? 0) / 1000);
    },
  });
  const kept = new Gauge({
    name: "casebook_deliveries_waiting_bytes",
    help: "Bytes of webhooks that were acknowledged and wait for the embedded database",
    registers: [],
    collect() {
      this.set(waiting());
    },
  });
  registry.registerMetric(kept);
  registry.registerMetric(present);
  registry.registerMetric(runs);
  registry.registerMetric(last);
  return {
    delivery: (outcome) => deliveries.inc({ outcome }),
    acknowledged: (seconds) => acknowledged.observe(seconds),
    request: (write, status) => requests.inc({ kind: write ? "write" : "read", status: String(status) }),
    job: (kind, outcome, seconds) => jobs.observe({ kind, outcome }, seconds),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
