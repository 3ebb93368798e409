import { createSign, generateKeyPair, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import PQueue from "p-queue";
import { type Account, type Accounts, accountJson, createAccounts } from "./accounts.ts";
import type { ApiRequest } from "./api.ts";
import { type Backend, seatInstallation, startBackend } from "./backend.ts";
import type { LoggedRequest, SimulatedGitHub, SimulatedRepository } from "./contract.ts";
import { createFaults } from "./faults.ts";
import { type Description, listen, perform } from "./front.ts";
import { useGitRunner } from "./git-runners.ts";
import { createLimits, type LimitOptions } from "./limits.ts";
import { install, type Installing } from "./installations.ts";
import { makeRepository } from "./make-repository.ts";
import { type PeopleOptions, peopleOf } from "./people.ts";
import { APP_PERMISSIONS, WEBHOOK_EVENTS } from "./permissions.ts";
import { createRouter } from "./router.ts";
import { hookRoutes } from "./routes/app.ts";
import { publicKeyOf } from "./tokens.ts";
import { repositoryJson } from "./view.ts";
import { findRepository, fullName, read, type RepositoryRecord, type World } from "./world.ts";
import { createWebhooks, type WebhookOptions } from "./webhooks.ts";

export interface SimulatedGitHubOptions {
  /** 0 or left out: a free one. */
  readonly port?: number;
  /** Folder for the bare repositories; left out: a temporary one that is removed at the end. */
  readonly folder?: string;
  readonly appId?: number;
  /** Name of the App and of its bot: letters, digits and hyphens. */
  readonly appName?: string;
  readonly webhookSecret?: string;
  /** PEM; left out: one that is made once for the process. */
  readonly privateKey?: string;
  /** Where webhooks go; left out: nowhere, until `deliverTo`. */
  readonly deliverTo?: string;
  /** Refuse writes that come faster than GitHub takes them. Left out: take them at any speed. */
  readonly enforcePacing?: boolean;
  readonly limits?: Omit<LimitOptions, "enforcePacing" | "labelsOf">;
  readonly webhooks?: Pick<WebhookOptions, "atOnce" | "timeoutMilliseconds">;
  /** Judges requests and responses; what it finds is in `violations`. */
  readonly description?: Description;
}

/** Starts a GitHub on this machine; it listens on 127.0.0.1 only. Dispose of it to stop it. */
export async function startSimulatedGitHub(options: SimulatedGitHubOptions = {}): Promise<SimulatedGitHub> {
  const slug = options.appName ?? "casebook";
  const appId = options.appId ?? 4711;
  const secret = options.webhookSecret ?? randomBytes(20).toString("hex");
  const privateKey = options.privateKey ?? (await sharedKey());
  let offset = 0;
  const now = (): number => Date.now() + offset;

  const runner = useGitRunner();
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "simulated-github-")));
  const front = await listen(options.port ?? 0);
  const accounts = createAccounts(randomBytes(4).toString("hex"));
  const app = { id: appId, slug, name: slug };
  const backend = await startBackend({
    url: front.url,
    accounts,
    app,
    privateKey,
    permissions: APP_PERMISSIONS,
  });
  const appToken = (): string => jwt(appId, privateKey);
  const botToken = botTokens(backend, accounts, appToken);
  const bot = await makeBot(backend, accounts, `${slug}[bot]`, botToken);

  const webhooks = createWebhooks({ secret, appId, clock: now, ...options.webhooks });
  if (options.deliverTo !== undefined) webhooks.deliverTo(options.deliverTo);
  const faults = createFaults();
  const labels = new Map<string, readonly string[]>();
  const limits = createLimits(
    {
      ...options.limits,
      enforcePacing: options.enforcePacing ?? false,
      labelsOf: (repository, issue) => labels.get(`${repository.toLowerCase()}#${issue}`) ?? [],
    },
    now,
  );
  const requests: LoggedRequest[] = [];
  const violations: string[] = [];
  const queue = new PQueue({ concurrency: 1 });
  const alone = async <T>(work: () => Promise<T>): Promise<T> => queue.add(work);
  const router = createRouter(hookRoutes(webhooks));
  let lastId = 1_000_000;

  const world: World = {
    url: front.url,
    app: {
      id: appId,
      slug,
      name: slug,
      privateKey,
      webhookSecret: secret,
      bot: { id: bot.id, login: bot.login },
    },
    bot,
    accounts,
    backend,
    repositories: [],
    installations: new Map(),
    tokens: new Map(),
    now,
    nextId: () => ++lastId,
    appToken,
    botToken,
    noteComment: (repository, issue) => limits.noteComment(fullName(repository), issue),
    async emit({ event, action, owner, repository, sender, payload, installation }) {
      const place = installation ?? world.installations.get(owner.login.toLowerCase());
      if (place === undefined) return;
      // Events of the installation itself come always; others when they are subscribed to and it works.
      const isHeard = WEBHOOK_EVENTS.some((name) => name === event) && place.suspendedAt === undefined;
      if (installation === undefined && !isHeard) return;
      await webhooks.emit(event, action, {
        ...payload,
        ...(repository === undefined ? {} : { repository: await shownIn(world, event, repository) }),
        ...(installation === undefined ? { installation: { id: place.id, node_id: nodeId(place.id) } } : {}),
        sender: accountJson(sender, front.url),
      });
    },
  };

  front.open(world, {
    publicKey: publicKeyOf(privateKey),
    router,
    faults,
    limits,
    description: options.description,
    violations,
    requests,
    alone,
    beforeLimits: async (request, route) => {
      if (route === "POST /repos/{owner}/{repo}/issues/{issue_number}/labels")
        await noteLabels(world, request, labels);
    },
  });

  const records = new Map<SimulatedRepository, RepositoryRecord>();
  const people: PeopleOptions = {
    world,
    alone,
    ask: async (caller, method, path, body) => {
      const matched = router(method, path);
      if (matched === undefined) throw new Error(`no route for ${method} ${path}`);
      const query = new URLSearchParams();
      const { params } = matched;
      return perform(world, { alone }, matched, { caller, method, path, query, params, body, accept: "" });
    },
    recordOf(repository) {
      const record = records.get(repository);
      if (record === undefined) throw new Error("that is a repository of another GitHub");
      return record;
    },
  };
  const shown = (record: RepositoryRecord): SimulatedRepository => {
    for (const [repository, known] of records) if (known === record) return repository;
    const repository = peopleOf(record, people);
    records.set(repository, record);
    return repository;
  };
  const installing: Installing = install(world);

  return {
    url: front.url,
    app: world.app,
    webhooks,
    faults,
    requests,
    violations,
    deliverTo: (url) => webhooks.deliverTo(url),
    createRepository: (owner, name, settings) =>
      alone(async () => {
        const record = await makeRepository(world, folder, owner, name, settings);
        await installing.add(record);
        return shown(record);
      }),
    repository(owner, name) {
      const record = findRepository(world, owner, name);
      if (record === undefined) throw new Error(`there is no repository ${owner}/${name}`);
      return shown(record);
    },
    installation: (owner) => alone(() => installing.ensure(owner)),
    suspend: (owner) => alone(() => installing.suspend(owner, true)),
    unsuspend: (owner) => alone(() => installing.suspend(owner, false)),
    uninstall: (owner) => alone(() => installing.remove(owner)),
    advance(seconds) {
      offset += seconds * 1000;
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await queue.onIdle();
      await backend[Symbol.asyncDispose]();
      runner[Symbol.dispose]();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

let key: Promise<string> | undefined;

/** Generating a key takes longer than all else, so the process does it once. */
function sharedKey(): Promise<string> {
  key ??= promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  }).then(({ privateKey }) => privateKey);
  return key;
}

