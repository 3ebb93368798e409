import { describe, expect, test } from "@jest/globals";
import { isIssueForm, parseIssueForms } from "../../../src/issue/report/issue-forms.ts";
import { readReport } from "../../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const YAML = `name: Bug
body:
  - type: markdown
    attributes:
      value: |
        We love bug reports of every kind.
  - type: textarea
    id: expected
    attributes:
      label: Your hopes
      description: Tell the crew where it went astray.
      placeholder: The rocket reaches its orbit
  - type: dropdown
    attributes:
      label: Severity of all this
      options: [Nobody is hurt, Everybody is hurt]
  - type: checkboxes
    attributes:
      label: Promises
      options:
        - label: My terminal is connected to the station
`;
const MARKDOWN = `---
name: Bug
about: x
---

## The flight

Describe the weather over the launch pad.

- Rocket: [the one with the flames]
`;

const forms = parseIssueForms([
  { path: ".github/ISSUE_TEMPLATE/bug.yml", text: YAML },
  { path: ".github/ISSUE_TEMPLATE/bug.md", text: MARKDOWN },
  { path: ".github/ISSUE_TEMPLATE/broken.yml", text: "body: [" },
]);
const read = (body: string) => readReport(visibleIssue({ key: "1", title: "T", body, comments: [] }), forms);

test.each([
  [".github/ISSUE_TEMPLATE/bug.yml", true],
  [".github/ISSUE_TEMPLATE/1_bug.md", true],
  [".github/ISSUE_TEMPLATE.md", true],
  ["docs/issue_template.md", true],
  [".github/ISSUE_TEMPLATE/config.yml", false],
  ["src/ISSUE_TEMPLATE/bug.md", false],
])("%s is an issue form: %s", (path, is) => expect(isIssueForm(path)).toBe(is));

describe("what the repository's own form says is not the reporter's", () => {
  test.each([
    "We love bug reports of every kind.",
    "_Tell the crew where it went astray._",
    "The rocket reaches its orbit",
    "- [x] My terminal is connected to the station",
    "- Rocket: [the one with the flames]",
  ])("%s", (line) => expect(forms.isLine(line)).toBe(true));

  test.each(["Nobody is hurt", "- Rocket: Ariane", ""])("but %j is", (line) =>
    expect(forms.isLine(line)).toBe(false),
  );

  test("its field tells what a heading asks for, and its lines are left out of an answer", () => {
    const { expected } = read(
      "### Your hopes\n\nTell the crew where it went astray.\nThe engine stops after the flight.\n",
    );
    expect(expected).toEqual(["The engine stops after the flight."]);
  });

  test("code that a form holds is left out as a whole, else kept as a whole", () => {
    const code = parseIssueForms([{ path: "ISSUE_TEMPLATE.md", text: "```\nlaunch_the_rocket()\n```\n" }]);
    const stepsIn = (block: string) =>
      readReport(
        visibleIssue({
          key: "1",
          title: "T",
          body: `### Steps to reproduce\n\n\`\`\`\n${block}\n\`\`\`\n`,
          comments: [],
        }),
        code,
      ).steps;
    expect(stepsIn("launch_the_rocket()")).toEqual([]);
    expect(stepsIn("launch_the_rocket()\nstop()")).toEqual(["launch_the_rocket()\nstop()"]);
  });
});
