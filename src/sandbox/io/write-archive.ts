import { readFile } from "node:fs/promises";
import type { CopiedFiles } from "./copied-files.ts";

const BLOCK = 512;
/** Bytes that are sent at once: many small files become one write. */
const CHUNK = 256 * 1024;
/** Files that are read at the same time. */
const AHEAD = 32;
/** The same for every run, so that nothing depends on when we checked out; after 1980, which ZIP needs. */
const MODIFIED = 1_577_836_800;

/** The files as a tar archive (GNU's form, which every tar reads), links last so that nothing is written through one. */
export async function* writeArchive(files: CopiedFiles): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  const list = [...files].sort(([, a], [, b]) => Number(a.kind === "link") - Number(b.kind === "link"));
  for (let at = 0; at < list.length; at += AHEAD) {
    const entries = await Promise.all(
      list.slice(at, at + AHEAD).map(async ([path, file]): Promise<readonly Buffer[]> => {
        if (file.kind === "link") return header(path, "2", 0o777, 0, file.target);
        const content = file.kind === "text" ? Buffer.from(file.text) : await readFile(file.from);
        return [
          ...header(path, "0", file.executable ? 0o755 : 0o644, content.length),
          content,
          Buffer.alloc(padding(content.length)),
        ];
      }),
    );
    for (const part of entries.flat()) {
      waiting.push(part);
      bytes += part.length;
    }
    if (bytes < CHUNK) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  yield Buffer.concat([...waiting, Buffer.alloc(2 * BLOCK)]);
}

/** A header; a name or target that is too long for it stands in an entry of its own before it. */
function header(path: string, type: string, mode: number, size: number, target = ""): readonly Buffer[] {
  return [
    ...longName(path, "L"),
    ...longName(target, "K"),
    block(Buffer.from(path), type, mode, size, Buffer.from(target)),
  ];
}

function longName(name: string, type: string): readonly Buffer[] {
  const bytes = Buffer.from(`${name}\0`);
  if (bytes.length <= 100) return [];
  return [
    block(Buffer.from("././@LongLink"), type, 0, bytes.length, Buffer.alloc(0)),
    bytes,
    Buffer.alloc(padding(bytes.length)),
  ];
}

function block(name: Buffer, type: string, mode: number, size: number, target: Buffer): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void =>
    void bytes.write(value.toString(8).padStart(digits, "0"), at);
  name.subarray(0, 100).copy(bytes);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(MODIFIED, 136, 11);
  bytes.write(type, 156);
  target.subarray(0, 100).copy(bytes, 157);
  bytes.write("ustar  ", 257);
  // The sum counts its own field as spaces.
  bytes.fill(" ", 148, 156);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  bytes[154] = 0;
  return bytes;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
