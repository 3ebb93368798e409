import { CLOSER_QUERY, COMMIT_MUTATION } from "../../../src/github/io/request-bodies.ts";
import { COMMIT } from "../../simulator/github/client.ts";

/**
 * The only queries that pass. A test validates them against GitHub's schema, so that a query which GitHub refuses and the
 * simulated GitHub does not read never passes unnoticed.
 */
export const QUERIES: readonly string[] = [COMMIT_MUTATION, COMMIT, CLOSER_QUERY];

/** The variables of the query, as JSON Schema. */
export const CLOSER_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["owner", "name", "number"],
  properties: { owner: { type: "string" }, name: { type: "string" }, number: { type: "integer" } },
} as const;

/** The mutation's input as JSON Schema: the members of GitHub's schema that the simulated GitHub reads. */
export const INPUT_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["branch", "expectedHeadOid", "message", "fileChanges"],
  properties: {
    clientMutationId: { type: ["string", "null"] },
    branch: {
      type: "object",
      additionalProperties: false,
      required: ["repositoryNameWithOwner", "branchName"],
      properties: { repositoryNameWithOwner: { type: "string" }, branchName: { type: "string" } },
    },
    expectedHeadOid: { type: "string", pattern: "^[0-9a-f]{40}$" },
    message: {
      type: "object",
      additionalProperties: false,
      required: ["headline"],
      properties: { headline: { type: "string" }, body: { type: ["string", "null"] } },
    },
    fileChanges: {
      type: "object",
      additionalProperties: false,
      properties: {
        additions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["path", "contents"],
            properties: { path: { type: "string" }, contents: { type: "string" } },
          },
        },
        deletions: {
          type: "array",
          items: {
            type: "object",
            additionalProperties: false,
            required: ["path"],
            properties: { path: { type: "string" } },
          },
        },
      },
    },
  },
} as const;
