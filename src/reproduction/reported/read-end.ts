import { z } from "zod";
import type { SandboxResult } from "../../sandbox/sandbox.ts";
import { COPY } from "../../sandbox/places.ts";
import { END, ERRORS, HANG, type ReportedProgram } from "./program.ts";

/** Why an end says nothing about the repository. */
type Hindrance =
  /** A module, package or tool is not here. */
  | "missing"
  | "network"
  /** It reads from its standard input. */
  | "input"
  /** A limit of the sandbox, or a place that it cannot write. */
  | "limits"
  /** It fails while files of the repository are loaded. */
  | "import"
  /** It cannot be built, or ends before it begins. */
  | "build"
  /** It is a part of something longer. */
  | "incomplete"
  /** It is not in its language, such as the record of a terminal. */
  | "syntax"
  /** It fails in the report's own code. */
  | "own-code";

/** How a program of a report ended, read from what Casebook recorded; what the program printed decides nothing but what it printed. */
export interface ProgramEnd {
  readonly end: "exit" | "failure" | "hang" | "flood" | "killed";
  readonly exit?: number;
  readonly failure?: { readonly type: string; readonly message: string };
  /** The innermost line of the repository that the failure, or what caused it, passes, or that runs when time is up. */
  readonly at?: { readonly path: string; readonly line: number };
  /** Lines of the repository that the failure passes, the outermost call first. */
  readonly frames?: readonly { readonly path: string; readonly line: number }[];
  /** Failures that it names as its cause, the nearest first, each with its innermost line of the repository. */
  readonly causes?: readonly {
    readonly type: string;
    readonly message: string;
    readonly at?: { readonly path: string; readonly line: number };
  }[];
  readonly hindrance?: Hindrance;
  /** What it wrote to its standard output, where that is short. */
  readonly printed?: string;
}

const MAX_PRINTED = 2_000;
const MAX_FRAMES = 30;
const MAX_MESSAGE = 1_000;

const one = z.object({
  type: z.string(),
  message: z.string(),
  code: z.string().optional(),
  frames: z.array(z.tuple([z.string().nullable(), z.int(), z.string()])).optional(),
  backtrace: z.string().optional(),
});
const failed = one.extend({ causes: z.array(one).max(5).optional() });
/** `started`: written before code that was built begins; it stays where the program ends its own process. */
const record = z.union([failed, z.object({ exit: z.int() }), z.object({ started: z.literal(true) })]);

const NETWORK =
  /\b(?:URLError|ConnectionError|ConnectionRefusedError|gaierror|MaxRetryError|NewConnectionError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH)\b|name resolution|[Nn]etwork is unreachable|fetch failed|dial tcp/;
const LIMITS =
  /\bMemoryError\b|No space left|Read-only file system|Resource temporarily unavailable|Cannot allocate memory|\b(?:ENOSPC|EROFS|EAGAIN|EPERM)\b|Operation not permitted|can't start new thread/;
const MISSING =
  /^(?:ModuleNotFoundError|PackageNotFoundError|DistributionNotFound)\b|\bERR_MODULE_NOT_FOUND\b|\bMODULE_NOT_FOUND\b|Cannot find (?:module|package)\b/;

const PARTS = /^(?:NameError: name '[^'\n]+' is not defined|ReferenceError: [\w$]+ is not defined)/;
const SYNTAX = /^(?:SyntaxError|IndentationError|TabError):/;

