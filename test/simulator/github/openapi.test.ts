import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { schema as graphqlSchema, validate as validateGraphql } from "@octokit/graphql-schema";
import webhookExamples from "@octokit/webhooks-examples" with { type: "json" };
import { Ajv } from "ajv";
import fc from "fast-check";
import { INPUT_SCHEMA, QUERIES } from "../../fakes/openapi/graphql.ts";
import { OPERATIONS, UNDESCRIBED } from "../../fakes/openapi/operations.ts";
import { readSlice, type Schema } from "../../fakes/openapi/slice.ts";
import { closeGaps, KNOWN_GAPS, toJsonSchema } from "../../fakes/openapi/to-json-schema.ts";
import { openApi } from "../../fakes/openapi/validate.ts";

const SLICE = new URL("../../fakes/openapi/slice.json", import.meta.url);
const api = openApi();
const none = new URLSearchParams();
const ALL_WELL = /^$/;

/** Payloads that GitHub really sent; the package's types are those of a module that the file is not. */
const examples = webhookExamples as unknown as readonly {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>[];
}[];
const payloadsOf = (name: string) => examples.find((one) => one.name === name)!.examples;

describe("the slice", () => {
  test("holds every operation of the list, is small, and names its source and licence", () => {
    const { paths } = readSlice();
    const held = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(held.sort()).toEqual([...OPERATIONS, ...Object.keys(UNDESCRIBED)].sort());
    expect(statSync(SLICE).size).toBeLessThan(400_000);
    const text = readFileSync(SLICE, "utf8");
    expect(text).toContain("@octokit/openapi 23.0.2");
    expect(text).toContain("MIT License Copyright (c) 2020 Octokit contributors");
    expect(text).not.toContain('"example"');
  });

  test("every schema and answer in it can be compiled", () => {
    for (const route of [...OPERATIONS, ...Object.keys(UNDESCRIBED)]) {
      expect(api.checkResponse(route, 599, { message: "m" })).toEqual([]);
      for (const status of [200, 201, 202, 204, 301, 304]) api.checkResponse(route, status, {});
      api.checkRequest(route, new URLSearchParams("page=1&per_page=100"), {});
    }
  });
});

describe("OpenAPI 3.0 as JSON Schema", () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  const accepts = (schema: Schema, value: unknown): boolean => ajv.compile(toJsonSchema(schema))(value);

  test.each<[what: string, schema: Schema, good: readonly unknown[], bad: readonly unknown[]]>([
    ["a type", { type: "string", nullable: true }, ["a", null], [1]],
    ["no nullable", { type: "string", nullable: false }, ["a"], [null]],
    ["an enumeration", { type: "string", enum: ["a"], nullable: true }, ["a", null], ["b"]],
    [
      "alternatives",
      { oneOf: [{ type: "string" }, { type: "integer" }], nullable: true },
      ["a", 1, null],
      [true],
    ],
    ["all of several", { allOf: [{ type: "string" }], nullable: true }, ["a", null], [1]],
    ["alternatives that overlap", { oneOf: [{ type: "integer" }, { type: "number" }] }, [1, 1.5], ["a"]],
    [
      "members, one of them called nullable",
      {
        type: "object",
        required: ["nullable"],
        properties: { nullable: { type: "boolean" }, b: { type: "string", nullable: true } },
      },
      [{ nullable: true, b: null }],
      [{ nullable: null }, { nullable: true, b: 1 }, {}, null],
    ],
    [
      "a list and what else an object holds",
      {
        type: "object",
        properties: { list: { type: "array", items: { type: "integer", nullable: true } } },
        additionalProperties: { type: "string", nullable: true },
      },
      [{ list: [1, null], x: null, y: "z" }],
      [{ list: ["a"] }, { x: 1 }],
    ],
  ])("%s", (_, schema, good, bad) => {
    for (const value of good) expect([value, accepts(schema, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, accepts(schema, value)]).toEqual([value, false]);
  });

  test("beside a reference nothing is read", () => {
    const reference = { $ref: "#/components/schemas/simple-user" };
    expect(toJsonSchema({ ...reference, nullable: true })).toEqual(reference);
  });

  test("nullable adds null and changes nothing else", () => {
    const leaf = fc.constantFrom<Schema>(
      { type: "string" },
      { type: "integer", minimum: 3 },
      { type: "string", enum: ["a", "b"] },
      { type: "array", items: { type: "string" } },
      { anyOf: [{ type: "boolean" }, { type: "string" }] },
    );
    const value = fc.oneof(
      fc.constantFrom<unknown>("a", "c", 2, 4, true, [], ["x"], [1], {}),
      fc.constant(null),
    );
    fc.assert(
      fc.property(leaf, value, (schema, value) => {
        expect(accepts({ ...schema, nullable: true }, value)).toBe(value === null || accepts(schema, value));
      }),
    );
  });
});

