import { once } from "node:events";
import { openLogger } from "../../server/log.ts";
import { readServerConfig } from "../../server/server-config.ts";
import { startServer } from "../../server/start-server.ts";
import type { CommandIo } from "../io.ts";

/** Runs the roles of this process until it is told to stop. */
export async function serveCommand(io: CommandIo): Promise<number> {
  const config = readServerConfig(io.env);
  const { privateKey } = config.app;
  const password = config.databaseUrl === undefined ? "" : new URL(config.databaseUrl).password;
  const logger = openLogger(
    config,
    [privateKey, ...config.webhookSecrets, password].filter((secret) => secret !== ""),
  );
  const server = await startServer(config, logger);
  if (!io.signal.aborted) await once(io.signal, "abort");
  logger.info("stopping");
  await server.stop();
  return 0;
}
