import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { ParsedRequest, ScriptedReply, ScriptedServer } from "../../src/simulator/model/contract.ts";
import { honestScript } from "../../src/simulator/model/honest-script.ts";
import { playScript } from "../../src/simulator/model/play-script.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import type {
  IssueState,
  PullState,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { scriptedModelSettings } from "../../src/simulator/page/app-settings.ts";
import { openDatabase } from "../../src/store/io/database.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp, type TestApp } from "../fakes/app.ts";
import { appProcess } from "../fakes/app-process.ts";
import { casebook } from "../fakes/casebook.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { waitFor } from "../fakes/patience.ts";

const CANARY = "sk-canary-5f1c0e77d2a94b31";
const honest = playScript(honestScript);
const data = dataFolder();
const logs: string[] = [];
let github: SimulatedGitHub;
let endpoint: ScriptedServer;
let app: TestApp;
/** What the model says from now on. */
let model: (request: ParsedRequest) => ScriptedReply | Promise<ScriptedReply> = honest;
const repositories: SimulatedRepository[] = [];
/** Requests of earlier tests. */
let endpointFrom = 0;

beforeAll(async () => {
  github = await startSimulatedGitHub();
  endpoint = await startScriptedServer({ reply: (request) => model(request) });
  app = await startApp(github, data.path, {
    settings: modelSettings(),
    logger: pino({ level: "debug", base: null }, { write: (line: string) => void logs.push(line) }),
  });
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

function modelSettings(): Record<string, string> {
  return { ...scriptedModelSettings(endpoint.url), CASEBOOK_MODEL_KEY: CANARY };
}

/** A repository of the example; `config` is its `.github/casebook.yml`. */
async function newRepository(config: string): Promise<SimulatedRepository> {
  model = honest;
  endpointFrom = endpoint.requests.length;
  const files = { ...exampleFiles(), ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}` };
  const people = { ada: "write", eve: "read", zed: "read" } as const;
  const repository = await github.createRepository("acme", `store-${repositories.length + 1}`, {
    files,
    people,
  });
  repositories.push(repository);
  return repository;
}

async function reported(repository: SimulatedRepository, more = ""): Promise<number> {
  const { title, body } = exampleIssue();
  return repository.openIssue("eve", title, body + more);
}

async function calm(): Promise<void> {
  await settled(github, app);
}

async function issueOf(repository: SimulatedRepository, number: number): Promise<IssueState> {
  return (await repository.state()).issues.find((issue) => issue.number === number)!;
}

async function pullOf(repository: SimulatedRepository): Promise<PullState> {
  const { pulls } = await repository.state();
  expect(pulls).toHaveLength(1);
  return pulls[0]!;
}

/** The one status comment. */
async function statusOf(repository: SimulatedRepository, number: number): Promise<string> {
  const own = (await issueOf(repository, number)).comments.filter(
    ({ author }) => author === github.app.bot.login,
  );
  expect(own.length).toBeLessThanOrEqual(1);
  return own[0]?.body ?? "";
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await waitFor(isSo, () => [
    github.requests.length,
    github.webhooks.log.length,
    endpoint.requests.length,
    endpoint.open,
  ]);
}

/** Waits until the status comment contains these words. */
async function untilStatus(repository: SimulatedRepository, number: number, words: string): Promise<void> {
  await until(async () => (await statusOf(repository, number)).includes(words));
}

/** What the model was asked since the repository was made. */
function asked(): readonly ParsedRequest[] {
  return endpoint.requests.slice(endpointFrom);
}

/** Names of the research documents on the issue's branch. */
async function documentsOf(repository: SimulatedRepository, number: number): Promise<readonly string[]> {
  const { pulls } = await repository.state();
  const files = pulls.find(({ headBranch }) => headBranch === `casebook/issue-${number}`)?.files ?? [];
  return files
    .filter((path) => path.startsWith(".chant/research/"))
    .map((path) => path.slice(`.chant/research/issue-${number}-`.length));
}

const textOf = (repository: SimulatedRepository, number: number, name: string) =>
  repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-${name}`);

/** Documents without what differs from run to run: commits, names made of them, and how long something took. */
const anywhere = (text: string | undefined): string | undefined =>
  text
    ?.replace(/\b[0-9a-f]{7,40}\b/g, "…")
    .replace(/^milliseconds: \d+$/gm, "milliseconds: …")
    .replace(/"milliseconds":\d+/g, '"milliseconds":…')
    .replace(/ in \d+\.\d+s(?=$|\\n)/gm, " in …");

/** `$0.0571` of the line at the end, in dollars. */
function costIn(status: string): number {
  return Number(/cost \\\$([\d.]+) of at most/.exec(status)?.[1]);
}

const ALL = "phases: [comprehension, reproduction, root-cause, impact-map, fix]\n";
const finishing = (outcome: object): ScriptedReply => ({
  calls: [{ name: "finish", arguments: { outcome } }],
});

describe("all phases with an honest model", () => {
  const branch = "casebook/issue-1";
  let repository: SimulatedRepository;
  /** Calls of the four phases, and what they cost. */
  const undisturbed = { calls: 0, cost: 0 };

  test("four are worked and proposed as a draft, with what each cost; the fix waits for approval", async () => {
    repository = await newRepository(ALL);
    expect(await reported(repository)).toBe(1);
    await repository.comment("ada", 1, "/casebook investigate");
    await calm();

    expect((await issueOf(repository, 1)).labels).toEqual(["casebook/awaiting-approval"]);
    const pull = await pullOf(repository);
    expect(pull).toMatchObject({ state: "open", draft: true, headBranch: branch });
    expect(pull.files.filter((path) => !path.startsWith(".chant/specs/"))).toEqual([
      ".chant/research/issue-1-comprehension.md",
      ".chant/research/issue-1-impact-map.md",
      ".chant/research/issue-1-reproduction-test.py",
      ".chant/research/issue-1-reproduction.md",
      ".chant/research/issue-1-root-cause.md",
    ]);
    expect(pull.title).toMatch(/^Research: #1 .* \(documents only\)$/);
    expect(pull.body).toContain("| root-cause | `scripted` | ");
    expect(pull.body).not.toMatch(/\b(?:fix(?:es)?|close[sd]?|resolve[sd]?) #\d/i);

    const status = await statusOf(repository, 1);
    expect(status).toContain("\n\n`fix` waits for a person to approve it.\n\n");
    for (const phase of ["comprehension", "reproduction", "root-cause", "impact-map"])
      expect(status).toMatch(
        new RegExp(`\\| \\[${phase}\\].* \\\\\\$0\\.\\d+, \\d calls, \`scripted\` \\|\n`),
      );
    expect(status).toContain("| fix | ○ waiting |");
    expect(status).toMatch(
      / · 4 phases, \d+ (?:s|min), model `scripted`\n[^]* · cost \\\$0\.\d+ of at most \\\$3\.00\*/,
    );
    Object.assign(undisturbed, { calls: asked().length, cost: costIn(status) });
  });

  test("approved, the fix and the failing test stand on the branch, checked; nobody merges it but a person", async () => {
    await repository.comment("ada", 1, "/casebook approve");
    await calm();
    expect((await issueOf(repository, 1)).labels).toEqual(["casebook/done"]);
    const pull = await pullOf(repository);
    expect(pull).toMatchObject({ state: "open", draft: true });
    expect(pull.files.filter((path) => !path.startsWith(".chant/"))).toEqual([
      "src/storage/store.py",
      "tests/test_lost_update.py",
    ]);
    expect(await repository.file(branch, "src/storage/store.py")).toContain("fcntl.flock");
    expect(await repository.file(branch, "tests/test_lost_update.py")).toContain("LostUpdateTest");
    expect(await repository.file("main", "src/storage/store.py")).not.toContain("fcntl.flock");
    expect(pull.title).toMatch(/^fix: #1 /);
    expect(pull.body).toMatch(/\| fix \| [^|]*test[^|]* \| ✅ met \| shown by a run: /);
    const status = await statusOf(repository, 1);
    expect(status).toMatch(/\| \[fix\]\([^)]+\) \| ● done \|.*\| 8 of 8 met \|/);
    expect(status).toContain("**Next:** Review the change and its test in pull request ");
    const { checks } = await repository.state();
    expect(checks.find(({ head }) => head === pull.head)).toMatchObject({ conclusion: "success" });

    using folder = temporaryFolder();
    const { exit, out } = await casebook(
      folder.path,
      ["check", "--repo", repository.gitDir, "--ref", branch],
      {
        env: { CASEBOOK_DATA: join(folder.path, "data") },
      },
    );
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/ 0 wrong\n/) });
  });

  test("the App killed in the middle of a model's answer comes to the same end and pays for one reply twice at most", async () => {
    await using elsewhere = await startSimulatedGitHub();
    using folder = dataFolder();
    const killed = await elsewhere.createRepository("acme", "store-1", {
      files: { ...exampleFiles(), ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${ALL}` },
      people: { ada: "write", eve: "read" },
    });
    await using app = await appProcess(elsewhere, folder.path, modelSettings());
    await app.start();
    const before = endpoint.requests.length;
    let restarted: Promise<void> | undefined;
    model = async (request) => {
      // In the third phase.
      if (request.number === before + 8) {
        app.signal("SIGKILL");
        await app.ended();
        restarted = app.start();
      }
      return honest(request);
    };
    await reported(killed);
    await killed.comment("ada", 1, "/casebook investigate");
    const untilThere = (isSo: () => boolean | Promise<boolean>): Promise<void> =>
      waitFor(isSo, () => [elsewhere.requests.length, endpoint.requests.length]);
    await untilThere(() => restarted !== undefined);
    await restarted;
    await untilThere(async () =>
      (await killed.state()).issues[0]!.labels.includes("casebook/awaiting-approval"),
    );
    await settled(elsewhere, app);
    expect(endpoint.requests.length - before - undisturbed.calls).toBe(1);
    for (const name of ["comprehension.md", "reproduction.md", "root-cause.md", "impact-map.md"])
      expect(anywhere(await textOf(killed, 1, name))).toBe(anywhere(await textOf(repository, 1, name)));
    const [comment] = (await killed.state()).issues[0]!.comments.filter(
      ({ author }) => author === elsewhere.app.bot.login,
    );
    // What was on its way when it was killed may have to be paid, so it counts.
    expect(costIn(comment!.body)).toBeGreaterThan(undisturbed.cost);
    expect(app.lines.join("\n")).not.toContain(CANARY);
    expect(elsewhere.violations).toEqual([]);
  });
});

describe("a repository decides", () => {
  test("`researcher: builtin` asks no model, and says so to who wants one", async () => {
    const repository = await newRepository("researcher: builtin\nphases: [comprehension]\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    await repository.comment("ada", number, "/casebook investigate --model scripted");
    await calm();
    expect(asked()).toEqual([]);
    const status = await statusOf(repository, number);
    expect(status).toContain("No model is set up here, so `--model` has no effect");
    expect(status).toContain("1 phase, ");
    expect(status).not.toContain("| cost |");
    expect(await documentsOf(repository, number)).toEqual(["comprehension.md"]);
  });

  test("without `phases` there is no fix, and no model of another name; a budget of a person ends it early and is said", async () => {
    const repository = await newRepository("");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook fix\n/casebook investigate --model large");
    await calm();
    const refused = await statusOf(repository, number);
    expect(refused).toContain(
      "`fix` is off here; `phases: [comprehension, reproduction, root-cause, impact-map, fix]` in `.github/casebook.yml` switches it on.",
    );
    expect(refused).toContain("There is no model of that name here. Models: `scripted`.");
    expect(asked()).toEqual([]);

    await repository.comment("ada", number, "/casebook investigate --budget 0.05");
    await calm();
    const status = await statusOf(repository, number);
    expect(status).toContain("This investigation may cost \\$0.05 over all its runs");
    expect(status).toContain("this is what the run found until then");
    expect(status).toMatch(/of at most \\\$0\.05\*/);
    expect(costIn(status)).toBeGreaterThan(0);
    expect(costIn(status)).toBeLessThanOrEqual(0.05);
    // Whatever the money reached, each phase wrote what is known.
    expect(await documentsOf(repository, number)).toEqual(
      expect.arrayContaining(["comprehension.md", "impact-map.md", "reproduction.md", "root-cause.md"]),
    );
    const { body } = await pullOf(repository);
    expect(body.split("This investigation may cost")).toHaveLength(2);
    expect(body).not.toContain("0 calls");
  });

  test("`mode: single` makes one document with a model too", async () => {
    const repository = await newRepository("mode: single\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    expect(await documentsOf(repository, number)).toHaveLength(1);
    expect(asked().length).toBeGreaterThan(0);
  });
});

describe("how a phase can end", () => {
  test("questions wait for the reporter; the answer lets it go on by itself, and the model sees it", async () => {
    const repository = await newRepository("phases: [comprehension]\n");
    const number = await reported(repository);
    const reason = "A model asks the reporter 1 question";
    model = () => finishing({ kind: "needs-info", questions: ["Is the file on a network share?"] });
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/needs-info"]);
    const waiting = await statusOf(repository, number);
    expect(waiting).toContain(`### Information is missing: ${reason}\n`);
    expect(waiting).toContain("**To ask the reporter:**");
    expect(waiting).toContain("1. Model: Is the file on a network share?");
    const { body } = await pullOf(repository);
    expect(body).toContain("**To ask the reporter:**\n\n1. Model: Is the file on a network share?");
    expect(body.split(reason)).toHaveLength(2);

    model = honest;
    const before = asked().length;
    await repository.comment("zed", number, "Same here, since Monday.");
    await calm();
    expect(asked()).toHaveLength(before);
    await repository.comment("eve", number, "No, it is a local disk with ext4.");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    const conversation = asked()[before]!;
    expect(conversation.step).toBe(0);
    expect(conversation.messages.some(({ text }) => text.includes("a local disk with ext4"))).toBe(true);
    // Both conversations were paid for.
    const done = await statusOf(repository, number);
    expect(done).not.toContain("To ask the reporter");
    expect(costIn(done)).toBeGreaterThan(costIn(waiting));
  });

  test("several causes wait for a choice; no bug and a duplicate end it, with the reason in comment, label and proposal", async () => {
    const repository = await newRepository("phases: [comprehension, root-cause]\n");
    const place = (start: number, quote: string) => ({ path: "src/storage/store.py", start, quote });
    const ends = [
      {
        outcome: {
          kind: "several-causes",
          parts: [place(33, "data = self._read_data()"), place(43, "self._write_data(data)")],
        },
        label: "casebook/awaiting-approval",
        says: [
          "### Several distinct causes: A model sees causes at 2 places\n",
          "2. `Store.update`, `src/storage/store.py:43`",
          "`/casebook run root-cause` researches all causes as one.",
        ],
      },
      {
        // A docstring says what somebody meant.
        claim: { type: "code", section: "components", ...place(32, '"""Store a value under a key."""') },
        outcome: { kind: "not-a-bug", claims: [1] },
        label: "casebook/done",
        says: [
          "### Not a bug: A model takes this for intended behaviour",
          "`/casebook retry` continues with `root-cause` all the same.",
        ],
      },
      {
        outcome: { kind: "duplicate", of: "#17" },
        label: "casebook/done",
        says: ["### Duplicate of `#17`: A model takes this for a duplicate of `#17`\n"],
      },
    ];
    for (const { claim, outcome, label, says } of ends) {
      model = ({ step }) =>
        claim !== undefined && step === 0
          ? { calls: [{ name: "submit", arguments: { claims: [claim] } }] }
          : finishing(outcome);
      const number = await reported(repository, "\n\nPerhaps it is the same as #17.");
      await repository.comment("ada", number, "/casebook investigate");
      await calm();
      const status = await statusOf(repository, number);
      expect(says.filter((words) => !status.includes(words))).toEqual([]);
      expect((await issueOf(repository, number)).labels).toEqual([label]);
      expect(await documentsOf(repository, number)).toEqual(["comprehension.md"]);
      const pull = (await repository.state()).pulls.find(
        ({ headBranch }) => headBranch === `casebook/issue-${number}`,
      )!;
      expect(pull).toMatchObject({ state: "open", draft: true });
      expect(pull.body).toMatch(/^\*\*(?:Several|Not a bug|Duplicate)/);
    }
  });
});

describe("what can go wrong with a model", () => {
  test("cancel ends a call that is never answered; nothing is proposed, what it may cost is told", async () => {
    const repository = await newRepository("phases: [comprehension, root-cause]\n");
    const number = await reported(repository);
    model = (request) => (request.step === 0 ? honest(request) : { fault: { kind: "stall", at: "headers" } });
    await repository.comment("ada", number, "/casebook investigate");
    await until(() => asked().length === 2 && endpoint.open === 1);
    await repository.comment("ada", number, "/casebook cancel");
    await until(() => endpoint.open === 0);
    await untilStatus(repository, number, "### Cancelled");
    await calm();
    const { pulls } = await repository.state();
    expect(pulls).toEqual([]);
    expect(await textOf(repository, number, "comprehension.md")).toBeUndefined();
    expect(asked()).toHaveLength(2);
    expect(costIn(await statusOf(repository, number))).toBeGreaterThan(0);
  });

  test("an endpoint that fails for a while is waited for, said, and gone on with by itself", async () => {
    const repository = await newRepository("phases: [comprehension]\n");
    const number = await reported(repository);
    const down = Promise.withResolvers<void>();
    let isDown = true;
    void down.promise.then(() => (isDown = false));
    model = (request) =>
      isDown ? { fault: { kind: "status", status: 500, headers: { "retry-after": "0" } } } : honest(request);
    await repository.comment("ada", number, "/casebook investigate");
    await untilStatus(repository, number, "no model answers");
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/running"]);
    down.resolve();
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    expect(await statusOf(repository, number)).not.toContain("no model answers");
    expect(await documentsOf(repository, number)).toEqual(["comprehension.md"]);
  });

  test("a wrong key is said to people, and neither the key nor the endpoint's words about it are", async () => {
    const repository = await newRepository("phases: [comprehension]\n");
    const number = await reported(repository);
    const words = `Incorrect API key provided: ${CANARY}.`;
    model = () => ({ fault: { kind: "status", status: 401, body: { error: { message: words } } } });
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/failed"]);
    const status = await statusOf(repository, number);
    expect(status).toContain("### Could not finish: No model could be asked: ");
    expect(status).toContain("refuses the key");
    expect(status).not.toContain(CANARY);
    expect(asked()).toHaveLength(1);
  });
});

test("no rule of GitHub was broken, and the model's key stands nowhere but in the requests to its endpoint", async () => {
  expect([...new Set(github.violations)]).toEqual([]);
  expect(endpoint.requests.every(({ headers }) => headers["authorization"] === `Bearer ${CANARY}`)).toBe(
    true,
  );
  const metrics = await (await fetch(`${app.server.url}/metrics`)).text();
  await app.server.stop();
  const places: Record<string, string> = { logs: logs.join(""), metrics };
  places["what GitHub was sent"] = JSON.stringify(github.requests);
  places["what models were told"] = JSON.stringify(endpoint.requests.map(({ body }) => body));
  for (const repository of repositories) {
    const state = await repository.state();
    places[repository.name] = JSON.stringify(state);
    for (const branch of Object.keys(state.branches))
      for (const path of state.pulls.flatMap(({ files }) => files))
        places[`${repository.name} ${branch} ${path}`] = (await repository.file(branch, path)) ?? "";
  }
  const files = readdirSync(data.path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const { parentPath, name } of files)
    places[join(parentPath, name)] = readFileSync(join(parentPath, name), "latin1");
  // The database keeps long texts packed, so its rows are read too.
  await using database = await openDatabase({ url: app.databaseUrl });
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname LIKE 'casebook%'",
  );
  expect(tables.length).toBeGreaterThan(5);
  for (const { name } of tables)
    places[name] = JSON.stringify((await database.query(`SELECT t::text FROM ${name} t`)).rows);
  const forms = [
    CANARY,
    Buffer.from(CANARY).toString("base64").replace(/=+$/, ""),
    Buffer.from(CANARY).toString("hex"),
  ];
  const found = Object.entries(places).filter(([, text]) => forms.some((form) => text.includes(form)));
  expect(found.map(([place]) => place)).toEqual([]);
  expect(Object.values(places).some((text) => text.includes("scripted"))).toBe(true);
});
