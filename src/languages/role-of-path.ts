import type { FileRules } from "./language.ts";
import { fileRulesOf, isSourcePath, LOCK_FILES, MANIFESTS } from "./languages.ts";
import { endingOf, fileNameOf, folderOf } from "./paths.ts";

/** What a file is for. Only `source` is ranked; the others lead to it or describe it. */
export type FileRole =
  /** Code that a fix may change. */
  | "source"
  /** Tests, their helpers and fixtures. */
  | "test"
  /** Text for people: Markdown, reStructuredText, man pages, changelogs. */
  | "docs"
  /** Settings, manifests, build and CI files. */
  | "config"
  /** Made by a program: minified, bundled, generated parsers, lock files. */
  | "generated"
  /** Third-party code kept in the repository. */
  | "vendored"
  /** Examples, benchmarks, scripts for maintainers. */
  | "auxiliary"
  /** Anything else: pictures, data. */
  | "other";

/** Folders of tests and what they need, whatever the language. */
const TEST_FOLDERS = new Set(
  `test tests __tests__ e2e testdata test-data test_data fixtures __fixtures__ __mocks__ __snapshots__ integration-tests
   integration_tests testsuite`.split(/\s+/),
);
/** These hold tests in some repositories and a part of the program in others. Their files decide. */
const POSSIBLE_TEST_FOLDERS = new Set(["spec", "specs", "testing"]);
/** Where tests lie beside the code that they test, half of the files are tests. */
const MOSTLY = 2 / 3;
/** Names of tests in more than one language, of fixtures and recorded results, too. */
const TEST_NAME = /(_test|\.(test|spec|e2e))\.\w+$/;
/** Below these a language's own test folder is a part of the program: `lib/parser/spec`. */
const PROGRAM_FOLDERS = new Set(["src", "lib", "app"]);

const VENDOR_FOLDERS = new Set(
  `node_modules bower_components jspm_packages vendor vendors vendored _vendor _vendored third_party third-party
   thirdparty 3rdparty 3rd-party pods carthage`.split(/\s+/),
);
/** These mean third-party code only near the root. Deeper down they are a project's own words. */
const VENDOR_FOLDERS_NEAR_ROOT = new Set(["external", "externals", "extern", "deps", "subprojects"]);

const AUXILIARY_FOLDERS = new Set(
  `example examples sample samples demo demos bench benches benchmark benchmarks scripts script playground playgrounds
   contrib hack fuzz tutorials`.split(/\s+/),
);
/** Below these a folder's name is the program's own word (`src/main/java/com/example`, `lib/scripts`). */
const CODE_FOLDERS = new Set("src lib libs source sources app internal pkg core cmd include".split(" "));

const DOCS_FOLDERS = new Set("docs doc documentation website site man manual guides wiki".split(" "));
const DOCS_ENDINGS = new Set(
  "md mdx markdown rst adoc asciidoc textile rdoc pod tex texi txt org".split(" "),
);
const DOCS_NAMES =
  /^(readme|changelog|changes|history|news|authors|contributing|contributors|license|licence|copying|notice|security|todo)(\.|$)/i;

const CONFIG_ENDINGS = new Set(
  `json json5 jsonc yaml yml toml ini cfg conf config properties xml gradle cmake mk mak in am ac m4 bazel bzl bp gn gni
   nix dockerfile editorconfig env csproj fsproj vbproj sln props targets vcxproj gemspec podspec cabal opam rc tf hcl
   spec service plist`.split(/\s+/),
);
const CONFIG_NAMES =
  /^(makefile|gnumakefile|dockerfile|containerfile|jenkinsfile|vagrantfile|procfile|brewfile|justfile|build\.zig|requirements[\w.-]{0,40}\.txt|constraints\.txt|codeowners|owners)$/i;

/** What generators of every language write into the name. */
const GENERATED_NAME = /([._-]generated|amalgamated)\.\w{1,10}$|\.(min\.css|(js|css)\.map)$/i;
const OUTPUT_FOLDERS = new Set(["dist", "single_include", "__generated__", "generated"]);

