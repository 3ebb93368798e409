import { RunFailure } from "../../failure.ts";
import { readServerConfig } from "../../server/server-config.ts";
import { readShadow } from "../../server/read-store.ts";
import { counted } from "../../text/counted.ts";
import { dotEnv } from "../dot-env.ts";
import type { CommandIo } from "../io.ts";
import { table } from "../table.ts";

/**
 * Lists what the App would have written in repositories with `shadow: true`, or prints the comment of one issue, `owner/name#42`. Throws
 * RunFailure `usage` for an issue that is not in the list, `busy` while a server uses the embedded database.
 */
export async function shadowCommand(which: string | undefined, io: CommandIo): Promise<number> {
  const found = await readShadow(readServerConfig({ ...dotEnv(io.cwd), ...io.env }));
  const nameOf = ({ repository, issue }: (typeof found)[number]): string => `${repository}#${issue}`;
  if (which !== undefined) {
    const one = found.find((kept) => nameOf(kept).toLowerCase() === which.toLowerCase());
    if (one === undefined)
      throw new RunFailure(
        "usage",
        `Casebook kept nothing for ${which}; \`casebook shadow\` lists what it kept`,
      );
    io.out(one.comment);
    return 0;
  }
  if (found.length > 0)
    io.out(
      table(
        ["issue", "label", "first line of the comment"],
        found.map((kept) => [
          nameOf(kept),
          kept.label ?? "",
          (kept.comment.split("\n")[0] ?? "").replace(/^#+ /, ""),
        ]),
        { columns: io.columns },
      ),
    );
  io.out(`${counted(found.length, "comment")} would be on GitHub.`);
  return 0;
}
