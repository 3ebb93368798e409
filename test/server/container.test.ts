import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { build } from "../../scripts/build.ts";
import { MODEL_VARIABLES } from "../../src/llm/parse-model-settings.ts";
import { CONFIG_VARIABLES } from "../../src/process/config.ts";
import { SERVER_VARIABLES } from "../../src/server/server-config.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

const root = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

/** The instructions of the Dockerfile, one string each. */
const instructions = read("Dockerfile")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .map((line) => /^([A-Z]+) (.*)$/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, rest]) => ({ name: name!, rest: rest! }));
const all = (name: string): readonly string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

const isFromBuild = (rest: string): boolean => rest.startsWith("--from=");
const sourcesOf = (copies: readonly string[]): readonly string[] =>
  copies.flatMap((rest) => rest.split(" ").slice(0, -1));
/** What each stage copies from the repository. */
const copied = sourcesOf(all("COPY").filter((rest) => !isFromBuild(rest)));
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"));
const lastCopies = lastStage.filter(({ name }) => name === "COPY").map(({ rest }) => rest);

describe("the image", () => {
  test("names the versions of its bases", () => {
    for (const from of all("FROM")) expect(from).toMatch(/^[a-z]+:\d[\w.-]*(?: AS [a-z]+)?$/);
  });

  test("runs a server as a numeric user, with a health check", () => {
    const names = instructions.map(({ name }) => name);
    expect(all("USER")).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    // Later instructions would run as that user.
    expect(names.slice(names.indexOf("USER")).filter((name) => name === "RUN" || name === "COPY")).toEqual(
      [],
    );
    expect(all("ENTRYPOINT")).toEqual(['["node", "/app/bin/casebook.mjs"]']);
    expect(all("CMD")).toEqual(['["serve"]']);
    expect(all("STOPSIGNAL")).toEqual(["SIGTERM"]);
    expect(all("HEALTHCHECK")).toEqual([expect.stringContaining("/healthz")]);
    expect(all("VOLUME")).toEqual(["/data"]);
    expect(all("ENV").join(" ")).toMatch(/\bHOST=0\.0\.0\.0\b.*\bCASEBOOK_DATA=\/data\b/);
  });

  test("holds no secret, no development package and no second Node", () => {
    for (const { rest } of instructions) expect(rest).not.toMatch(/(?:SECRET|PRIVATE_KEY|PASSWORD|TOKEN)/);
    expect(all("RUN").join("\n")).toMatch(/npm prune [^&]*--omit=dev --omit=optional/);
    const ignored = read(".dockerignore").trim().split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".git", "node_modules", ".env*", "test"]));
    for (const source of copied) expect(ignored).not.toContain(source);
  });

  test("has the programs that start a sandbox", () => {
    expect(all("RUN").join("\n")).toMatch(/apt-get install [^&]*\bbubblewrap\b/);
    // Every Debian has prlimit, choom and tar.
    expect(all("FROM").at(-1)).toMatch(/bookworm/);
  });

  test("has every file that the command line and the server load", () => {
    using folder = temporaryFolder();
    for (const source of copied) expect([source, existsSync(join(root, source))]).toEqual([source, true]);
    for (const source of sourcesOf(lastCopies.filter((rest) => !isFromBuild(rest))))
      cpSync(join(root, source), join(folder.path, source), { recursive: true });
    expect(sourcesOf(lastCopies.filter(isFromBuild)).filter((word) => !word.startsWith("--"))).toEqual([
      "/app/node_modules",
      "/app/dist",
    ]);
    build(join(folder.path, "dist"));
    symlinkSync(join(root, "node_modules"), join(folder.path, "node_modules"));
    const run = (...args: string[]): { readonly exit: number | null; readonly told: string } => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(folder.path, "bin/casebook.mjs"), ...args],
        { cwd: folder.path, encoding: "utf8", env: { HOME: folder.path, PATH: process.env["PATH"] ?? "" } },
      );
      return { exit: status, told: stdout + stderr };
    };
    expect(run("--version")).toEqual({ exit: 0, told: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    // It comes as far as its settings.
    expect(run("serve")).toEqual({
      exit: 2,
      told: expect.stringContaining("The settings are wrong: APP_ID: is missing"),
    });
    expect(run("demo")).toEqual({ exit: 0, told: expect.stringContaining("Store.set") });
  });
});

