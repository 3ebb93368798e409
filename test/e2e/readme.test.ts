import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { formatHelpText } from "../../src/investigation/commands/format-help.ts";
import { MARKS, QUESTION_MARK, UNKNOWN_MARK } from "../../src/documents/render-document.ts";
import { DEFAULT_BUDGET, DEFAULT_LIMITS } from "../../src/llm/model-settings.ts";
import { MODEL_VARIABLES, parseModelSettings } from "../../src/llm/parse-model-settings.ts";
import { changeDetails, changeHeadline, type ChangeVerdict } from "../../src/phases/change-verdict.ts";
import { PHASE_DEMANDS } from "../../src/llm/phase-demands.ts";
import { CONFIG_VARIABLES } from "../../src/process/config.ts";
import { SERVER_VARIABLES } from "../../src/server/server-config.ts";
import { FAILURES } from "../../src/failure.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp } from "../fakes/app.ts";
import { casebook, exampleRepository } from "../fakes/casebook.ts";
import type { ParsedRequest, ScriptedReply } from "../../src/simulator/model/contract.ts";
import { honestScript } from "../../src/simulator/model/honest-script.ts";
import { playScript } from "../../src/simulator/model/play-script.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";

const root = join(import.meta.dirname, "../..");
const page = (name: string): string => readFileSync(join(root, name), "utf8");
const readme = page("README.md");
const commandLine = page("docs/command-line.md");
const commandsPage = page("docs/commands.md");
const issue = page("examples/issue-42/issue.md");
/** The part of the command line's page that needs an endpoint. */
const [modelSection = ""] = /^## With a model\n.*?(?=^## )/ms.exec(commandLine) ?? [];

test.each([
  ["README.md", readme],
  ["docs/command-line.md", commandLine.replace(modelSection, "")],
])("every command of %s works, in the order of the page", async (_name, text) => {
  using repository = exampleRepository("issue-42");
  const tracker = JSON.stringify([{ number: 41, title: "Paths are wrong", body: "`paths.py` fails." }]);
  repository.commit({
    "issue.md": `---\nnumber: 42\n---\n${issue}`,
    "42.json": JSON.stringify({ number: 42, title: "Values disappear", body: issue }),
    "docs/design.md": "Writing starts at src/storage/store.py:31.\n",
    "tracker.json": tracker,
    "tracker/issues.json": tracker,
    "src/store.py": readFileSync(join(root, "examples/issue-42/src/storage/store.py")),
  });
  const paths = readFileSync(join(repository.path, "src/storage/paths.py"), "utf8");
  repository.commit({ "src/storage/paths.py": `${paths}\n# Mended.\n` }, "Mend paths\n\nFixes #41");
  const commands = commandsOf(text);
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const command of commands) {
    const args = argumentsOf(command);
    const place = args.indexOf("URL");
    if (place >= 0) args.splice(place, 1, `file://${repository.path}`);
    const result = await casebook(repository.path, args, { input: `---\nnumber: 43\n---\n${issue}` });
    expect({
      command,
      exit: result.exit,
      err: result.err.replace(/^(reading|comprehension|root-cause|impact-map).*\n/gm, ""),
    }).toEqual({ command, exit: 0, err: expect.any(String) });
  }
});

