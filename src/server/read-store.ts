import type { Store } from "../store/store.ts";
import { type Accuracy, accuracyOf } from "../service/accuracy.ts";
import { type InShadow, inShadow } from "../service/shadow.ts";
import { storeOf } from "./compose.ts";
import { openLogger } from "./log.ts";
import { type ServerConfig, secretsOf } from "./server-config.ts";

/** What the App kept in shadow mode. Throws RunFailure `busy` while a server uses the embedded database. */
export function readShadow(config: ServerConfig): Promise<readonly InShadow[]> {
  return readStore(config, inShadow);
}

/** What people said of the App's answers. Throws RunFailure `busy` while a server uses the embedded database. */
export function readAccuracy(config: ServerConfig): Promise<readonly Accuracy[]> {
  return readStore(config, accuracyOf);
}

async function readStore<T>(config: ServerConfig, read: (store: Store) => Promise<T>): Promise<T> {
  await using store = await storeOf(config, openLogger(config, secretsOf(config)));
  return await read(store);
}
