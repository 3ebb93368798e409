import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { WEBHOOK_PATH } from "../server/http-server.ts";

/** `app.yml`: name, permissions and events of the App, in one place. */
const appFile = z.object({
  name: z.string(),
  description: z.string(),
  public: z.boolean(),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});
export type AppFile = z.infer<typeof appFile>;

export function readAppFile(): AppFile {
  return appFile.parse(parse(readFileSync(join(import.meta.dirname, "../../app.yml"), "utf8")));
}

/** GitHub makes an App from this manifest. `webhook`: the public address of the server, without a path. */
export function manifestOf(
  app: AppFile,
  { webhook, redirect }: { readonly webhook: string; readonly redirect: string },
): object {
  return {
    ...app,
    // GitHub requires a home page. The operator's server is the only known address.
    url: webhook,
    hook_attributes: { url: `${webhook.replace(/\/+$/, "")}${WEBHOOK_PATH}`, active: true },
    redirect_url: redirect,
  };
}
