import { withoutSharedPrefix } from "./shared-prefix.ts";
import { TRACE_FORMATS, TRACE_PREFIXES, type TraceFormat } from "./trace-formats.ts";

/** One line of a printed trace. */
export interface ReportFrame {
  /** As printed; empty where the runtime names none. */
  readonly path: string;
  /** Undefined where none is printed. */
  readonly line: number | undefined;
  /** As printed; empty where none is printed. */
  readonly function: string;
  /** The format that it was read in. */
  readonly format: string;
}

/** Frames that belong together, in the order in which they are printed. */
export interface Trace {
  readonly format: string;
  readonly frames: readonly ReportFrame[];
  /** Which of the frames is the innermost. */
  readonly innermost: "first" | "last";
  /** This trace is printed as the cause of the one above it (Java), or of the one below it (Python). */
  readonly causes?: "above" | "below";
}

const MAX_LINE = 1_000;
const MAX_FRAMES = 300;
/** Lines between two frames of one trace: the source line, carets, "... 5 more". */
const GAP = 4;

/** The line without what was printed before it. */
export function withoutPrefix(line: string): string {
  return TRACE_PREFIXES.reduce((text, prefix) => text.replace(prefix, ""), line.slice(0, MAX_LINE)).trim();
}

/** Every trace of a text, in its order. What all of its lines begin with is left out where that shows one. Linear in the text. */
export function findTraces(text: string): readonly Trace[] {
  const count = (traces: readonly Trace[]): number =>
    traces.reduce((sum, { frames }) => sum + frames.length, 0);
  const plain = tracesOf(text);
  const bare = withoutSharedPrefix(text);
  if (bare === text) return plain;
  const found = tracesOf(bare);
  return count(found) > count(plain) ? found : plain;
}

function tracesOf(text: string): readonly Trace[] {
  const traces: Trace[] = [];
  let frames: ReportFrame[] = [];
  let format: TraceFormat | undefined;
  let causes: Trace["causes"];
  let count = 0;
  const end = (): void => {
    // One `path:line: Error` of pytest says where a test failed; it is no trace.
    const isTrace = format?.name !== "pytest" || frames.length > 1 || frames[0]?.function !== "";
    if (format !== undefined && frames.length > 0 && isTrace)
      traces.push({
        format: format.name,
        frames,
        innermost: format.innermost,
        ...(causes === undefined ? {} : { causes }),
      });
    frames = [];
    format = undefined;
    causes = undefined;
  };
  let previous = "";
  let gap = 0;
  for (const whole of text.split("\n")) {
    if (count >= MAX_FRAMES) break;
    const line = withoutPrefix(whole);
    const marks = relationOf(line);
    if (marks !== undefined) {
      if (marks === "below" && format !== undefined) causes = "below";
      end();
      if (marks === "above") causes = "above";
    }
    const read = frameOf(line, previous);
    if (read === undefined) {
      const arrow = /^-{1,12}> ?(\d{1,7})\b/.exec(line);
      const last = frames.at(-1);
      if (arrow !== null && last?.format === "ipython-old" && last.line === undefined)
        frames[frames.length - 1] = { ...last, line: Number(arrow[1]) };
      // A new exception ends a trace, and so does text that is no line of code between two frames.
      if (
        format !== undefined &&
        format.name !== "ipython-old" &&
        format.name !== "ipython" &&
        format.name !== "pytest" &&
        ++gap > GAP
      )
        end();
    } else {
      const family = familyOf(read.format.name);
      if (format !== undefined && familyOf(format.name) !== family) end();
      format ??= read.format;
      gap = 0;
      const last = frames.at(-1);
      if (read.format.completes === true && last !== undefined && last.path === "")
        frames[frames.length - 1] = { ...last, path: read.frame.path, line: read.frame.line };
      else {
        frames.push(read.frame);
        count++;
      }
    }
    previous = line;
  }
  end();
  return traces;
}

/** Formats that one trace mixes. */
function familyOf(format: string): string {
  return format.startsWith("ipython") || format === "python"
    ? "python"
    : format === "browser"
      ? "node"
      : format;
}

function relationOf(line: string): Trace["causes"] {
  if (/^(?:Caused by: |Suppressed: )/.test(line)) return "above";
  return line.startsWith("The above exception was the direct cause of the following exception")
    ? "below"
    : undefined;
}

function frameOf(
  line: string,
  previous: string,
): { readonly format: TraceFormat; readonly frame: ReportFrame } | undefined {
  for (const format of TRACE_FORMATS) {
    const groups = format.line.exec(line)?.groups;
    if (groups === undefined) continue;
    const above = format.above?.exec(previous)?.groups?.["fn"];
    if (format.needsAbove === true && above === undefined) continue;
    const fn = groups["fn"] ?? groups["call"] ?? above ?? "";
    return {
      format,
      frame: {
        path: (groups["path"] ?? "").trim(),
        line: groups["line"] === undefined ? undefined : Number(groups["line"]),
        function: fn.trim(),
        format: format.name,
      },
    };
  }
  return undefined;
}

/** The trace that is no other one's effect. Of several independent traces it is the first, since others repeat or follow it. */
export function causeOf(traces: readonly Trace[]): Trace | undefined {
  let [cause] = traces;
  // Java prints causes below: the last of an unbroken row of them is the root.
  for (const trace of traces.slice(1)) {
    if (trace.causes !== "above") break;
    cause = trace;
  }
  return cause;
}

/** The frame in which the cause broke. */
export function innermostFrame(traces: readonly Trace[]): ReportFrame | undefined {
  const cause = causeOf(traces);
  return cause?.innermost === "first" ? cause.frames[0] : cause?.frames.at(-1);
}
