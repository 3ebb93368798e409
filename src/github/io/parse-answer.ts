import type { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";
import type { ApiResponse } from "./transport.ts";

/** The part of an answer that we use. Another shape than GitHub documents is `invalid`: asking again gives the same. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: Pick<ApiResponse, "data">, route: string): T {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".").slice(0, 200) ?? "";
  throw new GitHubFailure("invalid", `${route}: the answer has another shape than expected at "${place}"`);
}
