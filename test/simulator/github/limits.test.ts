import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  createLimits,
  type LimitResponse,
  type LimitedRequest,
  type LimitOptions,
  type Limits,
} from "../../../src/simulator/github/limits.ts";
import { openApi } from "../../fakes/openapi/validate.ts";
import { LIMITS } from "../../../src/text/github-limits.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 24);
const COMMENTS = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const REACTIONS = "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions";

/** Limits with a clock that stands still until it is moved. */
function limitsAt(options: Partial<LimitOptions> = {}): Limits & { pass(milliseconds: number): void } {
  let now = START;
  const limits = createLimits({ enforcePacing: false, ...options }, () => now);
  return {
    ...limits,
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

const request = (route: string, body?: unknown, change: Partial<LimitedRequest> = {}): LimitedRequest => {
  const method = route.split(" ")[0]!;
  return {
    method,
    route,
    params: { owner: "o", repo: "r", issue_number: "7" },
    body,
    installation: 1,
    isWrite: method !== "GET",
    ...change,
  };
};
const read = request("GET /repos/{owner}/{repo}/pulls");
const write = request(REACTIONS, { content: "eyes" });

describe("lengths and counts", () => {
  const letters = (count: number): string => "x".repeat(count);
  const names = (count: number, prefix = "l"): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const annotations = (count: number): readonly object[] =>
    Array.from({ length: count }, () => ({ ...annotation }));
  const annotation = { path: "a", start_line: 1, end_line: 1, annotation_level: "notice", message: "m" };
  const output = (change: object): object => ({
    name: "n",
    output: { title: "t", summary: "s", ...change },
  });

  test.each<[route: string, most: unknown, tooMuch: unknown, words: string]>([
    [
      COMMENTS,
      { body: letters(65_536) },
      { body: letters(65_537) },
      "Body is too long (maximum is 65536 characters)",
    ],
    [
      "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
      { body: letters(65_536) },
      { body: letters(65_537) },
      "Body is too long (maximum is 65536 characters)",
    ],
    [
      "POST /repos/{owner}/{repo}/issues",
      { title: letters(256), body: letters(65_536) },
      { title: "t", body: letters(65_537) },
      "body is too long (maximum is 65536 characters)",
    ],
    [
      "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
      { title: letters(256) },
      { title: letters(257) },
      "title is too long (maximum is 256 characters)",
    ],
    [
      "POST /repos/{owner}/{repo}/pulls",
      { title: letters(256), head: "h", base: "b" },
      { title: letters(257), head: "h", base: "b" },
      "title is too long (maximum is 256 characters)",
    ],
    [
      "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
      { body: letters(65_536) },
      { body: letters(65_537) },
      "body is too long (maximum is 65536 characters)",
    ],
    [
      "POST /repos/{owner}/{repo}/labels",
      { name: letters(50), description: letters(100) },
      { name: "n", description: letters(101) },
      "description is too long (maximum is 100 characters)",
    ],
    [
      "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
      { labels: names(100) },
      { labels: names(101) },
      "labels are too many (maximum is 100 labels)",
    ],
    [
      "POST /repos/{owner}/{repo}/check-runs",
      output({ annotations: annotations(50), summary: letters(65_535) }),
      output({ annotations: annotations(51) }),
      "No more than 50 items are allowed; 51 were supplied.",
    ],
    [
      "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
      output({ text: letters(65_535) }),
      output({ summary: letters(65_536) }),
      "Only 65535 characters are allowed; 65536 were supplied.",
    ],
  ])("%s", (route, most, tooMuch, words) => {
    const limits = limitsAt();
    expect(limits.check(request(route, most))).toBeUndefined();
    const refusal = limits.check(request(route, tooMuch));
    expect(refusal?.status).toBe(422);
    expect(JSON.stringify(refusal?.body)).toContain(words);
    // The refusal is one that GitHub's description knows.
    expect(openApi().checkResponse(route, 422, refusal?.body)).toEqual([]);
  });

  test("a comment that is too long is refused in GitHub's own words", () => {
    expect(limitsAt().check(request(COMMENTS, { body: letters(65_537) }))?.body).toMatchObject({
      message: "Validation Failed",
      errors: [
        {
          resource: "IssueComment",
          code: "unprocessable",
          field: "data",
          message: "Body is too long (maximum is 65536 characters)",
        },
      ],
    });
  });

  test.each([{ labels: [letters(51)] }, [letters(51)], { labels: [{ name: letters(51) }] }])(
    "a label's name of 51 characters is invalid, however it is given",
    (body) => {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels";
      expect(limitsAt().check(request(route, body))).toMatchObject({
        status: 422,
        body: { errors: [{ resource: "Label", field: "name", code: "invalid" }] },
      });
    },
  );

  test("labels that an issue has count, the same one in other letters does not", () => {
    const limits = limitsAt({ labelsOf: () => names(99) });
    const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels";
    expect(limits.check(request(route, { labels: ["L5", "new"] }))).toBeUndefined();
    expect(limits.check(request(route, { labels: ["new", "newer"] }))).toMatchObject({ status: 422 });
  });

  test("after 2,500 comments an issue takes no more, whoever wrote them; its neighbour does", () => {
    const limits = limitsAt();
    for (let i = 0; i < LIMITS.commentsPerIssue; i++) {
      expect(limits.check(request(COMMENTS, { body: "b" }, { installation: undefined }))).toBeUndefined();
      limits.noteComment("O/R", 7);
    }
    const refusal = limits.check(request(COMMENTS, { body: "b" }));
    expect(refusal).toMatchObject({
      status: 403,
      body: { message: "Commenting is disabled on issues with more than 2500 comments" },
    });
    const other = { params: { owner: "o", repo: "r", issue_number: "8" } };
    expect(limits.check(request(COMMENTS, { body: "b" }, other))).toBeUndefined();
    // Editing goes on: the one status comment lives.
    const edit = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
    expect(limits.check(request(edit, { body: "b" }))).toBeUndefined();
  });

  test("no body can make it fail", () => {
    const routes = [COMMENTS, "POST /repos/{owner}/{repo}/labels", "POST /repos/{owner}/{repo}/check-runs"];
    fc.assert(
      fc.property(fc.constantFrom(...routes), fc.anything(), (route, body) => {
        const answer = limitsAt().check(request(route, body));
        expect([undefined, 422]).toContain(answer?.status);
      }),
    );
  });
});

describe("pacing of writes", () => {
  const paced = (options: Partial<LimitOptions> = {}) => limitsAt({ enforcePacing: true, ...options });

  test("a write on the heels of another is refused, with the time to wait", () => {
    const limits = paced({ spacingMilliseconds: 1_000 });
    expect(limits.check(write)).toBeUndefined();
    limits.pass(300);
    const refusal = limits.check(write);
    expect(refusal).toMatchObject({ status: 403, headers: { "retry-after": "1" } });
    expect(JSON.stringify(refusal?.body)).toContain("You have exceeded a secondary rate limit");
    limits.pass(700);
    expect(limits.check(write)).toBeUndefined();
  });

  test("unless said otherwise, writes a second apart pass even when the network shifts them a little", () => {
    const limits = paced();
    expect(limits.check(write)).toBeUndefined();
    limits.pass(950);
    expect(limits.check(write)).toBeUndefined();
    limits.pass(850);
    expect(limits.check(write)).toMatchObject({ status: 403 });
  });

  test("reads, people and other installations are not held up", () => {
    const limits = paced();
    expect(limits.check(write)).toBeUndefined();
    expect(limits.check(read)).toBeUndefined();
    expect(limits.check({ ...write, installation: undefined })).toBeUndefined();
    expect(limits.check({ ...write, installation: 2 })).toBeUndefined();
  });

  test("switched off, nothing is paced", () => {
    const limits = limitsAt();
    for (let i = 0; i < 200; i++) expect(limits.check(write)).toBeUndefined();
  });

  test("80 creations a minute: the 81st waits until the first is a minute old", () => {
    const limits = paced({ spacingMilliseconds: 0 });
    for (let i = 0; i < LIMITS.creationsPerMinute; i++) {
      expect(limits.check(write)).toBeUndefined();
      limits.pass(500);
    }
    expect(limits.check(write)).toMatchObject({ status: 403, headers: { "retry-after": "20" } });
    limits.pass(20_000);
    expect(limits.check(write)).toBeUndefined();
  });

  test("changing what is there is no creation", () => {
    const limits = paced({ spacingMilliseconds: 0, limits: { creationsPerMinute: 1 } });
    const edit = request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { body: "b" });
    for (let i = 0; i < 10; i++) expect(limits.check(edit)).toBeUndefined();
  });

  test("500 creations an hour", () => {
    const limits = paced();
    for (let i = 0; i < LIMITS.creationsPerHour; i++) {
      expect(limits.check(write)).toBeUndefined();
      limits.pass(1_000);
    }
    const refusal = limits.check(write);
    expect(refusal?.status).toBe(403);
    expect(Number(refusal?.headers["retry-after"])).toBe((HOUR - 500 * 1_000) / 1_000);
    limits.pass(HOUR - 500 * 1_000);
    expect(limits.check(write)).toBeUndefined();
  });

  test("whoever waits as long as it is told is never refused twice", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 60 }), (gaps) => {
        const limits = paced({ limits: { creationsPerMinute: 10, creationsPerHour: 40 } });
        for (const gap of gaps) {
          limits.pass(gap);
          const refusal = limits.check(write);
          if (refusal === undefined) continue;
          limits.pass(Number(refusal.headers["retry-after"]) * 1_000);
          expect(limits.check(write)).toBeUndefined();
        }
      }),
    );
  });
});

