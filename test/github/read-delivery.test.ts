import { textDigest } from "../../src/issue/text-digest.ts";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { EVENTS } from "../../src/github/delivery-bodies.ts";
import { readDelivery } from "../../src/github/read-delivery.ts";

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
/** Real payloads that GitHub sent. */
const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
const payloads = examples.flatMap(({ name, examples: bodies }) => bodies.map((body) => ({ name, body })));

const self = { appId: 4711, botId: 99 };
const repository = { id: 7, name: "r", owner: { login: "o" }, default_branch: "main" };
const installation = { id: 5 };
const ada = { id: 1, login: "ada", type: "User" };
const issue = { number: 42, title: "t", body: "b", created_at: "2026-01-01T00:00:00Z", user: ada };
const comment = { id: 8, body: "/casebook help", created_at: "2026-01-02T00:00:00Z", user: ada };
const commented = { action: "created", issue, comment, repository, installation, sender: ada };
const oid = "a".repeat(40);

describe("what a webhook means", () => {
  test("a comment is words of a person at an issue", () => {
    expect(readDelivery("issue_comment", commented, self)).toEqual({
      kind: "issue",
      place: { installation: 5, repository: 7, owner: "o", name: "r" },
      number: 42,
      isPull: false,
      sender: { id: 1, login: "ada", isBot: false },
      message: {
        comment: 8,
        body: "/casebook help",
        at: "2026-01-02T00:00:00Z",
        issueText: textDigest({ title: "t", body: "b" }),
      },
    });
  });

  test("a comment without a command is talk, which only a person in an issue can answer with", () => {
    const talk = { ...commented, comment: { ...comment, body: "It is version 3." } };
    expect(readDelivery("issue_comment", talk, self)).toMatchObject({
      kind: "issue",
      hasNoCommand: true,
      message: { comment: 8, body: "It is version 3." },
    });
    expect(readDelivery("issue_comment", commented, self)).not.toHaveProperty("isTalk");
    const ofBot = { ...talk, comment: { ...talk.comment, user: { id: 5, login: "ci[bot]", type: "Bot" } } };
    const inPull = { ...talk, issue: { ...issue, pull_request: {} } };
    expect(readDelivery("issue_comment", ofBot, self)).toEqual({ kind: "ignored", why: "no command in it" });
    expect(readDelivery("issue_comment", inPull, self).kind).toBe("said");
  });

  test("a comment or an issue that was edited starts and stops nothing: only the index has it", () => {
    const { place } = readDelivery("issue_comment", commented, self) as { readonly place: unknown };
    expect(readDelivery("issue_comment", { ...commented, action: "edited" }, self)).toEqual({
      kind: "said",
      place,
    });
    const byBot = { ...commented.comment, user: { id: 5, login: "ci[bot]", type: "Bot" } };
    const edited = { ...commented, action: "edited", comment: byBot };
    expect(readDelivery("issue_comment", edited, self).kind).toBe("ignored");
  });
  test("a comment that was deleted is named, and has no words", () => {
    expect(readDelivery("issue_comment", { ...commented, action: "deleted" }, self)).toEqual({
      kind: "comment-removed",
      place: expect.objectContaining({ repository: repository.id }),
      comment: comment.id,
    });
  });

  test("a label is a reason to look, with who put it on", () => {
    const labelled = {
      action: "labeled",
      issue,
      label: { name: "casebook:investigate" },
      repository,
      installation,
      sender: ada,
    };
    expect(readDelivery("issues", labelled, self)).toMatchObject({
      kind: "issue",
      labelled: "casebook:investigate",
      sender: { login: "ada" },
    });
  });

  test("an issue that a maintainer moves here holds the words of whoever wrote it", () => {
    const moved = {
      action: "opened",
      issue: { ...issue, body: "/casebook investigate", user: { id: 2, login: "eve", type: "User" } },
      changes: { old_issue: { number: 3 } },
      repository,
      installation,
      sender: ada,
    };
    expect(readDelivery("issues", moved, self)).toMatchObject({
      sender: { id: 2, login: "eve" },
      message: { body: "/casebook investigate" },
    });
    const ofNobody = { ...moved, issue: { ...moved.issue, user: null } };
    expect(readDelivery("issues", ofNobody, self)).toMatchObject({ sender: { login: "ghost" } });
  });

  test("a push to our branch and one to the default branch are told apart", () => {
    const pushed = { ref: "refs/heads/casebook/issue-42", after: oid, repository, installation, sender: ada };
    expect(readDelivery("push", pushed, self)).toMatchObject({
      branch: "casebook/issue-42",
      isDefault: false,
      head: oid,
    });
    expect(readDelivery("push", { ...pushed, ref: "refs/heads/main" }, self)).toMatchObject({
      isDefault: true,
    });
    expect(readDelivery("push", { ...pushed, ref: "refs/tags/v1" }, self).kind).toBe("ignored");
  });

  test("a review that approves says so, numbered apart from comments", () => {
    const review = { id: 3, state: "approved", body: "fine", submitted_at: "2026-01-03T00:00:00Z" };
    const pull_request = { number: 43, head: { ref: "casebook/issue-42" } };
    expect(
      readDelivery(
        "pull_request_review",
        { action: "submitted", review, pull_request, repository, installation, sender: ada },
        self,
      ),
    ).toMatchObject({
      kind: "pull",
      branch: "casebook/issue-42",
      approves: true,
      message: { comment: -3, body: "fine" },
    });
  });

  test("the re-run button counts on our own check only", () => {
    const check = (app: number): object => ({
      action: "rerequested",
      check_run: { id: 1, head_sha: oid, app: { id: app } },
      repository,
      installation,
      sender: ada,
    });
    expect(readDelivery("check_run", check(4711), self)).toMatchObject({ kind: "rerequested", head: oid });
    expect(readDelivery("check_run", check(1), self).kind).toBe("ignored");
  });

  test("a deleted account is nobody", () => {
    expect(
      readDelivery(
        "issue_comment",
        { ...commented, comment: { ...comment, user: null }, sender: null },
        self,
      ),
    ).toMatchObject({
      sender: { login: "ghost", isBot: false },
    });
  });
});

