import { expect, test } from "@jest/globals";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import {
  app,
  calm,
  github,
  issueOf,
  pullsOf,
  reactionsOf,
  startTheApp,
  statusOf,
  testRules,
} from "./the-app.ts";
import type { SimulatedRepository } from "../../src/simulator/github/contract.ts";

startTheApp();

const FILES = {
  "README.md": "# Keep\n",
  "src/keep/__init__.py": "",
  "src/keep/desk.py": `from keep.shelf import count, find, put, take


def clear(values):
    put(values, "a", count(values))
    return take(values, "a"), find(values, "a")
`,
  "src/keep/shelf.py": `def put(values, key, value):
    values[key] = value


def take(values, key):
    return find(values, key)


def find(values, key):
    return values[key.lower()]


def count(values):
    return len(values)
`,
};
const TITLE = "Taking a value fails";
const BODY = `\`\`\`python
from keep.shelf import put, take

values = {}
put(values, "A", 1)
take(values, "A")
\`\`\`

\`\`\`
Traceback (most recent call last):
  File "run.py", line 5, in <module>
KeyError: 'a'
\`\`\`
`;

let made = 0;
async function newRepository(config = ""): Promise<SimulatedRepository> {
  const files = { ...FILES, ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}` };
  return github.createRepository("acme", `keep-${++made}`, {
    files,
    people: { ada: "write", eve: "read" },
  });
}

const documentOf = (
  repository: SimulatedRepository,
  number: number,
  phase: string,
): Promise<string | undefined> =>
  repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-${phase}.md`);

describeSandboxed("a report with code, without a model", () => {
  test("is run for a maintainer, and the run is part of the cause", async () => {
    // As for users: the researcher is a process without keys.
    app.research.inProcesses = true;
    const repository = await newRepository();
    const number = await repository.openIssue("eve", TITLE, BODY);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    app.research.inProcesses = false;

    expect(await documentOf(repository, number, "reproduction")).toContain(
      "The report's own code fails as reported, in 3 of 3 runs: `KeyError: 'a'`, at `src/keep/shelf.py:10`",
    );
    const cause = await documentOf(repository, number, "root-cause");
    expect(cause).toContain("The report's own program runs `find`, line 10");
    expect(cause).toContain("The report's own program runs `take`, line 6");
    expect(cause).not.toContain("runs `count`");
    // Another process reads the documents again, without running anything.
    const [pull] = await pullsOf(repository);
    const { checks } = await repository.state();
    expect(checks.find(({ head }) => head === pull!.head)).toMatchObject({
      conclusion: "success",
      annotations: [],
    });
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("is not run where nobody with the right asked for it", async () => {
    const repository = await newRepository("triggers: { opened: true }\n");
    const number = await repository.openIssue("eve", TITLE, BODY);
    await calm();
    expect(await documentOf(repository, number, "root-cause")).toContain("# Root cause");
    expect(await documentOf(repository, number, "reproduction")).toBeUndefined();
    expect(await statusOf(repository, number)).toContain(
      "code of a report runs only after a command or a label of a person with the right to start a run",
    );

    const comment = await repository.comment("eve", number, "/casebook run reproduction");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["-1"]);
    expect(await documentOf(repository, number, "reproduction")).toBeUndefined();

    await repository.label("ada", number, "casebook:reproduction");
    await calm();
    expect(await documentOf(repository, number, "reproduction")).toContain(
      "fails as reported, in 3 of 3 runs",
    );
  });

  test("is not run where the repository says so", async () => {
    const repository = await newRepository("runCode: false\n");
    const number = await repository.openIssue("eve", TITLE, BODY);
    const comment = await repository.comment("ada", number, "/casebook run reproduction");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["-1"]);
    expect(await statusOf(repository, number)).toContain("needs a model");
    expect(Object.keys((await repository.state()).branches)).toEqual(["main"]);
  });
});

testRules();