describe("requests an hour", () => {
  const exhaust = (limits: Limits): LimitResponse | undefined => {
    for (let i = 0; i < LIMITS.requestsPerHour; i++) expect(limits.check(read)).toBeUndefined();
    return limits.check(read);
  };

  test("every answer says how many are left and when they come back", () => {
    const limits = limitsAt();
    limits.check(read);
    limits.pass(MINUTE);
    limits.check(read);
    expect(limits.headers(1)).toEqual({
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4998",
      "x-ratelimit-used": "2",
      "x-ratelimit-reset": String((START + HOUR) / 1_000),
      "x-ratelimit-resource": "core",
    });
    expect(limits.headers(undefined)).toEqual({});
  });

  test("the 5,001st is refused until the hour is over, for this installation only", () => {
    const limits = limitsAt();
    expect(exhaust(limits)).toMatchObject({
      status: 403,
      headers: { "x-ratelimit-remaining": "0" },
      body: { message: "API rate limit exceeded for installation ID 1." },
    });
    expect(limits.check({ ...read, installation: 2 })).toBeUndefined();
    limits.pass(HOUR);
    expect(limits.check(read)).toBeUndefined();
    expect(limits.headers(1)["x-ratelimit-remaining"]).toBe("4999");
  });

  test("GitHub answers 429 as well", () => {
    expect(exhaust(limitsAt({ limitedStatus: 429 }))).toMatchObject({ status: 429 });
  });
});
