import { join } from "node:path";
import { BareRepository } from "./bare-repository.ts";
import { signatureOf, tell } from "./branches.ts";
import type { RepositoryOptions } from "./contract.ts";
import { grant } from "./people.ts";
import { findRepository, fullName, type RepositoryRecord, type World } from "./world.ts";

/** Letters that a path and an address can hold; also keeps the names out of folders above. */
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** A repository with its files in one commit on `main`, in a bare repository and in the backend. */
export async function makeRepository(
  world: World,
  folder: string,
  ownerLogin: string,
  name: string,
  { files, isPrivate = false, people = {} }: RepositoryOptions,
): Promise<RepositoryRecord> {
  if (![ownerLogin, name].every((part) => NAME.test(part) && part !== "." && part !== ".."))
    throw new Error(`${ownerLogin}/${name} is no name of a repository`);
  if (findRepository(world, ownerLogin, name) !== undefined)
    throw new Error(`there is a repository ${ownerLogin}/${name}`);
  const owner = world.accounts.person(ownerLogin);
  const created = await world.backend.as(owner.seat, "POST", "/user/repos", { name, private: isPrivate });
  const { id } = created.body as { id?: unknown };
  if (typeof id !== "number") throw new Error(`no repository: ${JSON.stringify(created.body)}`);

  const record: RepositoryRecord = {
    id,
    owner,
    name,
    isPrivate,
    archived: false,
    oldNames: new Set(),
    bare: await BareRepository.create(join(folder, `${id}.git`)),
    people: new Map(),
    protectedPattern: undefined,
    deletedIssues: new Set(),
    transferredIssues: new Map(),
    lockedIssues: new Set(),
    labelEvents: [],
    reactions: new Map(),
    annotations: new Map(),
    pullHeads: new Map(),
    mergeCommits: new Map(),
    closers: new Map(),
    replayed: new Set(),
  };
  // Somebody else's repository had this name once: the name is taken, and leads here.
  for (const other of world.repositories)
    if (other.owner === owner) other.oldNames.delete(name.toLowerCase());
  for (const [login, permission] of Object.entries(people)) await grant(world, record, login, permission);

  const author = signatureOf(world, owner);
  const head = await record.bare.write({
    branch: "main",
    parent: undefined,
    message: `Start ${fullName(record)}`,
    author,
    committer: author,
    additions: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
    deletions: [],
  });
  await tell(world, record, { branch: "main", before: undefined, after: head });
  world.repositories.push(record);
  return record;
}
