import { pathInRepository, shorten } from "../reports/place-of.ts";
import { badEnd, readJUnit } from "../reports/read-junit.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import type { Detection } from "./test-framework.ts";

/** Reads what Surefire and Gradle write: one document for each class, joined. */
export function readJavaReport(text: string | undefined, { tests }: Detection): TestReport {
  if (text === "")
    return { kind: "none", why: "no test was run: the build failed, or it needs what is not here" };
  return readJUnit(text, ({ element }): TestResult => {
    const { attributes } = element;
    const name = attributes.get("classname") ?? "";
    const file = fileOf(name, tests);
    const base = { name: `${name}.${attributes.get("name") ?? ""}`, file };
    const end = badEnd(element);
    if (end === undefined) return { ...base, outcome: "passed" };
    if (end.name === "skipped") return { ...base, outcome: "skipped" };
    // These reports call every exception but an assertion an error. One outside of a method has no name of a method.
    const inTest = (attributes.get("name") ?? "") !== "" && attributes.get("name") !== name;
    return {
      ...base,
      outcome:
        inTest &&
        !/^(java\.lang\.NoClassDefFoundError|java\.lang\.ExceptionInInitializerError)/.test(end.text)
          ? "failed"
          : "error",
      type: end.attributes.get("type")?.split(".").pop(),
      message: shorten(end.attributes.get("message")),
      at: placeIn(end.text, tests),
    };
  });
}

/** `a.b.CTest` is in the test whose path ends so; an inner class is in that of its outer one. */
function fileOf(name: string, tests: readonly string[]): string | undefined {
  const end = `${name.split("$")[0]!.replaceAll(".", "/")}.`;
  return tests.find((path) => path.includes(`/${end}`) || path.startsWith(end));
}

/** `at a.b.CTest.method(CTest.java:12)`: the name of the file has no folder, that of the class has. */
function placeIn(text: string, tests: readonly string[]): TestResult["at"] {
  for (const line of text.split("\n").slice(0, 500)) {
    const [, name, number] =
      (line.length < 1_000 &&
        /^\s*at (?:[\w.]+\/)?([\w.$]+)\.[\w$<>]+\([\w$]+\.(?:java|kt):(\d+)\)/.exec(line)) ||
      [];
    const path = name === undefined ? undefined : fileOf(name, tests);
    if (path !== undefined && pathInRepository(path, "") !== undefined) return { path, line: Number(number) };
  }
  return undefined;
}

/** The simple name of the class in a file. */
export function classOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}

export const JAVA_TESTS =
  /(^|\/)src\/test\/(java|kotlin)\/.*(Tests?|IT|Spec|TestCase)\.(java|kt)$|(^|\/)src\/test\/(java|kotlin)\/.*\/Test\w*\.(java|kt)$/;
/** A Java machine takes a quarter of the host's memory by itself, which the limit of address space refuses. */
export const JAVA_ENV = { JAVA_TOOL_OPTIONS: "-Xmx1g -XX:MaxMetaspaceSize=512m -XX:+UseSerialGC" } as const;