interface ComposeService {
  readonly build?: string;
  readonly image?: string;
  readonly command?: unknown;
  readonly user?: string;
  readonly env_file?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period?: string;
}

describe("compose.yaml", () => {
  const compose = parse(read("compose.yaml"), { merge: true }) as {
    readonly services: Readonly<Record<string, ComposeService>>;
    readonly volumes: Readonly<Record<string, null>>;
  };
  const services = Object.entries(compose.services);
  const ours = services.filter(([, { build }]) => build !== undefined);
  const database = compose.services["database"]!;

  test("starts a database, one process for webhooks and two workers", () => {
    expect(ours.map(([, { environment }]) => environment["CASEBOOK_ROLE"])).toEqual([
      "web",
      "worker",
      "worker",
    ]);
    expect(services.length - ours.length).toBe(1);
    expect(database.image).toMatch(/^postgres:18\b/);
    // The image's own command, which is the server.
    for (const [, { build, command }] of ours) expect({ build, command }).toEqual({ build: "." });
  });

  test.each(services)("%s can write only to its own folders and cannot change its user", (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      tmpfs: expect.arrayContaining(["/tmp"]),
    });
    expect(service.cap_add ?? service.privileged).toBeUndefined();
    expect(service.user).not.toBe("root");
  });

  test("waits for a healthy database, which is not reachable from outside", () => {
    expect(database.healthcheck?.test.join(" ")).toContain("pg_isready");
    expect(database.ports).toBeUndefined();
    expect(database.env_file).toBeUndefined();
    for (const [, { depends_on }] of ours)
      expect(depends_on).toEqual({ database: { condition: "service_healthy" } });
  });

  test("gives each process its own folder, because a lock does not reach into another container", () => {
    const folders = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(":")[0]!),
    );
    expect(new Set(folders).size).toBe(folders.length);
    expect(new Set(Object.keys(compose.volumes))).toEqual(new Set(folders));
    for (const [, { volumes, environment }] of ours) {
      expect(volumes).toEqual([expect.stringMatching(/^[a-z0-9-]+:\/data$/)]);
      expect(environment["CASEBOOK_DATA"]).toBe("/data");
    }
  });

  test("publishes only the port for webhooks, and leaves time to stop", () => {
    expect(ours.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(["web"]);
    for (const [, { stop_grace_period }] of ours)
      expect(Number.parseInt(stop_grace_period ?? "0", 10)).toBeGreaterThan(10);
  });

  test("has no secret: secrets come from .env", () => {
    const given = services.flatMap(([, { environment }]) => Object.entries(environment));
    const secret = /^\$\{[A-Z_]+:\?[^}]*\}$/;
    for (const [, value] of given.filter(([name]) => /PASSWORD|SECRET|KEY|TOKEN/.test(name)))
      expect(value).toMatch(secret);
    const addresses = given.filter(([name]) => name === "DATABASE_URL").map(([, value]) => value);
    expect(addresses).toHaveLength(ours.length);
    for (const address of addresses)
      expect(/^postgres:\/\/casebook:(.+)@database\/casebook$/.exec(address)?.[1]).toMatch(secret);
    for (const [, { env_file }] of ours) expect(env_file).toBe(".env");
  });

  test("sets only variables that the server reads", () => {
    for (const [, { environment }] of ours)
      for (const name of Object.keys(environment))
        expect([...SERVER_VARIABLES, ...CONFIG_VARIABLES, ...MODEL_VARIABLES]).toContain(name);
  });
});
