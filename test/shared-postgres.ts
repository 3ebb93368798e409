import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type PostgresServer, startPostgres } from "./fakes/postgres-server.ts";

interface Shared {
  readonly broker: Server;
  server: Promise<PostgresServer> | undefined;
}

declare global {
  // oxlint-disable-next-line no-var -- the only way from Jest's setup to its teardown
  var sharedPostgres: Shared | undefined;
}

/**
 * One PostgreSQL server for the whole test run. Jest calls this once, before the first test. The server starts when the
 * first test asks for its address (`freshDatabase`), so that a run without a database does not pay for one.
 */
export default async function setUp(): Promise<void> {
  const broker = createServer((_, response) => {
    shared.server ??= startPostgres();
    shared.server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const shared: Shared = { broker, server: undefined };
  globalThis.sharedPostgres = shared;
  await once(broker.listen(0, "127.0.0.1"), "listening");
  process.env["CASEBOOK_TEST_POSTGRES"] = `http://127.0.0.1:${(broker.address() as AddressInfo).port}`;
}
