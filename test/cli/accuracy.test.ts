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

/** The fix changed the second file and no named function. */
const elsewhere = {
  commit: "a".repeat(40),
  phases: [
    {
      phase: "root-cause",
      file: 2,
      isWhole: true,
      function: 0,
      told: [
        { percent: 80, isTrue: false },
        { percent: 20, isTrue: true },
      ],
    },
  ],
};

test("counts fixes, and before them what people said, by repository and phase", async () => {
  using folder = temporaryFolder();
  await using github = await startSimulatedGitHub();
  await using database = await freshDatabase();
  const lines: string[] = [];
  const accuracy = async (...options: string[]): Promise<string> => {
    lines.length = 0;
    const exit = await runCli(["accuracy", ...options], {
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
  expect(await accuracy()).toContain("Nothing says yet how right an answer was");
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
        investigation: {
          ...newInvestigation(7, i + 1),
          ...(verdict === undefined ? {} : { verdict }),
          // The first was judged and fixed, the last was only fixed.
          ...(i === 0 || verdict === undefined ? { fix: elsewhere } : {}),
        },
        effects: [],
      }));
  }
  const rows = (await accuracy()).split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    [
      "repository",
      "phase",
      "right",
      "partly",
      "wrong",
      "by people",
      "file first",
      "all in five",
      "function first",
    ],
    ["acme/store", "comprehension", "0 of 1", "1", "0", "1"],
    ["acme/store", "root-cause", "2 of 4", "1", "1", "3", "0 of 2", "2 of 2", "0 of 2"],
    [""],
    ["repository", "phase", "told", "the fix changed it"],
    ["acme/store", "root-cause", "10 to 29 %", "2 of 2"],
    ["acme/store", "root-cause", "70 to 89 %", "0 of 2"],
  ]);
  expect(JSON.parse(await accuracy("--json"))).toMatchObject([
    { phase: "comprehension" },
    { phase: "root-cause", counts: { right: 2, partly: 1, wrong: 1 }, told: [{ from: 10 }, { from: 70 }] },
  ]);
});
