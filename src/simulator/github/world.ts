import type { Permission } from "../../investigation/commands/rights.ts";
import type { Account, Accounts } from "./accounts.ts";
import { type ApiRequest, ApiRefusal, notFound } from "./api.ts";
import type { Backend, BackendResponse, Json } from "./backend.ts";
import type { BareRepository } from "./bare-repository.ts";
import type { SimulatedApp } from "./contract.ts";
import type { InstallationToken } from "./tokens.ts";

/** A reaction, which the backend does not know. */
export interface StoredReaction {
  readonly id: number;
  readonly by: Account;
  readonly content: string;
  readonly createdAt: string;
}

export interface StoredAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

/** What the front knows of a repository beside what the backend holds. */
interface LabelEvent {
  readonly id: number;
  readonly issue: number;
  readonly event: "labeled" | "unlabeled";
  readonly label: string;
  readonly actor: Account;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RepositoryRecord {
  readonly id: number;
  readonly owner: Account;
  name: string;
  /** Names it had; they lead here with a 301. */
  readonly oldNames: Set<string>;
  readonly isPrivate: boolean;
  archived: boolean;
  readonly bare: BareRepository;
  /** Login in small letters to permission. */
  readonly people: Map<string, Permission>;
  protectedPattern: string | undefined;
  readonly deletedIssues: Set<number>;
  readonly transferredIssues: Map<number, { readonly to: RepositoryRecord; readonly number: number }>;
  readonly lockedIssues: Set<number>;
  /** `issue:7` or `comment:12` to its reactions. */
  readonly reactions: Map<string, StoredReaction[]>;
  /** Labels that were put on and taken off, oldest first: part of an issue's events. */
  readonly labelEvents: LabelEvent[];
  /** Annotations of a check run: each update adds to them. */
  readonly annotations: Map<number, StoredAnnotation[]>;
  /** Where the head of a pull request was last: the backend keeps the first one. */
  readonly pullHeads: Map<number, string>;
  readonly mergeCommits: Map<number, string>;
  /** Issues that a commit or a merged pull request closed last. */
  readonly closers: Map<number, { readonly commit: string } | { readonly pull: number }>;
  /** Heads whose history the backend has. */
  readonly replayed: Set<string>;
}

export interface InstallationRecord {
  readonly id: number;
  readonly owner: Account;
  suspendedAt: string | undefined;
  readonly createdAt: string;
}

/** Everything that routes and people's acts share. */
export interface World {
  readonly url: string;
  readonly app: SimulatedApp & { readonly name: string };
  readonly bot: Account;
  readonly accounts: Accounts;
  readonly backend: Backend;
  readonly repositories: RepositoryRecord[];
  /** Owner's login in small letters to the installation there. */
  readonly installations: Map<string, InstallationRecord>;
  readonly tokens: Map<string, InstallationToken>;
  /** Milliseconds since 1970, by the clock that tests move. */
  now(): number;
  nextId(): number;
  /** Token with which the bot acts in the backend, at an owner. */
  botToken(owner: Pick<Account, "seat">): Promise<string>;
  /** A token of the App itself, for the backend. */
  appToken(): string;
  /** Counts a comment for the limit of one conversation. */
  noteComment(repository: RepositoryRecord, issue: number): void;
  /** Hands a webhook to the dispatcher, when the App is installed there and not suspended. */
  emit(event: WebhookEvent): Promise<void>;
}

interface WebhookEvent {
  readonly event: string;
  readonly action: string | undefined;
  readonly owner: Account;
  readonly repository?: RepositoryRecord;
  readonly sender: Account;
  readonly payload: object;
  /** Events of the installation itself come also when it is suspended or gone. */
  readonly installation?: InstallationRecord;
}

/** ISO 8601 in whole seconds, as GitHub writes times. */
export function isoTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `/repos/<seat>/<name>`: the repository in the backend. */
export function backPath({ owner, name }: RepositoryRecord): string {
  return `/repos/${owner.seat}/${name}`;
}

export function fullName({ owner, name }: RepositoryRecord): string {
  return `${owner.login}/${name}`;
}

/** The account that an act counts as: the bot for an installation. */
export function actorOf(world: World, { caller }: Pick<ApiRequest, "caller">): Account {
  if (caller.kind === "installation") return world.bot;
  if (caller.kind === "person") return world.accounts.person(caller.login);
  throw new ApiRefusal(401, "Requires authentication");
}

/** Asks the backend with the rights of whoever asked the front. */
export async function askAs(
  world: World,
  { caller }: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  method: string,
  path: string,
  body?: unknown,
): Promise<BackendResponse> {
  const below = `${backPath(repository)}${path}`;
  if (caller.kind === "installation") return world.backend.with(caller.token.token, method, below, body);
  const seat = caller.kind === "person" ? world.accounts.person(caller.login).seat : repository.owner.seat;
  return world.backend.as(seat, method, below, body);
}

/** As `askAs`, for what must work: its refusal is the answer. */
export async function mustAs(
  world: World,
  request: Pick<ApiRequest, "caller">,
  repository: RepositoryRecord,
  method: string,
  path: string,
  body?: unknown,
): Promise<Json> {
  const answer = await askAs(world, request, repository, method, path, body);
  if (answer.status >= 400) throw refusalOf(answer);
  return (answer.body ?? {}) as Json;
}

/** Reads with the owner's rights; undefined when it is not there. */
export async function read(
  world: World,
  repository: RepositoryRecord,
  path: string,
): Promise<Json | undefined> {
  const answer = await world.backend.as(repository.owner.seat, "GET", `${backPath(repository)}${path}`);
  return answer.status === 200 ? (answer.body as Json) : undefined;
}

export function readAll(world: World, repository: RepositoryRecord, path: string): Promise<readonly Json[]> {
  return world.backend.all(repository.owner.seat, `${backPath(repository)}${path}`);
}

export function refusalOf({ status, body }: BackendResponse): ApiRefusal {
  const { message, ...more } = (body ?? {}) as { message?: unknown };
  return new ApiRefusal(status, typeof message === "string" ? message : "Error", { body: more });
}

/** What somebody may do in a repository. Bots have no permission of their own. */
export function permissionOf(repository: RepositoryRecord, login: string): Permission {
  if (repository.owner.login.toLowerCase() === login.toLowerCase()) return "admin";
  return repository.people.get(login.toLowerCase()) ?? (repository.isPrivate ? "none" : "read");
}

/** A repository by its number or its name of today. */
export function findRepository(world: World, owner: string, name: string): RepositoryRecord | undefined {
  return world.repositories.find(
    (repository) =>
      repository.owner.login.toLowerCase() === owner.toLowerCase() &&
      repository.name.toLowerCase() === name.toLowerCase(),
  );
}

/** The repository of a request; 301 from a name it had, 404 when there is none. */
export function repositoryOf(world: World, request: ApiRequest): RepositoryRecord {
  const { owner = "", repo = "" } = request.params;
  const found = findRepository(world, owner, repo);
  if (found !== undefined) return found;
  const renamed = world.repositories.find(
    (repository) =>
      repository.owner.login.toLowerCase() === owner.toLowerCase() &&
      repository.oldNames.has(repo.toLowerCase()),
  );
  if (renamed === undefined) throw notFound();
  const rest = request.path.split("/").slice(4).join("/");
  const query = request.query.size === 0 ? "" : `?${request.query.toString()}`;
  throw movedTo(request, `${world.url}/repositories/${renamed.id}${rest === "" ? "" : `/${rest}`}${query}`);
}

/** 301 for reading; 307 for anything else, so that clients send it again as it was. */
export function movedTo({ method }: Pick<ApiRequest, "method">, url: string): ApiRefusal {
  const [status, words] =
    method === "GET" ? ([301, "Moved Permanently"] as const) : ([307, "Temporary Redirect"] as const);
  return new ApiRefusal(status, words, {
    body: { url },
    headers: { location: url },
  });
}
