import { appSettings } from "./app-settings.ts";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  RepositoryState,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../adapters/simulated-github/contract.ts";
import { startSimulatedGitHub } from "../../adapters/simulated-github/start-simulated-github.ts";
import { parseIssueInput } from "../../domain/issue/parse-issue-input.ts";
import { LIMITS } from "../../domain/github/limits.ts";
import { WEBHOOK_PATH } from "../server/http-server.ts";
import { startApp } from "./start-app.ts";

/** The example repository on a GitHub of this machine, with the real App installed and people to speak. */
export interface Simulation extends AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly repository: SimulatedRepository;
  /** The example's issue. */
  readonly issue: number;
  readonly people: readonly Person[];
  /** True while something is on its way or a job waits or runs. */
  isBusy(): Promise<boolean>;
  state(): Promise<RepositoryState>;
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

/** Nobody presses so many buttons in an hour on a real repository. */
const CONFIG = "# Settings of Casebook in this repository.\nlimits:\n  startsPerHour: 100\n";

/** `fast`: the App writes without the pauses that GitHub wants. Dispose it: nothing stays behind. */
export async function openSimulation({ fast }: { readonly fast: boolean }): Promise<Simulation> {
  const data = mkdtempSync(join(tmpdir(), "casebook-simulate-"));
  const github = await startSimulatedGitHub({ enforcePacing: !fast });
  const remove = (): void => rmSync(data, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const repository = await github.createRepository("acme", "store", {
      files: { ...exampleFiles(), ".github/casebook.yml": CONFIG },
      people: Object.fromEntries(PEOPLE.map(({ login, permission }) => [login, permission])),
    });
    const { title, body } = exampleIssue();
    const issue = await repository.openIssue("ana", title, body);
    const app = await startApp({
      ...appSettings(github, data),
      CASEBOOK_WRITE_SPACING_MS: String(fast ? 0 : LIMITS.writeSpacingMilliseconds),
    });
    github.deliverTo(`${app.url}${WEBHOOK_PATH}`);
    return {
      github,
      repository,
      issue,
      people: PEOPLE.map(({ login, role }) => ({ login, role })),
      state: () => repository.state(),
      async isBusy() {
        await github.webhooks.settled();
        const metrics = await (await fetch(`${app.url}/metrics`)).text();
        return /^casebook_jobs\{queue="(?!dead)[a-z]+",state="(?:created|active|retry)"\} [1-9]/m.test(
          metrics,
        );
      },
      async [Symbol.asyncDispose]() {
        await app.stop();
        await github[Symbol.asyncDispose]();
        remove();
        process.off("exit", remove);
      },
    };
  } catch (error) {
    await github[Symbol.asyncDispose]();
    remove();
    throw error;
  }
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
