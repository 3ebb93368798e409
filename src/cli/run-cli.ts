import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { FAILURES, type FailureCode, RunFailure } from "../failure.ts";
import { version } from "../process/version.ts";
import type { CommandIo } from "./io.ts";

const BUG = 70;
const WHERE = ["--repo <dir-or-url>", "repository: a folder or a URL", "."] as const;
const COMMIT = ["--commit <rev>", "branch, tag or commit to read", "HEAD"] as const;

/** Commands that another entry brings: the command line itself does not know the simulator. */
export interface Extras {
  readonly simulate?: (options: SimulateOptions, io: CommandIo) => Promise<number>;
}

export interface SimulateOptions {
  readonly port: string;
  readonly script?: boolean;
  readonly fast?: boolean;
  readonly model?: "scripted";
}

/**
 * Parses the arguments, runs one command and gives the exit code: 0 done, 1 something checked does not hold, others as in
 * `FAILURES`, 70 for a bug of ours. The grammar stands here; each command is loaded when it is called.
 */
export async function runCli(
  args: readonly string[],
  io: CommandIo,
  { simulate }: Extras = {},
): Promise<number> {
  let exit = 0;
  const program = new Command("casebook")
    .description("Researches an issue before anyone fixes it; every reference checked by machine.")
    .version(version(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .addHelpText(
      "after",
      `\nExit codes: 0 done, 1 something does not hold, 2 usage; the README lists all.\n`,
    );

  const issueOptions = (command: Command): Command =>
    command
      .requiredOption("--issue <file>", "the issue: Markdown or GitHub's JSON; - reads standard input")
      .option("--number <n>", "the issue's number, when the file does not say")
      .option(...WHERE)
      .option(...COMMIT);
  const resultOptions = (command: Command): Command =>
    issueOptions(command)
      .option("--at <path:line[-line]>", "a person says that the cause is here")
      .option("--out <dir>", "write files there instead of commits on casebook/issue-<n>")
      .option("--dry-run", "write nothing, print the documents")
      .option("--json", "print the result as JSON")
      .option("--quiet", "no progress")
      .option("--data <dir>", "where mirrors and the index live")
      .addOption(
        new Option("--researcher <name>", "model: a model goes on from the evidence").choices([
          "builtin",
          "model",
        ]),
      )
      .option("--model <name>", "which of the models that are set up")
      .option("--budget <usd>", "US dollars that the investigation may cost", readBudget)
      .option("--record <file>", "write every call of a model there")
      .option("--replay <file>", "take the replies from such a file, ask nobody")
      .option("--fresh", "begin anew where a run with a model was stopped");

  resultOptions(
    program
      .command("investigate")
      .description("all phases, each a spec and a document")
      .option("--fix", "work the fix phase, too")
      .option("--single", "one document with a heading for each stage, for small issues"),
  ).action(async (options) => {
    exit = await (await import("./commands/investigate.ts")).investigateCommand(options, io);
  });
  resultOptions(program.command("run <phase>").description("one phase, with what it depends on")).action(
    async (phase: string, options) => {
      exit = await (await import("./commands/investigate.ts")).investigateCommand({ ...options, phase }, io);
    },
  );
  resultOptions(
    program.command("at <path:line>").description("root cause and impact map for that place"),
  ).action(async (at: string, options) => {
    exit = await (
      await import("./commands/investigate.ts")
    ).investigateCommand({ ...options, at, phase: "impact-map" }, io);
  });
  issueOptions(program.command("locate").description("rank files and functions, with the reasons"))
    .option("--top <n>", "how many", "10")
    .option("--json", "print the result as JSON")
    .option("--quiet", "no progress")
    .option("--data <dir>", "where mirrors and the index live")
    .action(async (options) => {
      exit = await (await import("./commands/locate.ts")).locateCommand(options, io);
    });
  program
    .command("check [files...]")
    .description("verify every reference of documents")
    .option(...WHERE)
    .option("--commit <rev>", "compare with this commit, not with the one the document names")
    .option("--ref <rev>", "check the documents on this branch (default: files below .chant)")
    .option("--json", "print the result as JSON")
    .option("--data <dir>", "where mirrors and the index live")
    .action(async (files: string[], options) => {
      exit = await (await import("./commands/check.ts")).checkCommand(files, options, io);
    });
  const spec = program.command("spec").description("list, show or lint specs");
  const specOptions = (command: Command): Command =>
    command
      .option(...WHERE)
      .option("--ref <rev>", "read from this branch (default: files below .chant)")
      .option("--json", "print as JSON");
  specOptions(spec.command("list").description("every spec with its status")).action(async (options) => {
    exit = await (await import("./commands/spec.ts")).specListCommand(options, io);
  });
  specOptions(spec.command("show <id>").description("one spec"))
    .option("--prompt", "print the prompt for an agent, from .chant/prompts")
    .action(async (id: string, options) => {
      exit = await (await import("./commands/spec.ts")).specShowCommand(id, options, io);
    });
  specOptions(spec.command("lint").description("every problem of every spec, with its line")).action(
    async (options) => {
      exit = await (await import("./commands/spec.ts")).specLintCommand(options, io);
    },
  );
  program
    .command("status")
    .description("the investigations of a repository")
    .option(...WHERE)
    .option("--json", "print as JSON")
    .action(async (options) => {
      exit = await (await import("./commands/status.ts")).statusCommand(options, io);
    });
  program
    .command("doctor")
    .description("what the models and this machine can do")
    .option("--model <name>", "only this one")
    .option("--budget <usd>", "US dollars that asking one model may cost; 0.50 without it", readBudget)
    .option("--env <file>", "settings beside the environment, such as .env")
    .option("--json", "print as JSON")
    .action(async (options) => {
      const { machineRows } = await import("./machine-rows.ts");
      exit = await (await import("./commands/doctor.ts")).doctorCommand(options, io, machineRows);
    });
  program
    .command("serve")
    .description("the GitHub App; .env.example has its settings")
    .action(async () => {
      exit = await (await import("./commands/serve.ts")).serveCommand(io);
    });
  program
    .command("setup")
    .description("register your own GitHub App in one click")
    .option("--port <n>", "port of the page on this machine", "3000")
    .option("--github <url>", "GitHub's address", "https://github.com")
    .option("--organization <name>", "register it for an organisation")
    .option("--webhook <url>", "public address of the server that will run Casebook")
    .action(async (options) => {
      exit = await (await import("./commands/setup.ts")).setupCommand(options, io);
    });
  program
    .command("simulate")
    .description("try the App against a GitHub on this machine")
    .option("--port <n>", "port of the page; 0 takes a free one", "4100")
    .option("--script", "plays the life of an issue and ends")
    .option("--fast", "no pauses between writes")
    .addOption(
      new Option("--model <name>", "scripted: a model made of code works the example").choices(["scripted"]),
    )
    .action(async (options: SimulateOptions) => {
      if (simulate === undefined) throw new RunFailure("usage", "`simulate` is the first argument or none");
      exit = await simulate(options, io);
    });
  program
    .command("demo")
    .description("investigate the bundled example")
    .action(async () => {
      exit = await (await import("./commands/demo.ts")).demoCommand(io);
    });

  try {
    await program.parseAsync([...args], { from: "user" });
    return exit;
  } catch (error) {
    return report(error, io);
  }
}

function readBudget(text: string): number {
  const dollars = Number(text);
  if (!/^\d{1,6}(\.\d{1,4})?$/.test(text) || dollars <= 0)
    throw new InvalidArgumentError("An amount in US dollars above 0 is expected, such as 2.50.");
  return dollars;
}

/** The one place where failures become sentences and exit codes. */
function report(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === "commander.help" ? 0 : FAILURES.usage.exit;
  if (io.signal.aborted) {
    io.err(`casebook: stopped. ${FAILURES.cancelled.hint}`);
    return FAILURES.cancelled.exit;
  }
  const { name, code, message, stack } = error as {
    name?: string;
    code?: string;
    message?: string;
    stack?: string;
  };
  if (io.env["CASEBOOK_DEBUG"] === "1" && stack !== undefined) io.err(stack);
  if (name === "RunFailure" && code !== undefined && code in FAILURES) {
    const failure = FAILURES[code as FailureCode];
    io.err(`casebook: ${message?.replace(/[.\s]+$/, "")}. ${failure.hint}`);
    return failure.exit;
  }
  io.err(
    `casebook: this is a bug: ${message ?? String(error)}. Please report it; CASEBOOK_DEBUG=1 prints where it happened.`,
  );
  return BUG;
}
