import { causeOf, findTraces, type ReportFrame, type Trace, withoutPrefix } from "./trace-frames.ts";

/** Traces that are looked at; more repeat the first ones. */
const MAX_TRACES = 3;
/** Innermost own frames of one trace. */
const MAX_OWN = 3;
/** Lines between the innermost frame and what was thrown: source lines, carets, locals. */
const GAP = 8;
const THROWN =
  /^(?:[\w$]{1,60}(?:\.|::|\\)){0,10}[A-Z]\w{0,60}(?:Error|Exception|Failure|Warning|Interrupt|Exit)\b|^(?:Uncaught|panic|fatal|error)\b[^\n]{0,40}:/i;

/**
 * The lines of a report, from 0, that say how it failed, most telling first: what was thrown, then the innermost frames whose path `isOwn`
 * knows, each with the line below it; the cause before other traces. Empty where it holds no trace.
 */
export function failureLines(text: string, isOwn: (path: string) => boolean): readonly number[] {
  const traces = findTraces(text);
  const cause = causeOf(traces);
  const lines = text.split("\n");
  const found = new Set<number>();
  const inOrder = [...(cause === undefined ? [] : [cause]), ...traces.filter((one) => one !== cause)];
  for (const trace of inOrder.slice(0, MAX_TRACES)) {
    const inwards = trace.innermost === "first" ? trace.frames : trace.frames.toReversed();
    const innermost = inwards[0] === undefined ? undefined : lineOf(inwards[0], trace, lines);
    const thrown = innermost === undefined ? undefined : thrownAt(innermost, trace, lines);
    if (thrown !== undefined) found.add(thrown);
    for (const frame of inwards.filter(({ path }) => isOwn(path)).slice(0, MAX_OWN)) {
      const at = lineOf(frame, trace, lines);
      if (at === undefined) continue;
      found.add(at);
      if (at + 1 < lines.length) found.add(at + 1);
    }
  }
  return [...found];
}

function lineOf(frame: ReportFrame, { innermost }: Trace, lines: readonly string[]): number | undefined {
  const isAt = (line: string): boolean =>
    line.includes(frame.path) && (frame.line === undefined || line.includes(String(frame.line)));
  const at = innermost === "first" ? lines.findIndex(isAt) : lines.findLastIndex(isAt);
  return at < 0 ? undefined : at;
}

/** Python prints what was thrown below the innermost frame, most others above it. */
function thrownAt(frame: number, { innermost }: Trace, lines: readonly string[]): number | undefined {
  const near = Array.from({ length: GAP }, (_, step) =>
    innermost === "first" ? frame - 1 - step : frame + 1 + step,
  ).filter((at) => at >= 0 && at < lines.length && lines[at]!.trim() !== "");
  if (innermost === "first") return near[0];
  return near.find((at) => THROWN.test(withoutPrefix(lines[at]!))) ?? near[1];
}
