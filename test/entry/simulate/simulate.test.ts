import { describe, expect, test } from "@jest/globals";
import type { RepositoryState } from "../../../src/adapters/simulated-github/contract.ts";
import { markdownHtml } from "../../../src/entry/simulate/markdown-html.ts";
import { pageHtml } from "../../../src/entry/simulate/page.ts";
import { openPageServer } from "../../../src/entry/simulate/page-server.ts";
import { tellChanges } from "../../../src/entry/simulate/tell-changes.ts";

const empty: RepositoryState = {
  issues: [],
  pulls: [],
  branches: { main: "a".repeat(40) },
  checks: [],
  labels: [],
};
const issue = {
  number: 1,
  title: "Lost",
  state: "open",
  locked: false,
  labels: [],
  reactions: [],
  comments: [],
} as const;
const comment = { id: 5, author: "mia", body: "/casebook investigate\nplease", reactions: [] };

describe("what happened is told line by line", () => {
  test("from nothing to a thread", () => {
    const opened = { ...empty, issues: [issue] };
    expect(tellChanges(empty, opened)).toEqual(["#1 opened: Lost"]);
    const asked = { ...opened, issues: [{ ...issue, labels: ["casebook/queued"], comments: [comment] }] };
    expect(tellChanges(opened, asked)).toEqual(["#1 + casebook/queued", "#1 mia: /casebook investigate"]);
    const answered = {
      ...asked,
      issues: [
        { ...issue, comments: [{ ...comment, reactions: [{ by: "casebook[bot]", content: "eyes" }] }] },
      ],
      branches: { main: empty.branches["main"]!, "casebook/issue-1": "b".repeat(40) },
    };
    expect(tellChanges(asked, answered)).toEqual([
      "#1 - casebook/queued",
      "#1 casebook[bot] 👀 on mia's comment",
      "casebook/issue-1 is at bbbbbbb",
    ]);
    expect(tellChanges(answered, answered)).toEqual([]);
  });

  test("of a status comment the first line and the phase that runs", () => {
    const before = {
      ...empty,
      issues: [{ ...issue, comments: [{ ...comment, body: "**Casebook · Queued**" }] }],
    };
    const body = "**Casebook · Researching**\n\n| phase | state |\n| --- | --- |\n| root-cause | ◐ running |";
    const after = { ...empty, issues: [{ ...issue, comments: [{ ...comment, body }] }] };
    expect(tellChanges(before, after)).toEqual(["#1 mia edited: Casebook · Researching (root-cause)"]);
  });

  test("text of people cannot forge a line or steer the terminal", () => {
    const opened = { ...empty, issues: [{ ...issue, title: "a\u001b[2Jb\n#9 merged" }] };
    expect(tellChanges(empty, opened)).toEqual(["#1 opened: a\ufffd[2Jb #9 merged"]);
  });
});

describe("the page", () => {
  const shown = {
    state: {
      ...empty,
      issues: [
        {
          ...issue,
          title: "<script>x</script>",
          comments: [{ ...comment, body: "<img src=x onerror=y> **b** [l](javascript:z)" }],
        },
      ],
    },
    issue: 1,
    people: [{ login: "mia", role: "maintainer" }],
    bot: "casebook[bot]",
    feed: ["<b>"],
    isBusy: false,
    documents: new Map<string, string>(),
  };

  test("shows hostile text as text", () => {
    const page = pageHtml({ ...shown, token: "t", nonce: "n" }).text;
    expect(page).toContain("&lt;script&gt;x&lt;/script&gt;");
    expect(page).toContain("&lt;img src=x onerror=y&gt;");
    expect(page).toContain("<strong>b</strong>");
    expect(page).not.toContain("javascript:");
    expect(page).toContain("<li>&lt;b&gt;</li>");
    expect([...page.matchAll(/<script/g)]).toHaveLength(1);
  });

  test("folds what a status comment folds, and hides its marker", () => {
    const text = markdownHtml(
      "<details><summary>Commands</summary>\n\nx\n\n</details>\n\n<!-- casebook:1:status:1 -->",
    ).text;
    expect(text).toContain("<details><summary>Commands</summary>");
    expect(text).not.toContain("casebook:1");
  });

  test("answers its own address and its own form only", async () => {
    const acts: string[] = [];
    const server = await openPageServer({
      port: 0,
      show: async () => shown,
      act: async ({ kind, who, text }) => void acts.push(`${who} ${kind} ${text}`),
    });
    try {
      const page = await (await fetch(server.url)).text();
      const token = /name="token"\s+value="([0-9a-f]+)"/.exec(page)![1]!;
      const post = (body: Record<string, string>): Promise<Response> =>
        fetch(`${server.url}/act`, { method: "POST", body: new URLSearchParams(body), redirect: "manual" });
      expect((await post({ token, do: "comment", who: "mia", text: "hi" })).status).toBe(303);
      expect((await post({ token: "guessed", do: "comment", who: "mia", text: "no" })).status).toBe(403);
      expect(acts).toEqual(["mia comment hi"]);
      expect((await fetch(`${server.url}/etc/passwd`)).status).toBe(404);
      const { port } = new URL(server.url);
      const { request } = await import("node:http");
      const status = await new Promise((resolve) =>
        request({ host: "127.0.0.1", port, headers: { host: "evil.example" } }, (answer) =>
          resolve(answer.statusCode),
        ).end(),
      );
      expect(status).toBe(421);
      expect((await fetch(server.url)).headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; style-src 'nonce-/,
      );
    } finally {
      await server.close();
    }
  });
});
