import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { RunFailure } from "../../../src/failure.ts";
import type { RepositoryState } from "../../../src/simulator/github/contract.ts";
import { type Act, parseForm, parseLine, perform } from "../../../src/simulator/page/act.ts";
import { markdownHtml } from "../../../src/simulator/page/markdown-html.ts";
import { pageHtml } from "../../../src/simulator/page/page.ts";
import { openPageServer } from "../../../src/simulator/page/page-server.ts";
import { tellChanges } from "../../../src/simulator/page/tell-changes.ts";
import { watch } from "../../../src/simulator/page/watch.ts";

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

  test("of a status comment the first line", () => {
    const before = {
      ...empty,
      issues: [{ ...issue, comments: [{ ...comment, body: "### Queued" }] }],
    };
    const body = "### Researching: `root-cause`\n\nSo far: nothing.";
    const after = { ...empty, issues: [{ ...issue, comments: [{ ...comment, body }] }] };
    expect(tellChanges(before, after)).toEqual(["#1 mia edited: Researching: root-cause"]);
  });

  test("what was refused or not understood, once each", () => {
    const says = (body: string): RepositoryState => ({
      ...empty,
      issues: [{ ...issue, comments: [{ ...comment, author: "casebook[bot]", body }] }],
    });
    const refused =
      "- `/casebook investigate` by `rob` was refused: `investigate` needs write; `rob` has read.";
    const confused = "- `/casebook refesh` by `mia` was not done: There is no such command.";
    expect(tellChanges(says("**Idle**"), says(`**Idle**\n\n${refused}`))).toEqual([
      "#1 casebook[bot]: /casebook investigate by rob was refused: investigate needs write; rob has read.",
    ]);
    expect(tellChanges(says(`**Idle**\n\n${refused}`), says(`**Idle**\n\n${confused}\n${refused}`))).toEqual([
      "#1 casebook[bot]: /casebook refesh by mia was not done: There is no such command.",
    ]);
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
    text: "<form>",
    author: "ana",
    people: [{ login: "mia", role: "maintainer" }],
    bot: "casebook[bot]",
    webUrl: "http://127.0.0.1:1/acme/store",
    requests: [],
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

  test("answers its own address and its own form only", async () => {
    const acts: string[] = [];
    const server = await openPageServer({
      port: 0,
      show: async () => shown,
      file: async (place) =>
        place === "main/a <b>.py" ? { revision: "main", path: "a <b>.py", text: "x = '<'\n" } : undefined,
      act: async (form) => {
        if (form.get("do") === "merge") throw new RunFailure("usage", "There is no open pull request");
        acts.push(`${form.get("who")} ${form.get("do")} ${form.get("text")}`);
      },
    });
    try {
      const page = await (await fetch(server.url)).text();
      const token = /name="token"\s+value="([0-9a-f]+)"/.exec(page)![1]!;
      const post = (body: Record<string, string>): Promise<Response> =>
        fetch(`${server.url}/act`, { method: "POST", body: new URLSearchParams(body), redirect: "manual" });
      expect((await post({ token, do: "comment", who: "mia", text: "hi" })).status).toBe(303);
      expect((await post({ token: "guessed", do: "comment", who: "mia", text: "no" })).status).toBe(403);
      expect(acts).toEqual(["mia comment hi"]);
      const refused = await post({ token, do: "merge", who: "mia" });
      expect([refused.status, await refused.text()]).toEqual([400, "There is no open pull request"]);
      const file = await (await fetch(`${server.url}/blob/main/a%20%3Cb%3E.py#L1`)).text();
      expect(file).toContain("<td>x = &#39;&lt;&#39;</td>");
      expect((await fetch(`${server.url}/blob/main/%ff`)).status).toBe(404);
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

describe("Markdown becomes the elements that are written down here, and no others", () => {
  test("what a thread holds", () => {
    const drawn = (text: string): string =>
      markdownHtml(text)
        .text.replace(/\s+/g, " ")
        .replace(/ ?(<\/?li>) ?/g, "$1");
    expect(drawn("## A *b*")).toBe("<h3>A <em>b</em></h3>");
    expect(drawn("- [x] one\n- two")).toBe(
      '<ul><li><input type="checkbox" checked disabled /> one</li><li>two</li></ul>',
    );
    expect(drawn("3. a\n\n   b")).toContain('<ol start="3"><li><p>a</p><p>b</p></li>');
    expect(drawn("| a |\n| - |\n| `b` |")).toMatch(/<th>a<\/th>.*<td><code>b<\/code><\/td>/);
    expect(drawn("```py\n<b>\n```")).toBe("<pre><code>&lt;b&gt;</code></pre>");
    expect(drawn("> a\n\n---\n![pic](http://x/y.png)")).toBe(
      "<blockquote><p>a</p></blockquote><hr /><p>pic</p>",
    );
  });

  test("links lead to the web or to this page, or are words", () => {
    const linkTo = (url: string): string => (url === "own" ? "/#pull-2" : url);
    expect(markdownHtml('[a](https://b/?c="d")').text).toContain('<a href="https://b/?c=&quot;d&quot;" rel=');
    expect(markdownHtml("[a](javascript:b) [c](data:d) [e](//f) [g](h)").text).toBe("<p>a c e g</p>");
    expect(markdownHtml("[a](own)", linkTo).text).toBe('<p><a href="/#pull-2">a</a></p>');
  });

  test("what a status comment folds is folded, and its marker hidden", () => {
    const folded = markdownHtml(
      "<details><summary>Commands</summary>\n\n**x**\n\n</details>\n\n<!-- casebook:1:status:1 -->",
    ).text;
    expect(folded.replace(/\s+/g, "")).toBe(
      "<details><summary>Commands</summary><p><strong>x</strong></p></details>",
    );
    expect(markdownHtml("<details open><summary>a</summary>\n\nb\n\n</details>").text).toContain(
      "<details open>",
    );
  });

  test.each([
    "</details>",
    "<details><summary>never closed</summary>\n\nx",
    "<details><summary><b>x</b></summary>\n\ny\n\n</details>",
    "<details ontoggle=x><summary>y</summary>",
    "`<details>`",
    "<!-- a --><script>b</script>",
  ])("other HTML is shown as it is typed: %j", (text) => {
    expect(markdownHtml(text).text.replace(/<\/?(?:p|code)>/g, "")).not.toContain("<");
  });

  test("characters that stand for marks while a text is parsed do not become marks", () => {
    expect(markdownHtml("\ufdd4script\ufdd9").text).not.toContain("<script");
    const many = `${"*a ".repeat(9_000)}<meta http-equiv=refresh>`;
    expect(markdownHtml(many).text).toMatch(/^<p>[^<]*&lt;meta http-equiv=refresh&gt;<\/p>$/);
  });

  test("in any text, every element is one of these", () => {
    const ours =
      /<\/?(?:p|h[3-6]|em|strong|del|code|pre|blockquote|ul|li|table|thead|tbody|tr|th|td|details|summary|div)>|<(?:br|hr) \/>|<div class="scroll">|<details open>|<ol start="\d+">|<\/ol>|<input type="checkbox"(?: checked)? disabled \/>|<a href="https?:[^"<>]*" rel="noreferrer" target="_blank">|<\/a>/g;
    const marks =
      "< > \" ' & !-- --> script details summary / * _ ` [ ]( ) | - # 1. ![ <a:b> &lt; http://a x";
    const more = [" ", "\n", "\n\n", "\ufdd4", "\ufdd9", "<details><summary>", "</summary>", "</details>"];
    const pieces = [...marks.split(" "), ...more, "javascript:b", "- [ ] "];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (text) => {
        expect(markdownHtml(text.join("")).text.replace(ours, "")).not.toMatch(/[<>]/);
      }),
    );
  });
});

describe("what people do", () => {
  const people = [
    { login: "mia", role: "maintainer" },
    { login: "rob", role: "reader" },
  ];

  test.each<[string, Act | "quit" | undefined]>([
    ["/casebook help", { kind: "comment", who: "mia", text: "/casebook help" }],
    ["reader: /casebook investigate", { kind: "comment", who: "rob", text: "/casebook investigate" }],
    ["rob: hello: you", { kind: "comment", who: "rob", text: "hello: you" }],
    ["note: this is odd", { kind: "comment", who: "mia", text: "note: this is odd" }],
    ["label casebook:investigate", { kind: "label", who: "mia", label: "casebook:investigate" }],
    ["unlabel casebook/done", { kind: "unlabel", who: "mia", label: "casebook/done" }],
    ["label", { kind: "comment", who: "mia", text: "label" }],
    ["close", { kind: "close", who: "mia" }],
    ["merge ", { kind: "merge", who: "mia" }],
    ["  ", undefined],
    ["quit", "quit"],
  ])("the typed line %j", (line, act) => {
    expect(parseLine(line, people)).toEqual(act);
  });

  test("a form that no button makes is refused", () => {
    const form = (fields: Record<string, string>): URLSearchParams => new URLSearchParams(fields);
    expect(parseForm(form({ do: "say", who: "rob", say: "/casebook help", text: "x" }), people)).toEqual({
      kind: "comment",
      who: "rob",
      text: "/casebook help",
    });
    expect(() => parseForm(form({ do: "comment", who: "eve" }), people)).toThrow("nobody of that name");
    expect(() => parseForm(form({ do: "delete", who: "rob" }), people)).toThrow("no such thing");
  });

  test("what cannot be done now is said, and not tried", async () => {
    const state = async (): Promise<RepositoryState> => ({ ...empty, issues: [issue] });
    const untouched = new Proxy({} as Parameters<typeof perform>[1]["repository"], {
      get: (_, name) => {
        throw new Error(`${String(name)} was called`);
      },
    });
    const attempt = (act: Act): Promise<void> => perform(act, { repository: untouched, issue: 1, state });
    await expect(attempt({ kind: "merge", who: "mia" })).rejects.toThrow("no open pull request");
    await expect(attempt({ kind: "reopen", who: "mia" })).rejects.toThrow("open already");
    await expect(attempt({ kind: "unlabel", who: "mia", label: "x" })).rejects.toThrow("not carry");
    await expect(attempt({ kind: "label", who: "mia", label: "x".repeat(51) })).rejects.toThrow("characters");
    await expect(attempt({ kind: "comment", who: "mia", text: " " })).rejects.toThrow("needs words");
  });
});

describe("the watch", () => {
  test("tells each change once, and says when the bot is done", async () => {
    const looks = [empty, { ...empty, issues: [issue] }];
    let at = 0;
    const told: string[] = [];
    let changes = 0;
    const watching = watch(
      {
        state: async () => looks[Math.min(at++, looks.length - 1)]!,
        isBusy: async () => at < 3,
      },
      (line) => told.push(line),
      () => changes++,
    );
    await watching.quiet(new AbortController().signal);
    await watching.stop();
    expect(told).toEqual(["#1 opened: Lost"]);
    expect(watching.feed).toEqual(told);
    expect(watching.isBusy).toBe(false);
    // The first look, the issue, and the end of the work.
    expect(changes).toBe(3);
    await expect(watching.quiet(new AbortController().signal)).rejects.toThrow("aborted");
  });

  test("whoever waits is told when nobody answers", async () => {
    const watching = watch(
      { state: async () => empty, isBusy: async () => Promise.reject(new Error("gone")) },
      () => undefined,
    );
    await expect(watching.quiet(new AbortController().signal)).rejects.toThrow("gone");
    await watching.stop();
  });
});
