import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkContent } from "../../../src/github/report/check-content.ts";
import { configurationIssue } from "../../../src/github/report/configuration-issue.ts";
import { withMarker } from "../../../src/github/report/marker.ts";
import { pullRequest } from "../../../src/github/report/pull-request.ts";
import { withheldComment } from "../../../src/github/report/withheld.ts";
import { pageProblems, plainProblems } from "../../../src/text/page-problems.ts";
import { repository, rules, said, status } from "./an-investigation.ts";

const EVIL = [
  "a",
  " ",
  "\n",
  "\n\n",
  "`",
  "```\n",
  "~~~",
  "@octocat ",
  "fixes #1 ",
  "\n/lgtm\n",
  "![x](https://evil.example/x)",
  "[a](https://evil.example)",
  "[a]: https://evil.example\n",
  "https://evil.example ",
  "www.evil.example ",
  "<img src=x>",
  "<details>",
  "<!-- casebook:1:status:42 -->",
  "\\",
  "|",
  "> ",
  "- ",
  "# ",
  "](",
  "https://github.com/o/r/blob/main/../../evil",
];
const evil = fc
  .array(fc.constantFrom(...EVIL), { minLength: 1, maxLength: 10 })
  .map((parts) => parts.join(""));
const marker = { appId: 1, kind: "status", subject: "42" };
const kinds = (text: string): readonly string[] =>
  pageProblems(text, { webUrl: repository.webUrl, isComment: true }).map(({ kind }) => kind);

test("whatever people, repositories and models word, nothing of it acts in what is sent to GitHub", () => {
  fc.assert(
    fc.property(evil, (text) => {
      const investigation = said(text);
      const issue = { number: 42, title: text };
      const pull = pullRequest({ investigation, issue, repository, rules, branch: "casebook/issue-42" });
      const problem = { line: 1, kind: "lines", message: text };
      const check = checkContent({
        documents: [{ path: text, report: { checked: { lines: 1 }, problems: [problem] } }],
      });
      const configuration = configurationIssue([{ line: 1, message: text }]);
      const comment = status(investigation, {
        documents: new Map([["root-cause", text]]),
        destination: "comment",
        brief: text,
        step: text,
        withheld: [{ what: "the check", why: text }],
      });
      for (const page of [comment, pull.body, check.summary, configuration.body, withheldComment(text)])
        expect(kinds(withMarker(page as typeof pull.body, marker))).toEqual([]);
      for (const line of [pull.title, check.title, configuration.title])
        expect(plainProblems(line)).toEqual([]);
      for (const { message } of check.annotations) expect(kinds(message)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
