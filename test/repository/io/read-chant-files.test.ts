import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { phasesOf } from "../../../src/phases/parse-phase.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { belongsTo } from "../../../src/phases/names.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { readChantFiles } from "../../../src/repository/io/read-chant-files.ts";
import { parseSpec } from "../../../src/specs/parse-spec.ts";
import { gitFolder } from "../../fakes/git-folder.ts";

const isOurs = (path: string): boolean => belongsTo("7", path);
const ZEROS = "0".repeat(1_000_001);

describe("files of an investigation", () => {
  test("are read, and no others", async () => {
    using folder = gitFolder();
    const own = { ".chant/specs/issue-7-001-comprehension.md": "a", ".chant/research/issue-7-fix.md": "b" };
    const commit = folder.commit({ ...own, ".chant/specs/issue-8-001-x.md": ZEROS, "a.md": ZEROS }, "Start");
    const files = await readChantFiles(join(folder.path, ".git"), commit, isOurs);
    expect(Object.fromEntries(files)).toEqual(own);
  });

  test("are refused where one is a link", async () => {
    using folder = gitFolder();
    mkdirSync(join(folder.path, ".chant/research"), { recursive: true });
    symlinkSync("../../a.md", join(folder.path, ".chant/research/issue-7-fix.md"));
    const commit = folder.commit({ "a.md": "mine" }, "Start");
    const read = readChantFiles(join(folder.path, ".git"), commit, isOurs);
    await expect(read).rejects.toMatchObject({ code: "branch-changed" });
  });

  test.each([
    ["one that is too large", { ".chant/research/issue-7-fix.md": ZEROS }],
    [
      "many that are too large together",
      Object.fromEntries(
        Array.from({ length: 11 }, (_, i) => [`.chant/research/issue-7-${i}.md`, ZEROS.slice(1)]),
      ),
    ],
    [
      "too many",
      Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`.chant/research/issue-7-${i}.md`, "x"])),
    ],
  ])("are refused with %s", async (_, written) => {
    using folder = gitFolder();
    const commit = folder.commit(written, "Start");
    const read = readChantFiles(join(folder.path, ".git"), commit, isOurs);
    await expect(read).rejects.toMatchObject({ name: "RunFailure", code: "too-large" });
  });
});

test("phases that are too large or too many are left out", async () => {
  using folder = gitFolder();
  const phase = "---\nnumber: 6\nsections: [tests]\n---\n\n# T\n\n## Acceptance Criteria\n\n- [ ] a\n";
  const many = Array.from({ length: 30 }, (_, i) => [`.chant/phases/own-${i}.md`, phase]);
  const large = [".chant/phases/a-large.md", phase + "- [ ] a\n".repeat(5_000)];
  const commit = folder.commit(Object.fromEntries([...many, large]), "Start");
  using repository = await openRepository(folder.path);
  const phases = await phasesOf(await repository.tree(commit), () => undefined);
  expect(phases).toHaveLength(PHASES.length + 20);
  expect(phases.map(({ type }) => type)).not.toContain("a-large");
});

test.each([
  ["criteria", "## Acceptance Criteria\n" + "- [ ] a\n".repeat(30_000)],
  ["rows", "|a|b|\n|-|-|\n" + "|a|b|\n".repeat(20_000)],
])("a spec of countless %s is refused before it is parsed", (_, body) => {
  const { spec, problems } = parseSpec("x", `---\nstatus: pending\n---\n\n# T\n\n${body}`);
  expect(problems.map(({ code }) => code)).toContain("too-large");
  expect(spec.criteria).toEqual([]);
});

test("the worst specs of the largest size take little memory", () => {
  const source = `
    import { parseSpec } from ${JSON.stringify(join(import.meta.dirname, "../../../src/specs/parse-spec.ts"))};
    const worst = ["\`a\` ".repeat(32_000), "- [ ] aaaaaaaaaaaaaaaaaaaa\\n".repeat(3_900), "[a](b) ".repeat(18_000)];
    for (const body of worst) parseSpec("x", "---\\nstatus: pending\\n---\\n\\n# T\\n\\n## Acceptance Criteria\\n\\n" + body);
    console.log("read");`;
  // A limit of the heap: the size of the process grows where the collector has to wait for a core.
  const limited = ["--max-old-space-size=150", "--input-type=module", "-e", source];
  expect(spawnSync(process.execPath, limited, { encoding: "utf8" }).stdout.trim()).toBe("read");
});
