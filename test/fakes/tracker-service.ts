import { generateKeyPairSync } from "node:crypto";
import { openGitHubApp } from "../../src/github/io/open-github-app.ts";
import type { Service } from "../../src/service/service.ts";
import type { Store } from "../../src/store/store.ts";
import { TRACKED } from "./tracker-api.ts";
import { PLAIN_SERVICE } from "./plain-service.ts";

/** The part of the service that reads trackers, over the real client and a store that knows the repository. */
export async function trackerService(url: string, store: Store, now = Date.now): Promise<Service> {
  await store.saveRepository(TRACKED);
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const app = openGitHubApp({
    baseUrl: url,
    appId: 4711,
    privateKey,
    userAgent: "casebook/test",
    rateLimiter: { turn: async () => undefined, hold: async () => undefined },
  });
  return {
    ...PLAIN_SERVICE,
    app,
    store,
    now,
  };
}
