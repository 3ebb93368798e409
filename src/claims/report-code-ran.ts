import { z } from "zod";
import { findMessages } from "../issue/report/report-messages.ts";
import type { IssueReading } from "../issue/issue-reading.ts";
import type { Report } from "../issue/report/read-report.ts";
import { sha256 } from "../text/hash.ts";
import { counted } from "../text/counted.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import { claimType, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { checkByRun, runPart } from "./shown-by-run.ts";

/** How a program of a report ended, several times and each time the same. */
const programEnd = z.strictObject({
  end: z.enum(["exit", "failure", "hang", "flood", "killed"]),
  exit: z.int().optional(),
  failure: z.strictObject({ type: z.string().max(300), message: z.string().max(1_000) }).optional(),
  at: z.strictObject({ path: part.path, line: part.line }).optional(),
  /** Lines of the repository that the failure passes, the outermost call first. */
  frames: z
    .array(z.strictObject({ path: part.path, line: part.line }))
    .max(30)
    .readonly()
    .optional(),
  /** Failures that it names as its cause, the nearest first. */
  causes: z
    .array(
      z.strictObject({
        type: z.string().max(300),
        message: z.string().max(1_000),
        at: z.strictObject({ path: part.path, line: part.line }).optional(),
      }),
    )
    .max(5)
    .readonly()
    .optional(),
  hindrance: z
    .enum(["missing", "network", "input", "limits", "import", "build", "incomplete", "syntax", "own-code"])
    .optional(),
  printed: z.string().max(2_000).optional(),
});
export type ReadEnd = z.infer<typeof programEnd>;

/** What an end says beside the report. */
const COMPARED = [
  /** It fails in the repository with a message that the report quotes. */
  "fails-as-reported",
  /** It prints exactly what the report shows as printed. */
  "prints-as-reported",
  /** It ends with the status that the report names. */
  "exits-as-reported",
  /** The report says that it hangs, and a line of the repository runs when time is up. */
  "hangs-as-reported",
  /** It prints exactly what the report expects. */
  "as-expected",
  /** It fails in the repository, or in an assertion of its own, with no message that was read in the report. */
  "otherwise",
  "no-failure",
  "hangs",
  "floods",
  /** What it does here says nothing about the repository. */
  "not-runnable",
] as const;
export type Compared = (typeof COMPARED)[number];

/** The same failure as the report's. */
export function isReproduced(kind: Compared): boolean {
  return kind.endsWith("-as-reported");
}

const HINDRANCES: Readonly<Record<NonNullable<ReadEnd["hindrance"]>, string>> = {
  missing: "something that it needs is not here",
  network: "it needs the network",
  input: "it waits for input",
  limits: "it reaches a limit of the sandbox",
  import: "the repository cannot be loaded here",
  build: "it cannot be built or started here",
  incomplete: "it uses a name that it does not define",
  syntax: "it is no whole program of its language",
  "own-code": "it fails on a line of its own",
};

/** What happened when Casebook ran a program of the report, several times and each time the same. */
export const reportCodeRan = claimType({
  name: "report-code-ran",
  mark: "run",
  schema: z.strictObject({
    kind: z.enum(COMPARED),
    /** `command`: a command of the project that the report names. */
    program: z.enum(["code", "command"]),
    /** SHA-256 of the code blocks of the report that make the program. */
    blocks: z
      .array(z.string().regex(/^[0-9a-f]{64}$/))
      .min(1)
      .max(60),
    ended: programEnd,
    times: z.int().min(1).max(20),
    run: runPart.run,
  }),
  say: ({ kind, program, ended, times, run }) => ({
    label: "report",
    text: `${sentenceOf(kind, `The report's own ${program}`, ended, times)} (${inlineCode(run)})`,
    citations:
      ended.at === undefined
        ? []
        : [{ kind: "lines", path: ended.at.path, start: ended.at.line, end: ended.at.line }],
  }),
  check(data, evidence) {
    const { report, reading } = evidence;
    if (report === undefined || reading === undefined) return undecided("the issue is not at hand");
    const blocks = data.blocks.flatMap(
      (hash) => reading.codeBlocks.find(({ text }) => sha256(text) === hash)?.text ?? [],
    );
    if (blocks.length < data.blocks.length) return wrong("the report has no such code");
    if (compareWithReport(data.ended, blocks, report, reading) !== data.kind)
      return wrong("beside the report, this end says something else");
    return checkByRun("report-code-ran", data, evidence);
  },
});

