import { createHmac } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { openStore } from "../../src/store/io/open-store.ts";
import { readSpool } from "../../src/store/io/spool.ts";
import { appProcess } from "../fakes/app-process.ts";
import { dataFolder } from "../fakes/app.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";

/** Deliveries that come at once, and the answer after which the process is killed. */
const BURST = 60;
const KILLED_AFTER = 20;

const ada = { id: 7, login: "ada", type: "User" };
const opened = (number: number): object => ({
  action: "opened",
  installation: { id: 1 },
  repository: { id: 2, name: "store", owner: { login: "acme" } },
  sender: ada,
  issue: { number, title: "It fails", body: "", created_at: "2026-01-01T00:00:00Z", user: ada },
});

test("a process that is killed while deliveries come has every one that it acknowledged", async () => {
  await using github = await startSimulatedGitHub();
  using data = dataFolder();
  const folder = join(data.path, "data");
  const acknowledged: string[] = [];
  {
    await using app = await appProcess(github, folder);
    await app.start();
    const deliver = async (number: number): Promise<void> => {
      const body = JSON.stringify(opened(number));
      const guid = `guid-${number}`;
      const headers = {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": guid,
        "x-hub-signature-256": `sha256=${createHmac("sha256", github.app.webhookSecret).update(body).digest("hex")}`,
      };
      const answer = await fetch(`${app.url}${WEBHOOK_PATH}`, { method: "POST", headers, body });
      if (answer.status === 200) acknowledged.push(guid);
      if (acknowledged.length === KILLED_AFTER) app.signal("SIGKILL");
    };
    await Promise.allSettled(Array.from({ length: BURST }, (_, i) => deliver(i + 1)));
    await app.ended();
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLED_AFTER);
  // As the next start does it.
  await using store = await openStore({ folder });
  await readSpool(join(folder, "inbox"), {
    accept: (delivery) => store.acceptDelivery(delivery),
    onDelivery: () => undefined,
    onStored: () => undefined,
    onError: (error) => {
      throw error;
    },
  }).drain();
  expect([...(await store.knownGuids(acknowledged))].sort()).toEqual(acknowledged.sort());
});
