import { SaxesParser } from "saxes";
import type { TestReport, TestResult } from "../test-report.ts";

/** An element of a report. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it. */
  readonly text: string;
}

/** A test case with the names of the suites around it. */
export interface JUnitCase {
  readonly element: XmlElement;
  readonly suites: readonly string[];
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 200_000;
/** What XML forbids and what tests print all the same: Node's reporter lets it through. */
// oxlint-disable-next-line no-control-regex -- these are meant
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Reads the JUnit form that many runners write; what they put in its fields differs, so each reads a case for itself. */
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
  visit(top, []);
  return { kind: "report", tests };
}

/** Its `failure`, `error` or `skipped`; undefined: it passed. */
export function badEnd({ children }: XmlElement): XmlElement | undefined {
  return ["error", "failure", "skipped"]
    .map((name) => children.find((child) => child.name === name))
    .find((child) => child !== undefined);
}

/**
 * The root of a document; undefined when it is not well-formed or has more elements or levels than a report. No entity is
 * ever defined: the code under test can write into its report.
 */
export function parseXml(text: string): XmlElement | undefined {
  const top: OpenElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [top];
  let elements = 0;
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++elements > MAX_ELEMENTS || open.length > MAX_DEPTH) throw new Error("no report is that large");
    const element = { name, attributes: new Map(Object.entries(attributes)), children: [], text: "" };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const add = (part: string): void => void (open.at(-1)!.text += part);
  parser.on("text", add);
  parser.on("cdata", add);
  try {
    parser.write(text.replaceAll(FORBIDDEN, "\ufffd").toWellFormed()).close();
  } catch {
    return undefined;
  }
  return top.children[0];
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}
