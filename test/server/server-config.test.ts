import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { RunFailure } from "../../src/failure.ts";
import { readServerConfig, secretsOf, SERVER_VARIABLES } from "../../src/server/server-config.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

const key = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
}).privateKey;
const good = { APP_ID: "4711", PRIVATE_KEY: key, WEBHOOK_SECRET: "a secret of our own" };
const database = "postgres://casebook:opensesame@database/casebook";

/** What the failure says; throws when there is none, or another one. */
function complaintAbout(env: Readonly<Record<string, string>>): string {
  try {
    readServerConfig(env);
  } catch (error) {
    if (error instanceof RunFailure && error.code === "usage") return error.message;
    throw error;
  }
  throw new Error("the settings were accepted");
}

describe("the server's settings", () => {
  test("need three variables; the others have defaults that are safe on one machine", () => {
    expect(readServerConfig(good)).toMatchObject({
      app: { id: 4711, apiUrl: "https://api.github.com" },
      webhookSecrets: [good.WEBHOOK_SECRET],
      host: "127.0.0.1",
      port: 3000,
      databaseUrl: undefined,
      role: "all",
      runs: 1,
      runsPerInstallation: 4,
      writeSpacing: 1_000,
      reconcileSeconds: 180,
      webhookBytes: 26_214_400,
      logLevel: "info",
    });
  });

  test("list each secret for the log that hides it, keys of models included", () => {
    const config = readServerConfig({
      ...good,
      WEBHOOK_SECRET_OLD: "another secret of our own",
      DATABASE_URL: database,
      CASEBOOK_MODEL_URL: "http://127.0.0.1:1/v1",
      CASEBOOK_MODEL: "large",
      CASEBOOK_MODEL_KEY: "sk-of-a-model",
      CASEBOOK_MODEL_PRICE: "1/4",
    });
    expect(secretsOf(config)).toEqual([
      config.app.privateKey,
      good.WEBHOOK_SECRET,
      "another secret of our own",
      "opensesame",
      "sk-of-a-model",
    ]);
  });

  test("name every mistake at once, those of the command line included", () => {
    const complaint = complaintAbout({
      APP_ID: "mine",
      WEBHOOK_SECRET: "short",
      GITHUB_API_URL: "github",
      PORT: "70000",
      DATABASE_URL: "mysql://database",
      CASEBOOK_ROLE: "boss",
      CASEBOOK_RUNS: "0",
      LOG_LEVEL: "loud",
      CASEBOOK_CACHE_MB: "1",
    });
    const named = [...complaint.matchAll(/\b([A-Z][A-Z_]+):/g)].map((match) => match[1]);
    expect(new Set(named)).toEqual(
      new Set([
        "APP_ID",
        "PRIVATE_KEY",
        "WEBHOOK_SECRET",
        "GITHUB_API_URL",
        "PORT",
        "DATABASE_URL",
        "CASEBOOK_ROLE",
        "CASEBOOK_RUNS",
        "LOG_LEVEL",
        "CASEBOOK_CACHE_MB",
      ]),
    );
  });

  test.each(SERVER_VARIABLES)("never repeat the value of a wrong %s", (variable) => {
    const secret = "/hunter2-hunter2 hunter2";
    for (const env of [
      { ...good, [variable]: secret },
      { ...good, [variable]: secret, APP_ID: "x" },
    ]) {
      let said = "";
      try {
        readServerConfig(env);
      } catch (error) {
        said = inspect(error, { depth: 10 });
      }
      expect(said).not.toContain("hunter2");
    }
  });

  test("treat empty variables as missing, so a copy of `.env.example` names what is missing", () => {
    const empty = Object.fromEntries(SERVER_VARIABLES.map((name) => [name, ""]));
    expect(complaintAbout(empty)).toMatch(
      /APP_ID: is missing.*PRIVATE_KEY: is missing.*WEBHOOK_SECRET: is missing.*`casebook setup` registers/,
    );
    expect(readServerConfig({ ...empty, ...good })).toEqual(readServerConfig(good));
  });
});

describe("the secret of the webhooks", () => {
  test.each([
    ["missing", "", "is missing"],
    ["short", "0123456789", "must have at least 16 characters"],
    ["Probot's own", "development", "must have at least 16 characters"],
  ])("stops the start when it is %s", (_, secret, why) => {
    expect(complaintAbout({ ...good, WEBHOOK_SECRET: secret })).toMatch(`WEBHOOK_SECRET: ${why}`);
  });

  test("can have a previous one, which comes second", () => {
    const env = { ...good, WEBHOOK_SECRET_OLD: "the secret before it" };
    expect(readServerConfig(env).webhookSecrets).toEqual([good.WEBHOOK_SECRET, "the secret before it"]);
    expect(complaintAbout({ ...good, WEBHOOK_SECRET_OLD: "development" })).toMatch("WEBHOOK_SECRET_OLD: ");
  });
});

describe("the private key", () => {
  test.each([
    ["in PEM", key],
    ["with its line ends written \\n", key.trim().replaceAll("\n", "\\n")],
    ["in base64", Buffer.from(key).toString("base64")],
  ])("can be in the variable %s", (_, text) => {
    const { app } = readServerConfig({ ...good, PRIVATE_KEY: text });
    expect(app.privateKey.trim()).toBe(key.trim());
  });

  test("can be in a file", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "app.pem");
    writeFileSync(file, key);
    const { PRIVATE_KEY: _, ...rest } = good;
    expect(readServerConfig({ ...rest, PRIVATE_KEY_PATH: file }).app.privateKey).toBe(key);
  });

  test("is refused when it is missing, set twice, unreadable, or no key", () => {
    using folder = temporaryFolder();
    const { PRIVATE_KEY: _, ...rest } = good;
    const missing = join(folder.path, "missing.pem");
    expect(complaintAbout(rest)).toMatch("PRIVATE_KEY: is missing, and so is PRIVATE_KEY_PATH");
    expect(complaintAbout({ ...good, PRIVATE_KEY_PATH: missing })).toMatch(
      "PRIVATE_KEY: is set, and so is PRIVATE_KEY_PATH",
    );
    expect(complaintAbout({ ...rest, PRIVATE_KEY_PATH: missing })).toMatch(
      "PRIVATE_KEY_PATH: names a file that Casebook cannot read (ENOENT)",
    );
    const torn = complaintAbout({ ...rest, PRIVATE_KEY: key.slice(0, 400) });
    expect(torn).toMatch("PRIVATE_KEY: is not a private key in PEM");
    expect(torn).not.toContain(key.slice(40, 80));
  });
});

describe("the role", () => {
  test.each(["web", "worker"])("%s needs a database server", (role) => {
    expect(complaintAbout({ ...good, CASEBOOK_ROLE: role })).toMatch(
      `CASEBOOK_ROLE: ${role} needs DATABASE_URL`,
    );
    expect(readServerConfig({ ...good, CASEBOOK_ROLE: role, DATABASE_URL: database })).toMatchObject({
      role,
      databaseUrl: database,
    });
  });

  test("a second machine needs only the address of the database", () => {
    expect(readServerConfig({ ...good, DATABASE_URL: database })).toEqual({
      ...readServerConfig(good),
      databaseUrl: database,
    });
  });
});

test.each(["https://ghe.example.org/api/v3", "https://ghe.example.org/api/v3/"])(
  "an Enterprise Server's API is %s",
  (url) => {
    expect(readServerConfig({ ...good, GITHUB_API_URL: url }).app.apiUrl).toBe(
      "https://ghe.example.org/api/v3",
    );
  },
);
