import { isSourcePath } from "../languages/languages.ts";
import { roleOfPath } from "../languages/role-of-path.ts";

/** Names that an installer, a build tool, a test runner's start or a review bot loads by itself. */
const LOADED_BY_TOOLS = [
  /^(?:setup|conftest|noxfile|fabfile|dodo|sitecustomize|usercustomize|wscript|sconstruct|sconscript|extconf|ez_setup)\.py$/,
  /^(?:setup|extconf|spec_helper|rails_helper)\.(?:rb|pl|hs|ml)$/,
  /^(?:build|magefile)\.(?:rs|zig|go|sbt)$/,
  /^(?:danger|gulp|grunt|jake|cake|rake|guard|fast|brew|make|rollup|plop|web-test-runner)file(?:\.\w+)*$/,
  /[.-](?:config|conf|setup|workspace|preset|rc)(?:\.\w+)*\.[cm]?[jt]sx?$/,
  /^webpack\.\w+(?:\.\w+)*\.[cm]?[jt]s$/,
  /\.(?:gradle|gradle\.kts|sbt|rake|gemspec|podspec|mill)$/,
  /^(?:mix|rebar\.config|rector|ecs|scoper\.inc|castor|deploy)\.(?:exs|script|php)$/,
];
/** At the root, what scripts of a package call when it is installed, built or published. */
const AT_ROOT = /^(?:(?:pre|post)?(?:install|prepare|build|publish|pack|release|deploy)|make|tasks|dev|ci)\b/;
/** Folders at the root whose programs run in pipelines, hooks and builds. */
const PIPELINE_FOLDERS = new Set(
  "ci hooks githooks git-hooks husky buildsrc build-logic jenkins pipelines workflows project buildkite".split(
    " ",
  ),
);

/**
 * Whether a fix may add or change a file: program text or a test of the project. Never what runs before a person has read the change:
 * at install, commit, build, in a pipeline or for a review.
 */
export function mayFixTouch(path: string): boolean {
  const parts = path.toLowerCase().split("/");
  const name = parts.at(-1) ?? "";
  if (parts.some((part) => part.startsWith(".")) || PIPELINE_FOLDERS.has(parts[0]!)) return false;
  if (parts.length === 1 && AT_ROOT.test(name)) return false;
  if (LOADED_BY_TOOLS.some((pattern) => pattern.test(name))) return false;
  const role = roleOfPath(path);
  return isSourcePath(path) && (role === "source" || role === "test");
}