function sentenceOf(kind: Compared, subject: string, ended: ReadEnd, times: number): string {
  const runs = `in ${times} of ${counted(times, "run")}`;
  const message = inlineCode(messageOf(ended), 300);
  const at = ended.at === undefined ? "" : `, at ${inlineCode(`${ended.at.path}:${ended.at.line}`)}`;
  const printed = inlineCode(ended.printed ?? "", 200);
  switch (kind) {
    case "fails-as-reported":
      return `${subject} fails as reported, ${runs}: ${message}${because(ended)}${at}`;
    case "prints-as-reported":
      return `${subject} prints what the report shows, ${runs}: ${printed}`;
    case "exits-as-reported":
      return `${subject} ends with exit code ${ended.exit ?? 0}, as reported, ${runs}`;
    case "hangs-as-reported":
      return `${subject} does not end, as reported, ${runs}${at}`;
    case "as-expected":
      return `${subject} prints what the report expects, ${runs}: ${printed}`;
    case "otherwise":
      return `${subject} fails, ${runs}: ${message}${because(ended)}${at}; Casebook read no such message in the report`;
    case "no-failure":
      return noFailure(subject, runs, ended, printed);
    case "hangs":
      return `${subject} does not end here, ${runs}${at}`;
    case "floods":
      return `${subject} prints more than Casebook reads, ${runs}`;
    case "not-runnable":
      return `${subject} cannot be run here, because ${HINDRANCES[ended.hindrance ?? "own-code"]}${ended.failure === undefined ? "" : `: ${message}`}`;
  }
}

/** A report is about a failure or about a wrong value: which, this end does not say. */
function noFailure(
  subject: string,
  runs: string,
  { exit = 0, printed = "" }: ReadEnd,
  shown: string,
): string {
  const end = exit === 0 ? "without an error" : `with exit code ${exit}`;
  return `${subject} ends ${end} here, ${runs}${printed.trim() === "" ? "" : `, and prints ${shown}`}`;
}

/** What hinders a program, as a clause; undefined where its end says something, of the program at least. */
export function hinderedBy({ hindrance, failure }: ReadEnd, kind: Compared): string | undefined {
  if (
    kind !== "not-runnable" ||
    hindrance === undefined ||
    hindrance === "own-code" ||
    hindrance === "import"
  )
    return undefined;
  return `${HINDRANCES[hindrance]}${failure === undefined ? "" : `: ${printable(textOf(failure)).slice(0, 200)}`}`;
}

/** The failure that began it, where its line is told. */
function because({ causes }: ReadEnd): string {
  return causes === undefined ? "" : `, because of ${inlineCode(textOf(causes.at(-1)!), 300)}`;
}

/** `KeyError: 'a'` */
function messageOf({ failure, exit }: ReadEnd): string {
  return failure === undefined ? `exit code ${exit ?? 0}` : textOf(failure);
}

function textOf({ type, message }: { readonly type: string; readonly message: string }): string {
  return [type, message].filter((text) => text !== "").join(": ");
}

/**
 * Compares an end with the report. "As reported" needs the same message, output or status, letter by letter but for addresses; a failure
 * must pass a line of the repository as well. What the sandbox itself causes is never as reported.
 */
export function compareWithReport(
  ended: ReadEnd,
  blocks: readonly string[],
  report: Pick<Report, "messages">,
  reading: Pick<IssueReading, "codeBlocks" | "messages" | "textBlocks">,
): Compared {
  const { hindrance } = ended;
  if (ended.end === "flood") return "floods";
  if (ended.end === "hang")
    return ended.at !== undefined && saysHang(reading) ? "hangs-as-reported" : "hangs";
  if (hindrance === "network" || hindrance === "limits" || hindrance === "input" || hindrance === "build")
    return "not-runnable";
  if (ended.end === "killed") return "not-runnable";
  if (ended.failure !== undefined) {
    const own = messagesIn(blocks);
    const wanted = [...report.messages, ...reading.messages, ...own].map(plain);
    const isReported = (failure: { readonly type: string; readonly message: string }): boolean => {
      const { type, message } = failure;
      // A sentence is enough without the name of its type, as people quote it.
      const isSentence = type === "panic" || message.trim().split(/\s+/).length >= 3;
      return wanted.some((one) => one === plain(textOf(failure)) || (one === plain(message) && isSentence));
    };
    const isSame =
      isReported(ended.failure) ||
      (ended.causes ?? []).some((cause) => cause.at !== undefined && isReported(cause));
    // The reporter's own check fails: that is what was found, not what hinders.
    const isAssertion = hindrance === "own-code" && ended.failure.type.startsWith("Assertion");
    if (isSame && (ended.at !== undefined || isAssertion)) return "fails-as-reported";
    return hindrance === undefined || isAssertion ? "otherwise" : "not-runnable";
  }
  if (hindrance !== undefined) return "not-runnable";
  const { printed } = ended;
  if (printed !== undefined && /\p{L}|\d/u.test(printed)) {
    const shown = shownBy(blocks, reading);
    const [isActual, isExpected] = [shown.actual, shown.expected].map((texts) =>
      texts.some((text) => lines(text) === lines(printed)),
    );
    if (isActual !== isExpected) return isActual === true ? "prints-as-reported" : "as-expected";
  }
  if (ended.exit !== undefined && ended.exit !== 0 && saysExit(reading, ended.exit))
    return "exits-as-reported";
  return "no-failure";
}

