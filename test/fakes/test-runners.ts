import { existsSync } from "node:fs";
import { join } from "node:path";
import { KEPT } from "../kept-folder.ts";
import { answerOf } from "./toolchain-copies.ts";

const RUNNERS = join(KEPT, "runners");

/** What the sandbox is offered for a framework besides the machine's programs. */
export interface Prepared {
  readonly toolchains: readonly string[];
  readonly dependencies?: { readonly from: string; readonly at: string };
}

/** Packages of Node that `test/runners/prepare` brought; undefined where it was not run. */
export function runnerPackages(name: string): Prepared | undefined {
  const from = join(RUNNERS, "node_modules");
  return existsSync(join(from, ".bin", name))
    ? { toolchains: [], dependencies: { from, at: "node_modules" } }
    : undefined;
}

/** Maven with the packages that `test/runners/prepare` brought; undefined where there is none. */
export function mavenPackages(): Prepared | undefined {
  const from = join(RUNNERS, "maven");
  return existsSync(join(from, "org/apache/maven")) && answerOf("mvn", "--version") !== undefined
    ? { toolchains: [], dependencies: { from, at: ".deps/maven" } }
    : undefined;
}

/** CMake, a compiler and GoogleTest among the machine's programs; undefined where one is missing. */
export function googleTest(): Prepared | undefined {
  const isHere =
    ["cmake", "ctest", "c++"].every((name) => answerOf(name, "--version") !== undefined) &&
    existsSync("/usr/include/gtest/gtest.h");
  return isHere ? { toolchains: [] } : undefined;
}
