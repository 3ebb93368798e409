import { LIMITS } from "../../text/github-limits.ts";
import type { Annotation, CheckRunContent } from "../github.ts";

/** An annotation with GitHub's names. */
export interface SentAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: Annotation["level"];
  readonly message: string;
}

/**
 * Bodies of the requests that write a check run: each has the whole text and the next batch of annotations. At least
 * one. `present`: annotations that the run has; an update adds to them.
 */
export function checkRunRequests(
  content: CheckRunContent,
  present: readonly SentAnnotation[],
): readonly [object, ...object[]] {
  const there = new Set(present.map(keyOf));
  const annotations = content.annotations
    .slice(0, LIMITS.ownAnnotations)
    .map(sent)
    .filter((annotation) => !there.has(keyOf(annotation)));
  const { annotationsPerRequest: size } = LIMITS;
  const bodyOf = (batch: readonly SentAnnotation[]): object => ({
    name: content.name,
    external_id: content.externalId,
    status: "completed",
    conclusion: content.conclusion,
    output: {
      title: content.title,
      summary: content.summary,
      ...(batch.length === 0 ? {} : { annotations: batch }),
    },
  });
  const rest: object[] = [];
  for (let from = size; from < annotations.length; from += size)
    rest.push(bodyOf(annotations.slice(from, from + size)));
  return [bodyOf(annotations.slice(0, size)), ...rest];
}

function sent({ path, line, level, message }: Annotation): SentAnnotation {
  return { path, start_line: line, end_line: line, annotation_level: level, message };
}

function keyOf(annotation: SentAnnotation): string {
  const { path, start_line, end_line, annotation_level, message } = annotation;
  return JSON.stringify([path, start_line, end_line, annotation_level, message]);
}

/** One commit of several files, signed by GitHub. It fails when the branch is not at the expected head. */
/** The REST API does not say which pull request closed an issue. */
export const CLOSER_QUERY = `query closer($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      state
      timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {
        nodes {
          ... on ClosedEvent {
            closer {
              __typename
              ... on Commit { oid repository { databaseId } }
              ... on PullRequest {
                number
                repository { databaseId }
                mergeCommit { oid messageHeadline parents(first: 2) { totalCount } }
                commits(last: 1) { totalCount nodes { commit { messageHeadline } } }
              }
            }
          }
        }
      }
    }
  }
}`;

export const COMMIT_MUTATION = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    commit {
      oid
    }
  }
}`;

export interface CommitChange {
  readonly branch: string;
  readonly expectedHead: string;
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
}

/** The variable of the mutation. `repository`: `owner/name`. */
export function commitInput(
  repository: string,
  { branch, expectedHead, files, message }: CommitChange,
): object {
  const end = message.indexOf("\n");
  const headline = end < 0 ? message : message.slice(0, end);
  const body = end < 0 ? "" : message.slice(end).trim();
  return {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid: expectedHead,
    message: { headline: headline.trim(), ...(body === "" ? {} : { body }) },
    fileChanges: {
      additions: [...files].map(([path, text]) => ({
        path,
        contents: Buffer.from(text).toString("base64"),
      })),
    },
  };
}
