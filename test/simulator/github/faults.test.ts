import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Fault, LoggedRequest } from "../../../src/simulator/github/contract.ts";
import { CutConnection, createFaults } from "../../../src/simulator/github/faults.ts";

const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const PULLS = "GET /repos/{owner}/{repo}/pulls";

const request = (route: string): LoggedRequest => ({
  method: route.split(" ")[0]!,
  path: "/",
  route,
  status: 0,
  isWrite: !route.startsWith("GET"),
  as: "casebook[bot]",
  at: 0,
  body: undefined,
});

const status = (code: number): Fault["kind"] => ({ kind: "status", status: code });

describe("which request a fault hits", () => {
  test("the first that matches its route, and only that one", async () => {
    const faults = createFaults();
    faults.add({ at: COMMENT, kind: status(502) });
    expect(await faults.before(request(PULLS))).toEqual({ kind: "go" });
    expect(await faults.before(request(COMMENT))).toMatchObject({ kind: "respond", status: 502 });
    expect(await faults.before(request(COMMENT))).toEqual({ kind: "go" });
    expect(faults.left).toEqual([]);
  });

  test("the nth, counted from when it was added", async () => {
    const faults = createFaults();
    await faults.before(request(COMMENT));
    faults.add({ at: COMMENT, nth: 3, kind: status(500) });
    const kinds: string[] = [];
    for (let i = 0; i < 4; i++) kinds.push((await faults.before(request(COMMENT))).kind);
    expect(kinds).toEqual(["go", "go", "respond", "go"]);
  });

  test.each([
    ["any", [PULLS, COMMENT], [true, true]],
    ["any-write", [PULLS, COMMENT], [false, true]],
    ["any-read", [PULLS, COMMENT], [true, false]],
  ])("%s", async (at, routes, hits) => {
    const found: boolean[] = [];
    for (const route of routes) {
      const faults = createFaults();
      faults.add({ at, kind: status(500) });
      found.push((await faults.before(request(route))).kind === "respond");
    }
    expect(found).toEqual(hits);
  });

  test("two of the same kind hit two requests", async () => {
    const faults = createFaults();
    faults.add({ at: COMMENT, kind: status(500) });
    faults.add({ at: COMMENT, kind: status(502) });
    expect(await faults.before(request(COMMENT))).toMatchObject({ status: 500 });
    expect(await faults.before(request(COMMENT))).toMatchObject({ status: 502 });
  });

  test("what is left and what was cleared", async () => {
    const faults = createFaults();
    const fault: Fault = { at: COMMENT, nth: 2, kind: status(500) };
    faults.add(fault);
    await faults.before(request(COMMENT));
    expect(faults.left).toEqual([fault]);
    faults.clear();
    expect(faults.left).toEqual([]);
    expect(await faults.before(request(COMMENT))).toEqual({ kind: "go" });
  });

  test.each(["POST", "comments", "post /repos", "any-thing", "POST repos/x"])(
    "a place that no request can have is refused: %s",
    (at) => {
      expect(() => createFaults().add({ at, kind: status(500) })).toThrow("is none");
    },
  );

  test("each fault is used up once, whatever the order of requests", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            at: fc.constantFrom("any", "any-write", "any-read", COMMENT, PULLS),
            nth: fc.integer({ min: 1, max: 4 }),
            kind: fc.constantFrom<Fault["kind"]>(
              status(500),
              { kind: "cut", when: "before" },
              { kind: "cut", when: "after" },
              { kind: "slow", milliseconds: 1 },
            ),
          }),
          { maxLength: 6 },
        ),
        fc.array(fc.constantFrom(COMMENT, PULLS), { maxLength: 20 }),
        async (wanted, routes) => {
          const faults = createFaults();
          for (const fault of wanted) faults.add(fault);
          let hits = 0;
          for (const route of routes) {
            if ((await faults.before(request(route))).kind !== "go") hits++;
            else if ((await faults.after(request(route))).kind !== "go") hits++;
          }
          expect(hits).toBe(wanted.length - faults.left.length);
        },
      ),
    );
  });
});

describe("what a fault does", () => {
  test("cut before the effect, and cut after it", async () => {
    const faults = createFaults();
    faults.add({ at: COMMENT, kind: { kind: "cut", when: "before" } });
    expect(await faults.before(request(COMMENT))).toEqual({ kind: "cut" });
    faults.add({ at: COMMENT, kind: { kind: "cut", when: "after" } });
    expect(await faults.before(request(COMMENT))).toEqual({ kind: "go" });
    expect(await faults.after(request(COMMENT))).toEqual({ kind: "cut" });
  });

  test("slow: the effect happens, the answer waits", async () => {
    const faults = createFaults();
    faults.add({ at: PULLS, kind: { kind: "slow", milliseconds: 11_000 } });
    expect(await faults.before(request(PULLS))).toEqual({ kind: "go" });
    expect(await faults.after(request(PULLS))).toEqual({ kind: "wait", milliseconds: 11_000 });
  });

  test.each([
    [403, { "retry-after": "60" }, "You have exceeded a secondary rate limit"],
    [429, {}, "You have exceeded a secondary rate limit"],
    [403, { "x-ratelimit-remaining": "0" }, "API rate limit exceeded"],
    [429, { "x-ratelimit-remaining": "0" }, "API rate limit exceeded"],
    [403, {}, "Resource not accessible by integration"],
    [404, {}, "Not Found"],
    [410, {}, "This issue was deleted"],
    [503, {}, "Server Error"],
  ])("status %i with %j says what GitHub says", async (code, headers, message) => {
    const faults = createFaults();
    faults.add({ at: "any", kind: { kind: "status", status: code, headers } });
    expect(await faults.before(request(PULLS))).toMatchObject({
      status: code,
      headers,
      body: { message: expect.stringContaining(message) },
    });
  });

  test("a body of the test's own is sent as it is, also none", async () => {
    const faults = createFaults();
    faults.add({ at: "any", kind: { kind: "status", status: 502, body: "<html>" } });
    faults.add({ at: "any", kind: { kind: "status", status: 502, body: undefined } });
    expect(await faults.before(request(PULLS))).toMatchObject({ body: "<html>" });
    expect(await faults.before(request(PULLS))).toMatchObject({ body: undefined });
  });
});

describe("onWrite", () => {
  test("is called before, during and after each write, and for no read", async () => {
    const faults = createFaults();
    const calls: string[] = [];
    faults.onWrite = (moment, { route }) => {
      calls.push(`${moment} ${route}`);
    };
    for (const route of [PULLS, COMMENT]) {
      await faults.before(request(route));
      await faults.after(request(route));
      await faults.answered(request(route));
    }
    expect(calls).toEqual([`before ${COMMENT}`, `during ${COMMENT}`, `after ${COMMENT}`]);
  });

  test.each(["before", "during"] as const)("a cut thrown %s the effect cuts the connection", async (when) => {
    const faults = createFaults();
    faults.onWrite = async (moment) => {
      if (moment === when) throw new CutConnection();
    };
    expect(await faults.before(request(COMMENT))).toEqual({ kind: when === "before" ? "cut" : "go" });
    expect(await faults.after(request(COMMENT))).toEqual({ kind: when === "during" ? "cut" : "go" });
  });

  test("any other error is a mistake of the test and is told", async () => {
    const faults = createFaults();
    faults.onWrite = () => {
      throw new Error("mistaken");
    };
    await expect(faults.before(request(COMMENT))).rejects.toThrow("mistaken");
  });
});
