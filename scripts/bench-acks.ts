/**
 * Starts the App with the embedded store (or `--database URL`), sends it webhooks at a fixed rate and counts afterwards what
 * its database holds: `npm run bench:webhooks -- [--rate 100] [--seconds 20] [--twice 0.05] [--database postgres://…]`.
 * Prints percentiles of the time to the answer, deliveries lost and doubled. Everything stays on this machine.
 */
import { appSettings } from "../src/simulator/page/app-settings.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDatabase } from "../src/store/io/database.ts";
import { startSimulatedGitHub } from "../src/simulator/github/start-simulated-github.ts";
import { WEBHOOK_PATH } from "../src/server/http-server.ts";
import { startApp } from "../src/simulator/page/start-app.ts";
import { countLostAndDoubled, formatLoad, sendLoad } from "./bench-webhooks.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    twice: { type: "string", default: "0.05" },
    database: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "casebook-bench-"));
try {
  await using github = await startSimulatedGitHub();
  const app = await startApp({
    ...appSettings(github, folder),
    LOG_LEVEL: "info",
    ...(values.database === undefined ? {} : { DATABASE_URL: values.database }),
  });
  const load = await sendLoad({
    url: `${app.url}${WEBHOOK_PATH}`,
    secret: github.app.webhookSecret,
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    twice: Number(values.twice),
  });
  await app.stop();
  await using database = await openDatabase(
    values.database === undefined ? { folder } : { url: values.database },
  );
  const { rows } = await database.query<{ guid: string }>("SELECT guid FROM casebook.delivery");
  const stored = rows.map(({ guid }) => guid);
  const { lost, doubled } = countLostAndDoubled(load.sent, stored);
  console.log(formatLoad(load));
  console.log(
    `store: ${values.database === undefined ? "embedded" : "PostgreSQL"}, ${cpus().length} cores, Node ${process.version}; lost ${lost}, doubled ${doubled} of ${load.sent.length}`,
  );
  if (lost + doubled > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
