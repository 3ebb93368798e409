/** What a script of `package.json` gives a test runner. */
export interface ScriptWords {
  /** Variables that are set before the runner starts. */
  readonly env: Readonly<Record<string, string>>;
  /** Its options, without those that decide what is reported, measured, watched or left out after a failure. */
  readonly options: readonly string[];
  /** What names the tests. */
  readonly selection: readonly string[];
}

/** Options with no value of their own, of the runners in the table; an option that is not here takes the next word, if that is none. */
const FLAGS = new Set(
  `--recursive --exit --check-leaks --forbid-only --forbid-pending --full-trace --inline-diffs --parallel -p --sort --color
   --colors -c --allow-uncaught --async-only --ci --runInBand -i --passWithNoTests --forceExit --detectOpenHandles
   --runTestsByPath --clearCache --logHeapUsage --run --typecheck --dangerouslyIgnoreUnhandledErrors --serial -s --verbose -v
   --experimental-strip-types --experimental-transform-types --experimental-vm-modules --enable-source-maps
   --experimental-test-module-mocks --test-only --disable-coverage --allow-empty-coverage --allow-incomplete-coverage`.split(
    /\s+/,
  ),
);
/** Not the project's selection: reporters, coverage, watching, and ending at the first failure. */
const OURS =
  /^(?:--watch\w*|-w|-W|--ui|--open|--bail|-b|--fail-fast|--reporters?|-R|--reporter-options?|-O|--test-reporter(?:-destination)?|--outputFile|--output-file|--json|--tap|-t|--silent|--test|--(?:no-)?coverage(?:[.A-Z-][\w.-]*)?|--(?:no-)?check-coverage|--cov|--no-cov|--experimental-test-coverage)(?:=.*)?$/;
/** Of these the value is the next word. */
const OURS_WITH_VALUE =
  /^(?:-R|-O|--reporters?|--reporter-options?|--test-reporter(?:-destination)?|--outputFile|--output-file|--coverage-report|--coverage\.\w+)$/;

/**
 * Reads the command of a script that calls a runner: `runner` matches it, and what it matches ends with the runner's last word. A
 * script with anything that only a shell can work out gives nothing but its variables.
 */
export function scriptWords(script: string, runner: RegExp): ScriptWords {
  const nothing = { env: {}, options: [], selection: [] };
  const command = script.split(/&&|\|\||[;|]/).find((part) => runner.test(part));
  const match = command === undefined ? null : runner.exec(command);
  if (command === undefined || match === null) return nothing;
  const before = wordsOf(command.slice(0, match.index)) ?? [];
  const env = Object.fromEntries(
    before.flatMap((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      return name === undefined || NOT_SET.test(name) ? [] : [[name, value!]];
    }),
  );
  // Whatever the pattern took of the space behind the runner belongs to what follows.
  const words = wordsOf(command.slice(match.index + match[0].trimEnd().length));
  if (words === undefined) return { ...nothing, env };
  const options: string[] = [];
  const selection: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const next = words[at + 1];
    if (/^\d?[<>]/.test(word)) break;
    if (word === "--") continue;
    if (OURS.test(word)) {
      if (OURS_WITH_VALUE.test(word) && next !== undefined) at++;
    } else if (!word.startsWith("-")) selection.push(word);
    else {
      options.push(word);
      const takesNext = !word.includes("=") && !FLAGS.has(word) && !word.startsWith("--no-");
      if (takesNext && next !== undefined && !next.startsWith("-")) {
        options.push(next);
        at++;
      }
    }
  }
  return { env, options, selection };
}

/** What starts other programs, or other code in them, than a sandbox means to. */
const NOT_SET = /^(?:PATH|HOME|LD_.*|CASEBOOK_.*)$/;

/** Words as a shell splits them; undefined for what it would have to work out. */
function wordsOf(text: string): readonly string[] | undefined {
  if (/[$`\\]|\(\)/.test(text)) return undefined;
  const words: string[] = [];
  const pattern = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/gy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    words.push(
      match[1]!.replaceAll(
        /"([^"]*)"|'([^']*)'/g,
        (_, double?: string, single?: string) => double ?? single ?? "",
      ),
    );
    end = match.index + match[0].length;
  }
  return text.slice(end).trim() === "" ? words : undefined;
}