/** The roles of the files of one tree. */
export function rolesIn(paths: Iterable<string>): (path: string) => FileRole {
  const counts = new Map<string, { tests: number; all: number }>();
  for (const path of paths) {
    const folder = folderOf(path);
    if (!POSSIBLE_TEST_FOLDERS.has(fileNameOf(folder).toLowerCase()) || !isSourcePath(path)) continue;
    const count = counts.get(folder) ?? { tests: 0, all: 0 };
    counts.set(folder, count);
    count.all++;
    if (isTestName(fileNameOf(path), fileRulesOf(path))) count.tests++;
  }
  const holdTests = [...counts]
    .filter(([, { tests, all }]) => tests >= MOSTLY * all)
    .map(([folder]) => folder);
  const known = new Map<string, FileRole>();
  return (path) => {
    let role = known.get(path);
    if (role === undefined) {
      const isHeld = holdTests.some((folder) => path.startsWith(`${folder}/`));
      known.set(path, (role = roleOfPath(path, isHeld)));
    }
    return role;
  };
}

/**
 * What a file is for, by its path (`/` between parts) and the rules of its language alone. `isHeld`: a folder around it
 * is known to hold tests.
 */
export function roleOfPath(path: string, isHeld = false): FileRole {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  const folders = parts.map((part) => part.toLowerCase());
  const code = isSourcePath(name);
  const rules = fileRulesOf(name);
  const ending = endingOf(name);
  const isText = DOCS_ENDINGS.has(ending) || DOCS_NAMES.test(name);
  const program = rules?.programPaths?.exec(path)?.index;

  // Below `src/main` nothing is a test by its name; the whole module can be one, by a folder above.
  const inTests =
    (isHeld && !isText) || isBelowTests(program === undefined ? path : path.slice(0, program + 1), rules);
  if (folders.some((folder) => VENDOR_FOLDERS.has(folder)) && (!inTests || folders.includes("node_modules")))
    return "vendored";
  if (inTests || (program === undefined && isTestName(name, rules))) return "test";
  if (folders.some((folder, depth) => depth < 2 && VENDOR_FOLDERS_NEAR_ROOT.has(folder))) return "vendored";
  if (GENERATED_NAME.test(name) || rules?.generated?.test(name) === true) return "generated";
  if (LOCK_FILES.has(name.toLowerCase())) return "generated";
  if (isOutput(folders, ending)) return "generated";
  if (CONFIG_NAMES.test(name) || MANIFESTS.has(name.toLowerCase())) return "config";
  if (isText) return "docs";
  if (isAuxiliary(folders)) return "auxiliary";
  if (DOCS_FOLDERS.has(folders[0] ?? "") && !folders.some((folder) => CODE_FOLDERS.has(folder)))
    return code || ending === "html" || ending === "css" ? "docs" : settingOr(name, ending, "docs");
  if (code) return rules?.build?.test(name) === true ? "config" : "source";
  return settingOr(name, ending, /\.[1-9]$/.test(name) ? "docs" : "other");
}

function settingOr(name: string, ending: string, otherwise: FileRole): FileRole {
  return CONFIG_ENDINGS.has(ending) || name.startsWith(".") ? "config" : otherwise;
}

function isTestName(name: string, rules: FileRules | undefined): boolean {
  return TEST_NAME.test(name) || rules?.tests?.test(name) === true;
}

function isBelowTests(path: string, rules: FileRules | undefined): boolean {
  const folders = path.toLowerCase().split("/").slice(0, -1);
  if (folders.some((folder) => TEST_FOLDERS.has(folder)) || rules?.testPaths?.test(path) === true)
    return true;
  const own = rules?.testFolder === undefined ? -1 : folders.indexOf(rules.testFolder);
  return own >= 0 && !folders.slice(0, own).some((folder) => PROGRAM_FOLDERS.has(folder));
}

/** `dist` holds what a JavaScript build made; elsewhere it is an ordinary name. */
function isOutput(folders: readonly string[], ending: string): boolean {
  return folders.some(
    (folder, depth) =>
      OUTPUT_FOLDERS.has(folder) &&
      (folder !== "dist" || (depth < 3 && /^(m|c)?(js|ts)x?$|^css$|^html$/.test(ending))),
  );
}

function isAuxiliary(folders: readonly string[]): boolean {
  for (const folder of folders) {
    if (CODE_FOLDERS.has(folder)) return false;
    if (AUXILIARY_FOLDERS.has(folder)) return true;
  }
  return false;
}