/** The App's own token, by the real clock: the backend knows no other. */
function jwt(appId: number, privateKey: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({
    iat: seconds - 60,
    exp: seconds + 300,
    iss: appId,
  })}`;
  return `${signed}.${createSign("sha256").update(signed).sign(privateKey, "base64url")}`;
}

/** A token of the bot for each owner, with all that the App may. */
function botTokens(
  backend: Backend,
  accounts: Accounts,
  appToken: () => string,
): (owner: Pick<Account, "seat">) => Promise<string> {
  const tokens = new Map<string, string>();
  return async ({ seat }) => {
    const known = tokens.get(seat);
    if (known !== undefined) return known;
    const path = `/app/installations/${seatInstallation(accounts, seat)}/access_tokens`;
    const { body } = await backend.with(appToken(), "POST", path, {});
    const token = String((body as { token?: unknown }).token);
    tokens.set(seat, token);
    return token;
  };
}

/** The bot's account comes to be by its first act, which is refused: an issue without a title. */
async function makeBot(
  backend: Backend,
  accounts: Accounts,
  login: string,
  botToken: (owner: Pick<Account, "seat">) => Promise<string>,
): Promise<Account> {
  const seat = accounts.seed.users.at(-1)?.login ?? "";
  await backend.as(seat, "POST", "/user/repos", { name: "first" });
  await backend.with(await botToken({ seat }), "POST", `/repos/${seat}/first/issues`, {});
  const { body } = await backend.as(seat, "GET", `/users/${encodeURIComponent(login)}`);
  const { id } = body as { id?: unknown };
  if (typeof id !== "number") throw new Error(`the bot has no account: ${JSON.stringify(body)}`);
  const bot: Account = { id, login, type: "Bot", seat: login };
  accounts.bot = bot;
  return bot;
}

/** The labels that an issue has, for the limit on them. */
async function noteLabels(
  world: World,
  request: ApiRequest,
  labels: Map<string, readonly string[]>,
): Promise<void> {
  const { owner = "", repo = "", issue_number: issue = "" } = request.params;
  const record = findRepository(world, owner, repo);
  if (record === undefined) return;
  const found = await read(world, record, `/issues/${Number(issue)}/labels`);
  const names = Array.isArray(found) ? (found as readonly { readonly name: string }[]) : [];
  labels.set(
    `${owner}/${repo}#${Number(issue)}`.toLowerCase(),
    names.map(({ name }) => name),
  );
}

/** A repository in a webhook: pushes tell two members more, in the words of an older API. */
async function shownIn(world: World, event: string, repository: RepositoryRecord): Promise<object> {
  const shown = await repositoryJson(world, repository);
  if (event !== "push") return shown;
  return { ...shown, master_branch: shown["default_branch"], stargazers: shown["stargazers_count"] };
}

function nodeId(id: number): string {
  return Buffer.from(`03:IntegrationInstallation${id}`).toString("base64");
}
