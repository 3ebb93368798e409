import { expect, test } from "@jest/globals";
import { newInvestigation, type Verdict } from "../../src/investigation/investigation.ts";
import { openStore } from "../../src/store/io/open-store.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { settingsFor } from "../fakes/app.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

const said = (value: Verdict["value"], phase = "root-cause"): Verdict => ({
  value,
  by: { id: 1, login: "ada" },
  at: "2026-12-01T00:00:00Z",
  phase,
});

test("counts what people said, by repository and phase", async () => {
  using folder = temporaryFolder();
  await using github = await startSimulatedGitHub();
  await using database = await freshDatabase();
  const lines: string[] = [];
  const accuracy = async (): Promise<string> => {
    lines.length = 0;
    const exit = await runCli(["accuracy"], {
      cwd: folder.path,
      env: settingsFor(github, folder.path, { DATABASE_URL: database.url }),
      signal: new AbortController().signal,
      out: (line) => void lines.push(line),
      err: (line) => void lines.push(line),
      isTerminal: false,
      stdin: () => Promise.resolve(""),
    });
    expect([exit, lines.join("\n")]).toEqual([0, lines.join("\n")]);
    return lines.join("\n");
  };
  expect(await accuracy()).toContain("Nobody judged an answer yet");
  {
    await using store = await openStore({ url: database.url });
    await store.saveRepository({ id: 7, installation: 5, owner: "acme", name: "store" });
    const verdicts = [
      said("right"),
      said("right"),
      said("wrong"),
      said("partly", "comprehension"),
      undefined,
    ];
    for (const [i, verdict] of verdicts.entries())
      await store.change({ repository: 7, issue: i + 1, installation: 5 }, () => ({
        investigation: { ...newInvestigation(7, i + 1), ...(verdict === undefined ? {} : { verdict }) },
        effects: [],
      }));
  }
  const rows = (await accuracy()).split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ["repository", "phase", "right", "partly", "wrong"],
    ["acme/store", "comprehension", "0 of 1", "1", "0"],
    ["acme/store", "root-cause", "2 of 3", "0", "1"],
  ]);
});
