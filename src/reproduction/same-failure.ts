import type { TestResult } from "./test-report.ts";

/**
 * What a failure is, without what differs from run to run: addresses, times, durations, process and thread numbers,
 * temporary paths, ids. Other numbers stay: a count that differs is another failure.
 */
export function normaliseFailure({ type, message }: Pick<TestResult, "type" | "message">): string {
  const text = (message ?? "")
    .slice(0, 4_000)
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "<address>")
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "<id>")
    .replaceAll(/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, "<time>")
    .replaceAll(/\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g, "<time>")
    .replaceAll(/\b1[6-9]\d{8}(?:\.\d+|\d{3})?\b/g, "<time>")
    .replaceAll(/(?:\/(?:var\/)?tmp|\/dev\/shm)\/[^\s'"`,;:)\]}]+/g, "<temporary path>")
    .replaceAll(/\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|sec|seconds|milliseconds|minutes)\b/g, "<duration>")
    .replaceAll(/\b((?:process|pid|thread|worker|goroutine|port)[ :=#-]{1,3})\d+\b/gi, "$1<number>")
    .replaceAll(/\b(?:Thread|Process|MainThread|Worker)-\d+\b/g, "<thread>")
    .replaceAll(/\b(localhost|127\.0\.0\.1|\[::1\]):\d+/g, "$1:<port>")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `${type ?? ""}: ${text}`;
}
