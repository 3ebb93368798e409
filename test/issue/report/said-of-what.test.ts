import { describe, expect, test } from "@jest/globals";
import { type Report, readReport } from "../../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const read = (body: string, title = "It fails"): Report =>
  readReport(visibleIssue({ key: "1", title, body, comments: [] }));
const of = ({ symptom, actual, messages }: Report): readonly string[] => [
  ...symptom.slice(1),
  ...actual,
  ...messages,
];

describe("what another thing does", () => {
  test.each([
    [
      "LinkedMap.get returns a stale value",
      "A dict raises `KeyError: 'a'` here.",
      "LinkedMap returns 1 instead.",
    ],
    [
      "`splitRows` loses the last row",
      "In Python the same call throws an error.",
      "`splitRows` silently drops the row.",
    ],
  ])("is no symptom of %s", (title, other, own) => {
    expect(of(read(`${other} ${own}`, title)).join("\n")).not.toContain(other);
    expect(read(`${other} ${own}`, title).messages).toEqual([]);
  });

  test("is one where the thing is the report's own", () => {
    const body = "A list with one item throws `RangeError: bad index` instead. It is always the first.";
    expect(read(body, "List loses its marker").messages).toEqual(["RangeError: bad index"]);
  });

  test("is no symptom where all the rest is as documented", () => {
    const other = "Any other name gives an invalid date with a reason as documented.";
    expect(of(read(`It crashes with an error. ${other}`))).not.toContain(other);
  });

  test("nor is what worked before an update", () => {
    const before = "With version 3.1.0 `open(path)` parsed it without an error.";
    expect(of(read(`${before} Since the upgrade to 3.2.0 it throws an error.`)).join("\n")).not.toContain(
      before,
    );
  });
});

test("what is right, and what is expected, is no symptom and does not happen", () => {
  const right = "The first call throws an error, as it should.";
  const wish = 'I\'d expect an error "store: no such key" as for other keys, no crash.';
  const report = read(`${right} The second one crashes with an error. ${wish}`, "It crashes");
  expect(report.expected).toEqual([wish]);
  expect([...report.symptom.slice(1), ...report.actual]).not.toContain(right);
  expect([...report.symptom, ...report.actual]).not.toContain(wish);
});

describe("what is expected", () => {
  test.each([
    ["`round(2.5)` gives me 3. I expected 2.", "I expected 2."],
    ["It is `3`, I'd expect `2`.", "It is `3`, I'd expect `2`."],
    ["`fmt` prints `3`, where I expect `2`.", "`fmt` prints `3`, where I expect `2`."],
    ["Every line is `None`. I was expecting a line like `GET /`.", "I was expecting a line like `GET /`."],
    ["`close()` throws. It would make more sense to ignore it.", "It would make more sense to ignore it."],
  ])("is read from its own words: %s", (body, expected) => expect(read(body).expected).toEqual([expected]));

  test.each([
    "I did not expect this at all.",
    "I expected nothing else from this release.",
    "As expected, it fails.",
    "I expect it is a bug in the parser, because it is new.",
  ])("is nothing where nothing is expected: %s", (body) => expect(read(body).expected).toEqual([]));

  test("is not what the reporter quotes", () => {
    expect(read('The manual says "a timer should fire once", and ours fires twice.').expected).toEqual([]);
    const own = 'A timer should fire once, as the manual says ("timers fire once").';
    expect(read(own).expected).toEqual([own]);
  });
});

describe("what happens", () => {
  test.each([
    ["`check a.cfg` prints nothing and exits with 0.", "`check a.cfg` prints nothing and exits with 0."],
    ["Output: `0 files`. I'd expect `3 files`.", "Output: `0 files`."],
    ["`count x` yields `4`, in the last column.", "`count x` yields `4`, in the last column."],
  ])("is read from its own words: %s", (body, actual) =>
    expect(read(body, "Wrong count").actual).toEqual([actual]),
  );

  test.each(["`count x` prints `4`, which is correct.", "`count x` should print `4`."])(
    "is nothing where it is as it should be: %s",
    (body) => expect(read(body, "Wrong count").actual).toEqual([]),
  );

  test("is what is wrong, where the report says beside that only what is expected", () => {
    const wrong = "The header is missing on the second page.";
    expect(read(`${wrong}\n\nI expected a header on each page.`, "Header is lost").actual).toEqual([wrong]);
  });
});

test("what two versions print is no sequence of steps", () => {
  const body = `naturalsize drops digits since the update.

With 4.11.0:

\`\`\`pycon
>>> naturalsize(1.5)
'1 Bytes'
\`\`\`

With 4.12.0:

\`\`\`pycon
>>> naturalsize(1.5)
'1.5 Bytes'
\`\`\`
`;
  expect(read(body, "naturalsize prints a fraction of a byte").steps).toEqual([]);
});

test("a line of versions is no step", () => {
  const { steps } = read(
    "To reproduce:\n\n1. Make a flag set.\n2. Call `Parse` with `-h -h`.\n\nGo 1.24.5, pflag v1.0.7, linux/amd64.\n",
    "The second -h is ignored",
  );
  expect(steps).not.toContain("Go 1.24.5, pflag v1.0.7, linux/amd64.");
  expect(steps).toHaveLength(2);
});

test("a word that stands before numbers alone is no name", () => {
  const { versions } = read("The value becomes `1.2.0` with gizmo `7.8.1`. I use gizmo everywhere.\n");
  expect(versions.map(({ subject, value }) => `${subject} ${value}`)).toEqual(["gizmo 7.8.1"]);
});

test("what the reporter thinks lies behind it is not what happens", () => {
  const guess = "So the template `put` seems to store the pointer, and `get` then fails to cast it.";
  const { actual } = read(
    `I hit a crash.\n\n\`\`\`\nterminate called after throwing an instance of 'std::bad_any_cast'\n  what():  bad any_cast\n\`\`\`\n\n${guess}\n`,
  );
  expect(actual.join("\n")).not.toContain("So the template");
  expect(actual.join("\n")).toContain("bad any_cast");
});

test.each([
  "With 2.3.1 there's no panic.",
  "If I add a second line there is no panic.",
  "Without the option everything works.",
])("where it does not happen is not what happens: %s", (works) => {
  const { symptom, actual } = read(`${works} It panics with an index error.`, "A panic on an empty path");
  expect([...symptom, ...actual].join("\n")).not.toContain(works);
});

test("a label in Chinese needs no space behind its colon", () => {
  const { expected, actual } = read(
    "期望：第三格显示最后一列。\n\n实际输出：三格都没有显示。",
    "tablerow 的问题",
  );
  expect(expected).toEqual(["第三格显示最后一列。"]);
  expect(actual).toEqual(["三格都没有显示。"]);
});
