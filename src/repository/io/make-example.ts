import { join } from "node:path";
import { git } from "./git.ts";

const AUTHOR = { name: "Example", email: "example@example.org" };

/** Makes the files of a folder the first commit of a new repository in it; the same files give the same commit. */
export async function makeExample(folder: string): Promise<void> {
  await git(["init", "--quiet", "--initial-branch=main", "--template=", folder]);
  const gitDir = join(folder, ".git");
  const date = "2026-01-05T09:00:00Z";
  const env = {
    GIT_WORK_TREE: folder,
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_COMMITTER_DATE: date,
  };
  await git(["-C", folder, "add", "--all"], { gitDir, env });
  await git(["-C", folder, "commit", "--quiet", "--message", "Keep values in one JSON file"], {
    gitDir,
    env,
  });
}
