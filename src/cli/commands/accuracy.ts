import { readAccuracy } from "../../server/read-store.ts";
import { readServerConfig } from "../../server/server-config.ts";
import { dotEnv } from "../dot-env.ts";
import type { CommandIo } from "../io.ts";
import { table } from "../table.ts";

/**
 * Prints how right the App's answers were: by people's `/casebook verdict`, and by the fixes that closed the issues. Throws RunFailure
 * `busy` while a server uses the embedded database.
 */
export async function accuracyCommand(
  { json = false }: { readonly json?: boolean },
  io: CommandIo,
): Promise<number> {
  const found = await readAccuracy(readServerConfig({ ...dotEnv(io.cwd), ...io.env }));
  if (json) {
    io.out(JSON.stringify(found, undefined, 2));
    return 0;
  }
  if (found.length === 0) {
    io.out(
      "Nothing says yet how right an answer was: a fix that closes an issue does, and `/casebook verdict right` on an issue.",
    );
    return 0;
  }
  const share = ({ hits, of }: { readonly hits: number; readonly of: number }): string =>
    of === 0 ? "" : `${hits} of ${of}`;
  io.out(
    table(
      [
        "repository",
        "phase",
        "right",
        "partly",
        "wrong",
        "by people",
        "file first",
        "all in five",
        "function first",
      ],
      found.map(({ repository, phase, counts: { right, partly, wrong }, byPeople, fixes }) => [
        repository,
        phase,
        share({ hits: right, of: right + partly + wrong }),
        String(partly),
        String(wrong),
        String(byPeople),
        share(fixes.fileFirst),
        share(fixes.allInFive),
        share(fixes.functionFirst),
      ]),
      { columns: io.columns },
    ),
  );
  const told = found.flatMap(({ repository, phase, told: rows }) =>
    rows.map(({ from, to, ...of }) => [repository, phase, `${from} to ${to} %`, share(of)]),
  );
  if (told.length > 0) {
    io.out("");
    io.out(table(["repository", "phase", "told", "the fix changed it"], told, { columns: io.columns }));
  }
  return 0;
}
