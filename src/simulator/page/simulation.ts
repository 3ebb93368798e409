import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryGit } from "../../repository/io/git.ts";
import type { RepositoryState, SimulatedGitHub, SimulatedRepository } from "../github/contract.ts";
import { honestScript } from "../model/honest-script.ts";
import { playScript } from "../model/play-script.ts";
import { startScriptedServer } from "../model/start-scripted-server.ts";
import { startSimulatedGitHub } from "../github/start-simulated-github.ts";
import { LIMITS } from "../../text/github-limits.ts";
import { parseIssueInput } from "../../issue/parse-issue-input.ts";
import { WEBHOOK_PATH } from "../../server/http-server.ts";
import { appSettings, scriptedModelSettings } from "./app-settings.ts";
import { startApp } from "./start-app.ts";

/** The example repository on the simulated GitHub, with the real App installed and people who act. */
export interface Simulation extends AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly repository: SimulatedRepository;
  /** The example's issue. */
  readonly issue: number;
  /** The reporter's text. */
  readonly text: string;
  readonly people: readonly Person[];
  readonly hasModel: boolean;
  /** Resolves when the App's process has ended, with its last output. */
  readonly appEnded: Promise<string>;
  /** True while a delivery is under way or a job waits or runs. */
  isBusy(): Promise<boolean>;
  state(): Promise<RepositoryState>;
  /** Text of a file at a commit; undefined when there is none. */
  fileAt(commit: string, path: string): Promise<string | undefined>;
  /** The change of a file on a commit's branch, as a unified diff; undefined when git has none. */
  changeAt(commit: string, path: string): Promise<string | undefined>;
}

export interface Person {
  readonly login: string;
  readonly role: string;
}

const PEOPLE = [
  { login: "mia", role: "maintainer", permission: "write" },
  { login: "rob", role: "reader", permission: "read" },
  { login: "ana", role: "reporter", permission: "read" },
] as const;

/** A visitor presses more buttons in an hour than people on a real repository. */
const CONFIG = "# Settings of Casebook in this repository.\nlimits:\n  startsPerHour: 100\n";

/** With a model every phase runs, and a fix waits for approval. */
const MODEL_CONFIG = `${CONFIG}phases: [comprehension, reproduction, root-cause, impact-map, fix]\n`;

/**
 * `fast`: the App writes without the pauses that GitHub wants. `model`: a scripted model that knows the example replaces an
 * endpoint. Disposing it removes everything.
 */
export async function openSimulation({
  fast,
  model = false,
}: {
  readonly fast: boolean;
  readonly model?: boolean;
}): Promise<Simulation> {
  const folder = mkdtempSync(join(tmpdir(), "casebook-simulate-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    remove();
    process.off("exit", remove);
  });
  const [data, bare] = [join(folder, "data"), join(folder, "github")];
  for (const place of [data, bare]) mkdirSync(place);
  const github = stack.use(await startSimulatedGitHub({ enforcePacing: !fast, folder: bare }));
  const repository = await github.createRepository("acme", "store", {
    files: { ...exampleFiles(), ".github/casebook.yml": model ? MODEL_CONFIG : CONFIG },
    people: Object.fromEntries(PEOPLE.map(({ login, permission }) => [login, permission])),
  });
  const { title, body } = exampleIssue();
  const issue = await repository.openIssue("ana", title, body);
  const endpoint = model
    ? stack.use(await startScriptedServer({ reply: playScript(honestScript) }))
    : undefined;
  const app = await startApp({
    ...appSettings(github, data),
    ...(endpoint === undefined ? {} : scriptedModelSettings(endpoint.url)),
    CASEBOOK_WRITE_SPACING_MS: String(fast ? 0 : LIMITS.writeSpacingMilliseconds),
  });
  stack.defer(() => app.stop());
  github.deliverTo(`${app.url}${WEBHOOK_PATH}`);
  const all = stack.move();
  return {
    github,
    repository,
    issue,
    text: body,
    people: PEOPLE.map(({ login, role }) => ({ login, role })),
    hasModel: model,
    appEnded: app.ended,
    state: () => repository.state(),
    async isBusy() {
      await github.webhooks.settled();
      const metrics = await (await fetch(`${app.url}/metrics`)).text();
      return /^casebook_(?:jobs\{queue="(?!dead)[a-z]+",state="(?:created|active|retry)"|runs\{state="[a-z]+")\} [1-9]/m.test(
        metrics,
      );
    },
    async fileAt(commit, path) {
      const { code, stdout } = await tryGit(["cat-file", "blob", `${commit}:${path}`], {
        gitDir: repository.gitDir,
      });
      return code === 0 ? stdout.toString() : undefined;
    },
    async changeAt(commit, path) {
      const { code, stdout } = await tryGit(
        ["diff", "--no-color", "--no-ext-diff", `main...${commit}`, "--", path],
        { gitDir: repository.gitDir },
      );
      return code === 0 ? stdout.toString() : undefined;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const EXAMPLE = join(import.meta.dirname, "../../../examples/issue-42");

function exampleFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(EXAMPLE, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== "issue.md")
      files[place.slice(EXAMPLE.length + 1).replaceAll("\\", "/")] = readFileSync(place, "utf8");
  }
  return files;
}

function exampleIssue(): { readonly title: string; readonly body: string } {
  return parseIssueInput({ text: readFileSync(join(EXAMPLE, "issue.md"), "utf8"), name: "issue.md" });
}
