import { readAccuracy } from "../../server/read-store.ts";
import { readServerConfig } from "../../server/server-config.ts";
import { dotEnv } from "../dot-env.ts";
import type { CommandIo } from "../io.ts";
import { table } from "../table.ts";

/** Prints how people judged the App's answers with `/casebook verdict`. Throws RunFailure `busy` while a server uses the embedded database. */
export async function accuracyCommand(io: CommandIo): Promise<number> {
  const found = await readAccuracy(readServerConfig({ ...dotEnv(io.cwd), ...io.env }));
  if (found.length === 0) {
    io.out("Nobody judged an answer yet; `/casebook verdict right` on an issue does.");
    return 0;
  }
  const rows = found.map(({ repository, phase, counts: { right, partly, wrong } }) => {
    const judged = right + partly + wrong;
    return [repository, phase, `${right} of ${judged}`, String(partly), String(wrong)];
  });
  io.out(table(["repository", "phase", "right", "partly", "wrong"], rows, { columns: io.columns }));
  return 0;
}
