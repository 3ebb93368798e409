import { z } from "zod";

const id = z.number().int().positive();
export const account = z.object({ id, login: z.string().min(1).max(100), type: z.string().optional() });
/** A deleted account is null in old data: nobody, with no rights. */
export const GHOST = { id: 10_137, login: "ghost", type: "User" } as const;
export const app = z.object({ id }).nullish();
export const repository = z.object({
  id,
  name: z.string().min(1).max(100),
  owner: z.object({ login: z.string().min(1).max(100).optional(), name: z.string().optional() }),
  default_branch: z.string().optional(),
});
const common = {
  action: z.string().max(100),
  installation: z.object({ id }),
  repository,
  sender: account.nullish(),
};
const issue = z.object({
  number: id,
  title: z.string(),
  body: z.string().nullish(),
  created_at: z.string(),
  user: account.nullish(),
  pull_request: z.unknown().optional(),
  performed_via_github_app: app,
});
const pull = z.object({ number: id, head: z.object({ ref: z.string() }) });
const absent = z.undefined().optional();

const ABOUT_REPOSITORY = new Set([
  "repository",
  "installation",
  "sender",
  "organization",
  "enterprise",
  "changes",
]);

function isPartOfRepository([key, value]: [string, unknown]): boolean {
  if (key === "starred_at") return false;
  return ABOUT_REPOSITORY.has(key) || typeof value !== "object" || value === null;
}

/**
 * The parts that are read, by event. What another event would have is named as absent: the header with the event's name
 * is not signed, so a body under a wrong name must not fit.
 */
export const BODIES = {
  issues: z.object({
    ...common,
    issue,
    comment: absent,
    pull_request: absent,
    label: z.object({ name: z.string() }).optional(),
  }),
  issue_comment: z.object({
    ...common,
    issue,
    pull_request: absent,
    comment: z.object({
      id,
      body: z.string().nullish(),
      created_at: z.string(),
      user: account.nullish(),
      performed_via_github_app: app,
    }),
  }),
  pull_request: z.object({ ...common, pull_request: pull, review: absent, comment: absent, issue: absent }),
  pull_request_review: z.object({
    ...common,
    pull_request: pull,
    review: z.object({
      id,
      state: z.string(),
      body: z.string().nullish(),
      submitted_at: z.string().nullish(),
    }),
    issue: absent,
  }),
  push: z.object({
    ref: z.string(),
    after: z.string().regex(/^[0-9a-f]{40}$/),
    deleted: z.boolean().optional(),
    installation: common.installation,
    repository,
    sender: common.sender,
    action: absent,
  }),
  // Its subject is what every other event has beside its own: nothing else may be an object there.
  repository: z.looseObject(common).refine((body) => Object.entries(body).every(isPartOfRepository)),
  check_run: z.object({
    ...common,
    check_run: z.object({ id, head_sha: z.string().regex(/^[0-9a-f]{40}$/), app: app }),
  }),
  installation: z.object({
    action: z.string(),
    installation: z.object({ id, app_id: id }),
    repository: absent,
    repositories_removed: absent,
  }),
  installation_repositories: z.object({
    action: z.string(),
    installation: z.object({ id }),
    repositories_added: z.array(z.object({ id })),
    repositories_removed: z.array(z.object({ id })),
  }),
} as const;

export const EVENTS = Object.keys(BODIES) as readonly EventName[];
export type EventName = keyof typeof BODIES;
