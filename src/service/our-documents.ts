import { branchFor } from "../phases/names.ts";
import type { SyncContext } from "./sync-context.ts";
import { keptDocuments } from "./kept-documents.ts";

/** A branch of ours that is on GitHub, with its files. */
export interface BranchFiles {
  readonly branch: string;
  readonly head: string;
  /** The phase that has this branch for itself. */
  readonly phase?: string;
  /** Specs and documents, path to text. */
  readonly files: ReadonlyMap<string, string>;
}

const read = new WeakMap<SyncContext, Promise<readonly BranchFiles[]>>();

/** The branches of the investigation with their files, read once in a sync. */
export function branchFiles(context: SyncContext): Promise<readonly BranchFiles[]> {
  let files = read.get(context);
  if (files === undefined) read.set(context, (files = readBranches(context)));
  return files;
}

async function readBranches({
  service,
  facts,
  investigation,
  of,
  signal,
}: SyncContext): Promise<readonly BranchFiles[]> {
  const { github, repository, config, rules } = facts;
  if (config.destination === "comment" || investigation.runs + investigation.phases.length === 0) return [];
  const names = [
    { branch: branchFor(of.issue, undefined), phase: undefined },
    ...(rules.perPhase
      ? investigation.phases.map(({ type }) => ({ branch: branchFor(of.issue, type), phase: type }))
      : []),
  ];
  const found: { branch: string; head: string; phase: string | undefined }[] = [];
  for (const { branch, phase } of names) {
    const head = await github.branchHead(repository, branch);
    if (head !== undefined) found.push({ branch, head, phase });
  }
  if (found.length === 0) return [];
  const mirror = await service.research.openMirror(repository, await github.readToken(repository), signal);
  const read: BranchFiles[] = [];
  for (const { branch, head, phase } of found)
    read.push({
      branch,
      head,
      ...(phase === undefined ? {} : { phase }),
      files: await mirror.filesOf(head, String(of.issue)),
    });
  return read;
}

/** Documents by phase, for what is shown in the thread: of the branches, or what was kept without one. */
export async function textOf(context: SyncContext): Promise<ReadonlyMap<string, string>> {
  const { facts, of, service } = context;
  const files =
    facts.config.destination === "comment"
      ? await keptDocuments(service, of)
      : new Map((await branchFiles(context)).flatMap((branch) => [...branch.files]));
  const prefix = `.chant/research/issue-${of.issue}-`;
  return new Map(
    [...files]
      .filter(([path]) => path.startsWith(prefix) && path.endsWith(".md"))
      .map(([path, text]) => [path.slice(prefix.length, -".md".length), text]),
  );
}
