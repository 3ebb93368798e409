import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const json = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));
const require = createRequire(import.meta.url);
const { satisfies } = require("semver") as {
  readonly satisfies: (version: string, range: string) => boolean;
};

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
}
const { packages } = json("package-lock.json") as { readonly packages: Readonly<Record<string, Entry>> };
const entries = Object.entries(packages).filter(([place]) => place !== "");
const manifest = json("package.json") as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const bundled = json("node24/package.json") as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
/** The Node that runs a clone on Linux. */
const [node = "", ...others] = new Set(Object.values(bundled.optionalDependencies));

test("every package runs on the Node that the lock file brings", () => {
  expect(others).toEqual([]);
  const installed = entries.filter(([place]) => existsSync(join(root, place, "package.json")));
  expect(installed.length).toBeGreaterThan(300);
  const refusing = installed
    .map(([place]) => ({ place, engines: (json(`${place}/package.json`) as Entry).engines }))
    .filter(({ engines }) => engines?.node !== undefined && !satisfies(node, engines.node));
  expect(refusing).toEqual([]);
});

test("the lock file compares no package with the Node that installs it: `npm run lock` leaves that out", () => {
  expect(entries.filter(([, { engines }]) => engines !== undefined).map(([place]) => place)).toEqual([]);
});

test("a clone installs with Node 20 and 22", () => {
  for (const version of ["20.20.2", "22.22.0", node])
    expect([version, satisfies(version, manifest.engines.node)]).toEqual([version, true]);
});

test("the lock file names no registry", () => {
  const addresses = entries.filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
  expect(addresses).toEqual([]);
});

test("the published package wants no install script, and a clone denies each", () => {
  const scripted = entries.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted.filter(([, { dev }]) => dev !== true)).toEqual([]);
  const names = scripted.map(([place]) => place.replace(/^.*node_modules\//, ""));
  expect(manifest.allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
});

test("the published package brings no Node and no grammar package", () => {
  const names = Object.keys(manifest.dependencies);
  expect(names.filter((name) => /^node-|^tree-sitter|\/tree-sitter/.test(name))).toEqual([]);
});
