import { z } from "zod";

/** The test runners that Casebook knows, as settings and documents name them. */
export const FRAMEWORK_NAMES = [
  "pytest",
  "unittest",
  "vitest",
  "jest",
  "mocha",
  "tap",
  "ava",
  "node:test",
  "go test",
  "cargo test",
  "mvn test",
  "ctest",
] as const;

/** How a project's tests are run, where its own files do not say it well enough. What is missing is found out. */
export type SuiteSettings = z.infer<typeof suiteSchema>;

const MAX_SECONDS = 3_600;
const SECONDS = `Expected a whole number from 10 to ${MAX_SECONDS}`;

const words = (what: string, most: number): z.ZodArray<z.ZodString> =>
  z
    .array(
      z
        .string("Expected a word in quotes")
        .min(1, "Expected a word")
        .max(300, "Expected at most 300 characters")
        .regex(/^\P{Cc}*$/u, "Expected a word without control characters"),
      "Expected a list of words",
    )
    .min(1, "Expected at least one word")
    .max(most, `Expected at most ${most} words`)
    .describe(what);

/** What decides which programs run and which code they load before a test, and what Casebook sets itself. */
const NOT_SET =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|IFS|ENV|BASH_ENV|GCONV_PATH|LOCPATH|GLIBC_TUNABLES|GTEST_OUTPUT|(?:LD|DYLD|MALLOC|CASEBOOK|BASH_FUNC)_.*)$/i;
const NAME = /^[A-Za-z_]\w{0,59}$/;
const MAX_VARIABLES = 30;
const VALUE = z
  .string("Expected a text in quotes")
  .max(500, "Expected at most 500 characters")
  .regex(/^\P{Cc}*$/u, "Expected a text without control characters");

/**
 * The shape of `suite` in `.github/casebook.yml` and of `CASEBOOK_SUITE`. Nothing in it is read by a shell or expanded, and all of it
 * is used in the sandbox alone.
 */
export const suiteSchema = z
  .strictObject(
    {
      framework: z
        .enum(FRAMEWORK_NAMES, `Expected one of ${FRAMEWORK_NAMES.map((name) => `\`${name}\``).join(", ")}`)
        .describe("The test runner to use. Default: found by the repository's files.")
        .optional(),
      command: words(
        "Program and options that start the runner of `framework`, as a list of words that no shell reads. Casebook adds the options that make it write a report, and the tests. Default: the runner's usual program.",
        20,
      )
        .refine(([first]) => first?.startsWith("-") !== true, "Expected a program before its options")
        .optional(),
      selection: words(
        "Paths or options that select the tests of the whole suite. Default: the project's own selection.",
        50,
      ).optional(),
      environment: z
        .record(z.string(), VALUE, "Expected names and texts")
        .superRefine((all, context) => {
          const names = Object.keys(all);
          if (names.length > MAX_VARIABLES)
            context.addIssue({ code: "custom", message: `Expected at most ${MAX_VARIABLES} variables` });
          for (const name of names) {
            const message = !NAME.test(name)
              ? "Expected the name of a variable, of at most 60 letters, digits and underscores"
              : NOT_SET.test(name)
                ? "Expected a variable that the sandbox does not set itself"
                : undefined;
            if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
          }
        })
        .describe(
          "Variables that the tests find. Everybody can read them: they hold no secret. Default: none.",
        )
        .optional(),
      seconds: z
        .int(SECONDS)
        .min(10, SECONDS)
        .max(MAX_SECONDS, SECONDS)
        .describe("Seconds that a run of the whole suite may take. Default: 600.")
        .optional(),
    },
    "Expected keys and values",
  )
  .refine(
    ({ framework, command }) =>
      command === undefined || (framework !== undefined && framework !== "unittest"),
    "Expected `framework` beside `command`, and another one than `unittest`, which Casebook runs by itself",
  );

const FILE_SECONDS = 120;
const SUITE_SECONDS = 600;

/** Seconds for the tests of one file, and for all tests. */
export function secondsOf(suite: SuiteSettings | undefined): {
  readonly file: number;
  readonly suite: number;
} {
  const all = suite?.seconds ?? SUITE_SECONDS;
  return { file: Math.min(FILE_SECONDS, all), suite: all };
}
