import { z } from "zod";
import { RunFailure } from "../failure.ts";

const answer = z.object({
  id: z.number().int().positive(),
  slug: z.string().regex(/^[a-z0-9-]{1,100}$/),
  // No character that could end a line of the file early.
  pem: z
    .string()
    .regex(/^-----BEGIN [A-Z ]{1,40}-----[A-Za-z0-9+/=\s]{1,20000}-----END [A-Z ]{1,40}-----\s*$/),
  webhook_secret: z.string().regex(/^[A-Za-z0-9_-]{16,200}$/),
  html_url: z.url({ protocol: /^https?$/ }),
});

/** The App that GitHub made. GitHub shows its key and its secret once. */
export type NewApp = z.infer<typeof answer>;

/** Exchanges the code in GitHub's redirect for the App. Throws RunFailure `usage` when GitHub refuses the code. */
export async function exchangeCode(apiUrl: string, code: string): Promise<NewApp> {
  const response = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
    method: "POST",
    headers: { accept: "application/vnd.github+json", "user-agent": "casebook-setup" },
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok)
    throw new RunFailure(
      "usage",
      `GitHub refused the code (HTTP ${response.status}); run \`casebook setup\` again`,
    );
  const made = answer.safeParse(await response.json());
  if (made.success) return made.data;
  const fields = new Set(made.error.issues.map(({ path }) => path.join(".")));
  // Only names: the values are secrets.
  throw new RunFailure("usage", `GitHub's answer has unexpected values: ${[...fields].join(", ")}`);
}
