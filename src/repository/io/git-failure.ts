import { type FailureCode, RunFailure } from "../../failure.ts";

/** Messages of git (in English, see `LC_ALL`) and their meaning for the user. The first match counts. */
const MEANINGS: readonly (readonly [RegExp, FailureCode, string])[] = [
  [
    /requested url returned error: 30\d/i,
    "repository-unreachable",
    "The server redirects to another address, which Casebook does not follow; name that address",
  ],
  [
    /out of memory|died of signal 25|file too large|invalid index-pack output/i,
    "too-large",
    "The repository is too large",
  ],
  [/no space left on device|disk quota exceeded/i, "no-space", "There is no space left on the disk"],
  [
    /permission denied \(publickey|authentication failed|could not read username|terminal prompts disabled|repository not found|could not resolve host|could not read from remote|connection (refused|timed out)|does not appear to be a git repository|unable to access|not found: did you run git update-server-info/i,
    "repository-unreachable",
    "The repository cannot be read from there",
  ],
  [
    /permission denied|insufficient permission|read-only file system/i,
    "no-permission",
    "Git may not read or write there",
  ],
  [
    /promisor|missing (blob|tree|commit)|unable to read (sha1|tree)|bad object|could not fetch|lazy fetching disabled|object [0-9a-f]{40} .*missing|unable to find [0-9a-f]{40}/i,
    "incomplete-repository",
    "Objects of this commit are missing (a partial clone?)",
  ],
  [/enoent/i, "usage", "git is not installed, or not on the PATH"],
  [/not a git repository/i, "not-a-repository", "There is no git repository"],
];

/** `error: object <oid>: <msg-id>: <words>`: what `transfer.fsckObjects` does not take. Git names each id in `git help fsck`. */
const REFUSED = /^(?:remote: )?error: object ([0-9a-f]{40}): ([A-Za-z0-9]{1,40}): /m;

/** The failure that a message of git means for the user, else a plain Error: a bug of ours. */
export function gitFailure(args: readonly string[], message: string, cause?: unknown): Error {
  const refused = REFUSED.exec(message);
  if (refused !== null)
    return new RunFailure(
      "refused-repository",
      `Git refuses an object of the repository as malformed: \`${refused[2]}\` in ${refused[1]!.slice(0, 12)}`,
      cause,
    );
  const summary = message.trim().split("\n").slice(-3).join(" ").slice(0, 300);
  for (const [pattern, code, sentence] of MEANINGS)
    if (pattern.test(message)) return new RunFailure(code, `${sentence}: ${summary}`, cause);
  return new Error(`git ${args[0] ?? ""} failed: ${summary}`, { cause });
}
