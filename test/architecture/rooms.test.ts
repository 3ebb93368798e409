import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The rooms of `src`, lowest first, and what each may import. This is the one table of allowed arrows;
 * `docs/architecture.md` shows the same picture. `failure` is the one file outside a room.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  failure: [],
  text: [],
  languages: ["text"],
  specs: ["text"],
  sandbox: [],
  process: ["failure", "sandbox"],
  issue: ["failure", "specs", "text"],
  repository: ["failure", "languages", "process", "text"],
  documents: ["languages", "repository", "text"],
  evidence: ["documents", "issue", "languages", "process", "repository", "text"],
  claims: ["documents", "evidence", "issue", "languages", "repository", "text"],
  phases: ["failure", "claims", "documents", "evidence", "issue", "languages", "repository", "specs", "text"],
  llm: ["failure", "phases", "process", "text"],
  reproduction: ["languages", "sandbox"],
  execution: ["languages", "repository", "reproduction", "sandbox"],
  agent: [
    "failure",
    "claims",
    "documents",
    "evidence",
    "execution",
    "issue",
    "languages",
    "llm",
    "phases",
    "process",
    "repository",
    "reproduction",
    "sandbox",
    "specs",
    "text",
  ],
  investigation: ["issue", "llm", "phases", "sandbox", "specs", "text"],
  store: ["failure", "investigation", "issue", "llm", "process"],
  github: ["documents", "investigation", "issue", "llm", "phases", "store", "text"],
  service: [
    "failure",
    "agent",
    "documents",
    "evidence",
    "github",
    "investigation",
    "issue",
    "llm",
    "phases",
    "repository",
    "process",
    "sandbox",
    "specs",
    "store",
    "text",
  ],
  research: [
    "failure",
    "agent",
    "claims",
    "documents",
    "evidence",
    "github",
    "investigation",
    "issue",
    "languages",
    "llm",
    "phases",
    "process",
    "repository",
    "sandbox",
    "service",
    "specs",
    "text",
  ],
  server: ["failure", "github", "llm", "process", "repository", "research", "service", "store", "text"],
  setup: ["failure", "server", "text"],
  backtest: ["documents", "evidence", "issue", "languages", "phases", "repository", "research", "text"],
  cli: [
    "failure",
    "backtest",
    "claims",
    "documents",
    "evidence",
    "issue",
    "languages",
    "llm",
    "phases",
    "process",
    "repository",
    "research",
    "sandbox",
    "server",
    "setup",
    "specs",
    "text",
  ],
  simulator: ["failure", "cli", "investigation", "issue", "phases", "repository", "server", "text"],
};

/** Rooms that are processes or start them: all of their files may touch the outside. */
const EDGES: ReadonlySet<string> = new Set(["process", "research", "server", "setup", "cli", "simulator"]);

/** Files that touch the outside and that pure files may import, each with its reason. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["src/process/clock.ts", "it waits and yields; no result depends on it"],
  [
    "src/languages/io/read-statements.ts",
    "it loads a grammar of ours; what it gives depends on the text alone",
  ],
]);

/** Files that use one of Node's own modules only to compute, each with its reason. */
const COMPUTING: ReadonlyMap<string, string> = new Map([
  ["src/text/hash.ts -> node:crypto", "it hashes; chance comes from elsewhere"],
]);

/** Node's own modules that compute and touch nothing. */
const PURE_MODULES: ReadonlySet<string> = new Set(["node:path", "node:path/posix", "node:util", "node:zlib"]);

/** Packages that reach the disk, the network, another process or a database. */
const OUTSIDE =
  /^(?:@electric-sql|@octokit\/auth-app|openai|p-queue|pg|pg-boss|pino|probot|prom-client|tinypool|listr2)(?:\/|$)/;

/** The clock, chance, the process and the network, where a module reaches them without an import. */
const GLOBALS =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|set(?:Timeout|Interval|Immediate)\(|process\.[a-z]+|fetch\()/;

interface Module {
  readonly path: string;
  readonly text: string;
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
    text: text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, ""),
    files: names.filter((name) => name.startsWith(".")).map((name) => posix.join(dirname(path), name)),
    packages: names.filter((name) => !name.startsWith(".")),
  };
}