describe("our own acts come first", () => {
  test.each([
    ["the bot's number", { sender: { id: 99, login: "casebook[bot]", type: "Bot" } }],
    ["a comment through our App", { comment: { ...comment, performed_via_github_app: { id: 4711 } } }],
  ])("%s", (_, change) => {
    expect(readDelivery("issue_comment", { ...commented, ...change }, self)).toEqual({
      kind: "ignored",
      why: "our own act",
    });
  });

  test("the name of a bot proves nothing", () => {
    const other = {
      ...commented,
      comment: { ...comment, user: { id: 100, login: "casebook[bot]", type: "Bot" } },
    };
    expect(readDelivery("issue_comment", other, self)).toMatchObject({
      kind: "issue",
      sender: { id: 100, isBot: true },
    });
  });
});

describe("every real payload", () => {
  test("there are 329 of 58 events", () => {
    expect(payloads).toHaveLength(329);
    expect(examples).toHaveLength(58);
  });

  test("is read without a crash, and means something only where something follows", () => {
    const kinds = new Map<string, number>();
    for (const { name, body } of payloads) {
      const { kind } = readDelivery(name, { installation, ...body }, self);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)))).toMatchInlineSnapshot(`
     {
       "comment-removed": 2,
       "ignored": 277,
       "installation": 3,
       "issue": 16,
       "pull": 15,
       "push": 2,
       "repository": 9,
       "said": 5,
     }
    `);
  });

  test("means nothing under the name of another event: the header is not signed", () => {
    const wrong: string[] = [];
    for (const { name, body } of payloads)
      for (const other of EVENTS) {
        if (other === name) continue;
        const event = readDelivery(other, { installation, ...body }, self);
        if (event.kind !== "malformed" && event.kind !== "ignored")
          wrong.push(`${name} as ${other}: ${event.kind}`);
      }
    expect([...new Set(wrong)]).toEqual([]);
  });

  test.each([null, 1, "x", [], {}, { action: 3 }, { action: "created", issue: null }])(
    "%j is a malformed",
    (body) => {
      for (const event of EVENTS) expect(readDelivery(event, body, self).kind).toBe("malformed");
    },
  );
});
