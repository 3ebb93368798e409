import type { Frame } from "../../issue/issue-reading.ts";
import type { ReportedFrame, ReportedTag } from "./reported-place.ts";
import type { Revision, RevisionFiles } from "./revision-files.ts";

const MAX_FRAMES = 60;

/**
 * Frames that lie in files of the repository, at the one of the reported versions, else of the base commit, in which most of their lines
 * lie in the functions that they name. A frame whose line does not keeps its file and the function of that name.
 */
export async function findFrames(
  frames: readonly Frame[],
  tags: readonly ReportedTag[],
  files: RevisionFiles,
  repository: string | undefined,
): Promise<readonly ReportedFrame[]> {
  const revisions = [
    ...tags.map(({ name, commit }) => ({ ref: name, commit })),
    { ref: "", commit: files.base },
  ];
  let best: { readonly found: readonly ReportedFrame[]; readonly right: number } = { found: [], right: -1 };
  for (const revision of revisions) {
    const found = await framesAt(revision, frames.slice(-MAX_FRAMES), files);
    const fitting = found.filter(isWhereItSays);
    const right = fitting.length * 2 >= found.length ? fitting.length : 0;
    if (found.length > 0 && right > best.right) best = { found, right };
  }
  const own: ReportedFrame[] = [];
  for (const frame of best.found) {
    const kept = best.right > 0 && isWhereItSays(frame) ? frame : await byName(frame, files);
    if (kept !== undefined && isOwn(kept, repository)) own.push(kept);
  }
  return own;
}

async function framesAt(
  revision: Revision,
  frames: readonly Frame[],
  files: RevisionFiles,
): Promise<readonly ReportedFrame[]> {
  const found: ReportedFrame[] = [];
  for (const frame of frames) {
    const path = await files.onlyPath(frame.path, revision.commit, false);
    if (path === undefined) continue;
    const lines = frame.line === undefined ? undefined : { start: frame.line, end: frame.line };
    found.push({ frame, named: frame.path, ...(await files.follow(path, revision, lines)) });
  }
  return found;
}

/** A frame without a line, or whose line lies in the function that it names, as far as that can be known. */
function isWhereItSays({ frame, lines, atBase, function: found }: ReportedFrame): boolean {
  if (frame.line === undefined) return true;
  if (lines === undefined) return false;
  return atBase === "gone" || frame.function === undefined || frame.function === found?.name;
}

async function byName(
  { frame, named, basePath }: ReportedFrame,
  files: RevisionFiles,
): Promise<ReportedFrame | undefined> {
  const found = await files.functionNamed(basePath, frame.function);
  if (basePath === undefined || found === undefined) return undefined;
  return { frame, named, ref: "", commit: files.base, path: basePath, basePath, function: found };
}

/** Whether a frame is in this repository: `/home/me/app/src/main.rs` of a user ends like one of our files. */
function isOwn({ frame, path, function: found }: ReportedFrame, repository: string | undefined): boolean {
  const name = repository?.split("/")[1]?.toLowerCase();
  const before = frame.path.slice(0, Math.max(0, frame.path.length - path.length)).toLowerCase();
  return (
    (found !== undefined && frame.function === found.name) ||
    path.split("/").length >= 3 ||
    (name !== undefined && before.split("/").includes(name)) ||
    (frame.path.includes("/") && path.endsWith(frame.path))
  );
}
