import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { RunFailure } from "../../src/failure.ts";
import { apiOf, setupCommand } from "../../src/cli/commands/setup.ts";
import type { CommandIo } from "../../src/cli/io.ts";
import { writeEnvFile } from "../../src/setup/env-file.ts";
import { exchangeCode } from "../../src/setup/exchange-code.ts";
import { readAppFile } from "../../src/setup/manifest.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

const made = {
  id: 77,
  slug: "casebook-of-ada",
  pem: "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n",
  webhook_secret: "0123456789abcdef0123",
  html_url: "http://127.0.0.1/apps/casebook-of-ada",
};
let github: Server;
let url: string;
const codes: string[] = [];

beforeAll(async () => {
  github = createServer((request, response) => {
    const code = /^\/api\/v3\/app-manifests\/([^/]+)\/conversions$/.exec(request.url ?? "")?.[1];
    const isRight = request.method === "POST" && code === "right";
    codes.push(`${request.method} ${code}`);
    response.writeHead(isRight ? 201 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isRight ? made : { message: "Not Found" }));
  }).listen(0, "127.0.0.1");
  await once(github, "listening");
  url = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
});
afterAll(() => void github.close());

/** Runs the command in a folder. Returns the address of its page and its result. */
async function started(
  cwd: string,
): Promise<{ page: string; end: Promise<number>; out: string[]; stop: () => void }> {
  const out: string[] = [];
  const stop = new AbortController();
  const { promise, resolve } = Promise.withResolvers<string>();
  const io: CommandIo = {
    cwd,
    env: {},
    signal: stop.signal,
    isTerminal: false,
    err: () => undefined,
    stdin: async () => "",
    out: (line) => {
      out.push(line);
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    },
  };
  const end = setupCommand({ port: "0", github: url, webhook: "https://bot.example.org/" }, io);
  return { page: await promise, end, out, stop: () => stop.abort(new Error("stopped")) };
}

