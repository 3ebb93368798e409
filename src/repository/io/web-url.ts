/** Hosts whose pages show a commit's file at `<repository>/blob/<commit>/<path>`. */
const HOSTS = new Set(["github.com", "gitlab.com", "codeberg.org"]);

/** The page of a repository, from a remote's URL in one of git's forms; undefined for hosts that are not known. */
export function webUrlOf(remote: string): string | undefined {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/\s]{1,200}@)?([\w.-]{1,200})(?::\d{1,5})?\/([\w./~-]{1,500})$/.exec(
      remote,
    ) ?? /^(?:[\w.-]{1,100}@)([\w.-]{1,200}):([\w./~-]{1,500})$/.exec(remote);
  if (match === null || !HOSTS.has(match[1]!.toLowerCase())) return undefined;
  const path = match[2]!.replace(/\.git$/, "").replace(/\/+$/, "");
  return path.split("/").length > 1 && path.split("/").every((part) => /^(?!\.+$)[\w.-]+$/.test(part))
    ? `https://${match[1]!.toLowerCase()}/${path}`
    : undefined;
}
