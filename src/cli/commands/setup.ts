import { RunFailure } from "../../failure.ts";
import { requireWritable, writeEnvFile } from "../../setup/env-file.ts";
import { readAppFile } from "../../setup/manifest.ts";
import { registerApp } from "../../setup/setup-page.ts";
import type { CommandIo } from "../io.ts";

export interface SetupCommandOptions {
  readonly port: string;
  readonly github: string;
  readonly organization?: string;
  readonly webhook?: string;
}

/** Registers a GitHub App by its manifest and writes `.env`. Throws RunFailure `usage` for a wrong address. */
export async function setupCommand(options: SetupCommandOptions, io: CommandIo): Promise<number> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RunFailure("usage", "--port must be a number from 0 to 65535");
  if (options.webhook === undefined)
    throw new RunFailure(
      "usage",
      "The option `--webhook` is missing; it is the public address of your server, such as https://casebook.example.org",
    );
  const webhook = addressOf("--webhook", options.webhook);
  const github = addressOf("--github", options.github);
  const apiUrl = apiOf(github);
  requireWritable(io.cwd);
  let file = "";
  const made = await registerApp(
    {
      app: readAppFile(),
      port,
      github,
      apiUrl,
      webhook,
      signal: io.signal,
      ...(options.organization === undefined ? {} : { organization: options.organization }),
      keep: (app) => (file = writeEnvFile(io.cwd, app, apiUrl)),
    },
    (url) => io.out(`Open ${url} and press the button. Ctrl-C stops and registers nothing.`),
  );
  io.out(`GitHub registered the App ${made.slug}. Its settings are in ${file}.`);
  if (file !== ".env")
    io.out(`Casebook did not change your .env. Copy the lines of ${file} into it, or rename the file.`);
  io.out(`Install the App: ${made.html_url}/installations/new\nThen run: casebook serve`);
  return 0;
}

/** GitHub and GitHub with data residency have a host for the API, an Enterprise Server has a path. */
export function apiOf(github: string): string {
  const { host, hostname } = new URL(github);
  const isHosted = hostname === "github.com" || hostname.endsWith(".ghe.com");
  return isHosted ? `https://api.${host}` : `${github}/api/v3`;
}

function addressOf(option: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "")
    throw new RunFailure("usage", `${option} must be an address such as https://casebook.example.org`);
  return url.href.replace(/\/+$/, "");
}
