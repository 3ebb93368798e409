/** What a route asks of an installation: one of these is enough. In the words of `X-Accepted-GitHub-Permissions`. */
export interface NeededPermission {
  readonly name: string;
  readonly level: "read" | "write";
}

/** What the App asks for when it is installed; metadata comes with everything. */
export const APP_PERMISSIONS = {
  metadata: "read",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
} as const;

/** What the App subscribes to; events of the installation itself always come. */
export const WEBHOOK_EVENTS = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "push",
  "repository",
  "check_run",
] as const;

/** First rule that fits wins. From the "Permissions required" tables of docs.github.com. */
const RULES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\/pulls\/\{pull_number\}\/merge$/, ["contents"]],
  [/\/pulls(?:\/|$)/, ["pull_requests"]],
  [/\/issues\/(?:\{issue_number\}|comments)\/.*reactions/, ["issues", "pull_requests"]],
  [/\/issues\/(?:\{issue_number\}\/)?(?:comments|labels|lock)/, ["issues", "pull_requests"]],
  [/\/issues(?:\/|$)/, ["issues", "pull_requests"]],
  [/\/labels(?:\/|$)/, ["issues", "pull_requests"]],
  [/\/check-(?:runs|suites)(?:\/|$)/, ["checks"]],
  [/\/(?:git|contents|commits|compare|branches|readme)(?:\/|$)/, ["contents"]],
  [/\/graphql$/, ["contents"]],
  [/.*/, ["metadata"]],
];

/** `route` is a template: `/repos/{owner}/{repo}/issues`. */
export function neededPermissions(method: string, route: string): readonly NeededPermission[] {
  const names = RULES.find(([pattern]) => pattern.test(route))?.[1] ?? ["metadata"];
  const level = method === "GET" || method === "HEAD" || names.includes("metadata") ? "read" : "write";
  return names.map((name) => ({ name, level }));
}

export function isGranted(
  permissions: Readonly<Record<string, string>>,
  needed: readonly NeededPermission[],
): boolean {
  return needed.some(({ name, level }) => {
    const granted = name === "metadata" ? "read" : permissions[name];
    return granted === "write" || granted === "admin" || (granted === "read" && level === "read");
  });
}

export function acceptedHeader(needed: readonly NeededPermission[]): string {
  return needed.map(({ name, level }) => `${name}=${level}`).join("; ");
}
