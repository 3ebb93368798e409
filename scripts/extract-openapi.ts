/**
 * Writes `test/fakes/openapi/slice.json`: of GitHub's published OpenAPI description only the
 * operations of `operations.ts` and what they refer to, without descriptions and examples.
 *
 * `node scripts/extract-openapi.ts [--check]`. The package (385 MiB unpacked) is packed into a temporary folder, and one
 * file taken from it. `--check` writes nothing: it compares, and tells which of GitHub's own examples fail GitHub's own
 * description; a few always do, because members are missing in the example. See `to-json-schema.ts`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { OPERATIONS } from "../test/fakes/openapi/operations.ts";
import { partsOf } from "../test/fakes/openapi/slice.ts";
import { openApi } from "../test/fakes/openapi/validate.ts";

const PACKAGE = "@octokit/openapi";
const VERSION = "23.0.2";
const SLICE = join(import.meta.dirname, "../test/fakes/openapi/slice.json");

/** Words for people, and what says nothing about a request or an answer. */
const DROPPED = new Set([
  "description",
  "summary",
  "title",
  "example",
  "examples",
  "externalDocs",
  "tags",
  "operationId",
  "deprecated",
  "headers",
  "x-github",
  "x-octokit",
  "x-github-breaking-changes",
]);
/** Members of these are names, whatever they look like. */
const NAMED = new Set(["properties", "responses", "content"]);

type Tree = Readonly<Record<string, unknown>>;

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const { description, licence } = download();
const text = await format(JSON.stringify(extract(description, licence)), { parser: "json", printWidth: 110 });
if (values.check) {
  const isSame = readFileSync(SLICE, "utf8") === text;
  console.log(isSame ? "The slice is what the description says." : "The slice differs: run without --check.");
  checkExamples(description);
  if (!isSame) process.exitCode = 1;
} else {
  writeFileSync(SLICE, text);
  console.log(`${OPERATIONS.length} operations, ${Math.round(text.length / 1024)} KiB`);
}

/** The whole description and the package's licence. */
function download(): { readonly description: Tree; readonly licence: string } {
  const folder = mkdtempSync(join(tmpdir(), "casebook-openapi-"));
  try {
    execFileSync("npm", ["pack", "--silent", `${PACKAGE}@${VERSION}`], { cwd: folder });
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error(`npm packed nothing for ${PACKAGE}@${VERSION}.`);
    const file = "package/generated/api.github.com.json";
    execFileSync("tar", ["-xzf", tarball, file, "package/LICENSE"], { cwd: folder });
    return {
      description: JSON.parse(readFileSync(join(folder, file), "utf8")) as Tree,
      licence: readFileSync(join(folder, "package/LICENSE"), "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function extract(whole: Tree, licence: string): Tree {
  const paths: Record<string, Record<string, unknown>> = {};
  const components: Record<string, Record<string, unknown>> = {};
  const reach = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const reference = (value as Tree)["$ref"];
    if (typeof reference === "string") {
      const [, , kind = "", name = ""] = reference.split("/");
      const group = (components[kind] ??= {});
      if (!(name in group)) reach((group[name] = clean(at(whole, "components", kind, name))));
    }
    for (const member of Object.values(value)) reach(member);
  };
  // Every error of the simulated GitHub has one of these shapes.
  const errors = ["basic-error", "validation-error", "validation-error-simple"];
  for (const name of errors) reach({ $ref: `#/components/schemas/${name}` });
  for (const route of OPERATIONS) {
    const { method, path } = partsOf(route);
    const operation = clean(at(whole, "paths", path, method));
    (paths[path] ??= {})[method] = operation;
    reach(operation);
  }
  return {
    source: `${PACKAGE} ${VERSION}, generated/api.github.com.json; written by scripts/extract-openapi.ts`,
    licence: licence.trim(),
    paths: sorted(paths),
    components: Object.fromEntries(Object.entries(components).map(([kind, group]) => [kind, sorted(group)])),
  };
}

function clean(value: unknown, isNamed = false): unknown {
  if (Array.isArray(value)) return value.map((member: unknown) => clean(member));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isNamed || !DROPPED.has(name))
      .map(([name, member]) => [name, clean(member, !isNamed && NAMED.has(name))]),
  );
}

function at(value: unknown, ...path: readonly string[]): unknown {
  const found = path.reduce<unknown>(
    (inside, name) => (typeof inside === "object" && inside !== null ? (inside as Tree)[name] : undefined),
    value,
  );
  if (found === undefined) throw new Error(`${PACKAGE} ${VERSION} has no ${path.join(" ")}.`);
  return found;
}

function sorted<T>(group: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Prints which of GitHub's own examples fail GitHub's own description. */
function checkExamples(whole: Tree): void {
  const api = openApi();
  let count = 0;
  let failing = 0;
  const follow = (value: unknown): unknown => {
    const reference = typeof value === "object" && value !== null ? (value as Tree)["$ref"] : undefined;
    return typeof reference === "string" ? at(whole, ...reference.split("/").slice(1)) : value;
  };
  const report = (what: string, found: readonly string[]): void => {
    count++;
    if (found.length > 0) failing++;
    for (const sentence of found) console.log(`${what}: ${sentence}`);
  };
  const examplesOf = (content: unknown): readonly (readonly [string, unknown])[] => {
    const json = (content as Tree | undefined)?.["application/json"] as Tree | undefined;
    return Object.entries((json?.["examples"] ?? {}) as Tree).map(([name, example]) => [
      name,
      (follow(example) as Tree)["value"],
    ]);
  };
  for (const route of OPERATIONS) {
    const { method, path } = partsOf(route);
    const operation = at(whole, "paths", path, method) as Tree;
    for (const [name, example] of examplesOf((operation["requestBody"] as Tree | undefined)?.["content"]))
      report(`request ${name}`, api.checkRequest(route, new URLSearchParams(), example));
    for (const [status, answer] of Object.entries(operation["responses"] as Tree))
      for (const [name, example] of examplesOf((follow(answer) as Tree)["content"]))
        report(`answer ${name}`, api.checkResponse(route, Number(status), example));
  }
  console.log(`${count} examples, ${failing} fail`);
}
