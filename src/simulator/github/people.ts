import type { Permission } from "../../investigation/commands/rights.ts";
import { demand } from "./access.ts";
import { type ApiResponse, type ApiRequest, ApiRefusal, type Caller, member } from "./api.ts";
import type { Json } from "./backend.ts";
import { afterMove, assertUnprotected, pathOf, signatureOf } from "./branches.ts";
import type { SimulatedRepository } from "./contract.ts";
import { moveIssue } from "./move-issue.ts";
import { emitIssue } from "./routes/issues.ts";
import { closeNamedIssues, markReady } from "./routes/pulls.ts";
import { snapshot } from "./snapshot.ts";
import { issueJson, pullJson } from "./view.ts";
import { backPath, fullName, type RepositoryRecord, type World } from "./world.ts";

export interface PeopleOptions {
  readonly world: World;
  /** A request as a person, without network, token, limits and log. */
  readonly ask: (caller: Caller, method: string, path: string, body?: unknown) => Promise<ApiResponse>;
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** The repository behind another one of these. */
  readonly recordOf: (repository: SimulatedRepository) => RepositoryRecord;
}

/** Actions of people in a repository. Each uses the same routes and rules as a request; a refusal throws. */
export function peopleOf(record: RepositoryRecord, options: PeopleOptions): SimulatedRepository {
  const { world, ask, alone } = options;
  const act = async (login: string, method: string, path: string, body?: unknown): Promise<unknown> => {
    const below = `/repos/${fullName(record)}${path}`;
    const answer = await ask({ kind: "person", login }, method, below, body);
    if (answer.status >= 400)
      throw new Error(`${login}: ${method} ${below}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const issue = (number: number): string => `/issues/${number}`;
  const person = (login: string): Pick<ApiRequest, "caller"> => ({ caller: { kind: "person", login } });
  const may = (login: string, needed: Permission): void =>
    demand(person(login) as ApiRequest, record, needed);

  return {
    id: record.id,
    owner: record.owner.login,
    get name() {
      return record.name;
    },
    gitDir: record.bare.gitDir,

    async openIssue(login, title, body, labels = []) {
      return numberIn(await act(login, "POST", "/issues", { title, body, labels }), "number");
    },
    async editIssue(login, number, change) {
      await act(login, "PATCH", issue(number), change);
    },
    async closeIssue(login, number) {
      await act(login, "PATCH", issue(number), { state: "closed" });
    },
    async reopenIssue(login, number) {
      await act(login, "PATCH", issue(number), { state: "open" });
    },
    async lockIssue(login, number) {
      await act(login, "PUT", `${issue(number)}/lock`, {});
    },
    async unlockIssue(login, number) {
      await act(login, "DELETE", `${issue(number)}/lock`);
    },
    deleteIssue: (login, number) =>
      alone(async () => {
        may(login, "admin");
        const gone = await known(world, record, number);
        record.deletedIssues.add(number);
        await emitIssue(world, person(login), record, "deleted", gone);
      }),
    transferIssue: (login, number, to) =>
      alone(async () => {
        may(login, "write");
        const gone = await known(world, record, number);
        return moveIssue(world, person(login), record, gone, options.recordOf(to));
      }),
    async comment(login, number, body) {
      return numberIn(await act(login, "POST", `${issue(number)}/comments`, { body }), "id");
    },
    async editComment(login, id, body) {
      await act(login, "PATCH", `/issues/comments/${id}`, { body });
    },
    async deleteComment(login, id) {
      await act(login, "DELETE", `/issues/comments/${id}`);
    },
    async label(login, number, name) {
      await act(login, "POST", `${issue(number)}/labels`, { labels: [name] });
    },
    async unlabel(login, number, name) {
      await act(login, "DELETE", `${issue(number)}/labels/${encodeURIComponent(name)}`);
    },
    setPermission: (login, permission) => alone(() => grant(world, record, login, permission)),
    push: (login, branch, files, message = "Change files") =>
      alone(async () => {
        may(login, "write");
        const before = await record.bare.head(branch);
        assertUnprotected(record, branch, before === undefined ? "create" : "update");
        const author = signatureOf(world, world.accounts.person(login));
        const after = await record.bare.write({
          branch,
          parent: before ?? (await record.bare.head("main")),
          message,
          author,
          committer: author,
          additions: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
          deletions: [],
        });
        await afterMove(world, person(login), record, { branch, before, after });
        if (branch === "main")
          await closeNamedIssues(world, person(login), record, message, { commit: after });
        return after;
      }),
    async openPull(login, branch, title, body) {
      return numberIn(
        await act(login, "POST", "/pulls", {
          title,
          head: branch,
          base: "main",
          ...(body === undefined ? {} : { body }),
        }),
        "number",
      );
    },
    async mergePull(login, number) {
      const pull = await pullJson(world, record, number);
      if (pull?.["draft"] === true) await alone(() => markReady(world, person(login), record, number));
      await act(login, "PUT", `/pulls/${number}/merge`, {});
    },
    async closePull(login, number) {
      await act(login, "PATCH", `/pulls/${number}`, { state: "closed" });
    },
    async reopenPull(login, number) {
      await act(login, "PATCH", `/pulls/${number}`, { state: "open" });
    },
    async review(login, number, body, state) {
      await act(login, "POST", `/pulls/${number}/reviews`, { body, event: state.toUpperCase() });
    },
    async rerequestCheck(login, checkRun) {
      may(login, "write");
      await act(login, "POST", `/check-runs/${checkRun}/rerequest`);
    },
    async deleteBranch(login, branch) {
      await act(login, "DELETE", `/git/refs/heads/${pathOf(branch)}`);
    },
    async rename(login, name) {
      await act(login, "PATCH", "", { name });
    },
    async archive(login) {
      await act(login, "PATCH", "", { archived: true });
    },
    protect(pattern) {
      record.protectedPattern = pattern;
    },
    state: () => snapshot(world, record),
    async file(branch, path) {
      const head = await record.bare.head(branch);
      return head === undefined ? undefined : (await record.bare.file(head, path))?.toString();
    },
  };
}

/** Gives a person this right, here and in the backend. */
export async function grant(
  world: World,
  record: RepositoryRecord,
  login: string,
  permission: Permission,
): Promise<void> {
  const { owner } = record;
  const { seat } = world.accounts.person(login);
  record.people.set(login.toLowerCase(), permission);
  if (seat === owner.seat) return;
  const path = `${backPath(record)}/collaborators/${seat}`;
  if (permission === "none") await world.backend.as(owner.seat, "DELETE", path);
  else await world.backend.as(owner.seat, "PUT", path, { permission: OLD_NAMES[permission] });
}

/** How the collaborators endpoint calls the rights. */
const OLD_NAMES = {
  read: "pull",
  triage: "triage",
  write: "push",
  maintain: "maintain",
  admin: "admin",
} as const satisfies Record<Exclude<Permission, "none">, string>;

async function known(world: World, record: RepositoryRecord, number: number): Promise<Json> {
  const found = await issueJson(world, record, number);
  if (found === undefined) throw new ApiRefusal(404, `There is no issue ${number}`);
  return found;
}

function numberIn(body: unknown, name: string): number {
  const value = member(body, name);
  if (typeof value !== "number") throw new Error(`the answer has no ${name}`);
  return value;
}
