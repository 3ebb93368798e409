import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from "node:fs";
import { dirname } from "node:path";
import { RunFailure } from "../../failure.ts";
import { fileFailure } from "../../process/file-failure.ts";
import { takeLock } from "../../process/take-lock.ts";
import { openLedger } from "../ledger.ts";
import { NewerRecord, parseRecord, RECORD_VERSION, type RecordLine } from "../record.ts";

/** Lines on the disk, and the same lines in memory. */
export interface RecordFile {
  readonly lines: readonly RecordLine[];
  append(line: RecordLine): void;
  /** Replaces all lines at once. */
  rewrite(lines: readonly RecordLine[]): void;
  close(): void;
}

/** Opens or creates the record, with its lock. Throws RunFailure `busy`, `no-space`, `no-permission` or `usage`. */
export function openRecordFile(file: string, onProblem: (problem: string) => void): RecordFile {
  fileFailure(dirname(file), () => mkdirSync(dirname(file), { recursive: true }));
  const lock = fileFailure(file, () => takeLock(`${file}.lock`, `The journal ${file}`));
  try {
    const { isWhole, ...read } = fileFailure(file, () => readLines(file, onProblem));
    let { lines, size } = read;
    const write = (fd: number, line: RecordLine): void => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      appendFileSync(fd, bytes);
      size += bytes.length;
    };
    const replace = (all: readonly RecordLine[]): number => {
      const fresh = openSync(`${file}.new`, "a", 0o600);
      ftruncateSync(fresh);
      size = 0;
      for (const line of all) write(fresh, line);
      fsyncSync(fresh);
      renameSync(`${file}.new`, file);
      const folder = openSync(dirname(file), "r");
      fsyncSync(folder);
      closeSync(folder);
      return fresh;
    };
    let open = fileFailure(file, () => (isWhole ? openSync(file, "a") : replace(lines)));
    return {
      get lines() {
        return lines;
      },
      append(line) {
        const before = size;
        fileFailure(file, () => {
          try {
            write(open, line);
            fsyncSync(open);
          } catch (error) {
            // The next line must not continue a half one.
            ftruncateSync(open, before);
            size = before;
            throw error;
          }
        });
        lines.push(line);
      },
      rewrite(all) {
        const before = open;
        open = fileFailure(file, () => replace(all));
        closeSync(before);
        lines = [...all];
      },
      close() {
        closeSync(open);
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** `isWhole`: the file can be appended to as it is. */
function readLines(
  file: string,
  onProblem: (problem: string) => void,
): { readonly lines: RecordLine[]; readonly size: number; readonly isWhole: boolean } {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  try {
    const lines = [...parseRecord(text)];
    openLedger(lines);
    if (lines.length > 0) return { lines, size: Buffer.byteLength(text), isWhole: text.endsWith("\n") };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (error instanceof NewerRecord) throw new RunFailure("usage", `${file}: ${error.message}`, error);
    let n = 1;
    while (existsSync(`${file}.broken-${n}`)) n++;
    renameSync(file, `${file}.broken-${n}`);
    onProblem(
      `The journal ${file} is damaged (${error.message}). It is now ${file}.broken-${n}, and a new one begins: earlier spending does not count any more.`,
    );
  }
  return { lines: [{ kind: "record", version: RECORD_VERSION }], size: 0, isWhole: false };
}
