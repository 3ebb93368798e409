import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { Call } from "../../../src/github/io/client.ts";
import { createWrite } from "../../../src/github/io/write.ts";
import type { SafeText } from "../../../src/text/safe-text.ts";
import { WRITES } from "../../../src/github/github.ts";
import { API, endNock, INSTALLATION, NOW, nockedGitHub, REPOSITORY } from "./nocked-github.ts";

const folder = join(import.meta.dirname, "../../../src/github/io");
const sources = readdirSync(folder).map((name) => ({
  name,
  // Without comments.
  text: readFileSync(join(folder, name), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
}));
const namesWhere = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

const hello = "Hello" as SafeText;

afterAll(endNock);

describe("there is one way to write", () => {
  test("Octokit is asked in one place, by one call", () => {
    expect(sources.length).toBeGreaterThan(15);
    expect(namesWhere(/from "(?:probot|@octokit\/[\w-]+)"/)).toEqual(["transport.ts"]);
    expect(namesWhere(/\boctokit\b|\bfetch\(/i)).toEqual(["transport.ts"]);
    const transport = sources.find(({ name }) => name === "transport.ts")?.text ?? "";
    expect(transport.match(/octokit\.[\w.]+\(/g)).toEqual([
      "octokit.auth(",
      "octokit.request.endpoint(",
      "octokit.request(",
      "octokit.hook.wrap(",
    ]);
  });

  test("only the client sends requests, only write sends changes", () => {
    expect(namesWhere(/\.send\(/)).toEqual(["client.ts"]);
    expect(namesWhere(/\.authenticate\(/)).toEqual(["tokens.ts"]);
    expect(namesWhere(/\.change\(/)).toEqual(["write.ts"]);
    // The compiler refuses every other request there.
    const client = sources.find(({ name }) => name === "client.ts")?.text ?? "";
    expect(client).toContain("export type ReadRoute = `GET /${string}`;");
    expect(client).toContain("ask(call: ReadCall)");
    expect(client).toContain("pages(call: ReadCall,");
  });

  test("every request that changes something is in write's list, but for tokens, which nobody sees", () => {
    const routesIn = (text: string): string[] => text.match(/"(?:POST|PUT|PATCH|DELETE) [^"]*"/g) ?? [];
    const listed = routesIn(sources.find(({ name }) => name === "write.ts")?.text ?? "");
    expect(listed.length).toBeGreaterThanOrEqual(WRITES.length);
    const others = sources.flatMap(({ text }) => routesIn(text)).filter((route) => !listed.includes(route));
    expect(others).toEqual(['"POST /app/installations/{installation_id}/access_tokens"']);
  });
});

describe("write", () => {
  test("sends nothing that does not belong to the effect", async () => {
    const sent: string[] = [];
    const client = {
      ask: async () => ({ status: 200, headers: {}, data: {} }),
      pages: async function* () {},
      tokens: { token: async () => "", forget: () => undefined },
      change: async ({ route }: Call) => {
        sent.push(route);
        return { status: 201, headers: {}, data: {} };
      },
    };
    const write = createWrite(client, { turn: async () => undefined, hold: async () => undefined });
    const wrong = write("createComment", { route: "POST /repos/{owner}/{repo}/pulls", parameters: {} });
    await expect(wrong).rejects.toMatchObject({ code: "invalid" });
    await write("createPull", { route: "POST /repos/{owner}/{repo}/pulls", parameters: {} });
    expect(sent).toEqual(["POST /repos/{owner}/{repo}/pulls"]);
  });

  test("is one at a time for an installation, in order, and does not wait for other installations", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    using github = nockedGitHub({
      rateLimiter: {
        async turn(installation) {
          log.push(`turn ${installation}`);
          if (log.length === 1) await gate.promise;
        },
        hold: async () => undefined,
      },
    });
    nock(API)
      .post("/app/installations/8/access_tokens")
      .reply(201, { token: "ghs_other", expires_at: new Date(NOW + 3_600_000).toISOString() });
    for (const number of [3, 4, 5])
      nock(API)
        .post(`/repos/o/r/issues/${number}/comments`)
        .reply(201, () => {
          log.push(`comment ${number}`);
          return { id: number };
        });
    const here = github.app.forInstallation(INSTALLATION);
    const first = here.createComment(REPOSITORY, 3, hello);
    const second = here.createComment(REPOSITORY, 4, hello);
    await github.app.forInstallation(8).createComment(REPOSITORY, 5, hello);
    expect(log).toEqual([`turn ${INSTALLATION}`, "turn 8", "comment 5"]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(log.slice(3)).toEqual(["comment 3", `turn ${INSTALLATION}`, "comment 4"]);
  });

  test("sends nothing when no turn comes, and goes on afterwards", async () => {
    let isHeld = true;
    using github = nockedGitHub({
      rateLimiter: {
        turn: async () => {
          if (isHeld) throw new Error("held");
        },
        hold: async () => undefined,
      },
    });
    const here = github.app.forInstallation(INSTALLATION);
    await expect(here.createComment(REPOSITORY, 3, hello)).rejects.toThrow("held");
    isHeld = false;
    nock(API).post("/repos/o/r/issues/3/comments").reply(201, { id: 1 });
    expect(await here.createComment(REPOSITORY, 3, hello)).toBe(1);
  });
});
