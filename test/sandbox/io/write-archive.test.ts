import { spawn } from "node:child_process";
import { lstatSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { expect, test } from "@jest/globals";
import type { CopiedFile } from "../../../src/sandbox/io/copied-files.ts";
import { writeArchive } from "../../../src/sandbox/io/write-archive.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";

const LONG = `${"folder/".repeat(40)}${"n".repeat(120)}.txt`;

test("tar makes the files with their modes, long names and links", async () => {
  using folder = temporaryFolder();
  const large = join(folder.path, "large");
  writeFileSync(large, Buffer.alloc(300_001, 7));
  const files = new Map<string, CopiedFile>([
    ["link", { kind: "link", target: LONG }],
    ["a.sh", { kind: "text", executable: true, text: "#!/bin/sh\n" }],
    ["empty", { kind: "text", executable: false, text: "" }],
    [LONG, { kind: "text", executable: false, text: "long" }],
    ["日本/é\n.txt", { kind: "text", executable: false, text: "names" }],
    ["copy", { kind: "file", executable: false, from: large, size: 300_001 }],
  ]);
  const out = temporaryFolder();
  using _ = out;
  const tar = spawn("tar", ["-xf", "-", "-C", out.path], { stdio: ["pipe", "inherit", "inherit"] });
  const closed = new Promise((resolve) => void tar.on("close", resolve));
  await pipeline(writeArchive(files), tar.stdin);
  expect(await closed).toBe(0);
  const text = (path: string): string => readFileSync(join(out.path, path), "utf8");
  expect([text("a.sh"), text("empty"), text(LONG), text("日本/é\n.txt")]).toEqual([
    "#!/bin/sh\n",
    "",
    "long",
    "names",
  ]);
  expect(readFileSync(join(out.path, "copy")).equals(readFileSync(large))).toBe(true);
  expect(readlinkSync(join(out.path, "link"))).toBe(LONG);
  expect(lstatSync(join(out.path, "a.sh")).mode & 0o111).not.toBe(0);
  expect(lstatSync(join(out.path, "empty")).mode & 0o111).toBe(0);
});

test("the same files make the same archive", async () => {
  const files = new Map<string, CopiedFile>([["a", { kind: "text", executable: false, text: "x" }]]);
  expect(await buffer(writeArchive(files))).toEqual(await buffer(writeArchive(files)));
});

test("a file that is gone fails the archive", async () => {
  const gone = new Map<string, CopiedFile>([
    ["a", { kind: "file", executable: false, from: "/nowhere/a", size: 1 }],
  ]);
  await expect(buffer(writeArchive(gone))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a reader that goes away in the middle of a file ends the archive, and nothing else", async () => {
  const text = "x".repeat(2_000_000);
  const archive = writeArchive(new Map([["a", { kind: "text", executable: false, text }]]));
  const gone = new Error("read ECONNRESET");
  const ended = new Promise((resolve) => void archive.on("error", resolve));
  archive.once("data", () => archive.destroy(gone));
  expect(await ended).toBe(gone);
  // An error that nobody hears would end the process now.
  await new Promise((resolve) => setImmediate(resolve));
});
