import { type ApiRequest, ApiRefusal, invalid, member, notFound, paged, textOf } from "../api.ts";
import type { Json } from "../backend.ts";
import { pathOf } from "../branches.ts";
import { checkRunJson } from "../view.ts";
import {
  actorOf,
  fullName,
  mustAs,
  read,
  type RepositoryRecord,
  type StoredAnnotation,
  type World,
} from "../world.ts";
import { numberOf, type RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}";

export const CHECK_ROUTES: readonly RepositoryRoute[] = [
  {
    at: `POST ${ROOT}/check-runs`,
    async answer(world, request, repository) {
      onlyApps(request);
      const head = textOf(request.body, "head_sha") ?? "";
      if ((await repository.bare.commit(head)) === undefined)
        throw new ApiRefusal(422, `No commit found for SHA: ${head}`);
      const annotations = annotationsOf(request.body);
      const body = withStatus(request.body);
      const created = await mustAs(world, request, repository, "POST", "/check-runs", body);
      repository.annotations.set(created["id"] as number, [...annotations]);
      const run = checkRunJson(world, repository, created);
      await emitCheck(world, request, repository, "created", run);
      if (run["status"] === "completed") await emitCheck(world, request, repository, "completed", run);
      return { status: 201, body: run };
    },
  },
  {
    at: `PATCH ${ROOT}/check-runs/{check_run_id}`,
    async answer(world, request, repository) {
      onlyApps(request);
      const before = await runOf(world, request, repository);
      const id = before["id"] as number;
      const all = [...(repository.annotations.get(id) ?? []), ...annotationsOf(request.body)];
      const body = withStatus(request.body);
      const updated = await mustAs(world, request, repository, "PATCH", `/check-runs/${id}`, body);
      repository.annotations.set(id, all);
      const run = checkRunJson(world, repository, updated);
      if (before["status"] !== "completed" && run["status"] === "completed")
        await emitCheck(world, request, repository, "completed", run);
      return { status: 200, body: run };
    },
  },
  {
    at: `GET ${ROOT}/check-runs/{check_run_id}/annotations`,
    async answer(world, request, repository) {
      const run = await runOf(world, request, repository);
      const root = `${world.url}/${fullName(repository)}/blob/${String(run["head_sha"])}`;
      const annotations = (repository.annotations.get(run["id"] as number) ?? []).map((annotation) => ({
        start_column: null,
        end_column: null,
        ...annotation,
        blob_href: `${root}/${annotation.path}`,
      }));
      return paged(annotations, request, world.url);
    },
  },
  {
    at: `POST ${ROOT}/check-runs/{check_run_id}/rerequest`,
    async answer(world, request, repository) {
      const run = await runOf(world, request, repository);
      await emitCheck(world, request, repository, "rerequested", checkRunJson(world, repository, run));
      return { status: 201, body: {} };
    },
  },
  {
    at: `GET ${ROOT}/commits/{ref}/check-runs`,
    async answer(world, request, repository) {
      const ref = request.params["ref"] ?? "";
      const oid = (await repository.bare.head(ref)) ?? (await repository.bare.commit(ref));
      if (oid === undefined) throw new ApiRefusal(422, `No commit found for SHA: ${ref}`);
      const name = request.query.get("check_name");
      const app = request.query.get("app_id");
      const filter = request.query.get("filter") === "all" ? "all" : "latest";
      const listed = await read(
        world,
        repository,
        `/commits/${pathOf(oid)}/check-runs?filter=${filter}${name === null ? "" : `&check_name=${encodeURIComponent(name)}`}`,
      );
      const runs = ((listed?.["check_runs"] as readonly Json[] | undefined) ?? [])
        .map((run) => checkRunJson(world, repository, run))
        .filter(() => app === null || Number(app) === world.app.id);
      return paged(runs, request, world.url, (page) => ({ total_count: runs.length, check_runs: page }));
    },
  },
];

function onlyApps(request: ApiRequest): void {
  if (request.caller.kind !== "installation")
    throw new ApiRefusal(403, "You must authenticate via a GitHub App.");
}

async function runOf(world: World, request: ApiRequest, repository: RepositoryRecord): Promise<Json> {
  const run = await read(world, repository, `/check-runs/${numberOf(request, "check_run_id")}`);
  if (run === undefined) throw notFound();
  return run;
}

/** A conclusion makes a run completed. */
function withStatus(body: unknown): object {
  const run = typeof body === "object" && body !== null ? body : {};
  return member(body, "conclusion") === undefined ? run : { ...run, status: "completed" };
}

function annotationsOf(body: unknown): readonly StoredAnnotation[] {
  const listed = member(member(body, "output"), "annotations");
  if (!Array.isArray(listed)) return [];
  return listed.map((annotation: unknown) => {
    const path = textOf(annotation, "path");
    const message = textOf(annotation, "message");
    const level = textOf(annotation, "annotation_level");
    const [from, to] = [member(annotation, "start_line"), member(annotation, "end_line")];
    if (path === undefined || message === undefined || level === undefined)
      throw invalid("CheckRun", "output.annotations", "missing_field");
    if (typeof from !== "number" || typeof to !== "number")
      throw invalid("CheckRun", "output.annotations", "invalid");
    return {
      path,
      start_line: from,
      end_line: to,
      annotation_level: level,
      message,
      title: textOf(annotation, "title") ?? null,
      raw_details: textOf(annotation, "raw_details") ?? null,
    };
  });
}

async function emitCheck(
  world: World,
  request: ApiRequest,
  repository: RepositoryRecord,
  action: string,
  run: Json,
): Promise<void> {
  await world.emit({
    event: "check_run",
    action,
    owner: repository.owner,
    repository,
    sender: actorOf(world, request),
    payload: { check_run: run },
  });
}
