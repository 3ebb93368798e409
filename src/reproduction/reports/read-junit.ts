import type { TestReport, TestResult } from "../test-report.ts";
import { parseXml, type XmlElement } from "./parse-xml.ts";

/** A test case with the names of the suites around it. */
export interface JUnitCase {
  readonly element: XmlElement;
  readonly suites: readonly string[];
}

/** Reads the JUnit form that most runners write; what they put in its fields differs, so each reads a case for itself. */
export function readJUnit(text: string | undefined, read: (testCase: JUnitCase) => TestResult): TestReport {
  if (text === undefined) return { kind: "none", why: "the runner left no report" };
  const top = parseXml(text);
  if (top === undefined) return { kind: "none", why: "the runner's report is cut off or no XML" };
  const tests: TestResult[] = [];
  const visit = (element: XmlElement, suites: readonly string[]): void => {
    if (element.name === "testcase") tests.push(read({ element, suites }));
    const name = element.name === "testsuite" ? element.attributes.get("name") : undefined;
    for (const child of element.children) visit(child, name === undefined ? suites : [...suites, name]);
  };
  for (const element of top) visit(element, []);
  return { kind: "report", tests };
}

/** Its `failure`, `error` or `skipped`; undefined: it passed. */
export function badEnd({ children }: XmlElement): XmlElement | undefined {
  return ["error", "failure", "skipped"]
    .map((name) => children.find((child) => child.name === name))
    .find((child) => child !== undefined);
}
