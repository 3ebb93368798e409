import { branchesBelow } from "../../repository/io/read-chant-files.ts";
import { openRepository } from "../../repository/io/open-repository.ts";
import { parseSpec } from "../../specs/parse-spec.ts";
import { shownStatus } from "../../specs/readiness.ts";
import { specIdOfPath } from "../../specs/spec-path.ts";
import { chantFiles } from "../chant-files.ts";
import type { ReaderIo } from "../io.ts";
import { repositoryOf } from "../place.ts";
import { table } from "../table.ts";

export interface StatusOptions {
  readonly repo: string;
  readonly json?: boolean;
}

/** Reads the specs on the branches of a repository and lists them. */
export async function statusHere(_: object, { repo, json }: StatusOptions, io: ReaderIo): Promise<number> {
  using repository = await openRepository(repositoryOf(repo, io));
  const rows: { issue: string; spec: string; status: string; criteria: string; completedAt: string }[] = [];
  for (const branch of await branchesBelow(repository.gitDir, "casebook/")) {
    const key = branch.slice("casebook/issue-".length);
    const files = await chantFiles({ repo, ref: `refs/heads/${branch}` }, io);
    const specs = new Map(
      [...files].flatMap(([path, text]) => {
        const id = specIdOfPath(path);
        return id === undefined ? [] : [[id, parseSpec(id, text).spec] as const];
      }),
    );
    for (const spec of specs.values())
      if (spec.id.startsWith(`issue-${key}-`))
        rows.push({
          issue: key,
          spec: spec.id,
          status: shownStatus(spec, specs),
          criteria: `${spec.criteria.filter(({ done }) => done).length}/${spec.criteria.length}`,
          completedAt: spec.completedAt ?? "",
        });
  }
  if (json === true) io.out(JSON.stringify(rows, null, 2));
  else if (rows.length === 0)
    io.out("There is no investigation yet. `casebook investigate --issue FILE` starts one.");
  else
    io.out(
      table(
        ["issue", "spec", "status", "criteria", "finished"],
        rows.map((row) => Object.values(row)),
      ),
    );
  return 0;
}