/** Reads how a run ended. `isRepository`: whether a path is a file of the commit. Never throws. */
export function readEnd(
  { end, output, files }: Pick<SandboxResult, "end" | "output" | "files">,
  program: Pick<ReportedProgram, "files" | "runtime" | "kind">,
  isRepository: (path: string) => boolean,
): ProgramEnd {
  const isOwn = (path: string): boolean => isRepository(path) && !program.files.has(path);
  const printed = output.length <= MAX_PRINTED ? { printed: output } : {};
  const hang = files.get(HANG) ?? "";
  if (hang !== "" || (end.kind === "limit" && end.limit === "seconds")) {
    const at = hangPlace(hang, isOwn);
    return { end: "hang", ...(at === undefined ? {} : { at }) };
  }
  if (end.kind === "limit") return { end: "flood" };
  if (end.kind !== "exit") return { end: "killed", hindrance: "limits" };
  const found = recordIn(files.get(END));
  if (found === undefined || "exit" in found || "started" in found) {
    const errors = files.get(ERRORS) ?? "";
    const isBuiltFirst = program.runtime === "go" || program.runtime === "rust";
    // Code records that it starts; a command of the project has no such start, so what the compiler prints decides.
    const build =
      found === undefined &&
      isBuiltFirst &&
      end.code !== 0 &&
      (program.kind === "code" || /^error|^#|: error/m.test(errors));
    return { end: "exit", exit: end.code, ...printed, ...(build ? { hindrance: "build" } : {}) };
  }
  const { failure, at, own } = failureOf(found, isOwn);
  const chain = [found, ...(found.causes ?? [])];
  const hindrance = hindranceOf(
    chain.map(({ type, message, code = "" }) => `${type}: ${message.slice(0, MAX_MESSAGE)} ${code}`),
    own.at(-1),
  );
  const below = (found.causes ?? []).map((cause) => failureOf(cause, isOwn));
  const causes = below.map((cause) => ({
    ...cause.failure,
    ...(cause.at === undefined ? {} : { at: cause.at }),
  }));
  // Where it began says more than where it was wrapped.
  const first = below.findLast((cause) => cause.at !== undefined);
  const frames = [...own, ...(first?.own ?? [])];
  return {
    end: "failure",
    failure,
    ...(at === undefined
      ? {}
      : {
          at: first?.at ?? at,
          frames: frames.slice(-MAX_FRAMES).map(([path, line]) => ({ path: path!, line })),
        }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(hindrance === undefined ? {} : { hindrance }),
    ...printed,
  };
}

type Frame = readonly [path: string | null, line: number, name: string];

function failureOf(
  { type, message, frames, backtrace = "" }: z.infer<typeof one>,
  isOwn: (path: string) => boolean,
): {
  readonly failure: { readonly type: string; readonly message: string };
  readonly at: ProgramEnd["at"];
  readonly own: readonly Frame[];
} {
  const own = (frames ?? backtraceOf(backtrace)).filter(
    ([path, line]) => path !== null && isOwn(path) && line > 0,
  );
  const last = own.at(-1);
  return {
    failure: { type: type.slice(0, 300), message: message.slice(0, MAX_MESSAGE) },
    at: last === undefined ? undefined : { path: last[0]!, line: last[1] },
    own,
  };
}

/** `chain`: the failure and its causes. */
function hindranceOf(chain: readonly string[], last: Frame | undefined): Hindrance | undefined {
  const [text = ""] = chain;
  if (chain.some((one) => NETWORK.test(one))) return "network";
  if (chain.some((one) => LIMITS.test(one))) return "limits";
  if (MISSING.test(text)) return "missing";
  if (/^EOFError: .*reading a line/.test(text)) return "input";
  if (last === undefined) return PARTS.test(text) ? "incomplete" : SYNTAX.test(text) ? "syntax" : "own-code";
  return last[2] === "<module>" ? "import" : undefined;
}

function recordIn(text: string | undefined): z.infer<typeof record> | undefined {
  try {
    return record.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** Lines of Python's own trace of the thread that runs the program: the innermost call comes first there. */
function hangPlace(text: string, isOwn: (path: string) => boolean): ProgramEnd["at"] {
  const main = text.split(/^(?=(?:Current thread|Thread) )/m).at(-1) ?? "";
  const [, path, line] = /^ {2}File "([^"\n]+)", line (\d+)/m.exec(main) ?? [];
  const inside = path?.startsWith(`${COPY}/`) === true ? path.slice(COPY.length + 1) : undefined;
  return inside !== undefined && isOwn(inside) ? { path: inside, line: Number(line) } : undefined;
}

/** Files and lines of a backtrace of Rust, the innermost last. */
function backtraceOf(text: string): readonly Frame[] {
  return [...text.matchAll(/\bat (?:\.\/|\/repo\/)?([\w./-]+\.rs):(\d+)/g)]
    .map(([, path, line]) => [path!, Number(line), ""] as const)
    .toReversed();
}
