import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeExample } from "../../repository/io/make-example.ts";
import type { CommandIo } from "../io.ts";
import { investigateCommand } from "./investigate.ts";

/** Copies the bundled example into a new repository in a temporary folder and investigates its issue there. */
export async function demoCommand(io: CommandIo): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "casebook-demo-"));
  const repository = join(folder, "repository");
  const example = join(import.meta.dirname, "../../../examples/issue-42");
  if (!existsSync(example)) throw new Error(`${example} is missing`);
  let kept = false;
  try {
    cpSync(example, repository, { recursive: true });
    const issue = join(example, "issue.md");
    rmSync(join(repository, "issue.md"));
    await makeExample(repository);
    io.err(
      `Casebook investigates the example (examples/issue-42/issue.md) in a new repository: ${repository}\n`,
    );
    const exit = await investigateCommand(
      { issue, number: "42", repo: repository, commit: "HEAD", data: join(folder, "data") },
      io,
    );
    io.out(
      `\nRead a document: git -C ${repository} show casebook/issue-42:.chant/research/issue-42-impact-map.md`,
    );
    kept = true;
    return exit;
  } finally {
    rmSync(kept ? join(folder, "data") : folder, { recursive: true, force: true });
  }
}
