import { z } from "zod";
import { suiteSchema } from "../../sandbox/suite-settings.ts";

const boolean = (what: string): z.ZodOptional<z.ZodBoolean> =>
  z.boolean("Expected `true` or `false`").describe(what).optional();
const integer = (from: number, to: number, what: string): z.ZodOptional<z.ZodNumber> =>
  z
    .int(`Expected a whole number from ${from} to ${to}`)
    .min(from, `Expected a whole number from ${from} to ${to}`)
    .max(to, `Expected a whole number from ${from} to ${to}`)
    .describe(what)
    .optional();
const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  what: string,
): z.ZodOptional<z.ZodEnum<{ [K in T[number]]: K }>> =>
  z
    .enum(values, `Expected one of ${values.map((value) => `\`${value}\``).join(", ")}`)
    .describe(what)
    .optional();
const names = (what: string): z.ZodOptional<z.ZodArray<z.ZodString>> =>
  z
    .array(
      z.string("Expected a name").min(1, "Expected a name").max(100, "Expected at most 100 characters"),
      "Expected a list",
    )
    .max(50, "Expected at most 50 entries")
    .describe(what)
    .optional();
const globs = (what: string): z.ZodOptional<z.ZodArray<z.ZodString>> =>
  z
    .array(
      z
        .string("Expected a pattern such as `src/**`")
        .min(1, "Expected a pattern")
        .max(500, "Expected at most 500 characters"),
      "Expected a list",
    )
    .max(100, "Expected at most 100 entries")
    .describe(what)
    .optional();

const dollars = (what: string): z.ZodOptional<z.ZodNumber> =>
  z.number(DOLLARS).min(MIN_DOLLARS, DOLLARS).max(MAX_DOLLARS, DOLLARS).describe(what).optional();
const MIN_DOLLARS = 0.01;
const MAX_DOLLARS = 1_000;
const DOLLARS = `Expected US dollars from ${MIN_DOLLARS} to ${MAX_DOLLARS}`;

/** The shape of `.github/casebook.yml`; the published JSON Schema is made from it (`scripts/write-schema.ts`). */
export const configSchema = z
  .strictObject({
    enabled: boolean("`false` stops Casebook in this repository. Default: true."),
    shadow: boolean(
      "Everything is researched and stored, and nothing is written to GitHub; `casebook shadow` shows what would be. Default: false.",
    ),
    tracker: boolean(
      "Casebook keeps an index of this repository's issues, pull requests and comments, and names those that have to do with an issue. Default: true.",
    ),
    phases: names(
      "Phases that `investigate` runs. Default: every phase that can run here except fix, which runs only where it is named.",
    ),
    gates: names("Phases that wait for `/casebook approve`. Default: fix."),
    triggers: z
      .strictObject(
        {
          comments: boolean("Commands in comments, and in the text of new issues. Default: true."),
          labels: boolean("Request labels such as `casebook:investigate`. Default: true."),
          opened: boolean("Every new issue is investigated without being asked. Default: false."),
        },
        "Expected keys and values",
      )
      .describe("What starts a run.")
      .optional(),
    who: z
      .strictObject(
        {
          start: oneOf(
            ["write", "maintain", "admin"],
            "The permission that it takes to start a run. Default: write.",
          ),
          apps: z
            .array(
              z.int("Expected the number of an App").positive("Expected the number of an App"),
              "Expected a list",
            )
            .max(50, "Expected at most 50 entries")
            .describe("Numbers of GitHub Apps whose bots may give commands. Default: none.")
            .optional(),
        },
        "Expected keys and values",
      )
      .describe("Who may start runs.")
      .optional(),
    limits: z
      .strictObject(
        {
          runs: integer(1, 10, "Runs at once in this repository. Default: 2."),
          minutes: integer(1, 120, "Minutes that one phase may take. Default: 20."),
          startsPerHour: integer(1, 100, "Starts by one person in an hour. Default: 5."),
          openedPerDay: integer(
            1,
            1_000,
            "New issues of this repository that `triggers.opened` investigates in a day. Default: 20.",
          ),
          openedPerMonth: integer(
            1,
            10_000,
            "New issues of this repository that `triggers.opened` investigates in 30 days. Default: 200.",
          ),
          openedComments: integer(
            0,
            1_000,
            "Issues on which Casebook writes without being asked, in 7 days. Default: 20.",
          ),
          openedPerPerson: integer(
            1,
            100,
            "New issues of one person that `triggers.opened` investigates in a day. Default: 3.",
          ),
          openedAccountDays: integer(
            0,
            3_650,
            "Days that an account must be old for `triggers.opened` to investigate its issues. Default: 7.",
          ),
        },
        "Expected keys and values",
      )
      .describe("How much at once.")
      .optional(),
    paths: z
      .strictObject(
        {
          include: globs("Files that may be named as the place of a cause. Default: every source file."),
          exclude: globs(
            "Files that are never named as the place of a cause; they are still searched and followed. Default: none.",
          ),
        },
        "Expected keys and values",
      )
      .describe("Where causes are looked for.")
      .optional(),
    impactFrom: z
      .number("Expected a number from 0 to 1")
      .min(0, "Expected a number from 0 to 1")
      .max(1, "Expected a number from 0 to 1")
      .describe(
        "The likelihood of the leading function from which an impact map is written although wording alone speaks for it. Default: 0.5.",
      )
      .optional(),
    doubtful: oneOf(
      ["show", "drop"],
      "A model's own words that do not follow from the claims that they cite: `show` marks them as doubtful, `drop` leaves them out. Default: show.",
    ),
    runCode: boolean(
      "`false`: no code of the repository or of a report is run, also not in the sandbox. Default: true, where the operator lets code run.",
    ),
    destination: oneOf(
      ["pull-request", "comment"],
      "`pull-request` commits the documents to a branch and proposes them; `comment` writes nothing but the status comment. Default: pull-request.",
    ),
    pullRequests: oneOf(
      ["investigation", "phase"],
      "One pull request for an investigation, or one for each phase; then merging it starts the next phase. Default: investigation.",
    ),
    mode: oneOf(
      ["full", "single"],
      "`full` writes a document for each phase, `single` one document with a heading for each; for small issues. Default: full.",
    ),
    researcher: oneOf(
      ["builtin", "model"],
      "`builtin` asks no model. Default: model where the operator offers one, else builtin.",
    ),
    models: z
      .record(
        z.string().max(100, "Expected at most 100 characters"),
        z
          .array(
            z
              .string("Expected the name of a model")
              .min(1, "Expected the name of a model")
              .max(100, "Expected at most 100 characters"),
            "Expected a list of names of models",
          )
          .min(1, "Expected at least one name of a model")
          .max(10, "Expected at most 10 entries"),
        "Expected phases and lists of names of models",
      )
      .describe(
        "Models for a phase, in the order in which they are tried; `default` for every other phase. Names are the operator's. Default: the operator's choice.",
      )
      .optional(),
    budget: z
      .strictObject(
        {
          phase: dollars("US dollars that one phase may cost. Default: the operator's limit."),
          investigation: dollars(
            "US dollars that one investigation may cost. Default: the operator's limit.",
          ),
        },
        "Expected keys and values",
      )
      .describe("What may be spent on models; it lowers the operator's limits and never raises them.")
      .optional(),
    suite: suiteSchema
      .describe("How the project's tests are run, in the sandbox alone. The operator can forbid it.")
      .optional(),
  })
  .describe("Casebook's settings for a repository, read from its default branch.");

export type ConfigInput = z.infer<typeof configSchema>;
