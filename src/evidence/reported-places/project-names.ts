import type { Codebase } from "../../repository/codebase.ts";

/** Manifests at the root of a repository, and where each holds the name of the project. */
const MANIFESTS: readonly (readonly [file: RegExp, name: RegExp])[] = [
  [/^(?:package|composer)\.json$/, /"name"\s*:\s*"([^"\n]{1,100})"/],
  [/^(?:pyproject|Cargo)\.toml$/, /^\s*name\s*=\s*["']([^"'\n]{1,100})["']/m],
  [/^setup\.(?:cfg|py)$/, /\bname\s*=\s*["']?([\w.-]{1,100})/],
  [/^go\.mod$/, /^module\s+(\S{1,200}?)(?:\/v\d+)?\s*$/m],
  [/\.gemspec$/, /\.name\s*=\s*["']([^"'\n]{1,100})["']/],
  [/^mix\.exs$/, /\bapp:\s*:(\w{1,100})/],
  [/^pom\.xml$/, /(?:^|<\/parent>)(?:(?!<parent>)[^]){0,4000}?<artifactId>([^<]{1,100})<\/artifactId>/],
  [/^settings\.gradle(?:\.kts)?$/, /rootProject\.name\s*=\s*["']([^"'\n]{1,100})["']/],
  [/^CMakeLists\.txt$/i, /^\s*project\s*\(\s*["']?([\w.+-]{1,100})/im],
];

const MAX_MANIFESTS = 6;

/**
 * What the project of a repository is called: the name of its repository, those in its manifests, each with and without the part before
 * the last slash. `repository`: `owner/name` where it is known.
 */
export async function projectNames(
  codebase: Pick<Codebase, "tree" | "text">,
  repository: string | undefined,
): Promise<readonly string[]> {
  const names = new Set<string>();
  const add = (name: string): void => {
    names.add(name);
    names.add(name.split("/").at(-1)!);
  };
  if (repository !== undefined) names.add(repository.split("/")[1]!);
  const manifests = codebase.tree.entries.flatMap(({ path }) => {
    const form = path.includes("/") ? undefined : MANIFESTS.find(([file]) => file.test(path))?.[1];
    return form === undefined ? [] : [{ path, form }];
  });
  for (const { path, form } of manifests.slice(0, MAX_MANIFESTS)) {
    const name = form.exec(((await codebase.text(path))?.text ?? "").slice(0, 20_000))?.[1];
    if (name !== undefined) add(name);
  }
  return [...names];
}
