import { z } from "zod";
import { fixedIssues } from "../repository/fixed-issues.ts";
import type { CommitRecord } from "../repository/history.ts";
import { repositoryName, tagsOf } from "../evidence/reported-places/find-reported.ts";
import { projectNames } from "../evidence/reported-places/project-names.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { type Checked, claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Words of a message that a commit quotes; fewer are in many messages by chance. */
const MIN_WORDS = 4;

const schema = z.discriminatedUnion("kind", [
  /** Its message says so. */
  z.strictObject({ kind: z.literal("message"), issue: z.string().regex(/^\d{1,10}$/) }),
  /** The tracker's merged pull request says so, and the commit brought it. */
  z.strictObject({
    kind: z.literal("pull"),
    issue: z.string().regex(/^\d{1,10}$/),
    pull: z.int().min(1).max(9_999_999_999),
  }),
  /** A line of a test or a changelog that it wrote names the issue, and it changed a file that the report leads to. */
  z.strictObject({
    kind: z.enum(["test", "changelog"]),
    issue: z.string().regex(/^\d{1,10}$/),
    path: part.path,
    line: part.line,
    changed: part.path,
  }),
  /** Its message quotes the reported message, and it changed a file that the report leads to. */
  z.strictObject({ kind: z.literal("quotes"), words: part.words, changed: part.path }),
]);

/** What shows that a commit fixes the issue. */
export type FixedBy = z.infer<typeof schema>;

/** A commit of the base commit's history that fixes the issue, by its own words or its pull request's, a test that names the issue, or the reported message. */
export const fixedBy = claimType({
  name: "fixed-by",
  mark: "history",
  schema: z.strictObject({
    oid: part.oid,
    subject: z.string().max(10_000),
    /** The oldest tag that holds it; absent where none does. */
    tag: z.string().min(1).max(300).optional(),
    by: schema,
  }),
  say({ oid, subject, tag, by }) {
    const first =
      tag === undefined ? "no tag holds it yet" : `${inlineCode(tag, 80)} is the first tag that holds it`;
    const commit = { kind: "commit", oid, subject } as const;
    switch (by.kind) {
      case "message":
        return {
          text: `A commit says that it fixes ${inlineCode(`#${by.issue}`)}; ${first}`,
          citations: [commit],
        };
      case "pull":
        return {
          text: `Pull request ${inlineCode(`#${by.pull}`)} says that it fixes ${inlineCode(`#${by.issue}`)}, and this commit brought it; ${first}`,
          citations: [commit],
        };
      case "test":
      case "changelog":
        return {
          text: `A commit wrote a line of a ${by.kind} that names issue ${inlineCode(by.issue)} and changed ${inlineCode(by.changed)}; ${first}`,
          citations: [commit, { kind: "lines", path: by.path, start: by.line, end: by.line }],
        };
      case "quotes":
        return {
          text: `A commit quotes the reported message ${inlineCode(by.words, 120)} and changed ${inlineCode(by.changed)}; ${first}`,
          citations: [commit],
        };
    }
  },
  async check({ oid, subject, tag, by }, evidence) {
    const { history, baseCommit } = evidence;
    const commit = await history.commit(baseCommit, oid);
    if (commit === undefined) return wrong("the base commit does not reach it");
    if (commit.subject !== subject) return wrong("its subject is another");
    if ((await history.facts(oid))?.tag !== tag) return wrong("its first tag is another");
    if ((await evidence.commits()).some((later) => reverts(later, oid)))
      return wrong("a later commit reverts it");
    if (await isReported(oid, evidence)) return wrong("the reported version holds it already");
    return saysSo(commit, by, evidence);
  },
});

/** The version that the report runs holds the commit: it fixed something else. */
async function isReported(
  oid: string,
  { reading, history, issue, codebase }: ClaimEvidence,
): Promise<boolean> {
  if (reading === undefined) return false;
  const names = await projectNames(codebase, repositoryName(issue?.url));
  const [tag] = await tagsOf(reading.versions, () => history.tags(), names);
  return tag !== undefined && (await history.commit(tag.commit, oid)) !== undefined;
}

/** A message as `git revert` writes it. A revert of that revert brings the change back by a commit of its own. */
function reverts({ body }: CommitRecord, oid: string): boolean {
  return body.includes(`This reverts commit ${oid}`);
}

async function saysSo(commit: CommitRecord, by: FixedBy, evidence: ClaimEvidence): Promise<Checked> {
  const { issue, report, history, baseCommit, codebase } = evidence;
  if (issue === undefined || report === undefined) return undecided("the issue is not at hand");
  if (by.kind !== "quotes" && issue.key !== by.issue) return wrong("the issue has another number");
  if (by.kind === "message")
    return fixedIssues(commit, undefined).includes(by.issue)
      ? holds("its message says so")
      : wrong("its message does not say so");
  if (by.kind === "pull") {
    const tracker = await evidence.related?.();
    if (tracker === undefined) return undecided("the tracker is not at hand");
    return tracker.ownFixes.some(({ pull, oid }) => pull === by.pull && oid === commit.oid)
      ? holds("the pull request says so, and the commit brought it")
      : wrong("no such pull request says so");
  }
  if (!commit.files.includes(by.changed)) return wrong("it did not change the file");
  if (!(await leadsTo(by.changed, evidence))) return wrong("the report does not lead to the file");
  if (by.kind === "quotes")
    return report.messages.includes(by.words) && quotesMessage(commit, by.words)
      ? holds("its message holds the words")
      : wrong("its message does not hold the words");
  const text = (await codebase.text(by.path))?.lines[by.line - 1] ?? "";
  if (recordOf(by.path, codebase) !== by.kind || !namesNumber(text, by.issue))
    return wrong(`no such line of a ${by.kind} names the issue`);
  const [blamed] = (await history.blame(baseCommit, by.path, by.line, by.line)) ?? [];
  return blamed?.oid === commit.oid ? holds("blamed again") : wrong("another commit wrote the line");
}

/** A file that a fix likely changes, by the ranking's first five, or that a frame or a reference of the report is in. */
export async function leadsTo(path: string, { ranking, reported }: ClaimEvidence): Promise<boolean> {
  const { frames, places } = (await reported?.()) ?? { frames: [], places: [] };
  if ([...frames, ...places].some(({ basePath }) => basePath === path)) return true;
  return ((await ranking?.())?.files ?? []).slice(0, 5).some((file) => file.path === path);
}

const CHANGELOG = /(?:^|\/)(?:change(?:s|log)|history|news|whats-?new|release-?notes?)(?:[-_.\w]*)?$/i;

/** What a line of the file says of a commit that wrote it; undefined for other files. */
export function recordOf(
  path: string,
  { roleOf }: Pick<ClaimEvidence["codebase"], "roleOf">,
): "test" | "changelog" | undefined {
  const role = roleOf(path);
  return role === "test" ? "test" : role === "docs" && CHANGELOG.test(path) ? "changelog" : undefined;
}

/** A line that writes an issue's number as one: `#12`, `issues/12`, `GH-12`, `issue_12`, `test_gh12`. */
export function namesNumber(line: string, issue: string): boolean {
  return new RegExp(
    `(?:(?<![\\w&/])#|/issues/|:issue:\`|(?<![a-z])gh[-_ ]?|(?<![a-z])issue[-_ #]{0,2})${issue}(?!\\d)`,
    "i",
  ).test(line);
}

/** The words of a reported message in a commit's message, letter by letter. */
export function quotesMessage({ subject, body }: CommitRecord, words: string): boolean {
  return words.trim().split(/\s+/).length >= MIN_WORDS && `${subject}\n${body}`.includes(words);
}