/** Messages that comments of the code tell. */
function messagesIn(blocks: readonly string[]): readonly string[] {
  const comments = blocks.flatMap((text) =>
    text.split("\n").flatMap((line) => /(?:#|\/\/)\s*(?:=>\s*)?(.+)$/.exec(line)?.[1] ?? []),
  );
  return findMessages("", [{ kind: "code", text: comments.join("\n"), heading: "", part: undefined }]);
}

/** What the line before a block of output says. */
const OUTPUT =
  /\b(?:prints?|printed|printing|outputs?|gives?|gave|results? (?:is|in)|result|yields?|shows?|logs?|writes?|i (?:get|got|see))\b[^.!?]{0,60}[:：.]?\s*$/i;
/** The same of what ought to be printed, or once was. */
const WANTED =
  /\b(?:expect\w*|should|would|want\w*|instead|correct\w*|ought|supposed|desired|rather|used to|before|previously|until|with v?\d)\b/i;
const DENIED = /\b(?:not|never|no longer|\w+n't|without)\b/i;

/**
 * What the report shows as printed by these blocks: its sessions, blocks that it puts below "actual" and "expected", and one that
 * it introduces as output.
 */
function shownBy(
  blocks: readonly string[],
  { codeBlocks }: Pick<IssueReading, "codeBlocks">,
): { readonly actual: readonly string[]; readonly expected: readonly string[] } {
  const others = codeBlocks.filter(({ text }) => !blocks.includes(text));
  const introduced = others.filter(
    ({ part, before = "" }) =>
      part !== "expected" && part !== "actual" && OUTPUT.test(before) && !DENIED.test(before),
  );
  const asOutput = introduced.filter(({ before = "" }) => !WANTED.test(before));
  const sessions = blocks.flatMap((text) => printedIn(text) ?? []);
  return {
    actual: [
      ...(sessions.length === blocks.length ? [sessions.join("\n")] : []),
      ...others.filter(({ part: of }) => of === "actual").map(({ text }) => text),
      // Of several one may be what another version printed.
      ...(asOutput.length === 1 ? asOutput.map(({ text }) => text) : []),
    ],
    expected: [
      ...others.filter(({ part: of }) => of === "expected"),
      ...introduced.filter(({ before = "" }) => WANTED.test(before)),
    ].map(({ text }) => text),
  };
}

/** What a session of an interpreter or a shell printed; undefined for a block that is none, or that printed nothing. */
function printedIn(text: string): string | undefined {
  const all = text.split("\n");
  const prompt =
    /^[ \t]*>>> /.test(text) || all.some((line) => line.startsWith(">>> ")) ? />>>|\.\.\./ : /[$%]/;
  const isPrompt = new RegExp(String.raw`^[ \t]*(?:${prompt.source})(?: |$)`);
  if (!all.some((line) => isPrompt.test(line))) return undefined;
  const printed = all.filter((line) => !isPrompt.test(line)).join("\n");
  return printed.trim() === "" ? undefined : printed;
}

/** White space at the end of a line may be what is wrong, so only that of the whole is dropped. */
function lines(text: string): string {
  return text.replaceAll(/\b0x[0-9a-f]+\b/gi, "0x").replace(/^\n+|\s+$/g, "");
}

/** The page says so in so many words; where it does not end is a line of the repository besides. */
function saysHang({ textBlocks }: Pick<IssueReading, "textBlocks">): boolean {
  return textBlocks.some(
    ({ kind, text }) =>
      (kind === "title" || kind === "prose") &&
      /\b(?:hangs?|hanging|freezes?|frozen|infinite(?:ly)? (?:loops?|recursion)|endless loop|never (?:returns?|ends?|finishes|terminates?|completes?)|deadlocks?|gets? stuck)\b/i.test(
        text,
      ),
  );
}

function saysExit({ textBlocks }: Pick<IssueReading, "textBlocks">, exit: number): boolean {
  return textBlocks.some(({ text }) =>
    [
      ...text
        .slice(0, 20_000)
        .matchAll(/\bexit(?:s|ed|ing)?\s+(?:with\s+)?(?:code|status)\s*(?:of\s+|=\s*|:\s*)?(\d{1,3})\b/gi),
    ].some(([, code]) => Number(code) === exit),
  );
}

/** Without the name of the module before the exception's and without addresses; as V8 words it since version 9. */
function plain(message: string): string {
  return printable(message.trim().split("\n")[0]!)
    .replace(/^(?:Uncaught (?:\(in promise\) )?)?(?:[\w$]+\.)*(?=[A-Z][\w$]*(?::|$))/, "")
    .replace(
      /^TypeError: Cannot (read|set) propert(?:y|ies) (?:'(.*?)' )?of (null|undefined)(?: \((?:reading|setting) '(.*?)'\))?$/,
      (_, what: string, old = "", of: string, name = "") =>
        `TypeError: Cannot ${what} properties of ${of} (${String(old)}${String(name)})`,
    )
    .replace(/^thread '.*?' panicked at (?:'(.*)', .*|.*)$/, "panic: $1")
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "0x");
}
