import { z } from "zod";
import type { AppIdentity, DeliveryRecord, GitHub, GitHubApp } from "../github.ts";
import { ACCOUNT, REPOSITORY } from "./response-schemas.ts";
import { type Client, createClient } from "./client.ts";
import type { InstallationContext } from "./installation-context.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { parseResponse } from "./api-response.ts";
import { readIssues } from "./read-issues.ts";
import { readRepository } from "./read-repository.ts";
import { openTransport, type TransportOptions } from "./transport.ts";
import { createWrite, holding } from "./write.ts";
import { writeChanges } from "./write-changes.ts";
import { writeIssues } from "./write-issues.ts";

export interface GitHubAppOptions extends Omit<TransportOptions, "now"> {
  readonly rateLimiter: RateLimiter;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const INSTALLATION = z.object({
  id: z.int(),
  // An enterprise has a slug instead of a login.
  account: z
    .object({ login: z.string().optional(), slug: z.string().optional() })
    .nullish()
    .transform((account) => account?.login ?? account?.slug ?? ""),
  suspended_at: z.string().nullish(),
});

const DELIVERY = z.object({
  // Octokit reads a number that is too large for JavaScript as a BigInt; the cached response has its digits.
  id: z.union([z.int(), z.bigint(), z.string().regex(/^\d{1,30}$/)]).transform(String),
  guid: z.string(),
  event: z.string(),
  delivered_at: z.string(),
  status_code: z.number(),
});

const APP = z.object({ id: z.int(), slug: z.string() });

/** GitHub as one App sees it. Sends no request before it is used. */
export function openGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { rateLimiter, now = Date.now } = options;
  const client = createClient(openTransport({ ...options, now }), now);
  const write = createWrite(client, rateLimiter);
  const installations = new Map<number, GitHub>();
  let who: Promise<AppIdentity> | undefined;

  const identity = async (): Promise<AppIdentity> => {
    who ??= askIdentity(client);
    try {
      return await who;
    } catch (error) {
      who = undefined;
      throw error;
    }
  };

  return {
    identity,
    installations: () => listInstallations(client),
    repositoriesOf: (installation) =>
      holding(rateLimiter, installation, () => listRepositories(client, installation)),
    deliveries: (since) => listDeliveries(client, since),
    async redeliver(delivery) {
      await write("redeliver", {
        route: "POST /app/hook/deliveries/{delivery_id}/attempts",
        parameters: { delivery_id: delivery },
      });
    },
    forInstallation(installation) {
      const known = installations.get(installation);
      if (known !== undefined) return known;
      const context: InstallationContext = { client, write, rateLimiter, identity, installation };
      const github: GitHub = {
        ...readRepository(context),
        ...readIssues(context),
        ...writeIssues(context),
        ...writeChanges(context),
      };
      installations.set(installation, github);
      return github;
    },
  };
}

/** The App's own response does not name its bot's user. Any active installation can read that user. */
async function askIdentity(client: Client): Promise<AppIdentity> {
  const route = "GET /app";
  const { id, slug } = parseResponse(APP, await client.ask({ route, parameters: {}, rights: "app" }), route);
  const login = `${slug}[bot]`;
  const installation = (await listInstallations(client)).find(({ suspended }) => !suspended);
  const user = "GET /users/{username}";
  const answer = await client.ask({
    route: user,
    parameters: { username: login },
    rights: installation === undefined ? "none" : { installation: installation.id, purpose: "list" },
  });
  const bot = parseResponse(ACCOUNT, answer, user);
  return { appId: id, slug, bot: { id: bot.id, login: bot.login } };
}

async function listInstallations(client: Client): ReturnType<GitHubApp["installations"]> {
  const route = "GET /app/installations";
  const found = [];
  for await (const page of client.pages({ route, parameters: { per_page: 100 }, rights: "app" }))
    for (const { id, account, suspended_at } of parseResponse(z.array(INSTALLATION), page, route))
      found.push({ id, account, suspended: typeof suspended_at === "string" });
  return found;
}

async function listRepositories(
  client: Client,
  installation: number,
): ReturnType<GitHubApp["repositoriesOf"]> {
  const route = "GET /installation/repositories";
  const rights = { installation, purpose: "list" } as const;
  const found = [];
  for await (const page of client.pages({ route, parameters: { per_page: 100 }, rights }))
    found.push(...parseResponse(z.object({ repositories: z.array(REPOSITORY) }), page, route).repositories);
  return found;
}

async function listDeliveries(client: Client, since: string): Promise<readonly DeliveryRecord[]> {
  const route = "GET /app/hook/deliveries";
  const from = Date.parse(since);
  const found: DeliveryRecord[] = [];
  const call = { route, parameters: { per_page: 100 }, rights: "app" } as const;
  for await (const page of client.pages(call, { pages: 1_000 }))
    for (const { id, guid, event, delivered_at, status_code } of parseResponse(
      z.array(DELIVERY),
      page,
      route,
    )) {
      if (Date.parse(delivered_at) < from) return found;
      found.push({ id, guid, event, deliveredAt: delivered_at, ok: status_code >= 200 && status_code < 300 });
    }
  return found;
}
