import type { FileRole } from "./file-role.ts";
import { endingOf, isSourcePath } from "./source-path.ts";

/** Folders of tests in the usual ecosystems; the list of the localization benchmark, which leaves these files out. */
const TEST_FOLDERS = new Set(
  `test tests __tests__ spec specs e2e testdata test-data test_data fixtures __fixtures__ __mocks__ __snapshots__
   integration-tests integration_tests testing testsuite`.split(/\s+/),
);
/** Test folders whose name also heads chapters of documentation, so a text file in them is not a fixture. */
const AMBIGUOUS_TEST_FOLDERS = new Set(["testing", "spec", "specs"]);

const VENDOR_FOLDERS = new Set(
  `node_modules bower_components jspm_packages vendor vendors vendored _vendor _vendored third_party third-party
   thirdparty 3rdparty 3rd-party pods carthage`.split(/\s+/),
);
/** Mean somebody else's code only near the root: deeper down they are a project's own words. */
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
  /^(makefile|gnumakefile|dockerfile|containerfile|jenkinsfile|vagrantfile|rakefile|gemfile|podfile|procfile|brewfile|justfile|cmakelists\.txt|meson\.build|meson_options\.txt|build\.zig|requirements[\w.-]{0,40}\.txt|constraints\.txt|go\.mod|go\.work|configure|pipfile|manifest\.in|codeowners|owners)$/i;
/** Program text that only says how to build, check or pack. */
const CONFIG_CODE =
  /(^setup\.py$|^noxfile\.py$|^(gulpfile|gruntfile)\.(js|ts|mjs|cjs)$|\.config\.(js|ts|mjs|cjs|mts|cts)$|^\.\w{1,30}rc\.(js|cjs|mjs|ts)$|\.gradle\.kts$)/i;

const GENERATED_NAME =
  /(\.min\.(js|mjs|cjs|css)$|\.bundle\.js$|\.pb\.(go|cc|h|swift|dart)$|\.pb\.gw\.go$|_pb2(_grpc)?\.pyi?$|_pb\.(js|ts|d\.ts)$|\.g\.dart$|\.freezed\.dart$|\.designer\.cs$|\.g\.(i\.)?cs$|\.generated\.\w{1,10}$|[._-]generated\.\w{1,10}$|^zz_generated\.|^bindata\.go$|\.js\.map$|\.css\.map$|amalgamated\.\w{1,10}$)/i;
const LOCK_NAME =
  /^(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|gemfile\.lock|composer\.lock|go\.sum|go\.work\.sum|podfile\.lock|package\.resolved|packages\.lock\.json|mix\.lock|pubspec\.lock|flake\.lock|gradle\.lockfile)$/i;
const OUTPUT_FOLDERS = new Set(["dist", "single_include", "__generated__", "generated"]);

const TEST_NAME =
  /(^test_.*\.py$|_test\.\w+$|^conftest\.py$|\.(test|spec|e2e)\.\w+$|Tests?\.(java|kt|cs|swift|php)$|Spec\.(kt|groovy|java)$|_spec\.rb$)/;

/**
 * What a file is for, told from its path (`/` between parts) alone. Every file of program text that the localization
 * benchmark's `is_test` takes for a test is `test`, or `vendored` in `node_modules`; never `source`.
 */
export function roleOfPath(path: string): FileRole {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  const folders = parts.map((part) => part.toLowerCase());
  const code = isSourcePath(name);
  const ending = endingOf(name);
  const isText = DOCS_ENDINGS.has(ending) || DOCS_NAMES.test(name);

  if (folders.some((folder) => VENDOR_FOLDERS.has(folder)) && !isTestFolder(folders)) return "vendored";
  if (isTest(folders, name, code, isText)) return "test";
  if (folders.some((folder, depth) => depth < 2 && VENDOR_FOLDERS_NEAR_ROOT.has(folder))) return "vendored";
  if (GENERATED_NAME.test(name) || LOCK_NAME.test(name)) return "generated";
  if (isOutput(folders, ending)) return "generated";
  if (CONFIG_NAMES.test(name)) return "config";
  if (isText) return "docs";
  if (isAuxiliary(folders)) return "auxiliary";
  if (DOCS_FOLDERS.has(folders[0] ?? "") && !folders.some((folder) => CODE_FOLDERS.has(folder)))
    return code || ending === "html" || ending === "css" ? "docs" : settingOr(name, ending, "docs");
  if (code) return CONFIG_CODE.test(name) ? "config" : "source";
  return settingOr(name, ending, /\.[1-9]$/.test(name) ? "docs" : "other");
}

function settingOr(name: string, ending: string, otherwise: FileRole): FileRole {
  return CONFIG_ENDINGS.has(ending) || name.startsWith(".") ? "config" : otherwise;
}

function isTestFolder(folders: readonly string[]): boolean {
  return folders.some((folder) => TEST_FOLDERS.has(folder)) && !folders.includes("node_modules");
}

function isTest(folders: readonly string[], name: string, code: boolean, isText: boolean): boolean {
  if (TEST_NAME.test(name)) return true;
  const tests = folders.filter((folder) => TEST_FOLDERS.has(folder));
  return code || !isText ? tests.length > 0 : tests.some((folder) => !AMBIGUOUS_TEST_FOLDERS.has(folder));
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
