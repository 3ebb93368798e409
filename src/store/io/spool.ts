import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { privateFolder } from "../../process/private-folder.ts";
import type { NewDelivery, Store } from "../store.ts";

/** Bytes that wait for the embedded database. A delivery beyond them is refused, and GitHub counts it as failed. */
const MAX_BYTES = 500_000_000;
/** Bytes of a file after which the next one starts: few files are opened, and one is read in a piece. */
const SEGMENT = 1_000_000;
/** Milliseconds until deliveries that the database did not take are tried again. */
const AGAIN = 1_000;
/** Digits of a file's name: names sort by age. */
const DIGITS = 12;
const NAME = /^\d{12}$/;
const LINE_END = 0x0a;

/** How far the deliveries of a file are stored: names and offsets are in the order of the deliveries. */
export interface SpoolPosition {
  readonly segment: string;
  readonly offset: number;
}

/**
 * Deliveries that are acknowledged and not in the database yet: files of one JSON value a line. One thread keeps them, another one
 * stores them (`readSpool`). Only this side removes files.
 */
export interface Spool {
  /** After the return a killed process loses nothing of it. Throws when the disk takes nothing, or too much waits. */
  keep(delivery: NewDelivery): void;
  /** Removes files that are stored to their end. */
  stored(position: SpoolPosition): void;
  /** Nothing waits. */
  readonly isEmpty: boolean;
}

/** Opens the folder for the one thread that keeps. `maxBytes` and `segmentBytes` are for tests. */
export function openSpool(
  folder: string,
  { maxBytes = MAX_BYTES, segmentBytes = SEGMENT }: { maxBytes?: number; segmentBytes?: number } = {},
): Spool {
  privateFolder(folder);
  const sizes = new Map(segmentsIn(folder).map((name) => [name, cutTornLine(join(folder, name))]));
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let last = Number([...sizes.keys()].at(-1) ?? 0);
  let current: { readonly name: string; readonly file: number } | undefined;

  const close = (): void => {
    if (current !== undefined) closeSync(current.file);
    current = undefined;
  };
  return {
    keep(delivery) {
      const { payload, wanted } = delivery;
      const line = Buffer.from(`${JSON.stringify({ ...delivery, payload: wanted ? payload : null })}\n`);
      if (total + line.length > maxBytes) throw new Error("too many deliveries wait for the database");
      if (current === undefined) {
        const name = String(++last).padStart(DIGITS, "0");
        current = { name, file: openSync(join(folder, name), "ax", 0o600) };
        sizes.set(name, 0);
      }
      const size = sizes.get(current.name)!;
      try {
        // On this thread: the few threads for files belong to the jobs, which can keep all of them busy.
        for (let at = 0; at < line.length;) at += writeSync(current.file, line, at);
      } catch (error) {
        ftruncateSync(current.file, size);
        throw error;
      }
      total += line.length;
      sizes.set(current.name, size + line.length);
      if (size + line.length >= segmentBytes) close();
    },
    stored({ segment, offset }) {
      for (const [name, size] of sizes) {
        if (name > segment || (name === segment && offset < size)) break;
        if (name === current?.name) close();
        rmSync(join(folder, name), { force: true });
        sizes.delete(name);
        total -= size;
      }
    },
    get isEmpty() {
      return total === 0;
    },
  };
}

export interface SpoolReader {
  /** Stores what waits, the oldest first; resolves when nothing is left or it was stopped. What is not stored stays. */
  drain(): Promise<void>;
  stop(): void;
  /** Bytes that are not stored yet. */
  waiting(): number;
}

export interface SpoolReaderOptions {
  readonly accept: Store["acceptDelivery"];
  readonly onDelivery: (delivery: NewDelivery, outcome: "stored" | "known") => void;
  readonly onStored: (position: SpoolPosition) => void;
  readonly onError: (error: unknown) => void;
}

/** The thread that has the database. A delivery that is read again after a crash is known, so it is stored once. */
export function readSpool(
  folder: string,
  { accept, onDelivery, onStored, onError }: SpoolReaderOptions,
): SpoolReader {
  const stopped = new AbortController();
  const { signal } = stopped;
  let at: SpoolPosition = { segment: "", offset: 0 };
  let running: Promise<void> | undefined;
  let isMore = false;

  const work = async (): Promise<void> => {
    do {
      isMore = false;
      for (const segment of segmentsIn(folder)) {
        if (signal.aborted) return;
        // Removed, since it is stored to its end; the other thread is not told at once.
        if (segment < at.segment) continue;
        const from = segment === at.segment ? at.offset : 0;
        const { deliveries, offset } = await read(segment, from);
        if (offset === from) continue;
        if (!(await store(deliveries))) return;
        at = { segment, offset };
        onStored(at);
      }
    } while (isMore && !signal.aborted);
  };

  const read = async (
    segment: string,
    from: number,
  ): Promise<{ readonly deliveries: readonly NewDelivery[]; readonly offset: number }> => {
    const bytes = await readFrom(join(folder, segment), from);
    const end = bytes.lastIndexOf(LINE_END) + 1;
    const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
    return { deliveries: lines.flatMap(parse), offset: from + end };
  };

  const parse = (line: string): readonly NewDelivery[] => {
    try {
      return [JSON.parse(line) as NewDelivery];
    } catch {
      // A power cut can leave a file without its bytes. GitHub's log has the delivery, and nobody knows it here.
      onError(new Error("a delivery that waited for the database is damaged and was left out"));
      return [];
    }
  };

  /** They share transactions. Tries until they are stored; false when it was stopped before. */
  const store = async (deliveries: readonly NewDelivery[]): Promise<boolean> => {
    while (!signal.aborted) {
      try {
        const outcomes = await Promise.all(deliveries.map(accept));
        for (const [i, delivery] of deliveries.entries()) onDelivery(delivery, outcomes[i]!);
        return true;
      } catch (error) {
        onError(error);
        await pause(AGAIN, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  };

  return {
    drain() {
      isMore = true;
      return (running ??= work().finally(() => (running = undefined)));
    },
    stop: () => stopped.abort(),
    waiting: () =>
      segmentsIn(folder)
        .filter((name) => name >= at.segment)
        .reduce(
          (sum, name) =>
            sum + Math.max(0, sizeOf(join(folder, name)) - (name === at.segment ? at.offset : 0)),
          0,
        ),
  };
}

/** What a file has behind a place; nothing when it is gone: it was stored to its end. */
async function readFrom(path: string, from: number): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** 0 for a file that the other thread removes meanwhile. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The oldest first. */
function segmentsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort();
}

/** Cuts what was written last and not acknowledged, since its process was killed meanwhile. Gives the size of the rest. */
function cutTornLine(file: string): number {
  const size = readFileSync(file).lastIndexOf(LINE_END) + 1;
  truncateSync(file, size);
  return size;
}
