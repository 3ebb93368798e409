import type { Family } from "./mask-text.ts";
import type { MaskedText } from "./mask-text.ts";

export interface Violation {
  readonly line: number;
  /** What the line does, for a sentence: `ends its process`. */
  readonly what: string;
}

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
}

/** A test may not; a program of a report may. */
export const ENDS = "ends its own process";
const TAMPERS = "reaches for the test runner";
/** A test may not; a program of a report may. */
export const PRINTS = "reaches for the output or the arguments of the test runner";
export const DEFINES = "defines its own assertions";

/** One pattern of several: `sys\.exit` also finds `sys . exit`, and a word is a whole one. */
function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(
    patterns.map((pattern) => pattern.replaceAll(String.raw`\.`, String.raw`\s*\.\s*`)).join("|"),
  );
}

/** A call of a function that is no method of something else. */
function calls(...names: readonly string[]): string {
  return String.raw`(?:^|[^.\w$>:])(?:${names.join("|")})\s*\(`;
}

/** In code, strings and comments aside. */
const CODE: Readonly<Record<Family, readonly Rule[]>> = {
  python: [
    {
      what: ENDS,
      pattern: anyOf(
        String.raw`\bsys\.exit\b|\bfrom\s+sys\s+import\b.*\bexit\b|\b_exit\b|\bSystemExit\b`,
        String.raw`\bos\.(?:abort|kill|killpg|exec[lv]\w*)\b|\bsignal\.(?:raise_signal|pthread_kill)\b|\bfaulthandler\b`,
        calls("exit", "quit"),
      ),
    },
    {
      what: TAMPERS,
      pattern: anyOf(
        String.raw`\b_pytest\b|\bpytest_\w+|\bpytest\.(?:main|hookimpl|hookspec|exit)\b|\bpluggy\b|\batexit\b`,
        String.raw`\bunittest\.(?:result|runner|case|TestResult|TextTestRunner)\b`,
        String.raw`\bsys\.(?:_getframe|_current_frames|settrace|setprofile|excepthook|modules|monitoring)\b`,
        String.raw`\bgc\.get_(?:objects|referrers)\b|\binspect\.(?:stack|currentframe|getouterframes)\b|\bctypes\b`,
        String.raw`\bos\.(?:write|dup2?|fdopen|fork|forkpty|register_at_fork)\b`,
        String.raw`\b__builtins__\b|\bbuiltins\b|\b__import__\b|\bimportlib\b`,
        calls("eval", "exec", "compile", "globals"),
      ),
    },
    { what: PRINTS, pattern: anyOf(String.raw`\bsys\.argv\b`) },
    {
      what: DEFINES,
      pattern: anyOf(
        String.raw`^\s*(?:async\s+)?def\s+(?:assert|fail)\w*\s*\(`,
        String.raw`\bdef\s+(?:run|debug|__call__)\s*\(\s*self\s*,\s*result\b|\bdef\s+(?:_callTestMethod|defaultTestResult)\b`,
        String.raw`\b(?:AssertionError|TestCase|failureException)\s*=[^=]`,
      ),
    },
  ],
  javascript: [
    {
      what: ENDS,
      pattern: anyOf(
        String.raw`\bprocess\s*\??\.(?:exit|abort|kill|_kill)\b|\bprocess\s*\[|\breallyExit\b|\bexitCode\s*=|\b(?:Deno|Bun)\.exit\b`,
        String.raw`\}\s*=\s*process\b`,
      ),
    },
    {
      what: TAMPERS,
      pattern: anyOf(
        String.raw`\bprocess\.(?:on|once|addListener|prependListener|emit|binding|_\w+|report|send|mainModule)\b`,
        String.raw`\bglobalThis\b|\bexpect\.(?:extend|setState)\b|\bjest\.retryTimes\b|\bReflect\b|\b__proto__\b`,
        String.raw`\bconstructor\.constructor\b|\bError\.(?:prepareStackTrace|captureStackTrace)\b|\bnew\s+Function\b`,
        calls("eval", "Function"),
      ),
    },
    { what: PRINTS, pattern: anyOf(String.raw`\bprocess\.(?:argv|stdout|stderr)\b`) },
    {
      what: DEFINES,
      pattern: anyOf(
        String.raw`\bfunction\s+(?:expect|assert|test|it|describe)\b`,
        String.raw`\b(?:const|let|var)\s+(?:expect|assert|test|it|describe)\s*=\s*(?!.*\b(?:require|import)\b)`,
        String.raw`(?<!\b(?:const|let|var)\s)\b(?:expect|assert)(?:\.\w+)?\s*=[^=>]`,
      ),
    },
  ],
  go: [
    {
      what: ENDS,
      pattern: anyOf(String.raw`\bos\.Exit\b|\blog\.(?:Fatal|Panic)\w*|\bruntime\.Goexit\b`),
    },
    {
      what: TAMPERS,
      pattern: anyOf(String.raw`\bfunc\s+TestMain\b|\bos\.NewFile\b|\bunsafe\b|\bsyscall\b`),
    },
    { what: PRINTS, pattern: anyOf(String.raw`\bos\.(?:Stdout|Args)\b`) },
  ],
  rust: [
    { what: ENDS, pattern: anyOf(String.raw`\bprocess::(?:exit|abort)\b|\blibc::`) },
    { what: TAMPERS, pattern: anyOf(String.raw`\bset_hook\b|\bunsafe\b`) },
    { what: PRINTS, pattern: anyOf(String.raw`\bio::stdout\b`) },
  ],
  "c-like": [
    {
      what: ENDS,
      pattern: anyOf(
        String.raw`\bSystem\.exit\b|\bRuntime\b.*\b(?:exit|halt)\b|\bEnvironment\.(?:Exit|FailFast)\b|\bexitProcess\b`,
        String.raw`(?:^|[^.\w$>])(?:exit|die)\s*[(;]`,
      ),
    },
    {
      what: TAMPERS,
      pattern: anyOf(
        String.raw`\bsetAccessible\b|\bregister_shutdown_function\b|\baddShutdownHook\b|\bProcessExit\b|\bAppDomain\b`,
      ),
    },
  ],
};

