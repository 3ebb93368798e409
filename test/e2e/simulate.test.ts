import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { temporaryFolder } from "../fakes/git-folder.ts";

const MAIN = join(import.meta.dirname, "../../src/simulator/main.ts");
interface Running {
  readonly child: ChildProcess;
  /** Ends when the output matches; throws when the process ends before. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly output: () => string;
  readonly end: Promise<number | null>;
}

/** `casebook simulate` in a folder whose `.env` would lead it astray, with the temporary files in a folder of their own. */
function simulate(folder: string, args: readonly string[]): Running {
  mkdirSync(join(folder, "tmp"));
  writeFileSync(
    join(folder, ".env"),
    "DATABASE_URL=postgres://127.0.0.1:1/of-another-app\nCASEBOOK_ROLE=web\n",
  );
  const child = spawn(process.execPath, [MAIN, "simulate", ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      TMPDIR: join(folder, "tmp"),
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
    },
    stdio: "pipe",
  });
  let output = "";
  const wakers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const wake of wakers) wake();
    });
  const end = once(child, "close").then(() => child.exitCode);
  return {
    child,
    end,
    output: () => output,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (found === null) return;
          wakers.delete(look);
          resolve(found);
        };
        wakers.add(look);
        void end.then(() => reject(new Error(`it ended without ${pattern}:\n${output}`)));
        look();
      });
    },
  };
}

test("the script plays the life of an issue against the real App, and leaves nothing behind", async () => {
  using folder = temporaryFolder();
  const { end, output } = simulate(folder.path, ["--script", "--fast"]);
  expect([await end, output()]).toEqual([0, expect.stringContaining("0 wrong")]);
  const told = [
    "#1 casebook[bot] 👎 on rob's comment",
    "#1 casebook[bot] 🚀 on mia's comment",
    "#2 casebook[bot] opened a draft pull request",
    "Did you mean /casebook refresh?",
    "#2 pull request merged",
  ];
  const places = told.map((words) => output().indexOf(words));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(readdirSync(join(folder.path, "tmp"))).toEqual([]);
});

test("with a scripted model the script also plays the failing test and the fix, and tells what they cost", async () => {
  using folder = temporaryFolder();
  const { end, output } = simulate(folder.path, ["--model", "scripted", "--script", "--fast"]);
  expect([await end, output()]).toEqual([0, expect.stringContaining("0 wrong")]);
  const told = [
    "The model is a script",
    "#1 casebook[bot] edited: Researching: reproduction",
    "#1 + casebook/awaiting-approval",
    "The maintainer allows the fix:",
    "#1 casebook[bot] edited: The failing test passes after a change of src/storage/store.py",
    "src/storage/store.py: +",
    "#2 pull request merged",
    "Done: one comment, one pull request",
  ];
  const places = told.map((words) => output().indexOf(words));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(output()).toMatch(/#1 casebook\[bot\]: cost \$0\.\d+ of at most \$3\.00\n/);
  expect(readdirSync(join(folder.path, "tmp"))).toEqual([]);
});

test("a person acts in the terminal and on the page, and Ctrl-C ends all of it", async () => {
  using folder = temporaryFolder();
  const { child, until, end, output } = simulate(folder.path, ["--port", "0", "--fast"]);
  const [, url = ""] = await until(/The page is at (http:\/\/127\.0\.0\.1:\d+)\n/);

  child.stdin!.write("reader: /casebook cancel\n");
  await until(/#1 rob: \/casebook cancel\n/);
  await until(/👎 on rob's comment|😕 on rob's comment/);

  const page = await (await fetch(url)).text();
  expect(page).toContain("Values disappear when several workers write at the same time");
  expect(page).toContain("We run four worker processes");
  const token = /name="token" value="([0-9a-f]{32})"/.exec(page)![1]!;
  const press = (fields: Record<string, string>): Promise<Response> =>
    fetch(`${url}/act`, {
      method: "POST",
      body: new URLSearchParams({ token, who: "mia", ...fields }),
      redirect: "manual",
    });
  const events = await fetch(`${url}/events`);
  expect((await press({ do: "merge" })).status).toBe(400);
  expect((await press({ do: "label", label: "casebook:investigate" })).status).toBe(303);
  const decoder = new TextDecoder();
  const { value } = await events.body!.getReader().read();
  expect(decoder.decode(value as Uint8Array)).toContain("data: changed");
  await until(/opened a draft pull request/);
  await until(/check casebook \/ evidence: \d+ references checked, all hold/);

  const live = await (await fetch(`${url}/live`)).text();
  expect(live).toContain("issue-1-root-cause.md");
  const [, permalink = ""] = /href="(\/blob\/[0-9a-f]{40}\/src\/storage\/store\.py)#L\d+/.exec(live)!;
  const file = await (await fetch(`${url}${permalink}`)).text();
  expect(file).toContain('<tr id="L31">');
  expect(output()).not.toContain("of-another-app");

  // As a terminal and bin/casebook.mjs send it: twice at the same moment.
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await end).toBe(130);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  expect(readdirSync(join(folder.path, "tmp"))).toEqual([]);
});
