import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");
const RINGS = ["domain", "engine", "adapters", "entry"];

interface Module {
  readonly path: string;
  /** Files of the project, then packages and Node's own modules, as written. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Every import of a source file, type imports and imports that are called included. */
function readModule(path: string): Module {
  const text = readFileSync(join(ROOT, path), "utf8");
  const names = [...text.matchAll(/(?:^|[;}\s])(?:from\s*|import\s*\(\s*|import\s+)"([^"\n]+)"/g)].map(
    (match) => match[1]!,
  );
  return {
    path,
    files: names.filter((name) => name.startsWith(".")).map((name) => posix.join(dirname(path), name)),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

const modules = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => readModule(relative(ROOT, join(entry.parentPath, entry.name))));

const ringOf = (path: string): number => RINGS.indexOf(path.split("/")[1]!);

test("the modules are read, and their imports found", () => {
  expect(modules.length).toBeGreaterThan(120);
  expect(modules.filter(({ files }) => files.length > 0).length).toBeGreaterThan(100);
  const known = new Set(modules.map(({ path }) => path));
  expect(modules.flatMap(({ files }) => files.filter((file) => !known.has(file)))).toEqual([]);
  expect(modules.every(({ path }) => ringOf(path) >= 0)).toBe(true);
});

test("imports point inwards: entry -> adapters -> engine -> domain", () => {
  const outward = modules.flatMap(({ path, files }) =>
    files.filter((file) => ringOf(file) > ringOf(path)).map((file) => `${path} -> ${file}`),
  );
  expect(outward).toEqual([]);
});

test("adapters do not know each other", () => {
  const crossing = modules
    .filter(({ path }) => path.startsWith("src/adapters/"))
    .flatMap(({ path, files }) =>
      files
        .filter((file) => file.startsWith("src/adapters/") && file.split("/")[2] !== path.split("/")[2])
        .map((file) => `${path} -> ${file}`),
    );
  expect(crossing).toEqual([]);
});

test("domain and engine do no input or output", () => {
  const impure = modules
    .filter(({ path }) => ringOf(path) < 2)
    .flatMap(({ path, packages }) =>
      packages.filter((name) => name.startsWith("node:")).map((name) => `${path} -> ${name}`),
    );
  expect(impure).toEqual([]);
});

/** Programs are started here and nowhere else: git by its one wrapper, research in its process, the simulated GitHub's git server. */
const STARTING = [
  "src/adapters/git/git.ts",
  "src/adapters/sandbox/host-programs.ts",
  "src/adapters/sandbox/start-bwrap.ts",
  "src/adapters/simulated-github/git-http.ts",
  "src/entry/research/research-process.ts",
  "src/entry/simulate/start-app.ts",
];

test("programs are started in few places", () => {
  const starting = modules
    .filter(({ path, packages }) => ringOf(path) >= 0 && packages.includes("node:child_process"))
    .map(({ path }) => path);
  expect(starting.filter((path) => path !== "src/adapters/git/object-reader.ts").sort()).toEqual(STARTING);
});

test("nothing imports itself in a circle", () => {
  const files = new Map(modules.map((module) => [module.path, module.files]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) circles.push([...above.slice(above.indexOf(path)), path].join(" -> "));
    if (done.has(path) || above.includes(path)) return;
    for (const file of files.get(path) ?? []) visit(file, [...above, path]);
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  expect(circles).toEqual([]);
});
