import { findCommandLines } from "../../src/issue/command-lines.ts";
import { newInvestigation } from "../../src/investigation/investigation.ts";
import { handleDelivery } from "../../src/service/handle-delivery.ts";
import { withoutSecrets } from "../../src/phases/without-secrets.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { findSecrets, MASK, maskSecrets } from "../../src/text/find-secrets.ts";
import { visibleText } from "../../src/text/visible-text.ts";
import { ada, commented, eve, issue, memoryStore, momentOf, say, serviceOf } from "../service/one-issue.ts";
import type { Attack, Family } from "./attack.ts";

/** What the App does after a comment: the run that it wants, if any. */
async function startedBy(author: typeof ada | typeof eve, body: string, authorType?: "Bot"): Promise<string> {
  const store = memoryStore();
  await store.change({ repository: 7, issue: 42, installation: 5 }, () => ({
    investigation: newInvestigation(7, 42),
    effects: [],
  }));
  const comment = say(9, authorType === undefined ? author : ({ ...author, type: "Bot" } as never), body);
  const service = serviceOf(momentOf({ ...issue, labels: [] }, [comment]), store);
  store.deliveries.set("d", {
    key: "d",
    guid: "d",
    event: "issue_comment",
    payload: commented(comment),
    wanted: true,
    receivedAt: 0,
  });
  await handleDelivery(service, { key: "d" });
  const { stage = "none", wanted = [], run } = store.present() ?? {};
  return run === undefined && wanted.length === 0 ? "" : `${stage}: ${wanted.join(", ")}`;
}

const COMMAND = "/casebook investigate";
const refused = (
  name: string,
  body: string,
  author: typeof ada | typeof eve = ada,
  type?: "Bot",
): Attack => ({
  name,
  run: async () => (await startedBy(author, body, type)) || undefined,
});
const obeyed = (name: string, body: string): Attack => ({
  name,
  run: async () => ((await startedBy(ada, body)) === "" ? "it is not obeyed" : undefined),
});

export const COMMANDS: Family = {
  name: "commands",
  attacks: [
    refused("of somebody without the right", COMMAND, eve),
    refused("of an App that nobody allowed", COMMAND, ada, "Bot"),
    refused("in a quotation", `> ${COMMAND}`),
    refused("in a nested quotation", `>> ${COMMAND}`),
    refused("in a fence", `\`\`\`\n${COMMAND}\n\`\`\``),
    refused("in a fence of tildes", `~~~\n${COMMAND}\n~~~`),
    refused("in a fence that stays open", `\`\`\`\n${COMMAND}`),
    refused("indented as code", `text\n\n    ${COMMAND}`),
    refused("in a comment of HTML", `<!--\n${COMMAND}\n-->`),
    refused("in a comment that stays open", `<!--\n${COMMAND}`),
    refused("in a preformatted element", `<pre>\n${COMMAND}\n</pre>`),
    refused("in a hidden element", `<div hidden>\n\n${COMMAND}\n\n</div>`),
    refused("with characters that do not show", "/casebook invest\u200bigate"),
    refused("with tag characters", `/casebook \u{e0069}\u{e006e}investigate`),
    refused("with a letter that looks alike", "/c\u0430sebook investigate"),
    refused("in the middle of a line", `please ${COMMAND}`),
    refused("in the alternative text of an image", `![\n${COMMAND}\n](x.png)`),
    refused("in a definition", `[a]: <x> "\n${COMMAND}\n"`),
    refused("with a verb that is none", "/casebook constructor"),
    refused("with an option that is none", "/casebook investigate --api-key x"),
  ],
  benign: [
    obeyed("of a person with the right", COMMAND),
    obeyed("after a sentence", `I saw this too.\n\n${COMMAND}\n\nThank you.`),
    obeyed("with ends of lines of Windows", `a\r\n${COMMAND}\r\nb`),
  ],
};

const PAYLOAD = "PWNED-7f3a";
const hidden = (name: string, markdown: string): Attack => ({
  name,
  run() {
    const { text } = visibleText(markdown);
    return text.includes(PAYLOAD) ? `the model is shown ${JSON.stringify(text.slice(0, 200))}` : undefined;
  },
});
const seen = (name: string, markdown: string, shown: string): Attack => ({
  name,
  run() {
    const { text } = visibleText(markdown);
    return text.includes(shown) ? undefined : `it is shown as ${JSON.stringify(text.slice(0, 200))}`;
  },
});
const notObeyed = (name: string, mail: string): Attack => ({
  name,
  run() {
    const [line] = findCommandLines(mail, 5);
    return line === undefined ? undefined : `${line.text} is obeyed`;
  },
});

