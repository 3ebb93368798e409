import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { FAILURES, type FailureCode, RunFailure } from "../failure.ts";
import { version } from "../process/version.ts";
import type { CommandIo } from "./io.ts";

const BUG = 70;
const REPO = ["--repo <dir-or-url>", "the repository: a folder or a URL", "."] as const;
const COMMIT = ["--commit <rev>", "the branch, tag or commit to read", "HEAD"] as const;
const DATA = ["--data <dir>", "the folder of mirrors and the index"] as const;
const TRACKER = [
  "--tracker <path>",
  "the tracker, as `gh issue list --json` prints it: a file or a folder",
] as const;
const JSON_RESULT = ["--json", "print the result as JSON"] as const;

/** Commands of another entry: the command line itself does not know the simulator. */
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
 * Parses the arguments, runs one command and returns the exit code: 0 for success, 1 when a check fails, the codes of
 * `FAILURES`, 70 for a bug of ours. This file is the whole grammar. Each command loads its code when it is called.
 */
export async function runCli(
  args: readonly string[],
  io: CommandIo,
  { simulate }: Extras = {},
): Promise<number> {
  let exit = 0;
  const program = new Command("casebook")
    .description("Researches an issue before anyone fixes it and checks every reference.")
    .version(version(), "-V, --version", "print the version")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: (text, write) => write(usageError(text)),
    })
    .addHelpText("after", "Exit codes: 0 success, 1 a check failed, 2 wrong use; see docs/command-line.md.");

  const issueText = (command: Command): Command =>
    command
      // Not `requiredOption`: with `--isue` commander would report the missing flag and not the wrong one.
      .option(
        "--issue <file>",
        "the issue (required): Markdown, GitHub's JSON or the address of a public issue; - reads standard input",
      )
      .option("--number <n>", "the number of the issue, if the file does not have it");
  const issueOptions = (command: Command): Command =>
    issueText(command)
      .option(...REPO)
      .option(...COMMIT);
  const modelOptions = (command: Command): Command =>
    command
      .addOption(
        new Option("--researcher <name>", "model: a model continues from the evidence").choices([
          "builtin",
          "model",
        ]),
      )
      .option("--model <name>", "the model to use, by the name in the settings")
      .option("--budget <usd>", "the most that the investigation may cost, in US dollars", readBudget)
      .option("--record <file>", "write every call of a model to this file")
      .option("--replay <file>", "take the replies from such a file and call no model")
      .option("--fresh", "start again instead of continuing a stopped run with a model");
  const resultOptions = (command: Command): Command =>
    modelOptions(
      issueOptions(command)
        .option("--at <path:line[-line]>", "the place of the cause, if you know it")
        .option("--out <dir>", "write files to this folder and do not commit to casebook/issue-<n>")
        .option("--dry-run", "print the documents and write nothing")
        .option(...TRACKER)
        .option(...JSON_RESULT)
        .option("--quiet", "print no progress")
        .option(...DATA),
    );

  resultOptions(
    program
      .command("investigate")
      .description("run all phases; each writes a spec and a document")
      .option("--fix", "run the fix phase too")
      .option("--single", "write one document with a heading for each stage, for small issues"),
  ).action(async (options) => {
    exit = await (await import("./commands/investigate.ts")).investigateCommand(options, io);
  });
  resultOptions(
    program.command("run <phase>").description("run one phase and the phases it depends on"),
  ).action(async (phase: string, options) => {
    exit = await (await import("./commands/investigate.ts")).investigateCommand({ ...options, phase }, io);
  });
  resultOptions(
    program.command("at <path:line>").description("run root cause and impact map for that place"),
  ).action(async (at: string, options) => {
    exit = await (
      await import("./commands/investigate.ts")
    ).investigateCommand({ ...options, at, phase: "impact-map" }, io);
  });
  modelOptions(
    issueOptions(program.command("locate").description("rank files and functions, with reasons"))
      .option("--top <n>", "how many files and functions to print", "10")
      .option(...TRACKER)
      .option(...JSON_RESULT)
      .option("--quiet", "print no progress")
      .option(...DATA),
  ).action(async (options) => {
    exit = await (await import("./commands/locate.ts")).locateCommand(options, io);
  });
  program
    .command("backtest")
    .summary("compare answers with your own fixed issues")
    .description("work a repository's own fixed issues at the commit before their fix, and compare")
    .option(...REPO)
    .option(...COMMIT)
    .option("--last <n>", "how many fixed issues, the newest first", "50")
    .option(TRACKER[0], `${TRACKER[1]} (default: GitHub's public API)`)
    .option("--svg <file>", "write a picture of the result to this file")
    .option(...JSON_RESULT)
    .option("--quiet", "print no progress")
    .option(...DATA)
    .action(async (options) => {
      exit = await (await import("./commands/backtest.ts")).backtestCommand(options, io);
    });
  issueOptions(
    program
      .command("related")
      .summary("name related entries of the tracker, by checks")
      .description("name issues and pull requests that have to do with the issue, each by a check"),
  )
    .option(TRACKER[0], `${TRACKER[1]} (default: GitHub's public API)`)
    .option(...JSON_RESULT)
    .option("--quiet", "print no progress")
    .option(...DATA)
    .action(async (options) => {
      exit = await (await import("./commands/related.ts")).relatedCommand(options, io);
    });
  issueText(program.command("read").description("show what an issue says, part by part"))
    .option("--repo <dir>", "leave out what the issue forms of this repository say")
    .option("--commit <rev>", "the commit whose issue forms are read", "HEAD")
    .option(...JSON_RESULT)
    .action(async (options) => {
      exit = await (await import("./commands/read.ts")).readCommand(options, io);
    });
  program
    .command("check [files...]")
    .description("check every claim and every reference in documents")
    .option(...REPO)
    .option(
      "--issue <file>",
      "the issue, so that what the report says is checked too; - reads it from standard input",
    )
    .option("--number <n>", "the number of the issue, if the file does not name it")
    .option("--commit <rev>", "compare with this commit instead of the one the document names")
    .option("--ref <rev>", "check the documents of this branch (default: the files in .chant)")
    .option(...TRACKER)
    .option("--sarif <file>", "write what does not hold to this file, for code scanning")
    .option(...JSON_RESULT)
    .option(...DATA)
    .action(async (files: string[], options) => {
      exit = await (await import("./commands/check.ts")).checkCommand(files, options, io);
    });
  program
    .command("test [change]")
    .summary("run the failing test against a change")
    .description("run an investigation's failing test against a change: a branch, a commit, #12 or a patch")
    .requiredOption("--ref <rev>", "the branch of the investigation, such as casebook/issue-42")
    .option("--patch <file>", "a patch in the place of a change; - reads it from standard input")
    .option("--onto <rev>", "the branch that the change is for", "HEAD")
    .option(...REPO)
    .option("--quiet", "print no progress")
    .option(...JSON_RESULT)
    .option(...DATA)
    .action(async (change: string | undefined, options) => {
      exit = await (await import("./commands/test.ts")).testCommand(change, options, io);
    });
  program
    .command("brief <issue>")
    .description("print what was found, in 600 tokens for an agent")
    .option(...REPO)
    .option("--ref <rev>", "the branch of the investigation (default: casebook/issue-<n>)")
    .action(async (key: string, options) => {
      exit = await (await import("./commands/brief.ts")).briefCommand(key, options, io);
    });
  program
    .command("mcp")
    .summary("answer the questions of other agents")
    .description("answer other agents over the Model Context Protocol, on standard input and output")
    .option(...REPO)
    .option(...COMMIT)
    .option("--port <n>", "answer over HTTP on this machine, with the token of CASEBOOK_MCP_TOKEN")
    .option(...TRACKER)
    .option(...DATA)
    .action(async (options) => {
      exit = await (await import("./commands/mcp.ts")).mcpCommand(options, io);
    });
  const spec = program.command("spec").description("list, show or check specs");
  const specOptions = (command: Command): Command =>
    command
      .option(...REPO)
      .option("--ref <rev>", "read this branch (default: the files in .chant)")
      .option(...JSON_RESULT);
  specOptions(spec.command("list").description("list every spec with its status")).action(async (options) => {
    exit = await (await import("./commands/spec.ts")).specListCommand(options, io);
  });
  specOptions(spec.command("show <id>").description("show one spec"))
    .option("--prompt", "print the prompt for an agent, from .chant/prompts")
    .action(async (id: string, options) => {
      exit = await (await import("./commands/spec.ts")).specShowCommand(id, options, io);
    });
  specOptions(spec.command("lint").description("list every problem of every spec, with its line")).action(
    async (options) => {
      exit = await (await import("./commands/spec.ts")).specLintCommand(options, io);
    },
  );
  program
    .command("status")
    .description("list the investigations of a repository")
    .option(...REPO)
    .option(...JSON_RESULT)
    .action(async (options) => {
      exit = await (await import("./commands/status.ts")).statusCommand(options, io);
    });
  program
    .command("doctor")
    .description("check what the models and this machine can do")
    .option("--model <name>", "check only this model")
    .option(
      "--budget <usd>",
      "the most that checking one model may cost, in US dollars (default: 0.50)",
      readBudget,
    )
    .option("--env <file>", "a file with more settings, such as .env")
    .option(...JSON_RESULT)
    .action(async (options) => {
      const { machineRows } = await import("./machine-rows.ts");
      exit = await (await import("./commands/doctor.ts")).doctorCommand(options, io, machineRows);
    });
  program
    .command("serve")
    .description("run the GitHub App (settings: .env.example)")
    .addHelpText(
      "after",
      "\nAbout its database: `casebook shadow` lists what it would have written in shadow mode,\n`casebook accuracy` how right its answers were, `casebook rebuild` sets it aside.",
    )
    .action(async () => {
      exit = await (await import("./commands/serve.ts")).serveCommand(io);
    });
  program
    .command("rebuild", { hidden: true })
    .description("set the App's damaged database aside; `serve` makes a new one from GitHub")
    .action(async () => {
      exit = (await import("./commands/rebuild.ts")).rebuildCommand(io);
    });
  program
    .command("shadow [issue]", { hidden: true })
    .description("list what the App would have written with `shadow: true`, or print it for owner/name#42")
    .action(async (issue: string | undefined) => {
      exit = await (await import("./commands/shadow.ts")).shadowCommand(issue, io);
    });
  program
    .command("accuracy", { hidden: true })
    .description("print how right the App's answers were: by the fixes, and as people judged")
    .option("--json", "print JSON")
    .action(async (options) => {
      exit = await (await import("./commands/accuracy.ts")).accuracyCommand(options, io);
    });
  program
    .command("setup")
    .description("register a GitHub App of your own")
    .option("--port <n>", "the port of the page on this machine", "3000")
    .option("--github <url>", "the address of GitHub", "https://github.com")
    .option("--organization <name>", "register the App for an organisation")
    .option("--webhook <url>", "the public address of the server that will run Casebook")
    .action(async (options) => {
      exit = await (await import("./commands/setup.ts")).setupCommand(options, io);
    });
  program
    .command("simulate")
    .description("try the App with a simulated GitHub")
    .option("--port <n>", "the port of the page; 0 takes a free one", "4100")
    .option("--script", "play the life of an issue and exit")
    .option("--fast", "do not pause between writes")
    .addOption(
      new Option("--model <name>", "scripted: a scripted model investigates the example").choices([
        "scripted",
      ]),
    )
    .action(async (options: SimulateOptions) => {
      if (simulate === undefined) throw new RunFailure("usage", "`simulate` must be the first argument");
      exit = await simulate(options, io);
    });
  program
    .command("demo")
    .description("investigate the bundled example")
    .action(async () => {
      exit = await (await import("./commands/demo.ts")).demoCommand(io);
    });

  // Commands fill the screen, so the two options are in the usage line. A command of its own keeps its list.
  program.usage("[--version | --help] <command>").configureHelp({ visibleOptions: () => [] });
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
    throw new InvalidArgumentError("Give an amount in US dollars above 0, such as 2.50.");
  return dollars;
}

/** Commander's message in our form. It may have a second line: `(Did you mean --issue?)`. */
function usageError(text: string): string {
  const [problem = "", guess = ""] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const sentences = [
    `${problem.replace(/[.\s]+$/, "")}.`,
    guess.replace(/^\(|\)$/g, ""),
    FAILURES.usage.hint,
  ];
  return `casebook: ${sentences.filter((sentence) => sentence !== "").join(" ")}`;
}

/** The one place where failures become sentences and exit codes. */
function report(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === "commander.help" ? 0 : FAILURES.usage.exit;
  if (io.signal.aborted) {
    io.err(`casebook: Stopped. ${FAILURES.cancelled.hint}`);
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
    `casebook: This is a bug of Casebook: ${message ?? String(error)}. Please report it with the stack trace that CASEBOOK_DEBUG=1 prints.`,
  );
  return BUG;
}
