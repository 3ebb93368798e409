import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import nock from "nock";
import { createEtagCache } from "../../../src/github/io/etag-cache.ts";
import { API, endNock, INSTALLATION, nockedGitHub, REPOSITORY } from "./nocked-github.ts";

const comment = (id: number): object => ({
  id,
  body: "Hello",
  user: { id: 5, login: "ann", type: "User" },
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
});

afterAll(endNock);

describe("a read that was answered before", () => {
  test("is confirmed with 304, which costs nothing, and gives the same", async () => {
    using github = nockedGitHub();
    nock(API, { badheaders: ["if-none-match"] })
      .get("/repos/o/r/issues/comments/1")
      .reply(200, comment(1), { etag: '"one"' });
    nock(API, { reqheaders: { "if-none-match": '"one"' } })
      .get("/repos/o/r/issues/comments/1")
      .reply(304);
    const here = github.app.forInstallation(INSTALLATION);
    const first = await here.comment(REPOSITORY, 1);
    expect(await here.comment(REPOSITORY, 1)).toEqual(first);
    expect(nock.isDone()).toBe(true);
  });

  test("keeps its further pages", async () => {
    using github = nockedGitHub();
    const first = "/repos/o/r/issues/3/comments?per_page=100";
    const second = `${API}/repositories/42/issues/3/comments?page=2`;
    nock(API)
      .get(first)
      .reply(200, [comment(1)], { etag: '"one"', link: `<${second}>; rel="next"` });
    nock(API)
      .get("/repositories/42/issues/3/comments?page=2")
      .reply(200, [comment(2)], { etag: '"two"' });
    const here = github.app.forInstallation(INSTALLATION);
    await here.comments(REPOSITORY, 3);
    nock(API).get(first).matchHeader("if-none-match", '"one"').reply(304);
    nock(API)
      .get("/repositories/42/issues/3/comments?page=2")
      .matchHeader("if-none-match", '"two"')
      .reply(200, [comment(2), comment(3)], { etag: '"three"' });
    expect((await here.comments(REPOSITORY, 3)).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test("is asked anew when its last page is full: a new page would not change it", async () => {
    using github = nockedGitHub();
    const path = "/repos/o/r/issues/3/comments?per_page=100";
    const full = Array.from({ length: 100 }, (_, index) => comment(index + 1));
    nock(API, { badheaders: ["if-none-match"] })
      .get(path)
      .reply(200, full, { etag: '"one"' });
    const here = github.app.forInstallation(INSTALLATION);
    expect(await here.comments(REPOSITORY, 3)).toHaveLength(100);
    nock(API, { badheaders: ["if-none-match"] })
      .get(path)
      .reply(200, full, {
        etag: '"one"',
        link: `<${API}/repositories/42/issues/3/comments?per_page=100&page=2>; rel="next"`,
      });
    nock(API)
      .get("/repositories/42/issues/3/comments?per_page=100&page=2")
      .reply(200, [comment(101)]);
    expect(await here.comments(REPOSITORY, 3)).toHaveLength(101);
  });

  test("is asked anew with other rights", async () => {
    using github = nockedGitHub();
    nock(API)
      .post("/app/installations/8/access_tokens")
      .reply(201, { token: "ghs_other", expires_at: "2030-01-01T00:00:00Z" });
    nock(API).get("/repos/o/r/issues/comments/1").reply(200, comment(1), { etag: '"one"' });
    nock(API, { badheaders: ["if-none-match"], reqheaders: { authorization: "token ghs_other" } })
      .get("/repos/o/r/issues/comments/1")
      .reply(404, {});
    await github.app.forInstallation(INSTALLATION).comment(REPOSITORY, 1);
    expect(await github.app.forInstallation(8).comment(REPOSITORY, 1)).toBeUndefined();
  });
});

describe("what is kept", () => {
  const answer = (data: unknown) => ({ etag: '"x"', headers: {}, data });

  test("is a copy: nobody can change what others read", () => {
    const cache = createEtagCache({ answers: 2, characters: 1_000, ofOne: 1_000 });
    const list = [1];
    cache.set("a", answer(list));
    list.push(2);
    (cache.get("a")!.data as number[]).push(3);
    expect(cache.get("a")?.data).toEqual([1]);
  });

  test("goes when it was not used for longest", () => {
    const cache = createEtagCache({ answers: 2, characters: 1_000, ofOne: 1_000 });
    cache.set("a", answer(1));
    cache.set("b", answer(2));
    cache.get("a");
    cache.set("c", answer(3));
    expect(["a", "b", "c"].map((key) => cache.get(key)?.data)).toEqual([1, undefined, 3]);
  });

  test("is replaced by a newer answer, even by one that is too large to keep", () => {
    const cache = createEtagCache({ answers: 2, characters: 1_000, ofOne: 100 });
    cache.set("a", answer("old"));
    cache.set("a", answer("x".repeat(200)));
    expect(cache.get("a")).toBeUndefined();
  });

  test("never grows beyond its bounds, and the newest is there", () => {
    const sets = fc.array(
      fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.string({ maxLength: 60 })),
    );
    fc.assert(
      fc.property(sets, (entries) => {
        const most = { answers: 4, characters: 300, ofOne: 120 };
        const cache = createEtagCache(most);
        for (const [key, text] of entries) {
          cache.set(key, answer(text));
          const size = JSON.stringify(answer(text)).length;
          expect(cache.get(key)?.data).toBe(size > most.ofOne ? undefined : text);
          const kept = ["a", "b", "c", "d", "e", "f"].flatMap((name) => cache.get(name) ?? []);
          expect(kept.length).toBeLessThanOrEqual(most.answers);
          expect(JSON.stringify(kept).length).toBeLessThanOrEqual(most.characters + kept.length + 1);
        }
      }),
    );
  });
});
