import { once } from "node:events";
import { openLogger } from "../../server/log.ts";
import { readServerConfig, secretsOf } from "../../server/server-config.ts";
import { startServer } from "../../server/start-server.ts";
import { dotEnv } from "../dot-env.ts";
import type { CommandIo } from "../io.ts";

/** Runs the roles of this process until a signal stops it. */
export async function serveCommand(io: CommandIo): Promise<number> {
  // Mirrors of private repositories, the store and the log are nobody else's, whatever the machine's default is.
  const before = process.umask(0o077);
  try {
    return await serve(io);
  } finally {
    process.umask(before);
  }
}

async function serve(io: CommandIo): Promise<number> {
  const config = readServerConfig({ ...dotEnv(io.cwd), ...io.env });
  const logger = openLogger(config, secretsOf(config));
  const server = await startServer(config, logger);
  if (!io.signal.aborted) await once(io.signal, "abort");
  logger.info("stopping");
  await server.stop();
  return 0;
}