describe("casebook setup", () => {
  test("writes a file that only its owner can read after one click", async () => {
    using folder = temporaryFolder();
    const { page, end, out } = await started(folder.path);
    const text = await (await fetch(page)).text();
    expect(text).toContain(`action="${url}/settings/apps/new?state=`);
    const manifest = JSON.parse(
      /name="manifest" value="([^"]+)"/.exec(text)![1]!.replaceAll("&quot;", '"'),
    ) as object;
    expect(manifest).toMatchObject({
      hook_attributes: { url: "https://bot.example.org/api/github/webhooks", active: true },
      redirect_url: `${page}/done`,
      public: false,
    });
    const state = /state=([0-9a-f]+)/.exec(text)![1]!;
    expect((await fetch(`${page}/done?code=right&state=wrong`)).status).toBe(403);
    expect((await fetch(`${page}/done?code=wrong&state=${state}`)).status).toBe(502);
    const done = await fetch(`${page}/done?code=right&state=${state}`);
    expect(await done.text()).toContain(`href="${made.html_url}/installations/new"`);
    expect(await end).toBe(0);
    expect(codes).toEqual(["POST wrong", "POST right"]);
    const file = join(folder.path, ".env");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseEnv(readFileSync(file, "utf8"))).toMatchObject({
      APP_ID: "77",
      PRIVATE_KEY: made.pem.trim(),
      WEBHOOK_SECRET: made.webhook_secret,
      GITHUB_API_URL: `${url}/api/v3`,
    });
    expect(out.join("\n")).not.toContain("abc");
  });

  test("keeps an existing .env", async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, ".env"), "MINE=1\n");
    const { page, end, out } = await started(folder.path);
    const state = /state=([0-9a-f]+)/.exec(await (await fetch(page)).text())![1]!;
    await fetch(`${page}/done?code=right&state=${state}`);
    await end;
    expect(readFileSync(join(folder.path, ".env"), "utf8")).toBe("MINE=1\n");
    expect(readFileSync(join(folder.path, ".env.casebook-of-ada"), "utf8")).toContain("APP_ID=77");
    expect(out.join("\n")).toContain("Casebook did not change your .env");
  });

  test("writes a new file beside existing ones", () => {
    using folder = temporaryFolder();
    const names = [1, 2, 3].map(() => writeEnvFile(folder.path, made, "https://api.github.com"));
    expect(names).toEqual([".env", ".env.casebook-of-ada", ".env.casebook-of-ada-2"]);
    for (const name of names)
      expect(parseEnv(readFileSync(join(folder.path, name), "utf8"))["PRIVATE_KEY"]).toBe(made.pem.trim());
  });

  test("accepts GET requests to its own address, and a code once", async () => {
    using folder = temporaryFolder();
    const { page, end } = await started(folder.path);
    const { port } = new URL(page);
    const status = (host: string, path = "/", method = "GET"): Promise<number | undefined> =>
      new Promise((resolve, reject) =>
        request({ host: "127.0.0.1", port, path, method, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on("error", reject)
          .end(),
      );
    const own = `127.0.0.1:${port}`;
    expect(await status(own)).toBe(200);
    expect(await status(`evil.example:${port}`)).toBe(421);
    expect(await status(own, "/", "POST")).toBe(405);
    expect(await status(own, "/api/github/webhooks")).toBe(404);
    const text = await (await fetch(page)).text();
    const state = /state=([0-9a-f]+)/.exec(text)![1]!;
    expect(await status(own, `/done?state=${state}`)).toBe(403);
    // Both arrive before the first answer. Only one may be exchanged.
    const both = ["right", "right"].map((code) => status(own, `/done?code=${code}&state=${state}`));
    const answers = await Promise.allSettled(both);
    expect(answers.filter((answer) => answer.status === "fulfilled" && answer.value === 200)).toHaveLength(1);
    expect(await end).toBe(0);
  });

  test("names a port that is in use", async () => {
    using folder = temporaryFolder();
    const { page, end, stop } = await started(folder.path);
    const io = { cwd: folder.path, env: {}, signal: new AbortController().signal, isTerminal: false };
    const silent = { ...io, err: () => undefined, out: () => undefined, stdin: async () => "" };
    const { port } = new URL(page);
    await expect(setupCommand({ port, github: url, webhook: "https://a.example" }, silent)).rejects.toThrow(
      `Port ${port} is in use`,
    );
    stop();
    await expect(end).rejects.toThrow("stopped");
  });

  test("leaves nothing behind when it is stopped", async () => {
    using folder = temporaryFolder();
    const { end, stop, page } = await started(folder.path);
    stop();
    await expect(end).rejects.toThrow("stopped");
    await expect(fetch(page)).rejects.toThrow("fetch failed");
  });

  test("names a wrong address", async () => {
    const io = {
      cwd: "/",
      env: {},
      signal: AbortSignal.timeout(1_000),
      isTerminal: false,
      err: () => undefined,
      out: () => undefined,
      stdin: async () => "",
    };
    await expect(setupCommand({ port: "0", github: url }, io)).rejects.toThrow(RunFailure);
    await expect(setupCommand({ port: "0", github: "ftp://x", webhook: "https://a.b" }, io)).rejects.toThrow(
      "--github must be an address",
    );
  });
});

test("describes an unexpected answer of GitHub without its secrets", async () => {
  const other = createServer((_, response) => {
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...made, pem: "SECRET", webhook_secret: "a\nAPP_ID=1" }));
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  try {
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(exchangeCode(address, "x")).rejects.toThrow(
      /^GitHub's answer has unexpected values: pem, webhook_secret$/,
    );
  } finally {
    other.close();
  }
});

test.each([
  ["https://github.com", "https://api.github.com"],
  ["https://acme.ghe.com", "https://api.acme.ghe.com"],
  ["https://github.acme.example", "https://github.acme.example/api/v3"],
  ["http://127.0.0.1:8080/git", "http://127.0.0.1:8080/git/api/v3"],
  ["https://evilghe.com", "https://evilghe.com/api/v3"],
])("the API of %s is %s", (github, api) => {
  expect(apiOf(github)).toBe(api);
});

test("the App asks for four write permissions and none for workflows", () => {
  const { default_permissions: rights, default_events: events } = readAppFile();
  expect(rights).toEqual({
    checks: "write",
    contents: "write",
    issues: "write",
    metadata: "read",
    pull_requests: "write",
  });
  expect(events).toEqual([
    "issues",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "check_run",
  ]);
});