describe("answers", () => {
  const COMMENT = "GET /repos/{owner}/{repo}/issues/comments/{comment_id}";
  const ISSUE = "GET /repos/{owner}/{repo}/issues/{issue_number}";
  const PULL = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
  const comments = payloadsOf("issue_comment").map(({ comment }) => comment!);
  // Two payloads of other shapes carry a part of an issue only, the same for pull requests.
  const issues = payloadsOf("issues").flatMap(({ issue }) => (issue?.["state"] === undefined ? [] : [issue]));
  const pulls = payloadsOf("pull_request").flatMap(({ pull_request: pull }) =>
    pull?.["auto_merge"] === undefined || pull["merged"] === undefined ? [] : [pull],
  );

  test("GitHub's real comments, issues and pull requests pass", () => {
    expect([comments.length, issues.length, pulls.length]).toEqual([9, 27, 28]);
    for (const comment of comments) expect(api.checkResponse(COMMENT, 200, comment)).toEqual([]);
    for (const issue of issues) expect(api.checkResponse(ISSUE, 200, issue)).toEqual([]);
    for (const pull of pulls) expect(api.checkResponse(PULL, 200, pull)).toEqual([]);
  });

  test.each<[what: string, change: object, sentence: string]>([
    ["a number as text", { id: "1" }, "/id must be integer"],
    ["a time that is none", { created_at: "yesterday" }, "/created_at must match format"],
    ["an address that is none", { html_url: "here" }, "/html_url must match format"],
    ["a member that is missing", { issue_url: undefined }, "must have required property 'issue_url'"],
    ["null where none may be", { body: null, html_url: null }, "/html_url must be string"],
    ["a wrong association", { author_association: "KING" }, "/author_association (COLLABORATOR, "],
  ])("a comment with %s does not", (_, change, sentence) => {
    const found = api.checkResponse(COMMENT, 200, JSON.parse(JSON.stringify({ ...comments[0], ...change })));
    expect(found.join("\n")).toContain(sentence);
  });

  test("null where the description allows it passes: an account that is gone", () => {
    expect(api.checkResponse(COMMENT, 200, { ...comments[0], user: null })).toEqual([]);
    expect(api.checkResponse(ISSUE, 200, { ...issues[0], user: null, body: null, milestone: null })).toEqual(
      [],
    );
  });

  test.each<[route: string, status: number, body: unknown, sentence: string | undefined]>([
    ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", 204, undefined, undefined],
    ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", 204, {}, "has a body, none is described"],
    ["GET /app", 200, undefined, "has no body"],
    ["GET /app", 201, {}, "is not described"],
    ["GET /repos/{owner}/{repo}/pulls/{pull_number}", 200, "diff --git a/x b/x", undefined],
    ["GET /nowhere", 200, {}, "is not in the slice"],
    ["GET /app", 403, { message: "no", documentation_url: "https://docs.github.com/rest" }, undefined],
    ["GET /app", 403, {}, "must have required property 'message'"],
    ["GET /app", 502, "<html>", "must be object"],
    [
      "POST /repos/{owner}/{repo}/labels",
      422,
      {
        message: "Validation Failed",
        documentation_url: "https://docs.github.com/rest",
        errors: [{ resource: "Label", code: "already_exists", field: "name" }],
      },
      undefined,
    ],
    ["POST /repos/{owner}/{repo}/labels", 422, { errors: [{ resource: "Label" }] }, "'message'"],
  ])("%s: %i with %j", (route, status, body, sentence) => {
    const found = api.checkResponse(route, status, body).join("\n");
    expect(found).toMatch(sentence ?? ALL_WELL);
  });
});

