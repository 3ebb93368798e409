import type { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";

/** A response of GitHub's API, whatever its status. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: unknown;
}

/** The part of a response that we use. A shape that GitHub does not document is `invalid`: a retry gives the same. */
export function parseResponse<T>(
  schema: z.ZodType<T>,
  { data }: Pick<ApiResponse, "data">,
  route: string,
): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join(".").slice(0, 200) ?? "";
  throw new GitHubFailure("invalid", `${route}: the response has another shape than expected at "${path}"`);
}
