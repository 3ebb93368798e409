import { describe, expect, test } from "@jest/globals";
import { mayFixTouch } from "../../src/phases/fix-paths.ts";
import { confined } from "../../src/research/research-process.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";

const request = {
  mirror: "/m",
  base: "0".repeat(40),
  issue: { key: "42", title: "t", body: "b", comments: [] },
  include: [],
  exclude: [],
};

async function published(phases: readonly string[], path: string): Promise<boolean> {
  const memory = memoryPublisher();
  const publisher = confined(memory, { ...request, phases });
  const written = publisher.publish({ files: new Map([[path, "x"]]), message: "m" });
  const isRefused = await written.then(
    () => false,
    () => true,
  );
  // What was refused is not written, and the other way round.
  expect(memory.files.has(path)).toBe(!isRefused);
  return !isRefused;
}

const OURS = `# Fix of issue 42\n\nBase commit: \`${"0".repeat(40)}\`\n`;

describe("over a file that is there already", () => {
  const over = async (before: Readonly<Record<string, string>>, path: string): Promise<unknown> => {
    const memory = memoryPublisher(new Map(Object.entries(before)));
    const publisher = confined(memory, { ...request, phases: [] });
    try {
      await publisher.publish({ files: new Map([[path, OURS]]), message: "m" });
    } catch (error) {
      expect(memory.files.get(path)).toBe(before[path]);
      return (error as { code?: string }).code;
    }
    return memory.files.get(path) === OURS ? "written" : "lost";
  };
  const document = ".chant/research/issue-42-fix.md";
  const test42 = ".chant/research/issue-42-reproduction-test.py";

  test("of a person nothing is written", async () => {
    expect(await over({ [document]: "# My notes\n" }, document)).toBe("branch-changed");
    expect(await over({ [test42]: "import os\n" }, test42)).toBe("branch-changed");
  });

  test("of ours the new one is written", async () => {
    expect(await over({ [document]: OURS.replace("Fix", "Old fix") }, document)).toBe("written");
    expect(await over({ [test42]: "x", ".chant/research/issue-42-reproduction.md": OURS }, test42)).toBe(
      "written",
    );
  });

  test("that says the same, nothing is in the way", async () => {
    expect(await over({ [document]: OURS }, document)).toBe("written");
  });

  test("of a spec, which is edited, the new one is written", async () => {
    const spec = ".chant/specs/issue-42-005-fix.md";
    expect(await over({ [spec]: "---\ntype: code\n---\n\n# Mine\n" }, spec)).toBe("written");
  });
});

/** Files that run something at install, commit, build, in a pipeline or for a review, or that steer who may merge. */
const RUNS_BY_ITSELF =
  `package.json package-lock.json .npmrc .yarnrc.yml pnpm-workspace.yaml .husky/pre-commit .pre-commit-config.yaml
  CODEOWNERS .github/CODEOWNERS docs/CODEOWNERS .github/workflows/ci.yml .gitlab-ci.yml .circleci/config.yml .travis.yml Jenkinsfile
  azure-pipelines.yml bitbucket-pipelines.yml appveyor.yml .drone.yml .buildkite/pipeline.yml ci/run.sh .woodpecker/a.yml
  setup.py setup.cfg pyproject.toml conftest.py tests/conftest.py noxfile.py tox.ini requirements.txt Pipfile sitecustomize.py a.pth
  Makefile makefile.mk CMakeLists.txt configure.ac build.rs crate/build.rs Cargo.toml .cargo/config.toml go.mod magefile.go
  build.gradle build.gradle.kts settings.gradle.kts gradle/wrapper/gradle-wrapper.jar gradlew buildSrc/src/A.kt pom.xml .mvn/jvm.config
  Gemfile Rakefile lib/tasks/a.rake a.gemspec extconf.rb ext/extconf.rb spec/spec_helper.rb Dangerfile dangerfile.ts mix.exs
  composer.json rector.php Package.swift Podfile Dockerfile docker-compose.yml Vagrantfile .devcontainer/devcontainer.json
  .vscode/tasks.json .idea/a.xml .gitattributes .gitmodules .gitignore .lfsconfig .envrc .env .bashrc
  jest.config.js vitest.config.ts vite.config.mts webpack.config.js webpack.prod.js babel.config.cjs .eslintrc.cjs eslint.config.js
  rollup.config.mjs next.config.js karma.conf.js jest.setup.ts commitlint.config.js lint-staged.config.js gulpfile.js Gruntfile.js
  postinstall.js install.js scripts/release.js hooks/pre-commit.py renovate.json .releaserc.js lerna.json nx.json turbo.json
  .claude/settings.json CLAUDE.md AGENTS.md .cursorrules .cursor/rules/a.mdc .mcp.json vendor/a.js dist/index.js node_modules/a/index.js`
    .split(/\s+/)
    .filter(Boolean);

describe("with a fix", () => {
  test.each(RUNS_BY_ITSELF)("%s is not written", async (path) => {
    expect(await published(["fix"], path)).toBe(false);
  });

  test.each([
    "src/storage/store.py",
    "store.go",
    "src/config.ts",
    "src/hooks/use-store.ts",
    "lib/setup-store.rb",
    "app/Models/Store.php",
    "src/main/java/a/Store.java",
    "include/store.hpp",
    "test/storage/test_store.py",
    "src/store.test.ts",
    ".chant/research/issue-42-fix.md",
    ".chant/specs/issue-42-005-fix.md",
  ])("%s is written", async (path) => {
    expect(await published(["fix"], path)).toBe(true);
  });
});

test.each([
  "src/a.py",
  ".chant/research/issue-4-fix.md",
  ".chant/research/issue-42-x/../../config.md",
  ".chant/config.md",
])("without a fix, %s is not written", async (path) => {
  expect(await published(["root-cause"], path)).toBe(false);
});

test("the case of a name changes nothing", () => {
  for (const path of RUNS_BY_ITSELF) expect([path, mayFixTouch(path.toUpperCase())]).toEqual([path, false]);
});