describeSandboxed("with a model", () => {
  test("every command of the page works, and its quotation is what they wrote", async () => {
    await using server = await startScriptedServer({ reply: ableModel });
    using repository = exampleRepository("issue-42");
    writeFileSync(join(repository.path, "issue.md"), `---\nnumber: 42\n---\n${issue}`);
    const given = [...modelSection.matchAll(/^export (\w+)=/gm)].map((match) => match[1]!);
    const env: Readonly<Record<string, string>> = {
      CASEBOOK_MODEL_URL: server.url,
      CASEBOOK_MODEL: "scripted",
      CASEBOOK_MODEL_PRICE: "1/4",
      CASEBOOK_MODEL_KEY: "a-key-of-nobody",
    };
    expect(given.toSorted()).toEqual(Object.keys(env).toSorted());
    const said: string[] = [];
    const commands = commandsOf(modelSection);
    expect(commands.length).toBeGreaterThanOrEqual(6);
    for (const command of commands) {
      // The record and its replay are in one folder, as for a reader who types them.
      const { exit, out, err } = await casebook(repository.path, argumentsOf(command), { env });
      const told = Number(/exit code (\d+)$/.exec(command)?.[1] ?? 0);
      expect({ command, exit, err }).toEqual({ command, exit: told, err: expect.any(String) });
      said.push(out);
      const folder = /--out (\w+)/.exec(command)?.[1];
      if (folder !== undefined) said.push(...documentsIn(join(repository.path, folder, ".chant/research")));
      else if (command.includes("--issue")) {
        const at = "casebook/issue-42:.chant/research/";
        const names = repository.git("ls-tree", "--name-only", at).split("\n");
        said.push(...names.map((name) => repository.git("show", at + name)));
      }
    }
    expect(existsSync(join(repository.path, "calls.jsonl"))).toBe(true);
    const [, quoted = ""] = /^```text\n(.*?)^```/ms.exec(modelSection) ?? [];
    // What something cost depends on how long the versions of this machine's programs are.
    const plainly = (line: string): string =>
      line.startsWith("Cost: ") ? line.replace(/\d[\d.,]*\d|\d/g, "0") : line;
    const lines = said.flatMap((text) => text.split("\n")).map(plainly);
    expect(quoted.trim().split("\n").length).toBeGreaterThanOrEqual(7);
    expect(
      quoted
        .trim()
        .split("\n")
        .map(plainly)
        .filter((line) => !lines.includes(line)),
    ).toEqual([]);
  });
});

test("the exit codes of the page are those of the program", () => {
  const listed = new Set([...commandLine.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1])));
  expect(listed).toEqual(new Set([0, 1, 70, ...Object.values(FAILURES).map(({ exit }) => exit)]));
});

