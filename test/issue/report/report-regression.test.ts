import { describe, expect, test } from "@jest/globals";
import { type Report, readReport } from "../../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const read = (body: string, title = "It fails"): Report =>
  readReport(visibleIssue({ key: "1", title, body, comments: [] }));
const sides = (body: string, title?: string): string | undefined => {
  const found = read(body, title).regression;
  return found === undefined ? undefined : `${found.good} > ${found.bad}`;
};

describe("what worked, before a sentence that begins with the update", () => {
  test.each([
    [
      "With version 3.1.0 `open(path)` read it at once. Since the upgrade to 3.2.0 it throws.",
      "3.1.0 > 3.2.0",
    ],
    ["In 2.0.4 this returned a list. After the update we see `null`.", "2.0.4 > "],
  ])("is the good side: %s", (body, expected) => expect(sides(body)).toBe(expected));

  test.each([
    "With version 3.1.0 `open(path)` never returned. Since the upgrade to 3.2.0 it throws.",
    "With version 3.1.0 it crashed, too. Since then I use another library.",
    "In 2.0.4 this returned a list. I like lists.",
  ])("is none where it did not work, or nothing follows: %s", (body) => expect(sides(body)).toBeUndefined());
});

test("a title's `since` says from which version it fails, and from which something is there", () => {
  expect(sides("", "Blank page since 5.0.1")).toBe(" > 5.0.1");
  expect(sides("", "Option is available since 5.0.1 and undocumented")).toBeUndefined();
});

describe("a version that the writer takes back", () => {
  test.each([
    ["We upgraded from 2.9.1 to 3.1.0, sorry, I mean 3.0.4.", ["2.9.1", "3.0.4"]],
    ["Worked in 1.8.2. No, wait: 1.8.1.", ["1.8.1"]],
    ["We moved to 4.0.0-rc... hmm, to the current master.", []],
  ])("is none of the report's: %s", (body, expected) => {
    const { versions, regression } = read(body);
    expect(versions.map(({ value }) => value)).toEqual(expected);
    expect(regression).toBeUndefined();
  });

  test.each([
    ["We upgraded from 4.1.0 to 4.2.0, no other change.", "4.1.0 > 4.2.0"],
    ["After upgrading from gears 4.1.0 to 4.2.0 it fails.", "4.1.0 > 4.2.0"],
    ["We upgraded from 4.1.0 to 4.2.0. Sorry for the long text of 1.5.0.", "4.1.0 > 4.2.0"],
    ["We upgraded from 4.1.0 to 4.2.0, I mean it.", "4.1.0 > 4.2.0"],
  ])("is there where nothing replaces it: %s", (body, expected) => expect(sides(body)).toBe(expected));
});

describe("a version that the writer does not vouch for", () => {
  test.each([
    "It worked in 3.4.1 or so.",
    "Worked in v0.9 I think.",
    "It worked with 3.4.1 (not sure).",
    "It worked in 3.4.1 or maybe 3.4.2.",
  ])("is no side of a regression: %s", (body) => expect(sides(body)).toBeUndefined());

  test("is one where only something else is unsure", () => {
    expect(sides("It worked in 3.4.1, I think the new theme is the cause.")).toBe("3.4.1 > ");
  });
});

describe("other languages", () => {
  test.each([
    ["Mit 2.4.1 hat es noch funktioniert. Seit dem Update auf 2.5.0 fehlen die Umlaute.", "2.4.1 > 2.5.0"],
    [
      "Cela fonctionnait avec la version 1.9.2. Depuis la mise à jour vers la 2.0.0 tout est vide.",
      "1.9.2 > 2.0.0",
    ],
    ["En la versión 3.0.1 funcionaba. Desde la versión 3.1.0 no.", "3.0.1 > 3.1.0"],
    ["Na versão 1.4.0 funcionava. Desde a versão 1.5.0 não funciona mais.", "1.4.0 > 1.5.0"],
    ["Con la 1.4.0 funzionava. Dalla versione 1.5.0 no.", "1.4.0 > 1.5.0"],
    ["В версии 5.1.2 всё работало. После обновления до 5.2.0 символы теряются.", "5.1.2 > 5.2.0"],
    ["4.2.1 では正常に動作していました。4.3.0 から文字化けします。", "4.2.1 > 4.3.0"],
    ["在 1.2.3 版本中正常，升级到 1.3.0 后出现乱码。", "1.2.3 > 1.3.0"],
    ["2.1.0 에서는 정상 동작했습니다. 2.2.0 부터 깨집니다.", "2.1.0 > 2.2.0"],
  ])("say it in their words: %s", (body, expected) => expect(sides(body)).toBe(expected));

  test.each([
    "Mit 2.4.1 funktioniert es nicht.",
    "Seit 2.5.0 gibt es die Option.",
    "Avec la version 1.9.2 cela ne fonctionnait pas.",
    "En la versión 3.0.1 no funcionaba.",
    "В версии 5.1.2 не работало.",
    "4.2.1 では動作していません。",
    "1.2.3 版本不能用。",
    "2.1.0 에서는 동작하지 않습니다.",
  ])("are no regression where it is denied, or only a version is named: %s", (body) =>
    expect(sides(body)).toBeUndefined(),
  );
});

test.each([
  ["This appeared between app v1.3 and app v1.4.", "1.3 > 1.4"],
  ["I get an error after upgrading to app 1.3.0.", " > 1.3.0"],
  ["Before upgrade to 1.3.0 the usage was low.", " > 1.3.0"],
  ["I was using 2.1.0 with no problems. Updated to 2.3.0 with npm.", "2.1.0 > 2.3.0"],
  ["In 1.6 and 1.7 the type is inferred correctly. In 1.8 it is any.", "1.7 > 1.8"],
  ["- Good revision: a64dd4a2c9fd\n- Bad revision: f25164d6ada2", "a64dd4a2c9fd > f25164d6ada2"],
  ["Kotlin: 1.3.0 (also fails with 1.3.10)", undefined],
])("%s", (body, expected) => expect(sides(body)).toBe(expected));