export const HIDDEN: Family = {
  name: "mail quotes and hidden text",
  attacks: [
    hidden("a comment", `a <!-- ${PAYLOAD} --> b`),
    hidden("a comment over lines", `a\n\n<!--\n${PAYLOAD}\n-->\n\nb`),
    hidden("a definition that nobody calls", `a\n\n[//]: # (${PAYLOAD})`),
    hidden("the title of a link", `[a](https://example.org "${PAYLOAD}")`),
    hidden("the alternative text of an image", `![${PAYLOAD}](a.png)`),
    hidden("a footnote that nobody calls", `a\n\n[^x]: ${PAYLOAD}`),
    hidden("an element that is hidden", `<div hidden>${PAYLOAD}</div>\n\nb`),
    hidden("a template", `<template>${PAYLOAD}</template>\n\nb`),
    hidden("an instruction to a processor", `a <?${PAYLOAD}?> b`),
    hidden("a declaration", `a <!X ${PAYLOAD}> b`),
    hidden("an attribute", `<a href="x" title="${PAYLOAD}">b</a>`),
    hidden(
      "tag characters",
      `a${[...PAYLOAD].map((c) => String.fromCodePoint(0xe0000 + c.codePointAt(0)!)).join("")}b`,
    ),
    notObeyed(
      "a command below a quoted mail",
      `Thanks.\n\nOn Mon, 3 Jan 2026 at 10:00, Eve wrote:\n> ${COMMAND}`,
    ),
    notObeyed(
      "a command in a forwarded mail",
      `See below.\n\n-----Original Message-----\nFrom: Eve\nSent: Monday\nSubject: x\n\n${COMMAND}`,
    ),
  ],
  benign: [
    seen(
      "joiners of Persian",
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
      "\u0645\u06cc\u200c\u062e\u0648",
    ),
    seen("a comment that is shown as code", "`<!-- shown -->`", "<!-- shown -->"),
    seen("a flag of emoji", "a \u{1f3f3}\ufe0f\u200d\u{1f308} b", "\u{1f3f3}"),
    {
      name: "a command above a quoted mail is read",
      run: () =>
        findCommandLines(`${COMMAND}\n\nOn Mon, 3 Jan 2026 at 10:00, Eve wrote:\n> old words`, 5).length === 1
          ? undefined
          : "it is not read",
    },
  ],
};

const rest = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY".repeat(4);
const of = (n: number): string => rest.slice(0, n);
/** In parts, so that no scanner takes this file for a leak. */
const joined = (...parts: readonly string[]): string => parts.join("");
const SECRETS: Readonly<Record<string, string>> = {
  "a personal token of GitHub": joined("ghp_", of(36)),
  "a server token of GitHub": joined("ghs_", of(36)),
  "a user token of GitHub": joined("ghu_", of(36)),
  "a refresh token of GitHub": joined("ghr_", of(36)),
  "a fine-grained token of GitHub": joined("github_pat_", of(22), "_", of(59)),
  "a token of npm": joined("npm_", of(36)),
  "a token of Slack": joined("xoxb-", "123456789012-123456789012-", of(24)),
  "a key of Amazon": joined("AWS_SECRET_ACCESS_KEY=", "wJalrXUtnFEMI", "/K7MDENG/bPxRfiCYzzzzzzzKEY"),
  "a key of SendGrid": joined("SG.", of(22), ".", of(43)),
  "an address with a password": joined("postgres://admin:", "S3cretPassw0rd", "@db.example.org/x"),
  "a private key": joined(
    "-----BEGIN RSA ",
    "PRIVATE KEY-----\nMIIEowIBAAKCAQEA",
    `${of(48)}\n${of(64)}\n-----END RSA `,
    "PRIVATE KEY-----",
  ),
  "a key of OpenAI": joined("sk-proj-", of(58), "T3BlbkFJ", of(58)),
  "a key of Anthropic": joined("sk-ant-", "api03-", of(93), "AA"),
  "a token of Shopify": joined("shpat_", "0123456789abcdef".repeat(2)),
};

/** A document in which the text is cited, as a run publishes it. */
async function publishedWith(text: string): Promise<string> {
  const draft = await withoutSecrets({
    document: {
      phase: "root-cause",
      title: "T",
      baseCommit: "0".repeat(40),
      lead: [],
      sections: [
        {
          id: "a",
          heading: "A",
          blocks: [
            { kind: "quote", text, author: "eve" },
            { kind: "code", language: "text", text },
            {
              kind: "excerpt",
              path: "config.py",
              start: 1,
              end: text.split("\n").length,
              text,
              language: "py",
            },
            {
              kind: "findings",
              items: [
                { text: "x", provenance: "code", citations: [{ kind: "issue", quote: text, author: "eve" }] },
              ],
            },
          ],
        },
      ],
    },
    dropped: 0,
  } as never);
  const rendered = renderDocument(draft.document);
  return maskSecrets(rendered, await findSecrets(rendered));
}

export const SECRET_TEXTS: Family = {
  name: "secrets",
  attacks: Object.entries(SECRETS).map(([name, secret]) => ({
    name,
    async run() {
      const page = await publishedWith(`token = ${secret}`);
      const value = secret
        .replace(/^[A-Z_]+=/, "")
        .split("\n")
        .at(secret.includes("\n") ? 1 : 0)!;
      const bare = /:\/\/\w+:(\w+)@/.exec(value)?.[1] ?? value;
      return page.includes(bare)
        ? "it is in the document"
        : page.includes(MASK)
          ? undefined
          : "nothing is masked";
    },
  })),
  benign: ["4f3cb4f0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6", "550e8400-e29b-41d4-a716-446655440000"].map(
    (text) => ({
      name: `${text.slice(0, 8)}: a hash or an identifier stays`,
      run: async () => ((await publishedWith(`id = ${text}`)).includes(text) ? undefined : "it is masked"),
    }),
  ),
};
