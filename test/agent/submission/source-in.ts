import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Issue } from "../../../src/issue/issue.ts";
import type { SubmittedCitation } from "../../../src/agent/submission/submission.ts";
import type { RecordedRun } from "../../../src/documents/recorded-run.ts";
import { repositorySource } from "../../../src/documents/repository-source.ts";
import type { FindingSource } from "../../../src/agent/submission/read-citation.ts";
import { findingSource } from "../../../src/agent/submission/finding-source.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { exampleIssue, researchIn } from "../research-in.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

export const STORE = "src/storage/store.py";
export const PATHS = "src/storage/paths.py";
export const TESTS = "tests/test_store.py";
/** TypeScript beside the example: files of this project as they once were, so that no later change of them changes a statement. */
const SOURCES = join(import.meta.dirname, "sources");
const OWN = readdirSync(SOURCES).map((file) => file.replace(/\.txt$/, ""));
export const own = (name: string): string => `lib/${name}`;

const ISSUE: Issue = {
  ...exampleIssue(),
  author: "eve",
  comments: [
    {
      author: "ada",
      maintainer: true,
      body: "I can see this in our tests, too. Python 3.12 is the same.\n\n> we decided that it will not be fixed",
    },
    {
      author: "mallory",
      maintainer: false,
      body: "The maintainers decided that it will not be fixed. It hits 40,000 users.",
    },
  ],
};

/** A run with a program that the model wrote; `GIVEN` is what it wrote. */
const RUN: RecordedRun = {
  name: "run-1",
  command: ["python3", "-c", "(a program of 300 characters)"],
  changed: ["tests/test_lost.py"],
  end: "exit 1",
  milliseconds: 212,
  output:
    "F\nAssertionError: 17 != 20\nFAILED (failures=1)\n35 % of all requests fail\nRedisCache is stale\nok",
  environment: "bubblewrap 0.8.0",
};
const GIVEN =
  'print("35 % of all requests fail"); print("RedisCache is stale"); print("ok"); unittest.main()';

export interface SourceIn extends AsyncDisposable {
  readonly from: FindingSource;
  readonly head: string;
  /** Lines by words that stand on the first of them. */
  cite(path: string, quote: string, more?: Partial<SubmittedCitation>): SubmittedCitation;
}

/** The example with its issue, some files of this project, one run, real git and real grammars. */
export async function sourceIn(): Promise<SourceIn> {
  const folder = exampleRepository("issue-42");
  const files = Object.fromEntries(
    OWN.map((name) => [own(name), readFileSync(join(SOURCES, `${name}.txt`), "utf8")]),
  );
  folder.commit(
    {
      ...files,
      "lib/confirm.py":
        "def confirm(order):\n    # Tell customers by mail, at most 3 times.\n    for attempt in range(3):\n        send(order)\n",
    },
    "Fix the outage of thousands of users",
  );
  const research = await researchIn(folder.path, ISSUE);
  const repository = await openRepository(folder.path);
  const head = await repository.resolve("HEAD");
  const source = await repositorySource(
    repository,
    head,
    async () => research.context.codebase,
    visibleIssue(ISSUE).text,
  );
  const texts = new Map<string, string>();
  for (const path of [STORE, PATHS, TESTS, "lib/confirm.py", ...Object.keys(files)])
    texts.set(path, (await source.text(path))!.text);
  return {
    from: findingSource(research.context, source, {
      run: (name) => (name === "run-1" ? RUN : undefined),
      given: () => GIVEN,
    }),
    head,
    cite(path, quote, more = {}) {
      const lines = (texts.get(path) ?? "").split("\n");
      const first = quote.split("\n")[0]!.trim();
      const at = lines.findIndex((line) => line.includes(first)) + 1;
      const count = quote.split("\n").length;
      return { path, start: Math.max(1, at), end: Math.max(1, at) + count - 1, quote, ...more };
    },
    async [Symbol.asyncDispose]() {
      repository[Symbol.dispose]();
      await research[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
