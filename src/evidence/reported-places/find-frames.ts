import type { Tag } from "../../repository/revisions.ts";
import type { Frame } from "../../issue/issue-reading.ts";
import type { ReportedFrame, ReportedTag } from "./reported-place.ts";
import type { Revision, RevisionFiles } from "./revision-files.ts";

const MAX_FRAMES = 60;
/** Tags that are looked through for the lines that a trace prints. */
const MAX_TAGS = 60;

export interface FrameOptions {
  /** The tags of the versions that the report names. */
  readonly tags: readonly ReportedTag[];
  /** The report names a version of the project that has no tag, so the lines of the base commit are perhaps others. */
  readonly isUntagged: boolean;
  readonly allTags: () => Promise<readonly Tag[]>;
  readonly repository: string | undefined;
  /** What the title places somewhere is here. */
  readonly title: string;
  /** The texts in which the traces stand. */
  readonly texts: readonly string[];
}

/**
 * Frames that lie in files of the repository, at the one of the reported versions, else of the base commit, in which most of their lines
 * lie in the functions that they name, and are what the trace prints. Where it prints its lines and none of these has them, the newest tag that has them counts. A frame whose
 * line is another keeps its file and the function of that name.
 */
export async function findFrames(
  frames: readonly Frame[],
  files: RevisionFiles,
  { tags, isUntagged, allTags, repository, title, texts }: FrameOptions,
): Promise<readonly ReportedFrame[]> {
  const printed = printedLines(texts);
  const isRight = (one: ReportedFrame): boolean => isWhereItSays(one, printed(one.frame));
  const looked = frames.slice(-MAX_FRAMES);
  let best: { readonly found: readonly ReportedFrame[]; readonly right: number } = { found: [], right: -1 };
  const look = async (revision: Revision): Promise<void> => {
    const found = await framesAt(revision, looked, files);
    const fitting = found.filter(isRight);
    const right = fitting.length * 2 >= found.length ? fitting.length : 0;
    if (found.length > 0 && right > best.right) best = { found, right };
  };
  for (const { name, commit } of tags) await look({ ref: name, commit });
  // Nothing but what the trace prints can show that the lines are the base commit's.
  const isKnown = (): boolean => best.found.some((one) => printed(one.frame) !== undefined && isRight(one));
  if (best.right <= 0 || !isKnown()) await look({ ref: "", commit: files.base });
  if (!isKnown() && looked.some((one) => printed(one) !== undefined)) {
    const tag = await tagWith(looked, printed, await allTags(), files);
    if (tag !== undefined) await look({ ref: tag.name, commit: tag.commit });
  }
  const isTrusted = best.right > 0 && (!isUntagged || best.found[0]!.ref !== "" || isKnown());
  const own: ReportedFrame[] = [];
  for (const frame of best.found) {
    const kept = isTrusted && isRight(frame) ? frame : await byName(frame, files);
    const isInTitle = title.includes(`${frame.frame.path}:${frame.frame.line ?? ""}`);
    if (kept !== undefined && (isInTitle || isOwn(kept, repository))) own.push(kept);
  }
  return own;
}

/** The source line that a trace of Python prints below a frame; undefined where it prints none. */
function printedLines(texts: readonly string[]): (frame: Frame) => string | undefined {
  const lines = new Map<string, string>();
  for (const text of texts)
    for (const [, path, line, code] of text.matchAll(
      /^.{0,80}?File "([^"\n]{1,400})", line (\d{1,7})[^\n]{0,200}\n[^\S\n]*(?!File "|\^|~|[\w.]{1,80}(?:Error|Exception)\b|\[Previous )(\S[^\n]{0,400})$/gm,
    ))
      lines.set(`${path!.replaceAll("\\", "/")}:${line}`, code!.trimEnd());
  const all = [...lines];
  return ({ path, line }) => all.find(([place]) => place.endsWith(`${path}:${line}`))?.[1];
}

/** The newest tag in which every printed line that lies in a file of the base commit is where the trace says. */
async function tagWith(
  frames: readonly Frame[],
  printed: (frame: Frame) => string | undefined,
  tags: readonly Tag[],
  files: RevisionFiles,
): Promise<Tag | undefined> {
  const shown: { readonly path: string; readonly line: number; readonly code: string }[] = [];
  for (const frame of frames) {
    const code = printed(frame);
    const path = code === undefined ? undefined : await files.onlyPath(frame.path, files.base, false);
    if (code !== undefined && path !== undefined && frame.line !== undefined)
      shown.push({ path, line: frame.line, code });
  }
  if (shown.length === 0) return undefined;
  const isIn = async ({ commit }: Tag): Promise<boolean> => {
    for (const { path, line, code } of shown) {
      const text = await files.history.textAt({ commit, path });
      if (text?.split("\n")[line - 1]?.trim() !== code) return false;
    }
    return true;
  };
  const newest = tags
    .toSorted((a, b) => b.name.localeCompare(a.name, "en", { numeric: true }))
    .slice(0, MAX_TAGS);
  for (const tag of newest) if (await isIn(tag)) return tag;
  return undefined;
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

/** A frame without a line, or whose line lies in the function that it names, as far as that can be known, and is what the trace prints. */
function isWhereItSays(
  { frame, lines, text, atBase, function: found }: ReportedFrame,
  printed: string | undefined,
): boolean {
  if (frame.line === undefined) return true;
  if (lines === undefined) return false;
  if (printed !== undefined && text?.trim() !== printed) return false;
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