const modules = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => readModule(relative(ROOT, join(entry.parentPath, entry.name))));

const roomOf = (path: string): string => path.split("/")[1]!.replace(/\.ts$/, "");
const isEdge = (path: string): boolean => EDGES.has(roomOf(path)) || path.split("/").includes("io");

test("the modules are read, and their imports found", () => {
  expect(modules.length).toBeGreaterThan(300);
  expect(modules.filter(({ files }) => files.length > 0).length).toBeGreaterThan(250);
  const known = new Set(modules.map(({ path }) => path));
  expect(
    modules.flatMap(({ files }) => files.filter((file) => !known.has(file) && file.endsWith(".ts"))),
  ).toEqual([]);
  expect([...new Set(modules.map(({ path }) => roomOf(path)))].sort()).toEqual(Object.keys(ROOMS).sort());
});

test("each room imports only the rooms that the table allows", () => {
  const crossing = modules.flatMap(({ path, files }) =>
    files
      .filter((file) => roomOf(file) !== roomOf(path) && !ROOMS[roomOf(path)]!.includes(roomOf(file)))
      .map((file) => `${path} -> ${file}`),
  );
  expect(crossing).toEqual([]);
});

test("the table allows nothing that no file uses", () => {
  const used = new Set(
    modules.flatMap(({ path, files }) => files.map((file) => `${roomOf(path)} -> ${roomOf(file)}`)),
  );
  const unused = Object.entries(ROOMS).flatMap(([room, others]) =>
    others.map((other) => `${room} -> ${other}`).filter((arrow) => !used.has(arrow)),
  );
  expect(unused).toEqual([]);
});

test("the rooms have no cycle: each imports only rooms above it in the table", () => {
  const order = Object.keys(ROOMS);
  const upward = Object.entries(ROOMS).flatMap(([room, others]) =>
    others
      .filter((other) => order.indexOf(other) >= order.indexOf(room))
      .map((other) => `${room} -> ${other}`),
  );
  expect(upward).toEqual([]);
});

test("no room reaches the simulator", () => {
  expect(Object.entries(ROOMS).filter(([, others]) => others.includes("simulator"))).toEqual([]);
});

test("a file that touches the outside lies in an `io` folder or in a room that is a process", () => {
  const impure = modules
    .filter(({ path }) => !isEdge(path))
    .flatMap(({ path, packages, text }) => [
      ...packages
        .filter((name) => (name.startsWith("node:") && !PURE_MODULES.has(name)) || OUTSIDE.test(name))
        .map((name) => `${path} -> ${name}`)
        .filter((arrow) => !COMPUTING.has(arrow)),
      ...(GLOBALS.test(text) ? [`${path} -> ${GLOBALS.exec(text)![0]}`] : []),
    ]);
  expect(impure).toEqual([]);
});

test("a pure file imports no file that touches the outside", () => {
  const reaching = modules
    .filter(({ path }) => !isEdge(path))
    .flatMap(({ path, files }) =>
      files.filter((file) => isEdge(file) && !EXCEPTIONS.has(file)).map((file) => `${path} -> ${file}`),
    );
  expect(reaching).toEqual([]);
});

test("programs are started in few places", () => {
  const starting = modules
    .filter(({ packages }) => packages.includes("node:child_process"))
    .map(({ path }) => path);
  expect(starting.sort()).toEqual([
    "src/repository/io/git.ts",
    "src/repository/io/object-reader.ts",
    "src/sandbox/io/host-programs.ts",
    "src/sandbox/io/reader-jail.ts",
    "src/sandbox/io/start-bwrap.ts",
    "src/simulator/github/git-runner.ts",
    "src/simulator/github/git-runners.ts",
    "src/simulator/page/start-app.ts",
  ]);
});

test("no file imports itself in a circle", () => {
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

test("docs/architecture.md shows the same table", () => {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const shown = [...page.matchAll(/^\| `(\w+)` +\|[^|]+\|([^|]*)\|$/gm)].map(([, room, others]) => [
    room!,
    others!
      .split(",")
      .map((other) => other.trim())
      .filter(Boolean),
  ]);
  expect(Object.fromEntries(shown.slice(0, Object.keys(ROOMS).length))).toEqual(ROOMS);
});
