import { PHASES } from "../phases/catalogue.ts";
import { reproductionTestFileOf, specFileOf } from "../phases/names.ts";
import { parseSpec } from "../specs/parse-spec.ts";
import { TEST_LABEL } from "../phases/builtin/researcher.ts";
import { isOurs, isPlainPath } from "./code-runner.ts";

/** The test that the reproduction published, and where it belongs. In: files of the investigation; undefined: there is none. */
export function failingTestOf(
  issueKey: string,
  files: ReadonlyMap<string, string>,
): { readonly path: string; readonly text: string } | undefined {
  const phase = PHASES.find(({ type }) => type === "reproduction");
  const spec = phase === undefined ? undefined : files.get(specFileOf(issueKey, phase));
  if (spec === undefined) return undefined;
  const path = parseSpec("spec", spec)
    .spec.labels.find((label) => label.startsWith(TEST_LABEL))
    ?.slice(TEST_LABEL.length);
  const text = path === undefined ? undefined : files.get(reproductionTestFileOf(issueKey, path));
  return path === undefined || text === undefined || !isPlainPath(path) || isOurs(path)
    ? undefined
    : { path, text };
}
