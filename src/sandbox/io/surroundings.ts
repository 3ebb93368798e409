import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { COPY, OUT } from "../places.ts";

/** What the operator prepared for code that is run. */
export interface Surroundings {
  /** Folders with programs, offered read-only at the same path. */
  readonly toolchains: readonly string[];
  /**
   * Folder of a Node that is offered as well, at a place of its own, wherever it lies; left out when an ordinary user
   * cannot read it.
   */
  readonly node?: string | undefined;
  /** A root file system in the place of the host's programs. */
  readonly root?: string | undefined;
  /** A folder that is seen, read-only, at a path in the copy. */
  readonly dependencies?: { readonly from: string; readonly at: string } | undefined;
}

/** Where the offered Node is; below nothing that a host or a prepared root brings. */
const NODE = "/opt/casebook-node";
/** Places of the sandbox itself. */
const OWN = [COPY, OUT, "/tmp", "/proc", "/dev", "/home/casebook"];
/** Of a prepared root: what the sandbox makes itself, and what is nobody's program. */
const NOT_OF_ROOT = new Set([
  ..."proc dev sys tmp run home root mnt media boot lost+found".split(" "),
  COPY.slice(1),
  OUT.slice(1),
]);
/** Of the host: programs and libraries, nothing that a person configured or keeps there. */
const OF_HOST = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];
/** Not all of `/etc/maven`: its settings may hold passwords. */
const HOST_SETTINGS = "alternatives ld.so.cache ld.so.conf ld.so.conf.d maven/m2.conf maven/logging".split(
  " ",
);
/** Below `/usr`, but where people put projects and keys. */
const HIDDEN = ["/usr/src", "/usr/local/src", "/usr/local/etc", "/usr/local/share/ca-certificates"];

const PASSWD = "root:x:0:0:root:/nonexistent:/bin/sh\ncasebook:x:1000:1000::/home/casebook:/bin/sh\n";
const GROUP = "root:x:0:\ncasebook:x:1000:\n";
const HOSTS = "127.0.0.1 localhost\n::1 localhost\n";
const NAMES = "passwd: files\ngroup: files\nhosts: files\n";

/** A file that bubblewrap makes from what it reads from a descriptor. */
interface MadeFile {
  readonly path: string;
  readonly text: string;
}

/** How programs get into the sandbox: arguments of bubblewrap, files that are made, and where programs are looked for. */
export interface Programs {
  readonly args: readonly string[];
  readonly made: readonly MadeFile[];
  readonly path: string;
}

/** One sentence on what of the operator's folders cannot be used. */
export function surroundingsProblem({ toolchains, root, dependencies }: Surroundings): string | undefined {
  for (const folder of [...toolchains, root, dependencies?.from]) {
    if (folder === undefined) continue;
    if (!folder.startsWith("/")) return `${folder} must be an absolute path`;
    if (!isFolder(folder)) return `${folder} is no folder`;
    if (!isUsable(folder))
      return `${folder} cannot be read by an ordinary user, as whom code is run; move it, or do not run Casebook as root`;
  }
  for (const folder of toolchains) {
    const own = OWN.find((place) => `${folder}/`.startsWith(`${place}/`) || folder === "/");
    if (own !== undefined) return `${folder} cannot be offered: the sandbox has a ${own} of its own`;
  }
  return undefined;
}

export function programsOf({ toolchains, node, root, dependencies }: Surroundings): Programs {
  const args = root === undefined ? hostPrograms(toolchains) : preparedRoot(root);
  // One among the host's programs is there already, or a prepared root takes its place.
  for (const folder of toolchains) if (!isOfHost(folder)) args.push("--ro-bind", folder, folder);
  const hasNode = node !== undefined && isUsable(node);
  if (hasNode) args.push("--ro-bind", node, NODE);
  const own = dependencies === undefined ? [] : binariesOf(dependencies);
  const path = [
    ...own,
    ...toolchains.map((folder) => (isFolder(join(folder, "bin")) ? join(folder, "bin") : folder)),
    ...(hasNode ? [NODE] : []),
    ..."/usr/local/bin /usr/bin /bin".split(" "),
    ...(root === undefined ? onPath(process.env["PATH"] ?? "") : []),
  ];
  return { args, made: root === undefined ? madeFiles() : [], path: [...new Set(path)].join(":") };
}

/** Folders of a PATH that the sandbox sees anyhow, such as `/usr/local/go/bin`. */
function onPath(path: string): readonly string[] {
  return path.split(":").filter((folder) => folder.startsWith("/") && isOfHost(folder) && isFolder(folder));
}

function isOfHost(folder: string): boolean {
  return OF_HOST.includes(folder.split("/")[1]!);
}

/** Arguments of bubblewrap that offer the host's programs and libraries, read-only; `toolchains`: folders that stay visible. */
export function hostPrograms(toolchains: readonly string[]): string[] {
  const args = OF_HOST.flatMap((name) => entryArgs("/", name));
  for (const name of HOST_SETTINGS) args.push("--ro-bind-try", `/etc/${name}`, `/etc/${name}`);
  // Debian keeps parts of a Java machine there and links to them.
  for (const name of namesIn("/etc").filter((name) => /^java(-|$)/.test(name)))
    args.push("--ro-bind", `/etc/${name}`, `/etc/${name}`);
  for (const place of HIDDEN)
    if (isFolder(place) && !toolchains.some((folder) => `${folder}/`.startsWith(`${place}/`)))
      args.push("--size", "4096", "--tmpfs", place, "--remount-ro", place);
  return args;
}

function preparedRoot(root: string): string[] {
  return namesIn(root)
    .filter((name) => !NOT_OF_ROOT.has(name))
    .flatMap((name) => entryArgs(root, name));
}

/** A link stays a link, so that `/bin` leads to the sandbox's `/usr/bin`. */
function entryArgs(root: string, name: string): string[] {
  const place = join(root, name);
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) return ["--symlink", readlinkSync(place), `/${name}`];
  return stat?.isDirectory() === true ? ["--ro-bind", place, `/${name}`] : [];
}

function madeFiles(): readonly MadeFile[] {
  return [
    { path: "/etc/passwd", text: PASSWD },
    { path: "/etc/group", text: GROUP },
    { path: "/etc/hosts", text: HOSTS },
    { path: "/etc/nsswitch.conf", text: NAMES },
  ];
}

function binariesOf({ from, at }: { readonly from: string; readonly at: string }): readonly string[] {
  return [".bin", "bin"].filter((name) => isFolder(join(from, name))).map((name) => `${COPY}/${at}/${name}`);
}

/** Node finds its packages by itself; Python must be told, and a folder of its packages says what it is. */
export function isPythonPackages({ from, at }: { readonly from: string; readonly at: string }): boolean {
  return (
    /(^|\/)(site|dist)-packages$/.test(at) || namesIn(from).some((name) => /\.(dist|egg)-info$/.test(name))
  );
}

/** Packages as Maven keeps them: it is told where they are. */
export function isMavenPackages({ from }: { readonly from: string }): boolean {
  return isFolder(join(from, "org/apache/maven"));
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Code is run as an ordinary user when Casebook is root. */
function isUsable(folder: string): boolean {
  return isFolder(folder) && (process.getuid?.() !== 0 || isOpenToAll(folder));
}

/** Whether everybody may list a folder, and pass through those above it. */
function isOpenToAll(folder: string): boolean {
  const real = realpathSync(folder);
  const above = real.split("/").map((_, at, parts) => parts.slice(0, at + 1).join("/") || "/");
  return (statSync(real).mode & 0o5) === 0o5 && above.every((path) => (statSync(path).mode & 0o1) === 0o1);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
