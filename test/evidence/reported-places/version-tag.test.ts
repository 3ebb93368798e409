import { describe, expect, test } from "@jest/globals";
import { projectVersions, tagOf } from "../../../src/evidence/reported-places/version-tag.ts";

const tags = (...names: readonly string[]) => names.map((name) => ({ name, commit: `commit of ${name}` }));

describe("the tag of a version", () => {
  test.each([
    ["1.2.3", "v1.2.3"],
    ["v1.2.3", "1.2.3"],
    ["1.2.3", "name-1.2.3"],
    ["1.2.3", "name@1.2.3"],
    ["1.2.3", "name/v1.2.3"],
    ["1.2.3", "release-1.2.3"],
    ["1.2.3", "rel_1_2_3"],
    ["1.2", "v1.2.0"],
    ["2.0.0-rc.1", "v2.0.0-rc.1"],
    ["2.0.0rc1", "2.0.0rc1"],
    ["4.1.0", "4.1.0.Final"],
    ["^3.2.31", "v3.2.31"],
    ["2022.10.04", "2022.10.04"],
  ])("%s is %s", (version, tag) => expect(tagOf(version, tags("v0.9.0", tag, "v9.9.9"))?.name).toBe(tag));

  test.each([
    ["1.2.3", "v1.2.30"],
    ["1.2.3", "v1.2.3-rc.1"],
    ["2.3", "v1.2.3"],
    ["latest", "v1.2.3"],
    ["5.4.x", "v5.4.1"],
  ])("%s is not %s", (version, tag) => expect(tagOf(version, tags(tag))).toBeUndefined());

  test("where packages have tags of their own, the named one is meant, else none", () => {
    const all = tags("core@1.2.3", "cli@1.2.3");
    expect(tagOf("1.2.3", all, ["CLI"])?.name).toBe("cli@1.2.3");
    expect(tagOf("1.2.3", all)).toBeUndefined();
    expect(tagOf("1.2.3", [...all, ...tags("v1.2.3")])?.name).toBe("v1.2.3");
  });
});

test("the project's versions are those of its name, else bare answers, the highest first", () => {
  const of = (subject: string, value: string) => ({ subject, value });
  expect(
    projectVersions(
      [of("Python", "3.9"), of("Gson", "2.9.0"), of("gson", "2.10.1"), of("", "1.0")],
      ["gson"],
    ),
  ).toEqual(["2.10.1", "2.9.0"]);
  expect(projectVersions([of("Python", "3.9"), of("", "1.0")], ["gson"])).toEqual(["1.0"]);
  expect(projectVersions([of("Python", "3.9")], ["gson"])).toEqual([]);
});
