import { accountJson } from "../accounts.ts";
import { type ApiResponse, type ApiRequest, ApiRefusal, member, notFound, paged } from "../api.ts";
import { seatInstallation } from "../backend.ts";
import { type InstallationToken, TOKEN_MILLISECONDS } from "../tokens.ts";
import { appJson, installationJson, repositoryJson } from "../view.ts";
import { type InstallationRecord, isoTime, refusalOf, type World } from "../world.ts";
import type { WebhookSender } from "../webhooks.ts";
import { numberOf, type OtherRoute } from "./route.ts";

export const APP_ROUTES: readonly OtherRoute[] = [
  {
    at: "GET /app",
    async answer(world, request) {
      onlyApp(request);
      return {
        status: 200,
        body: { ...appJson(world), installations_count: world.installations.size },
      };
    },
  },
  {
    at: "GET /app/installations",
    async answer(world, request) {
      onlyApp(request);
      const installations = [...world.installations.keys()].map((owner) => installationJson(world, owner));
      return paged(installations, request, world.url);
    },
  },
  { at: "POST /app/installations/{installation_id}/access_tokens", answer: createToken },
  {
    at: "GET /installation/repositories",
    async answer(world, request) {
      const { owner, repositories } = tokenOf(request);
      const visible = world.repositories.filter(
        (repository) => repository.owner.login === owner && (repositories?.includes(repository.id) ?? true),
      );
      const page = paged(visible, request, world.url);
      const shown = await Promise.all(
        (page.body as typeof visible).map((repository) => repositoryJson(world, repository)),
      );
      return {
        ...page,
        body: {
          total_count: visible.length,
          repository_selection: repositories === undefined ? "all" : "selected",
          repositories: shown,
        },
      };
    },
  },
  {
    at: "GET /users/{username}",
    async answer(world, request) {
      const account = world.accounts.find(request.params["username"] ?? "");
      if (account === undefined) throw notFound();
      return { status: 200, body: publicUser(world, account) };
    },
  },
];

function publicUser(world: World, account: Parameters<typeof accountJson>[0]): object {
  const owned = world.repositories.filter(({ owner, isPrivate }) => owner.id === account.id && !isPrivate);
  return {
    ...accountJson(account, world.url),
    name: account.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: owned.length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  };
}

/** A token of an installation: the backend makes it and decides about its narrowing; its life is by our clock. */
async function createToken(world: World, request: ApiRequest): Promise<ApiResponse> {
  onlyApp(request);
  const installation = installationOf(world, request);
  if (installation.suspendedAt !== undefined)
    throw new ApiRefusal(403, "This installation has been suspended");
  const answer = await world.backend.with(
    world.appToken(),
    "POST",
    `/app/installations/${seatInstallation(world.accounts, installation.owner.seat)}/access_tokens`,
    request.body ?? {},
  );
  if (answer.status !== 201) throw refusalOf(answer);
  const token = String(member(answer.body, "token"));
  const narrowed =
    member(answer.body, "repository_selection") === "selected"
      ? (member(answer.body, "repositories") as readonly { readonly id: number }[])
      : undefined;
  const expiresAt = world.now() + TOKEN_MILLISECONDS;
  const permissions = {
    ...(member(answer.body, "permissions") as Readonly<Record<string, string>>),
    metadata: "read",
  };
  const record: InstallationToken = {
    token,
    installation: installation.id,
    owner: installation.owner.login,
    repositories: narrowed?.map(({ id }) => id),
    permissions,
    expiresAt,
  };
  world.tokens.set(token, record);
  const repositories = world.repositories.filter(({ id }) => record.repositories?.includes(id) === true);
  return {
    status: 201,
    body: {
      token,
      expires_at: isoTime(expiresAt),
      permissions,
      repository_selection: narrowed === undefined ? "all" : "selected",
      ...(narrowed === undefined
        ? {}
        : {
            repositories: await Promise.all(
              repositories.map((repository) => repositoryJson(world, repository)),
            ),
          }),
    },
  };
}

function onlyApp({ caller }: ApiRequest): void {
  if (caller.kind !== "app") throw new ApiRefusal(401, "A JSON web token could not be decoded");
}

function tokenOf({ caller }: ApiRequest): InstallationToken {
  if (caller.kind !== "installation")
    throw new ApiRefusal(403, "You must authenticate with an installation access token");
  return caller.token;
}

function installationOf(world: World, request: ApiRequest): InstallationRecord {
  const id = numberOf(request, "installation_id");
  const found = [...world.installations.values()].find((installation) => installation.id === id);
  if (found === undefined) throw notFound();
  return found;
}

/** The log of deliveries, and sending one again. */
export function hookRoutes(webhooks: WebhookSender): readonly OtherRoute[] {
  return [
    {
      at: "GET /app/hook/deliveries",
      async answer(world, request) {
        onlyApp(request);
        const size = Math.min(100, Math.max(1, Number(request.query.get("per_page") ?? 30) || 30));
        const cursor = request.query.get("cursor");
        const { items, next } = webhooks.deliveries({
          perPage: size,
          ...(cursor === null ? {} : { cursor }),
        });
        const link = `<${world.url}/app/hook/deliveries?per_page=${size}&cursor=${next}>; rel="next"`;
        return { status: 200, body: items, ...(next === undefined ? {} : { headers: { link } }) };
      },
    },
    {
      at: "POST /app/hook/deliveries/{delivery_id}/attempts",
      async answer(_world, request) {
        onlyApp(request);
        try {
          await webhooks.redeliver(numberOf(request, "delivery_id"));
        } catch {
          throw new ApiRefusal(404, "Not Found");
        }
        return { status: 202, body: {} };
      },
    },
  ];
}
