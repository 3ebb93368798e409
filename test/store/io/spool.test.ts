import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openSpool, readSpool, type Spool, type SpoolPosition } from "../../../src/store/io/spool.ts";
import type { NewDelivery } from "../../../src/store/store.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";

const delivery = (key: string, payload: unknown = { key }): NewDelivery => ({
  key,
  guid: `guid of ${key}`,
  event: "issues",
  payload,
  installation: 1,
  wanted: true,
});

/** The other thread, with a database in memory that can be away for some tries. `spool`: who removes files. */
function reader(folder: string, { spool, failures = 0 }: { spool?: Spool; failures?: number } = {}) {
  const stored: string[] = [];
  const errors: string[] = [];
  const positions: SpoolPosition[] = [];
  let left = failures;
  const reading = readSpool(folder, {
    async accept({ key }) {
      if (left-- > 0) throw new Error("no database");
      if (stored.includes(key)) return "known";
      stored.push(key);
      return "stored";
    },
    onDelivery: () => undefined,
    onStored(position) {
      positions.push(position);
      spool?.stored(position);
    },
    onError: (error) => errors.push((error as Error).message),
  });
  return { ...reading, stored, errors, positions };
}

test("deliveries are stored in their order, and their files removed", async () => {
  using folder = temporaryFolder();
  const spool = openSpool(folder.path, { segmentBytes: 300 });
  const other = reader(folder.path, { spool });
  for (const key of ["a", "b", "c", "d", "e"]) spool.keep(delivery(key));
  expect(readdirSync(folder.path).length).toBeGreaterThan(1);
  await other.drain();
  expect(other.stored).toEqual(["a", "b", "c", "d", "e"]);
  expect([spool.isEmpty, readdirSync(folder.path)]).toEqual([true, []]);
});

test("what is kept after that is stored too, from a file that goes on", async () => {
  using folder = temporaryFolder();
  const spool = openSpool(folder.path);
  const other = reader(folder.path);
  spool.keep(delivery("a"));
  await other.drain();
  spool.keep(delivery("b"));
  await other.drain();
  expect(other.stored).toEqual(["a", "b"]);
  expect(other.positions.map(({ segment }) => segment)).toEqual(["000000000001", "000000000001"]);
});

test("a killed process loses nothing that was kept, and no half of a delivery is read", async () => {
  using folder = temporaryFolder();
  openSpool(folder.path).keep(delivery("acknowledged"));
  appendFileSync(join(folder.path, "000000000001"), '{"key":"not ackn');
  const spool = openSpool(folder.path);
  spool.keep(delivery("later"));
  const other = reader(folder.path, { spool });
  await other.drain();
  expect(other.stored).toEqual(["acknowledged", "later"]);
  expect([spool.isEmpty, other.errors]).toEqual([true, []]);
});

test("a process that is killed before it removed a file stores its deliveries once", async () => {
  using folder = temporaryFolder();
  openSpool(folder.path).keep(delivery("a"));
  const first = reader(folder.path);
  await first.drain();
  const seen: string[] = [];
  await readSpool(folder.path, {
    accept: async ({ key }) => (first.stored.includes(key) ? "known" : "stored"),
    onDelivery: ({ key }, outcome) => seen.push(`${key} ${outcome}`),
    onStored: () => undefined,
    onError: () => undefined,
  }).drain();
  expect(seen).toEqual(["a known"]);
});

test("a database that is away is asked again; what waits stays", async () => {
  using folder = temporaryFolder();
  const spool = openSpool(folder.path);
  for (const key of ["a", "b"]) spool.keep(delivery(key));
  const other = reader(folder.path, { spool, failures: 1 });
  await other.drain();
  expect(other.stored.sort()).toEqual(["a", "b"]);
  expect(other.errors).toEqual(["no database"]);
});

test("when it stops meanwhile, the next start stores the rest", async () => {
  using folder = temporaryFolder();
  openSpool(folder.path).keep(delivery("a"));
  const other = reader(folder.path, { failures: Infinity });
  const end = other.drain();
  other.stop();
  await end;
  const next = reader(folder.path);
  await next.drain();
  expect(next.stored).toEqual(["a"]);
});

test("too much that waits is refused, and taken again when there is room", async () => {
  using folder = temporaryFolder();
  const line = Buffer.byteLength(`${JSON.stringify(delivery("a"))}\n`);
  const spool = openSpool(folder.path, { maxBytes: line });
  spool.keep(delivery("a"));
  expect(() => spool.keep(delivery("b"))).toThrow("too many deliveries wait for the database");
  await reader(folder.path, { spool }).drain();
  spool.keep(delivery("b"));
});

test("a line that a power cut left empty is named and left out", async () => {
  using folder = temporaryFolder();
  openSpool(folder.path).keep(delivery("a"));
  appendFileSync(join(folder.path, "000000000001"), "\0\0\0\n");
  const other = reader(folder.path);
  await other.drain();
  expect(other.stored).toEqual(["a"]);
  expect(other.errors).toEqual(["a delivery that waited for the database is damaged and was left out"]);
});

test("texts of a delivery that nothing follows from are not kept", () => {
  using folder = temporaryFolder();
  openSpool(folder.path).keep({ ...delivery("a", { text: "of a person" }), wanted: false });
  expect(readFileSync(join(folder.path, "000000000001"), "utf8")).not.toContain("of a person");
});
