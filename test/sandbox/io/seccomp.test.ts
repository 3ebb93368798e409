import { describe, expect, test } from "@jest/globals";
import { seccompFilter } from "../../../src/sandbox/io/seccomp.ts";

/** Runs the filter as the kernel would, for one call. */
function verdict(
  filter: Buffer,
  call: { readonly arch: number; readonly number: number; readonly args?: readonly number[] },
): string {
  const data = new Map([
    [0, call.number],
    [4, call.arch],
    ...(call.args ?? []).map((arg, index) => [16 + 8 * index, arg] as const),
  ]);
  let value = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const code = filter.readUInt16LE(at * 8);
    const [yes, no] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    const k = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x20) value = data.get(k) ?? 0;
    else if (code === 0x15) at += value === k ? yes : no;
    else if (code === 0x35) at += value >= k ? yes : no;
    else if (code === 0x45) at += (value & k) !== 0 ? yes : no;
    else if (code === 0x06) return VERDICTS.get(k) ?? `unknown ${k}`;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error("the filter ran out");
}
const VERDICTS = new Map([
  [0x7fff0000, "allowed"],
  [0x00050001, "not permitted"],
  [0x00050026, "not implemented"],
]);

/** Numbers from the kernel's tables: x86-64 (`syscall_64.tbl`) and arm64 (`asm-generic/unistd.h`). */
describe.each([
  [
    "x64",
    0xc000003e,
    {
      read: 0,
      write: 1,
      execve: 59,
      clone: 56,
      fork: 57,
      futex: 202,
      openat: 257,
      ioctl: 16,
      socket: 41,
      connect: 42,
      ptrace: 101,
      unshare: 272,
      mount: 165,
    },
  ],
  [
    "arm64",
    0xc00000b7,
    {
      read: 63,
      write: 64,
      execve: 221,
      clone: 220,
      fork: 1_000,
      futex: 98,
      openat: 56,
      ioctl: 29,
      socket: 198,
      connect: 203,
      ptrace: 117,
      unshare: 97,
      mount: 40,
    },
  ],
] as const)("on %s", (name, arch, numbers) => {
  const filter = seccompFilter(name)!;
  const of = (number: number, ...args: readonly number[]): string => verdict(filter, { arch, number, args });

  test("what every program does is allowed", () => {
    for (const call of ["read", "write", "execve", "fork", "futex", "openat", "connect"] as const)
      expect([call, of(numbers[call])]).toEqual([call, "allowed"]);
    expect(of(numbers.clone, 0x3d0f00)).toBe("allowed");
    expect(of(numbers.ioctl, 0, 0x5401)).toBe("allowed");
    for (const family of [1, 2, 10, 16]) expect(of(numbers.socket, family)).toBe("allowed");
  });

  test("what leads out is not", () => {
    for (const call of ["ptrace", "unshare", "mount"] as const)
      expect([call, of(numbers[call])]).toEqual([call, "not permitted"]);
    expect(of(435)).toBe("not implemented");
    for (const flag of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
      expect(of(numbers.clone, flag | 17)).toBe("not permitted");
    for (const request of [0x5412, 0x541c]) expect(of(numbers.ioctl, 0, request)).toBe("not permitted");
    for (const family of [0, 3, 17, 38, 40, 44]) expect(of(numbers.socket, family)).toBe("not permitted");
  });

  test("no call of another machine gets through", () => {
    for (const other of [0x40000003, 0x40000028, 0xc000003e, 0xc00000b7].filter((one) => one !== arch))
      expect(verdict(filter, { arch: other, number: numbers.read })).toBe("not permitted");
  });
});

test("x32 is refused on x86-64, and other machines have no filter", () => {
  expect(verdict(seccompFilter("x64")!, { arch: 0xc000003e, number: 0x40000000 })).toBe("not permitted");
  expect(seccompFilter("riscv64")).toBeUndefined();
});
