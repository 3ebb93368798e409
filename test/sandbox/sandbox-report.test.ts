import { expect, test } from "@jest/globals";
import { sandboxReport } from "../../src/sandbox/sandbox-report.ts";

test("a host without a sandbox is told what is missing", () => {
  expect(sandboxReport({ kind: "none", why: "bubblewrap is not installed" })).toEqual({
    name: "sandbox",
    ok: false,
    detail: "no code is run: bubblewrap is not installed",
  });
});

test("a host with one is told what code finds in it", () => {
  const run = () => Promise.reject(new Error("not run"));
  const environment = {
    sandbox: "bubblewrap 0.8.0",
    toolchains: new Map([
      ["python3", "3.11.2"],
      ["node", "24.21.0"],
    ]),
    dependencies: "node_modules",
  };
  expect(sandboxReport({ kind: "ready", sandbox: { environment, run } })).toEqual({
    name: "sandbox",
    ok: true,
    detail: "bubblewrap 0.8.0; python3 3.11.2, node 24.21.0; prepared dependencies in node_modules",
  });
  const bare = { ...environment, toolchains: new Map(), dependencies: undefined };
  expect(sandboxReport({ kind: "ready", sandbox: { environment: bare, run } }).detail).toBe(
    "bubblewrap 0.8.0; no toolchain; no prepared dependencies",
  );
});
