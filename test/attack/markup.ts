import { plainStatement } from "../../src/agent/submission/plain-statement.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { checkContent } from "../../src/github/report/check-content.ts";
import { configurationIssue } from "../../src/github/report/configuration-issue.ts";
import { pullRequest } from "../../src/github/report/pull-request.ts";
import { pageProblems } from "../../src/text/page-problems.ts";
import { quoted, safeText } from "../../src/text/safe-text.ts";
import { repository, rules, said, status } from "../github/report/an-investigation.ts";
import { actsOn, type Attack, type Family, first } from "./attack.ts";

const EVIL = "https://evil.example/x";

/** Every text of ours in which somebody else's words can be. */
function pagesWith(text: string): readonly string[] {
  const investigation = said(text);
  const check = checkContent({
    documents: [
      {
        path: text,
        report: { checked: { lines: 1 }, problems: [{ line: 1, kind: "lines", message: text }] },
      },
    ],
  });
  const document = renderDocument({
    phase: "p",
    title: "T",
    baseCommit: "0".repeat(40),
    lead: [],
    sections: [
      {
        id: "a",
        heading: "A",
        blocks: [
          { kind: "quote", text, author: text },
          { kind: "code", language: "text", text },
          { kind: "note", text: plainStatement(text).markdown },
          {
            kind: "findings",
            items: [
              { text: "x", provenance: "code", citations: [{ kind: "issue", quote: text, author: text }] },
              {
                text: "x",
                provenance: "code",
                citations: [{ kind: "commit", oid: "0".repeat(40), subject: text }],
              },
            ],
          },
        ],
      },
    ],
  });
  return [
    status(investigation, {
      documents: new Map([["root-cause", text]]),
      destination: "comment",
      brief: text,
      step: text,
    }),
    pullRequest({ investigation, issue: { number: 42, title: text }, repository, rules, branch: "b" }).body,
    check.summary,
    ...check.annotations.map(({ message }) => message),
    configurationIssue([{ line: 1, message: text }]).body,
    // A document may show a line of a file that begins with a slash: in code, where no bot reads it.
    document.replace(/^\/(?=\w)/gm, ""),
    quoted(text, 300),
    safeText(text),
  ];
}

const attack = (name: string, text: string): Attack => ({
  name,
  run: () => first(...pagesWith(text).map(actsOn)),
});

export const MARKUP: Family = {
  name: "markup",
  attacks: [
    attack("an image", `![x](${EVIL})`),
    attack("an image by reference", `![x][p]\n\n[p]: ${EVIL}`),
    attack("an image in a link", `[![x](${EVIL})](${EVIL})`),
    attack("an image beside code", `\`a\`\`b\`![x](${EVIL})`),
    attack("an image after an open code span", `\` ![x](${EVIL})`),
    attack("an image behind a backslash", `\\![x](${EVIL})`),
    attack("an image in a table", `| a |\n| --- |\n| ![x](${EVIL}) |`),
    attack("an image in a heading", `# a ![x](${EVIL})`),
    attack("an image after a fence that ends early", `\`\`\`\na\n\`\`\`\n![x](${EVIL})`),
    attack("an image in a longer fence", `\`\`\`\`\n\`\`\`\n![x](${EVIL})`),
    attack("a link", `[click](${EVIL})`),
    attack("a link without a scheme", "[click](//evil.example)"),
    attack("a link to a script", "[click](javascript:alert(1))"),
    attack("a link with a title", `[click](${EVIL} "a title")`),
    attack("a link by a short reference", `[click]\n\n[click]: ${EVIL}`),
    attack("a bare address", `see ${EVIL} now`),
    attack("an address without a scheme", "see www.evil.example now"),
    attack("an address in angle brackets", `<${EVIL}>`),
    attack("a mail address in angle brackets", "<mailto:a@evil.example>"),
    attack("a footnote", `a[^1]\n\n[^1]: see ${EVIL} @octocat`),
    attack("an image tag", `<img src="${EVIL}">`),
    attack("a tag in capitals over lines", `<IMG\nSRC="${EVIL}"\n>`),
    attack("a comment that hides the rest", "<!-- \n"),
    attack("a folded part that stays open", "<details><summary>a</summary>"),
    attack("a picture element", `<picture><source srcset="${EVIL}"></picture>`),
    attack("a mention", "thanks @octocat"),
    attack("a mention of a team", "thanks @acme/everyone"),
    attack("a mention by an entity", "thanks &#64;octocat"),
    attack("a closing word", "this fixes #1"),
    attack("a closing word of another repository", "closes o/other#7"),
    attack("a closing word with an address", `resolves ${OWN()}/issues/3`),
    attack("a command of another bot", "a\n/lgtm\n/approve"),
    attack("a command in code", "```\n/merge\n```"),
    attack("our own marker", "<!-- casebook:1:status:42 -->\n![x](y)"),
    attack("a diagram that GitHub draws", `\`\`\`mermaid\ngraph TD; A-->B; click A "${EVIL}"\n\`\`\``),
    attack("a line that turns direction", `\u202e![x](${EVIL})`),
  ],
  benign: [
    {
      name: "code with an at sign and a comment keeps its characters",
      run: () =>
        pagesWith("`@decorator` in `a.py`").some((page) => page.includes("`@decorator`"))
          ? undefined
          : "the code span is gone",
    },
    {
      name: "a link to the repository's own file may leave",
      run: () =>
        pageProblems(`[a](${OWN()}/blob/main/pages/[...slug].tsx#L3)`, { webUrl: OWN() }).length === 0
          ? undefined
          : "it is refused",
    },
    {
      name: "emphasis and a list stay",
      run: () => (safeText("- **a**\n- b") === "- **a**\n- b" ? undefined : safeText("- **a**\n- b")),
    },
  ],
};

function OWN(): string {
  return "https://github.com/o/r";
}
