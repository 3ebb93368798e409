import { type InShadow, inShadow } from "../service/shadow.ts";
import { storeOf } from "./compose.ts";
import { openLogger } from "./log.ts";
import { type ServerConfig, secretsOf } from "./server-config.ts";

/** What the App kept in shadow mode. Throws RunFailure `busy` while a server uses the embedded database. */
export async function readShadow(config: ServerConfig): Promise<readonly InShadow[]> {
  await using store = await storeOf(config, openLogger(config, secretsOf(config)));
  return await inShadow(store);
}
