import { OUT } from "../../sandbox/places.ts";
import { parseXml, type XmlElement } from "../reports/parse-xml.ts";
import { placeOf, shorten } from "../reports/place-of.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { findLine, folderOf, hintLike, manifests, pascalCase, pathsBelow } from "./evidence.ts";
import type { RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.trx";

export const dotnetTest: TestFramework = {
  name: "dotnet test",
  language: "C#",
  needs: ["dotnet"],

  async detect(files) {
    const projects = manifests(files, /\.(csproj|fsproj|vbproj)$/);
    const evidence = await findLine(files, projects, /Microsoft\.NET\.Test\.Sdk|"(xunit|NUnit|MSTest)/i);
    if (evidence === undefined) return undefined;
    const folder = folderOf(evidence.slice(0, evidence.lastIndexOf(":")));
    return { evidence, strength: 3, folder, tests: pathsBelow(files, folder, /\.cs$/) };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, () => `${pascalCase(topic)}Tests.cs`, detection.folder),
  // By class: the runner knows no files.
  runFile: (path, { folder }) =>
    plan(folder, [
      "--filter",
      `FullyQualifiedName~${path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "")}`,
    ]),
  runAll: ({ folder }) => plan(folder, []),

  read({ files }, { folder }): TestReport {
    const text = files.get(REPORT);
    if (text === undefined)
      return { kind: "none", why: "the tests could not be built, or nothing was prepared for them" };
    const top = parseXml(text);
    if (top === undefined) return { kind: "none", why: "the runner's report is cut off or no XML" };
    return {
      kind: "report",
      tests: all(top, "UnitTestResult").map((element): TestResult => {
        const name = element.attributes.get("testName") ?? "";
        const outcome = element.attributes.get("outcome");
        if (outcome === "Passed") return { name, outcome: "passed" };
        if (outcome !== "Failed") return { name, outcome: outcome === "Error" ? "error" : "skipped" };
        const message = all([element], "Message")[0]?.text ?? "";
        const trace = all([element], "StackTrace")[0]?.text ?? "";
        return {
          name,
          outcome: "failed",
          type: /^\s*(?:[\w.]+\.)?(\w+Exception) : /.exec(message)?.[1],
          message: shorten(message),
          at: placeOf(trace, / in (\S+\.\w+):line (\d+)/, folder),
        };
      }),
    };
  },
};

/** Restored packages must lie in the copy; without double mapping of code, for which the sandbox has no memory files. */
function plan(folder: string, args: readonly string[]): RunPlan {
  return {
    command: [
      "dotnet",
      "test",
      folder === "" ? "." : folder,
      "--no-restore",
      "--results-directory",
      OUT,
      "--logger",
      `trx;LogFileName=${REPORT}`,
      ...args,
    ],
    env: { DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1", DOTNET_EnableWriteXorExecute: "0" },
    collect: [REPORT],
  };
}

function all(elements: readonly XmlElement[], name: string): readonly XmlElement[] {
  return elements.flatMap((element) => [
    ...(element.name === name ? [element] : []),
    ...all(element.children, name),
  ]);
}
