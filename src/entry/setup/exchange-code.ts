import { z } from "zod";
import { RunFailure } from "../../domain/failure.ts";

const answer = z.object({
  id: z.number().int().positive(),
  slug: z.string().regex(/^[a-z0-9-]{1,100}$/),
  pem: z.string().startsWith("-----BEGIN"),
  webhook_secret: z.string().min(16),
  html_url: z.url(),
});

/** What GitHub made: its number, its key and its secret, told once. */
export type NewApp = z.infer<typeof answer>;

/** Trades the code that GitHub sent the browser back with. Throws RunFailure `usage` when GitHub does not take it. */
export async function exchangeCode(apiUrl: string, code: string): Promise<NewApp> {
  const response = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: "POST",
    headers: { accept: "application/vnd.github+json", "user-agent": "casebook-setup" },
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok)
    throw new RunFailure("usage", `GitHub answered ${response.status} to the code; begin again`);
  return answer.parse(await response.json());
}