describe("requests", () => {
  test.each<[route: string, query: string, body: unknown, sentence: string | undefined]>([
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", "", { body: "b" }, undefined],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", "", { body: 1 }, "/body must be string"],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", "", {}, "required property 'body'"],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments", "", undefined, "has no body"],
    [
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      "",
      { body: "b", text: "t" },
      'the body has "text", which is not described',
    ],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/reactions", "", { content: "eyes" }, undefined],
    [
      "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions",
      "",
      { content: "fish" },
      "must be equal to one",
    ],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/labels", "", { labels: ["a"] }, undefined],
    ["POST /repos/{owner}/{repo}/issues/{issue_number}/labels", "", { labels: [1] }, "must be"],
    [
      "POST /repos/{owner}/{repo}/pulls",
      "",
      { title: "t", head: "h", base: "b", body: "x", draft: true },
      undefined,
    ],
    ["POST /repos/{owner}/{repo}/pulls", "", { title: "t", head: "h" }, "required property 'base'"],
    ["PATCH /repos/{owner}/{repo}/pulls/{pull_number}", "", { state: "closed" }, undefined],
    ["PATCH /repos/{owner}/{repo}/pulls/{pull_number}", "", { state: "merged" }, "(open, closed)"],
    [
      "POST /repos/{owner}/{repo}/check-runs",
      "",
      { name: "n", head_sha: "a", status: "completed", conclusion: "neutral", external_id: "e" },
      undefined,
    ],
    ["POST /repos/{owner}/{repo}/check-runs", "", { head_sha: "a" }, "required property 'name'"],
    [
      "POST /app/installations/{installation_id}/access_tokens",
      "",
      { repository_ids: [1], permissions: { contents: "read" } },
      undefined,
    ],
    [
      "POST /app/installations/{installation_id}/access_tokens",
      "",
      { permissions: { contents: "admin" } },
      "(read, write)",
    ],
    ["GET /repos/{owner}/{repo}/issues", "labels=a&state=open&per_page=100&page=2", undefined, undefined],
    [
      "GET /repos/{owner}/{repo}/issues",
      "label=a",
      undefined,
      'the query has "label", which is not described',
    ],
    ["GET /repos/{owner}/{repo}/issues", "per_page=many", undefined, 'query "per_page" must be integer'],
    ["GET /repos/{owner}/{repo}/issues", "state=merged", undefined, "(open, closed, all)"],
    ["GET /repos/{owner}/{repo}/issues", "since=2026-11-24T00%3A00%3A00Z", undefined, undefined],
    ["GET /app/hook/deliveries", "per_page=100&cursor=v1_5", undefined, undefined],
    ["GET /app", "", { a: 1 }, "has a body, none is described"],
    ["GET /nowhere", "", undefined, "is not in the slice"],
  ])("%s?%s %j", (route, query, body, sentence) => {
    const found = api.checkRequest(route, new URLSearchParams(query), body).join("\n");
    expect(found).toMatch(sentence ?? ALL_WELL);
  });

  test("no body can make it fail", () => {
    const routes = OPERATIONS.filter((route) => route.startsWith("POST"));
    fc.assert(
      fc.property(fc.constantFrom(...routes), fc.anything(), (route, body) => {
        expect(api.checkRequest(route, none, body).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe("known gaps of the description", () => {
  test.each(KNOWN_GAPS)("$schema.$member is a gap, and says why", (gap) => {
    expect(gap.reason.length).toBeGreaterThan(20);
    expect(() => closeGaps(readSlice().components.schemas, [gap])).not.toThrow();
  });

  test("closed ones let through what was refused", () => {
    const thing = { type: "object", required: ["a", "b"] };
    const gap = { schema: "thing", member: "a", reason: "for the test" };
    const accepts = new Ajv().compile(toJsonSchema(closeGaps({ thing }, [gap])["thing"]!));
    expect(accepts({ b: "b" })).toBe(true);
    expect(accepts({ a: "a" })).toBe(false);
  });

  test.each(["thing", "nothing"])("a gap in %s that no longer exists is reported", (schema) => {
    const gap = { schema, member: "b", reason: "for the test" };
    expect(() => closeGaps({ thing: {} }, [gap])).toThrow(`does not require ${schema}.b`);
  });
});

describe("GraphQL", () => {
  const oid = "a".repeat(40);
  const input = {
    branch: { repositoryNameWithOwner: "o/r", branchName: "casebook/issue-1" },
    expectedHeadOid: oid,
    message: { headline: "h", body: "b" },
    fileChanges: { additions: [{ path: "a.md", contents: "YQ==" }], deletions: [{ path: "b.md" }] },
  };

  test.each(QUERIES)("query %# is valid for GitHub's schema", (query) => {
    expect(validateGraphql(query)).toEqual([]);
  });

  test("the input's members are those of GitHub's schema, with what it asks for", () => {
    const types = (
      graphqlSchema.json as unknown as {
        readonly __schema: {
          readonly types: readonly {
            readonly name: string;
            readonly inputFields: readonly {
              readonly name: string;
              readonly type: { readonly kind: string };
            }[];
          }[];
        };
      }
    ).__schema.types;
    const fieldsOf = (name: string) => types.find((type) => type.name === name)!.inputFields;
    const { properties } = INPUT_SCHEMA;
    const pairs: readonly (readonly [
      string,
      { readonly properties: object; readonly required?: readonly string[] },
    ])[] = [
      ["CreateCommitOnBranchInput", INPUT_SCHEMA],
      ["CommittableBranch", properties.branch],
      ["CommitMessage", properties.message],
      ["FileChanges", properties.fileChanges],
      ["FileAddition", properties.fileChanges.properties.additions.items],
      ["FileDeletion", properties.fileChanges.properties.deletions.items],
    ];
    for (const [name, ours] of pairs) {
      const known = fieldsOf(name).map((field) => field.name);
      const demanded = fieldsOf(name).filter(({ type }) => type.kind === "NON_NULL");
      expect(known).toEqual(expect.arrayContaining(Object.keys(ours.properties)));
      expect(ours.required ?? []).toEqual(expect.arrayContaining(demanded.map((field) => field.name)));
    }
  });

  test.each<[what: string, body: unknown, sentence: string | undefined]>([
    ["the mutation with its input", { query: QUERIES[0], variables: { input } }, undefined],
    ["no query", {}, "required property 'query'"],
    ["no input", { query: QUERIES[0] }, "one variable, 0 were given"],
    [
      "a short head",
      { query: QUERIES[0], variables: { input: { ...input, expectedHeadOid: "abc" } } },
      "pattern",
    ],
    [
      "an unknown member",
      { query: QUERIES[0], variables: { input: { ...input, force: true } } },
      "additional",
    ],
    ["another query", { query: "{ viewer { login } }", variables: { input } }, "no test validates"],
  ])("a request with %s", (_, body, sentence) => {
    const found = api.checkRequest("POST /graphql createCommitOnBranch", none, body).join("\n");
    expect(found).toMatch(sentence ?? ALL_WELL);
  });

  test.each<[status: number, body: unknown, isGood: boolean]>([
    [200, { data: { createCommitOnBranch: { commit: { oid } } } }, true],
    [200, { data: { createCommitOnBranch: null }, errors: [{ type: "STALE_DATA", message: "m" }] }, true],
    [200, { data: null, errors: [] }, false],
    [200, { createCommitOnBranch: null }, false],
    [401, { message: "Bad credentials" }, true],
    [401, {}, false],
  ])("an answer: %i with %j", (status, body, isGood) => {
    expect(api.checkResponse("POST /graphql", status, body).length === 0).toBe(isGood);
  });
});
