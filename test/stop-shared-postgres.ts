/** Jest calls this once, after the last test. */
export default async function tearDown(): Promise<void> {
  const shared = globalThis.sharedPostgres;
  if (shared === undefined) return;
  shared.broker.closeAllConnections();
  shared.broker.close();
  await (await shared.server)?.[Symbol.asyncDispose]();
}