/** In strings: where our reports lie, lines that look like a runner's, and modules that lead around it. */
const STRINGS: readonly Rule[] = [
  {
    what: "names the place of our reports",
    pattern: /(?:^|[^\w.])\/out(?:\/|$)|\.\.\/out\b|(?:^|\/)out\/report\./,
  },
  { what: "looks into its process from outside", pattern: /(?:^|[^\w])\/proc\// },
  {
    what: "prints what looks like a test runner's output",
    pattern:
      /<test(?:case|suites?)\b|--- (?:FAIL|PASS|SKIP)\b|=== RUN\b|"Action"\s*:|\bFAILED \((?:failures|errors)=|"type"\s*:\s*"(?:test|suite)"|^not ok \d|"testResults"/,
  },
  {
    what: TAMPERS,
    pattern:
      /^(?:node:)?(?:test\/reporters|inspector|vm|v8|worker_threads|process)$|^(?:_pytest|pluggy|ctypes|atexit)$/,
  },
];

/** What makes every run of a test worthless, whatever comes out. */
export function findForbidden({ code, strings }: MaskedText, family: Family): readonly Violation[] {
  const found: Violation[] = [];
  code.split("\n").forEach((text, at) => {
    for (const { what, pattern } of CODE[family])
      if (text.length < 5_000 && pattern.test(text)) found.push({ line: at + 1, what });
  });
  for (const { line, value } of strings)
    for (const { what, pattern } of STRINGS)
      if (pattern.test(value.slice(0, 5_000))) found.push({ line, what });
  if (code.split("\n").some((text) => text.length >= 5_000))
    found.push({ line: 1, what: "has lines that nobody can read" });
  return found.sort((a, b) => a.line - b.line);
}

/** Code that puts something else in the place of what the repository has: may be honest, must be looked at. */
export function findReplaced(code: string, family: Family, names: readonly string[]): readonly number[] {
  const patches: Readonly<Partial<Record<Family, RegExp>>> = {
    python: /\b(mock|patch|monkeypatch|MagicMock|Mock)\b|(^|[^.\w])(setattr|delattr)\s*\(/,
    javascript:
      /\b(jest|vi)\s*\.\s*(mock|doMock|spyOn|unstable_mockModule)\b|\bmock\s*\.\s*(method|module|getter|setter)\b|\b(sinon|proxyquire|rewire)\b|\.prototype\b/,
    "c-like": /\b(Mockito|mock|spy|createMock|Mock<)\b/,
  };
  const assigned =
    names.length === 0
      ? undefined
      : new RegExp(`(^|[^.\\w])(${names.map(escape).join("|")})(\\s*\\.\\s*\\w+)+\\s*=[^=>]`);
  return code
    .split("\n")
    .flatMap((text, at) =>
      patches[family]?.test(text) === true || assigned?.test(text) === true ? [at + 1] : [],
    );
}

function escape(name: string): string {
  return name.replaceAll(/[^\w]/g, String.raw`\$&`);
}
