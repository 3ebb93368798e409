import type { IssueReading } from "../../issue/issue-reading.ts";
import type { History } from "../../repository/history.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import type { Tag } from "../../repository/revisions.ts";
import { findChanges } from "./find-changes.ts";
import { findNamedFunctions } from "./find-named-functions.ts";
import { packageOf } from "./file-name.ts";
import { findFrames } from "./find-frames.ts";
import { projectNames } from "./project-names.ts";
import type { Reported, ReportedPlace, ReportedTag } from "./reported-place.ts";
import { type Revision, RevisionFiles } from "./revision-files.ts";
import { projectVersions, tagOf } from "./version-tag.ts";
import { parseReference, usedRevision, type WrittenPlace } from "./written-reference.ts";

const MAX_PLACES = 12;
const MAX_CHANGES = 6;
const MAX_TAGS = 3;

export interface FindOptions {
  /** `owner/name`: links into other repositories name nothing here. Undefined where it is not known. */
  readonly repository?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `owner/name` of an address of a repository or of a page in it; undefined when it has none. */
export function repositoryName(url: string | undefined): string | undefined {
  return /^https?:\/\/[^/\s]+\/([\w.-]+\/[\w.-]+?)(?:\.git)?(?:\/|$)/.exec(url ?? "")?.[1];
}

/** Finds in the clone what a report names: places, frames at the reported version, changes. Never throws for what is not there. */
export async function findReported(
  reading: Pick<IssueReading, "references" | "frames" | "versions" | "textBlocks">,
  codebase: IndexedCodebase,
  history: History,
  { repository, signal }: FindOptions = {},
): Promise<Reported> {
  const files = new RevisionFiles(codebase, history, signal);
  const written = reading.references.flatMap((reference) => parseReference(reference) ?? []);
  const places = written.filter((one) => one.kind === "place").slice(0, MAX_PLACES);
  const changes = written.filter((one) => one.kind === "change").slice(0, MAX_CHANGES);
  const names = [...(await projectNames(codebase, repository)), ...packagesIn(reading.frames, codebase)];
  const isForeign = (named: string | undefined): boolean =>
    named !== undefined &&
    (repository === undefined
      ? !names.some((name) => name.toLowerCase() === named.split("/")[1]?.toLowerCase())
      : named.toLowerCase() !== repository.toLowerCase());
  let known: Promise<readonly Tag[]> | undefined;
  const allTags = (): Promise<readonly Tag[]> => (known ??= history.tags());
  const needsTag =
    reading.frames.length > 0 || places.some(({ ref, lines }) => ref === undefined && lines !== undefined);
  const tags = needsTag ? await tagsOf(reading.versions, allTags, names) : [];
  const versions = versionsOf(reading.versions, names);
  const used = needsTag ? await usedRevisions(reading.references, versions, history) : [];
  const found: ReportedPlace[] = [];
  for (const place of places) {
    const one = await placeOf(place, isForeign(place.repository), used[0] ?? tags[0], allTags, files);
    if (one !== undefined) found.push(one);
  }
  const named = await findNamedFunctions(reading.textBlocks, codebase, signal);
  return {
    tag: tags[0],
    places: [...found, ...named],
    frames: await findFrames(reading.frames, files, {
      tags: [...used, ...tags],
      isUntagged: used.length + tags.length === 0 && versions.length > 0,
      allTags,
      repository,
      title: reading.textBlocks.find(({ kind }) => kind === "title")?.text ?? "",
      texts: reading.textBlocks.map(({ text }) => text),
    }),
    changes: await findChanges(changes, ({ repository: named }) => isForeign(named), files, signal),
  };
}

/** A commit that stands for a version: `rerun-31d6a11b5269`. */
const HASH = /^(?=.*[a-f])(?=.*\d)[0-9a-f]{7,40}$/;

/** The commits of the history that the reporter ran. */
async function usedRevisions(
  references: IssueReading["references"],
  versions: readonly string[],
  history: History,
): Promise<readonly ReportedTag[]> {
  const hashes = [
    ...references.flatMap((reference) => usedRevision(reference) ?? []),
    ...versions.filter((version) => HASH.test(version)),
  ].slice(0, MAX_TAGS);
  const commits = await Promise.all(hashes.map((hash) => history.findCommit(hash)));
  return commits.flatMap((commit, i) =>
    commit === undefined ? [] : [{ name: commit, commit, version: hashes[i]! }],
  );
}

/** Packages whose folders hold files of this repository: what a trace calls the project. */
function packagesIn(frames: IssueReading["frames"], { tree }: IndexedCodebase): readonly string[] {
  return frames.flatMap(({ path }) => {
    const found = packageOf(path);
    return found !== undefined && tree.find(found.rest) !== undefined ? [found.name] : [];
  });
}

function versionsOf(versions: IssueReading["versions"], names: readonly string[]): readonly string[] {
  return projectVersions(
    versions.map(({ name: subject, version: value }) => ({ subject, value })),
    names,
  );
}

/** The tags of the project's versions that a report names, the one that it runs first. `names`: what the project is called. */
export async function tagsOf(
  versions: IssueReading["versions"],
  allTags: () => Promise<readonly Tag[]>,
  names: readonly string[],
): Promise<readonly ReportedTag[]> {
  const own = versionsOf(versions, names);
  if (own.length === 0) return [];
  const tags = await allTags();
  return own
    .flatMap((version) => {
      const tag = tagOf(version, tags, names);
      return tag === undefined ? [] : [{ ...tag, version }];
    })
    .slice(0, MAX_TAGS);
}

async function placeOf(
  written: WrittenPlace,
  isForeign: boolean,
  tag: ReportedTag | undefined,
  allTags: () => Promise<readonly Tag[]>,
  files: RevisionFiles,
): Promise<ReportedPlace | undefined> {
  const { named, ref, lines } = written;
  // A fork's link names a commit that the clone has, too.
  if (isForeign && (ref === undefined || (await files.history.findCommit(ref)) === undefined))
    return undefined;
  const revision = await revisionOf(written, tag, allTags, files);
  const path = await files.onlyPath(written.path, revision.commit, ref !== undefined);
  return path === undefined ? undefined : { named, ...(await files.follow(path, revision, lines)) };
}

/** A branch is read at the base commit: where it was when the report was written is not known. */
async function revisionOf(
  { ref, lines }: WrittenPlace,
  tag: ReportedTag | undefined,
  allTags: () => Promise<readonly Tag[]>,
  { history, base }: RevisionFiles,
): Promise<Revision> {
  if (ref === undefined)
    return tag === undefined || lines === undefined
      ? { ref: "", commit: base }
      : { ref: tag.name, commit: tag.commit };
  const commit =
    (await history.findCommit(ref)) ?? (await allTags()).find(({ name }) => name === ref)?.commit;
  return { ref, commit: commit ?? base };
}
