import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { schema as graphqlSchema, validate as validateGraphql } from "@octokit/graphql-schema";
import webhookExamples from "@octokit/webhooks-examples" with { type: "json" };
import { Ajv } from "ajv";
import fc from "fast-check";
import { ANSWERED, checkGraphql, INPUT_SCHEMA } from "../../../src/simulator/github/openapi/graphql.ts";
import { closeGaps, KNOWN_GAPS } from "../../../src/simulator/github/openapi/known-gaps.ts";
import { OPERATIONS, UNDESCRIBED } from "../../../src/simulator/github/openapi/operations.ts";
import { readSlice, type Schema } from "../../../src/simulator/github/openapi/slice.ts";
import { toJsonSchema } from "../../../src/simulator/github/openapi/to-json-schema.ts";
import { openApi } from "../../../src/simulator/github/openapi/validate.ts";

const SLICE = new URL("../../../src/simulator/github/openapi/slice.json", import.meta.url);
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
      expect(api.checkAnswer(route, 599, { message: "m" })).toEqual([]);
      for (const status of [200, 201, 202, 204, 301, 304]) api.checkAnswer(route, status, {});
      api.checkRequest(route, new URLSearchParams("page=1&per_page=100"), {});
    }
  });
});

describe("which operation a path belongs to", () => {
  test.each([
    ["GET", "/app", "GET /app", {}],
    ["GET", "/repositories/7", "GET /repositories/{repository_id}", { repository_id: "7" }],
    [
      "GET",
      "/repos/o/r/issues/comments/5",
      "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
      { owner: "o", repo: "r", comment_id: "5" },
    ],
    [
      "GET",
      "/repos/o/r/issues/5/comments",
      "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { owner: "o", repo: "r", issue_number: "5" },
    ],
    [
      "DELETE",
      "/repos/o/r/issues/5/labels/casebook%2Fqueued",
      "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
      { owner: "o", repo: "r", issue_number: "5", name: "casebook/queued" },
    ],
    [
      "GET",
      "/repos/o/r/contents/.github/casebook.yml",
      "GET /repos/{owner}/{repo}/contents/{path}",
      { owner: "o", repo: "r", path: ".github/casebook.yml" },
    ],
    [
      "DELETE",
      "/repos/o/r/git/refs/heads%2Fcasebook%2Fissue-1",
      "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
      { owner: "o", repo: "r", ref: "heads/casebook/issue-1" },
    ],
    [
      "GET",
      "/repos/o/r/branches/casebook/issue-1",
      "GET /repos/{owner}/{repo}/branches/{branch}",
      { owner: "o", repo: "r", branch: "casebook/issue-1" },
    ],
    [
      "GET",
      "/repos/o/r/commits/casebook/issue-1/check-runs",
      "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
      { owner: "o", repo: "r", ref: "casebook/issue-1" },
    ],
    [
      "GET",
      "/repos/o/r/compare/main...casebook/issue-1",
      "GET /repos/{owner}/{repo}/compare/{basehead}",
      { owner: "o", repo: "r", basehead: "main...casebook/issue-1" },
    ],
  ])("%s %s", (method, path, route, params) => {
    expect(api.route(method, path)).toEqual({ route, params });
  });

  test.each([
    ["GET", "/"],
    ["GET", "/nothing"],
    ["PUT", "/app"],
    ["GET", "/repos/o"],
    ["GET", "/repos/o//issues"],
    ["GET", "/repos/o/r/issues/5/nothing"],
    ["GET", "/repos/o/r/contents/"],
    ["GET", "/repos/o/r/issues/%E0%A4%A"],
  ])("%s %s belongs to none", (method, path) => {
    expect(api.route(method, path)).toBeUndefined();
  });

  test("what a client writes into a template is what comes back", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, (owner, ref) => {
        const path = `/repos/${encodeURIComponent(owner)}/r/git/ref/${encodeURIComponent(ref)}`;
        expect(api.route("GET", path)?.params).toEqual({ owner, repo: "r", ref });
      }),
    );
  });

  test("a long path takes no long time", () => {
    const began = performance.now();
    api.route("GET", `/repos/o/r/compare/${"a/".repeat(100_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
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
    for (const comment of comments) expect(api.checkAnswer(COMMENT, 200, comment)).toEqual([]);
    for (const issue of issues) expect(api.checkAnswer(ISSUE, 200, issue)).toEqual([]);
    for (const pull of pulls) expect(api.checkAnswer(PULL, 200, pull)).toEqual([]);
  });

  test.each<[what: string, change: object, sentence: string]>([
    ["a number as text", { id: "1" }, "/id must be integer"],
    ["a time that is none", { created_at: "yesterday" }, "/created_at must match format"],
    ["an address that is none", { html_url: "here" }, "/html_url must match format"],
    ["a member that is missing", { issue_url: undefined }, "must have required property 'issue_url'"],
    ["null where none may be", { body: null, html_url: null }, "/html_url must be string"],
    ["a wrong association", { author_association: "KING" }, "/author_association (COLLABORATOR, "],
  ])("a comment with %s does not", (_, change, sentence) => {
    const found = api.checkAnswer(COMMENT, 200, JSON.parse(JSON.stringify({ ...comments[0], ...change })));
    expect(found.join("\n")).toContain(sentence);
  });

  test("null where the description allows it passes: an account that is gone", () => {
    expect(api.checkAnswer(COMMENT, 200, { ...comments[0], user: null })).toEqual([]);
    expect(api.checkAnswer(ISSUE, 200, { ...issues[0], user: null, body: null, milestone: null })).toEqual(
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
    const found = api.checkAnswer(route, status, body).join("\n");
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
    const schemas = {
      thing: {
        type: "object",
        required: ["a", "b"],
        properties: { a: { type: "string" }, b: { type: "string" } },
      },
    };
    const reason = "for the test";
    const closed = closeGaps(schemas, [
      { schema: "thing", member: "a", is: "optional", reason },
      { schema: "thing", member: "b", is: "nullable", reason },
    ])["thing"]!;
    const accepts = new Ajv().compile(toJsonSchema(closed));
    expect(accepts({ b: null })).toBe(true);
    expect(accepts({ a: null, b: null })).toBe(false);
    expect(accepts({ a: "a" })).toBe(false);
  });

  test.each([
    ["no such schema", "nothing", "a", "optional", "There is no schema nothing"],
    ["optional already", "thing", "b", "optional", "thing.b is optional already"],
    ["null already", "thing", "b", "nullable", "thing.b can be null already"],
    ["no such member", "thing", "c", "nullable", "thing.c can be null already, or is not there"],
  ] as const)("a gap that is none any more is told: %s", (_, schema, member, is, sentence) => {
    const schemas = { thing: { properties: { b: { type: "string", nullable: true } } } };
    expect(() => closeGaps(schemas, [{ schema, member, is, reason: "for the test" }])).toThrow(sentence);
  });
});

describe("GraphQL", () => {
  const selectionOf = (selection: object): string =>
    Object.entries(selection)
      .map(([name, inside]) => (inside === true ? name : `${name} { ${selectionOf(inside as object)} }`))
      .join(" ");
  const mutation = (change: { readonly selection?: string; readonly head?: string } = {}): string =>
    `${change.head ?? "mutation Commit($input: CreateCommitOnBranchInput!)"} {
      createCommitOnBranch(input: $input) { ${change.selection ?? "commit { oid }"} } # done
    }`;
  const oid = "a".repeat(40);
  const input = {
    branch: { repositoryNameWithOwner: "o/r", branchName: "casebook/issue-1" },
    expectedHeadOid: oid,
    message: { headline: "h", body: "b" },
    fileChanges: { additions: [{ path: "a.md", contents: "YQ==" }], deletions: [{ path: "b.md" }] },
  };

  test("all that is answered is a mutation of GitHub's schema", () => {
    const query = mutation({ selection: selectionOf(ANSWERED) });
    expect(checkGraphql(query)).toEqual([]);
    expect(validateGraphql(query)).toEqual([]);
    expect(checkGraphql(mutation({ head: "mutation ($input: CreateCommitOnBranchInput!)" }))).toEqual([]);
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

  test.each<[what: string, query: string, sentence: string]>([
    ["a query", "query { viewer { login } }", 'expected "mutation", found "query"'],
    ["the short form of a query", "{ viewer { login } }", 'expected "mutation", found "{"'],
    ["nothing", "", "found the end"],
    [
      "another mutation",
      "mutation A($input: CreateCommitOnBranchInput!) { addComment(input: $input) { clientMutationId } }",
      'expected "createCommitOnBranch", found "addComment"',
    ],
    ["a second operation", `${mutation()} ${mutation()}`, 'expected "", found "mutation"'],
    ["the name in a comment only", "mutation { # createCommitOnBranch\n }", 'expected "("'],
    [
      "a member that is not answered",
      mutation({ selection: "commit { message }" }),
      '"message" is not answered',
    ],
    ["a member of every object", mutation({ selection: "constructor" }), '"constructor" is not answered'],
    ["an empty selection", mutation({ selection: "" }), 'expected a name, found "}"'],
    ["a value with members", mutation({ selection: "clientMutationId { a }" }), 'expected a name, found "{"'],
    ["another name for a member", mutation({ selection: "c: commit { oid }" }), '"c" is not answered'],
    ["a fragment", mutation({ selection: "...All" }), "is not answered"],
    [
      "another type of input",
      mutation({ head: "mutation ($input: AddCommentInput!)" }),
      'expected "CreateCommitOnBranchInput"',
    ],
    ["an input in the text", mutation().replace("$input)", '{branch: "x"})'), "is not answered"],
    ["another variable", mutation().replace("input: $input)", "input: $other)"), 'expected "input"'],
    ["an open end", "mutation ($input: CreateCommitOnBranchInput!) {", "found the end"],
    ["far too much", " ".repeat(20_001), "longer than"],
  ])("%s is refused", (_, query, sentence) => {
    expect(checkGraphql(query).join()).toContain(sentence);
  });

  test("whatever is let through is valid for GitHub", () => {
    const words = fc.constantFrom(
      "commit { oid }",
      "ref { name }",
      "clientMutationId",
      "oid",
      "{",
      "}",
      "@skip",
      ",",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), (selection) => {
        const query = mutation({ selection: selection.join(" ") });
        expect(checkGraphql(query).length > 0 || validateGraphql(query).length === 0).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test.each<[what: string, body: unknown, sentence: string | undefined]>([
    ["the mutation with its input", { query: mutation(), variables: { input } }, undefined],
    ["no query", {}, "required property 'query'"],
    ["no input", { query: mutation() }, "one variable, 0 were given"],
    [
      "a short head",
      { query: mutation(), variables: { input: { ...input, expectedHeadOid: "abc" } } },
      "pattern",
    ],
    [
      "an unknown member",
      { query: mutation(), variables: { input: { ...input, force: true } } },
      "additional",
    ],
    ["another query", { query: "{ viewer { login } }", variables: { input } }, 'expected "mutation"'],
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
    expect(api.checkAnswer("POST /graphql", status, body).length === 0).toBe(isGood);
  });
});
