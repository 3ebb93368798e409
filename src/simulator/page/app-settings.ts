import type { SimulatedGitHub } from "../github/contract.ts";

/** Settings of an App on a simulated GitHub: its id, key and secret, a free port, and this folder. */
export function appSettings(
  github: Pick<SimulatedGitHub, "app" | "url">,
  data: string,
): Record<string, string> {
  return {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: github.url,
    PORT: "0",
    CASEBOOK_DATA: data,
  };
}

/** A scripted model as an operator would configure it; a medium price makes costs realistic. */
export function scriptedModelSettings(url: string): Record<string, string> {
  return {
    CASEBOOK_MODEL_URL: url,
    CASEBOOK_MODEL: "scripted",
    CASEBOOK_MODEL_KEY: "no-key-is-needed",
    CASEBOOK_MODEL_PRICE: "1/4",
  };
}
