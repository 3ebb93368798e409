/**
 * The filter of system calls, as the kernel reads it (classic BPF, `struct sock_filter`), without libseccomp. Refuses what no
 * test needs and what has let programs out before; everything else the namespaces must hold. Numbers are of the kernel's
 * tables for x86-64 and arm64; undefined: the call does not exist there.
 */
type Numbers = readonly [x64: number | undefined, arm64: number | undefined];

/** Answered with "not permitted". */
const REFUSED: Readonly<Record<string, Numbers>> = {
  // Reading and changing other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  // Mounts and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  open_tree_attr: [467, 467],
  unshare: [272, 97],
  setns: [308, 268],
  // Parts of the kernel with a history of holes.
  bpf: [321, 280],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  modify_ldt: [154, undefined],
  // The machine itself.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  iopl: [172, undefined],
  ioperm: [173, undefined],
  syslog: [103, 116],
  vhangup: [153, 58],
  // Memory that belongs to no process: no limit of a process holds it.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
};

/** Its flags lie in memory, where a filter cannot look: it is answered with ENOSYS, so that libraries fall back to `clone`. */
const CLONE3: Numbers = [435, 435];
const CLONE: Numbers = [56, 220];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACE = 0x7e020000;
const IOCTL: Numbers = [16, 29];
/** TIOCSTI and TIOCLINUX put keys into a terminal. */
const TERMINAL_INPUT = [0x5412, 0x541c];
const SOCKET: Numbers = [41, 198];
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. Others, AF_VSOCK above all, lead out: no namespace holds them. */
const FAMILIES = [1, 2, 10, 16];

const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const NOT_PERMITTED = 0x00050000 | 1;
const NOT_IMPLEMENTED = 0x00050000 | 38;
/** Offsets in `struct seccomp_data`; of an argument the lower half, for both machines are little-endian. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

/** Where a jump goes: to a verdict, or over that many instructions. */
type Target = "allow" | "refuse" | "missing" | number;
interface Instruction {
  readonly code: number;
  readonly k: number;
  readonly yes?: Target;
  readonly no?: Target;
}

/** The program for `process.arch`; undefined for a machine whose numbers are not here. */
export function seccompFilter(arch: string): Buffer | undefined {
  if (arch !== "x64" && arch !== "arm64") return undefined;
  const of = (numbers: Numbers): number | undefined => numbers[arch === "x64" ? 0 : 1];
  const steps: Instruction[] = [
    { code: LOAD, k: ARCHITECTURE },
    { code: EQUAL, k: arch === "x64" ? 0xc000003e : 0xc00000b7, no: "refuse" },
    { code: LOAD, k: NUMBER },
  ];
  // x32: the same calls under other numbers.
  if (arch === "x64") steps.push({ code: AT_LEAST, k: 0x40000000, yes: "refuse" });
  for (const numbers of Object.values(REFUSED)) {
    const number = of(numbers);
    if (number !== undefined) steps.push({ code: EQUAL, k: number, yes: "refuse" });
  }
  steps.push({ code: EQUAL, k: of(CLONE3)!, yes: "missing" });
  onCall(steps, of(CLONE)!, 0, [{ code: ANY_BIT, k: NEW_NAMESPACE, yes: "refuse" }], "allow");
  onCall(
    steps,
    of(IOCTL)!,
    1,
    TERMINAL_INPUT.map((k) => ({ code: EQUAL, k, yes: "refuse" })),
    "allow",
  );
  onCall(
    steps,
    of(SOCKET)!,
    0,
    FAMILIES.map((k) => ({ code: EQUAL, k, yes: "allow" })),
    "refuse",
  );
  return assemble(steps);
}

/** For one call: looks at one argument, then goes where the last step says. */
function onCall(
  steps: Instruction[],
  number: number,
  index: number,
  tests: readonly Instruction[],
  last: keyof typeof VERDICTS,
): void {
  steps.push({ code: EQUAL, k: number, no: tests.length + 2 }, { code: LOAD, k: argument(index) }, ...tests, {
    code: RETURN,
    k: VERDICTS[last],
  });
}

const VERDICTS = { allow: ALLOW, refuse: NOT_PERMITTED, missing: NOT_IMPLEMENTED } as const;

/** The verdicts stand at the end, in the order of `VERDICTS`; a jump is one byte, so there is room for about 250 steps. */
function assemble(steps: readonly Instruction[]): Buffer {
  const names = Object.keys(VERDICTS);
  const bytes = Buffer.alloc(8 * (steps.length + names.length));
  const distance = (from: number, target: Target = 0): number =>
    typeof target === "number" ? target : steps.length + names.indexOf(target) - from - 1;
  [...steps, ...Object.values(VERDICTS).map((k): Instruction => ({ code: RETURN, k }))].forEach(
    (step, at) => {
      bytes.writeUInt16LE(step.code, at * 8);
      bytes.writeUInt8(distance(at, step.yes), at * 8 + 2);
      bytes.writeUInt8(distance(at, step.no), at * 8 + 3);
      bytes.writeUInt32LE(step.k, at * 8 + 4);
    },
  );
  return bytes;
}