test("the picture shows what the demo prints", async () => {
  const { out } = await casebook(root, ["demo"], { env: { CASEBOOK_DATA: "" } });
  const picture = readFileSync(join(root, "docs/images/demo.svg"), "utf8");
  const shown = [...picture.matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
    .map((match) => match[1]!.trim())
    .slice(2);
  const printed = out.slice(0, out.indexOf("\nOn branch")).replace(/\s+/g, " ").trim();
  expect(shown.join(" ").replace(/\s+/g, " ").trim()).toBe(printed);
});

test("every setting of .env.example is one that is read, and the other way round", () => {
  const listed = [...readFileSync(join(root, ".env.example"), "utf8").matchAll(/^([A-Z_]+)=/gm)].map(
    (match) => match[1]!,
  );
  const ofCompose = [...readFileSync(join(root, "compose.yaml"), "utf8").matchAll(/\$\{([A-Z_]+):/g)].map(
    (match) => match[1]!,
  );
  expect(listed.toSorted()).toEqual(
    [...SERVER_VARIABLES, ...CONFIG_VARIABLES, ...MODEL_VARIABLES, ...new Set(ofCompose)].toSorted(),
  );
});

describe("docs/model.md", () => {
  const models = page("docs/model.md");

  test("the models file is one that is read, and names every key and every default", () => {
    const [, file = ""] = /^```yaml\n(.*?)^```/ms.exec(models) ?? [];
    const { settings, problems } = parseModelSettings({ env: { EXAMPLE_KEY: "a-key-of-nobody" }, file });
    expect(problems).toEqual([]);
    expect(settings?.models.map(({ name, model }) => `${name}: ${model}`)).toEqual([
      "large: example-large-2",
      "small: small",
      "local: example-coder:14b",
    ]);
    expect(settings?.budget).toEqual(DEFAULT_BUDGET);
    expect(settings?.limits).toEqual(DEFAULT_LIMITS);
    const known = Object.keys(settings?.models[0] ?? {});
    expect(known.filter((key) => !new RegExp(`\\b${key}:`).test(file))).toEqual([]);
  });

  test("names every variable, and every mark that a statement can have", () => {
    expect(MODEL_VARIABLES.filter((name) => !models.includes(`| \`${name}\``))).toEqual([]);
    const marks = [...Object.values(MARKS), UNKNOWN_MARK, QUESTION_MARK];
    expect(marks.filter((mark) => !models.includes(`| \`${mark}\``))).toEqual([]);
  });

  test("gives the demands by which `casebook doctor` judges", () => {
    for (const { contextTokens, tokensPerSecond } of Object.values(PHASE_DEMANDS)) {
      expect(models).toContain(contextTokens.toLocaleString("en-US"));
      expect(models).toMatch(new RegExp(`\\band ${tokensPerSecond}\\b`));
    }
  });
});

test("the commands of the page are those of the bot", () => {
  const cells = (text: string): readonly string[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith("| `/casebook"))
      .map((line) => line.replace(/\s*\|\s*/g, "|"));
  expect(cells(commandsPage)).toEqual(cells(formatHelpText()));
});

test("the quotations of thread and pull request are what the bot says", async () => {
  await using github = await startSimulatedGitHub();
  using data = dataFolder();
  await using app = await startApp(github, data.path);
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const number = await repository.openIssue("ada", title, body);
  await repository.comment("ada", number, "/casebook investigate");
  await settled(github, app);
  const { issues, pulls } = await repository.state();
  // The verdict on a change; `app-test-change.test.ts` runs one.
  const verdict: ChangeVerdict = {
    kind: "passes",
    base: "4f3cb4f".padEnd(40, "0"),
    head: "9d01c2e".padEnd(40, "0"),
    test: "tests/test_lost_update.py",
    before: { failed: 3, runs: 3 },
    after: { passed: 3, runs: 3 },
    suite: { state: "as-before", words: "4 of 4 tests pass, no test is worse" },
    reasons: ["it passes"],
    caveats: [],
  };
  const said = [
    ...[...issues.flatMap(({ comments }) => comments), ...pulls].flatMap((text) => plain(text.body)),
    ...plain(`**${changeHeadline(verdict, "pull request 12")}**\n\n${changeDetails(verdict)}`),
  ];
  const quoted = plain(quotationsOf(commandsPage));
  expect(quoted.length).toBeGreaterThanOrEqual(10);
  expect(quoted.filter((line) => !said.includes(line))).toEqual([]);
});

test("the result that the README quotes is in the example's page", () => {
  const bare = (text: string): readonly string[] =>
    plain(text.replace(/\b(concluded|read in the code): [^|)]*?( ?)(?=[|)])/g, "$1$2"));
  const shown = bare(page("docs/examples/gson-2134.md"));
  const quoted = bare(quotationsOf(readme));
  expect(quoted.length).toBeGreaterThanOrEqual(4);
  expect(quoted.filter((line) => !shown.includes(line))).toEqual([]);
});

test("every link of the README and of the pages leads to a file", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
  ];
  const links = pages
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) =>
      [...page(name).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) =>
        join(root, dirname(name), match[1]!),
      ),
    );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});

function quotationsOf(text: string): string {
  return text.replace(/^(?!>).*\n/gm, "").replace(/^> ?/gm, "");
}

function documentsIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}

function commandsOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith("casebook "));
}

function argumentsOf(command: string): string[] {
  return command.split("#")[0]!.trim().split(/\s+/).slice(1);
}

/** Answers what `casebook doctor` asks, and researches the example. */
function ableModel(request: ParsedRequest): ScriptedReply {
  const { messages, tools, answers, schema } = request;
  if (!messages.some(({ text }) => text.startsWith("You are examined.")))
    return playScript(honestScript)(request);
  if (answers.length > 0) return { text: "7319" };
  if (tools.length > 0) return { calls: [{ name: "look_up", arguments: { colour: "amber", page: 2 } }] };
  if (schema !== undefined) return { text: '{"holds":false,"count":3,"why":"there are three"}' };
  return { text: messages.some(({ text }) => text.includes("code word")) ? "QUARTZ-58213" : "Ready." };
}

/** Lines as a page shows them: links as their text, tables without their padding, no times and no hashes. */
function plain(markdown: string): readonly string[] {
  return markdown
    .split("\n")
    .map((line) =>
      line
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/\| \d+ s +\|$/, "| 0 s |")
        .replace(/(\d phases), \d+ s,/, "$1, 0 s,")
        .replace(/https?:\S+\/blob\/[0-9a-f]{7,40}\//, "BLOB/")
        .replace(/-{3,}/g, "---")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "");
}
