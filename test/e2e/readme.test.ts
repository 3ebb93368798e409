import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { formatHelpText } from "../../src/domain/command/format-help.ts";
import { SERVER_VARIABLES } from "../../src/entry/server/server-config.ts";
import { FAILURES } from "../../src/domain/failure.ts";
import { startSimulatedGitHub } from "../../src/adapters/simulated-github/start-simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp } from "../fakes/app.ts";
import { casebook, exampleRepository } from "../fakes/casebook.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const issue = readFileSync(join(root, "examples/issue-42/issue.md"), "utf8");

test("every command of the README works in the order it stands there", () => {
  using repository = exampleRepository("issue-42");
  repository.commit({
    "issue.md": `---\nnumber: 42\n---\n${issue}`,
    "42.json": JSON.stringify({ number: 42, title: "Values disappear", body: issue }),
    "docs/design.md": "Writing starts at src/storage/store.py:31.\n",
    "src/store.py": readFileSync(join(root, "examples/issue-42/src/storage/store.py")),
  });
  const commands = readme.split("\n").filter((line) => line.startsWith("casebook "));
  expect(commands.length).toBeGreaterThanOrEqual(9);
  for (const command of commands) {
    const args = command.split("#")[0]!.trim().split(/\s+/).slice(1);
    const place = args.indexOf("URL");
    if (place >= 0) args[place] = `file://${repository.path}`;
    const result = casebook(repository.path, args, { input: `---\nnumber: 43\n---\n${issue}` });
    expect({
      command,
      exit: result.exit,
      err: result.err.replace(/^(reading|comprehension|root-cause|impact-map).*\n/gm, ""),
    }).toEqual({ command, exit: 0, err: expect.any(String) });
  }
});

test("the exit codes of the README are those of the program", () => {
  const told = new Set([...readme.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1])));
  expect(told).toEqual(new Set([0, 1, 70, ...Object.values(FAILURES).map(({ exit }) => exit)]));
});

test("the picture shows what the demo prints", () => {
  const { out } = casebook(root, ["demo"], { env: { CASEBOOK_DATA: "" } });
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
  const read = [
    ...readFileSync(join(root, "src/entry/config.ts"), "utf8").matchAll(/^ {2}(CASEBOOK_\w+):/gm),
  ].map((match) => match[1]!);
  const ofCompose = [...readFileSync(join(root, "compose.yaml"), "utf8").matchAll(/\$\{([A-Z_]+):/g)].map(
    (match) => match[1]!,
  );
  expect(listed.toSorted()).toEqual([...SERVER_VARIABLES, ...read, ...new Set(ofCompose)].toSorted());
});

test("the commands of the README are those of the bot", () => {
  const cells = (text: string): readonly string[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith("| `/casebook"))
      .map((line) => line.replace(/\s*\|\s*/g, "|"));
  expect(cells(readme)).toEqual(cells(formatHelpText()));
});

test("what the README quotes of the thread and of the pull request is what the bot says", async () => {
  await using github = await startSimulatedGitHub();
  using data = dataFolder();
  await using app = await startApp(github, data.path);
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const number = await repository.openIssue("ada", title, body);
  await repository.comment("ada", number, "/casebook investigate");
  await settled(github, app.server.url);
  const { issues, pulls } = await repository.state();
  const said = [...issues.flatMap(({ comments }) => comments), ...pulls].flatMap((text) => plain(text.body));
  const quoted = plain(readme.replace(/^(?!> ).*\n/gm, "").replace(/^> /gm, ""));
  expect(quoted.length).toBeGreaterThanOrEqual(10);
  expect(quoted.filter((line) => !said.includes(line))).toEqual([]);
});

/** Lines as a page shows them: links as their text, tables without their padding, and no times. */
function plain(markdown: string): readonly string[] {
  return markdown
    .split("\n")
    .map((line) =>
      line
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/\| \d+ s +\|$/, "| 0 s |")
        .replace(/-{3,}/g, "---")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((line) => line !== "");
}
