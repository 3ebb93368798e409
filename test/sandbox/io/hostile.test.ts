import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeSandboxed, filesFolder, processesWith, runOn, sandboxOver } from "./sandbox-here.ts";

const MiB = 1024 ** 2;

describeSandboxed("hostile code", () => {
  test("a server on this machine cannot be reached", async () => {
    let connections = 0;
    const server = createServer(() => connections++).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { end, output } = await runOn(
      {},
      `
import socket
for address in [("127.0.0.1", ${port}), ("192.0.2.1", 80)]:
    try: socket.create_connection(address, 3); print("connected")
    except OSError as error: print(type(error).__name__)
try: socket.socket(40, socket.SOCK_STREAM); print("a socket of the host")
except OSError as error: print(error.errno)
print(open("/proc/net/dev").read().count(":"))
`,
    );
    server.close();
    expect(end).toEqual({ kind: "exit", code: 0 });
    expect(output.split("\n").slice(0, 4)).toEqual(["ConnectionRefusedError", "OSError", "1", "1"]);
    expect(connections).toBe(0);
  });

  test("no file and no variable of this process is seen, in /proc neither", async () => {
    const canary = randomUUID();
    using secret = filesFolder({ "key.pem": canary });
    process.env["CASEBOOK_CANARY"] = canary;
    const places = [
      secret.path,
      homedir(),
      import.meta.dirname,
      process.cwd(),
      "/etc/shadow",
      "/run",
      "/var",
      "/sys",
    ];
    const { output } = await runOn(
      {},
      `
import os, sys
canary = "".join(${JSON.stringify([...canary])})
for place in ${JSON.stringify(places)}:
    if os.path.exists(place): print("there:", place)
for folder, folders, names in os.walk("/"):
    folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/usr", "/proc/sys") and not os.path.islink(os.path.join(folder, f))]
    if canary in folder: print("name:", folder)
    for name in names:
        path = os.path.join(folder, name)
        if canary in path: print("name:", path)
        try:
            if os.path.getsize(path) < 10_000_000 and name not in ("kmsg", "kcore", "tty", "ptmx") and not folder.startswith("/dev"):
                with open(path, "rb") as file:
                    data = file.read(1_000_000)
                if canary.encode() in data or b"casebook-" b"files-" in data and name != "cmdline": print("content:", path)
        except OSError: pass
print("done", len(os.listdir("/proc")) > 10)
`,
      { limits: { seconds: 50 } },
    );
    delete process.env["CASEBOOK_CANARY"];
    expect(output).toBe("done True\n");
  });

  test("nothing of this process's open files is inherited", async () => {
    const { output } = await runOn({}, ["sh", "-c", "for fd in /proc/self/fd/*; do readlink $fd; done"]);
    expect(output.split("\n").filter((line) => !/^(\/dev\/null|socket:\[\d+\]|)$/.test(line))).toEqual([]);
  });

  test("an ordinary user without rights, who gains none", async () => {
    const { output } = await runOn({}, [
      "sh",
      "-c",
      "id -u; grep -E 'Cap(Eff|Prm|Bnd)|NoNewPrivs|Seccomp:' /proc/self/status",
    ]);
    expect(output.replaceAll("\t", " ")).toBe(
      `1000\nCapPrm: ${"0".repeat(16)}\nCapEff: ${"0".repeat(16)}\nCapBnd: ${"0".repeat(16)}\nNoNewPrivs: 1\nSeccomp: 2\n`,
    );
  });

  test("a program that is setuid there runs as who calls it", async () => {
    const { output } = await runOn({}, [
      "sh",
      "-c",
      "cp /usr/bin/id /tmp/id; chmod 6755 /tmp/id; /tmp/id -u; su -c id 2>&1 </dev/null | grep -c uid=0",
    ]);
    expect(output).toBe("1000\n0\n");
  });

  /** By number, since no library calls them all; the last column is what the kernel must answer. */
  const CALLS: readonly (readonly [string, readonly [number, number], readonly number[], number])[] = [
    ["unshare(CLONE_NEWUSER)", [272, 97], [0x10000000], 1],
    ["clone(CLONE_NEWUSER)", [56, 220], [0x10000011, 0, 0, 0, 0], 1],
    ["clone3", [435, 435], [0, 0], 38],
    ["setns", [308, 268], [0, 0], 1],
    ["ptrace(PTRACE_TRACEME)", [101, 117], [0, 0, 0, 0], 1],
    ["process_vm_readv", [310, 270], [1, 0, 0, 0, 0, 0], 1],
    ["mount", [165, 40], [0, 0, 0, 0, 0], 1],
    ["open_tree", [428, 428], [0, 0, 0], 1],
    ["bpf", [321, 280], [0, 0, 0], 1],
    ["keyctl", [250, 219], [0, 0, 0, 0, 0], 1],
    ["io_uring_setup", [425, 425], [1, 0], 1],
    ["userfaultfd", [323, 282], [0], 1],
    ["perf_event_open", [298, 241], [0, 0, 0, 0, 0], 1],
    ["memfd_create", [319, 279], [0, 0], 1],
    ["shmget", [29, 194], [0, 4096, 0o1600], 1],
    ["socket(AF_VSOCK)", [41, 198], [40, 1, 0], 1],
    ["socket(AF_ALG)", [41, 198], [38, 5, 0], 1],
    ["ioctl(TIOCSTI)", [16, 29], [0, 0x5412, 0], 1],
    ["getpid as x32", [0x40000000 + 39, 0x40000000], [], 1],
  ];

  test("system calls that no test needs are refused, others work", async () => {
    const side = process.arch === "x64" ? 0 : 1;
    const calls = CALLS.map(([name, numbers, args]) => [name, numbers[side], args]);
    const { output } = await runOn(
      {},
      `
import ctypes, json, socket, threading, subprocess
libc = ctypes.CDLL(None, use_errno=True)
for name, number, args in json.loads(${JSON.stringify(JSON.stringify(calls))}):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(arg) for arg in args])
    print(name, ctypes.get_errno() if result == -1 else "allowed")
threading.Thread(target=lambda: None).start()
subprocess.run(["true"], check=True)
a = socket.create_server(("127.0.0.1", 0)); socket.create_connection(a.getsockname()); socket.socketpair()
print("fine")
`,
    );
    const expected = CALLS.filter(([name]) => process.arch === "x64" || !name.endsWith("x32")).map(
      ([name, , , errno]) => `${name} ${errno}`,
    );
    expect(output).toBe([...expected, "fine", ""].join("\n"));
  });

  test("a fork bomb is bounded, and nothing of it is left", async () => {
    const mark = randomUUID();
    const { end, output } = await runOn(
      {},
      `
import os, time, sys
count = 0
while True:
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                try: os.fork()
                except OSError: time.sleep(0.01)
        count += 1
    except OSError: break
print("${mark}"[:0] + str(0 < count < 60))
`,
      { limits: { processes: 60, seconds: 300 } },
    );
    expect({ end, output }).toEqual({ end: { kind: "exit", code: 0 }, output: "True\n" });
    expect(processesWith(mark)).toEqual([]);
  });

  test("a fork bomb that never ends is ended by the clock", async () => {
    const mark = randomUUID();
    // The bomb has a shell of its own: one that forks twice beside it can be the one that cannot, and ends by that.
    const result = await runOn({}, ["sh", "-c", `: ${mark}; f() { f | f & }; (f) & while :; do :; done`], {
      limits: { processes: 50, seconds: 2 },
    });
    expect(result.end).toEqual({ kind: "limit", limit: "seconds" });
    expect(processesWith(mark)).toEqual([]);
  });

  test("one process cannot have more memory than the limit", async () => {
    const { output } = await runOn(
      {},
      "try: bytearray(1 << 30); print('had it')\nexcept MemoryError: print('refused')",
      {
        limits: { memoryBytes: 512 * MiB },
      },
    );
    expect(output).toBe("refused\n");
  });

  test("nor can many processes together", async () => {
    const { end, output } = await runOn(
      {},
      `
import os, time
for _ in range(20):
    if os.fork() == 0:
        held = bytearray(150 << 20)
        time.sleep(300)
        os._exit(0)
time.sleep(300)
print("had it")
`,
      { limits: { memoryBytes: 512 * MiB, seconds: 250 } },
    );
    expect(end).toEqual({ kind: "signal", signal: "SIGKILL" });
    expect(output).toContain("its processes together passed 512 MiB of memory");
  });

  test("all that can be written is bounded, wherever it is written", async () => {
    const { output } = await runOn(
      {},
      `
import os
total = 0
for place in ["/repo", "/tmp", "/out", "/dev/shm", "/home/casebook", "/dev", "/", "/etc", "/usr", "/var/tmp", "/run"]:
    for n in range(100):
        try:
            with open(os.path.join(place, f"bomb{n}"), "wb", buffering=0) as file:
                while True: total += file.write(b"x" * 65536)
        except OSError: pass
print(total < 70 << 20, total > 40 << 20)
`,
      { limits: { diskBytes: 64 * MiB } },
    );
    expect(output).toBe("True True\n");
  });

  test("a bomb of empty files is stopped", async () => {
    const { end, output } = await runOn({}, "for n in range(10_000_000): open(f'/tmp/{n}', 'w').close()", {
      limits: { diskBytes: 64 * MiB, seconds: 40 },
    });
    expect(end).toEqual({ kind: "signal", signal: "SIGKILL" });
    expect(output).toContain("it made more than 16384 files");
  });

  test("a program that prints for ever is stopped; head and tail are kept", async () => {
    const { end, output, cut } = await runOn({}, ["sh", "-c", "echo first; yes"], {
      limits: { outputCharacters: 1_000 },
    });
    expect(end).toEqual({ kind: "limit", limit: "output" });
    expect(output).toMatch(/^first\ny\ny\n[^]*\[cut: \d+ characters\][^]*y\n$/);
    expect(output.length).toBeLessThan(1_100);
    expect(cut).toBeGreaterThan(40_000);
  });

  test("an endless loop is ended by the clock, deaf to signals or not", async () => {
    const { end } = await runOn(
      {},
      "import signal\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass",
      { limits: { seconds: 1 } },
    );
    expect(end).toEqual({ kind: "limit", limit: "seconds" });
  });

  test("what a program leaves running in a session of its own is killed when it ends", async () => {
    const mark = randomUUID();
    const { end, output } = await runOn({}, [
      "sh",
      "-c",
      `(setsid sh -c 'trap "" HUP TERM; sleep 300; : ${mark}' &) ; (setsid setsid sleep 301 &); echo out`,
    ]);
    expect({ end, output }).toEqual({ end: { kind: "exit", code: 0 }, output: "out\n" });
    expect(processesWith(mark)).toEqual([]);
  });

  test("when the signal aborts, everything is dead", async () => {
    const mark = randomUUID();
    using folder = filesFolder({});
    const sandbox = await sandboxOver(folder.path);
    const stop = new AbortController();
    const running = sandbox.run(
      { changes: new Map(), command: ["sh", "-c", `setsid sleep 300 & sleep 300; : ${mark}`] },
      stop.signal,
    );
    while (processesWith(mark).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(processesWith(mark)).toEqual([]);
  });

  test("aborted at any moment of its start, nothing is left", async () => {
    const mark = randomUUID();
    using folder = filesFolder({ "a.txt": "a" });
    const sandbox = await sandboxOver(folder.path);
    for (let round = 0; round < 60; round++) {
      const stop = new AbortController();
      const running = sandbox.run(
        { changes: new Map(), command: ["sh", "-c", `sleep 300; : ${mark}`] },
        stop.signal,
      );
      setTimeout(() => stop.abort(new Error("enough")), round / 3);
      await expect(running).rejects.toThrow("enough");
    }
    expect(processesWith(mark)).toEqual([]);
  });

  test("a link in the repository does not lead out", async () => {
    using secret = filesFolder({ key: "the secret" });
    const { output } = await runOn(
      {
        outside: { link: join(secret.path, "key") },
        folder: { link: secret.path },
        password: { link: "/etc/passwd" },
      },
      ["sh", "-c", "cat outside folder/key 2>&1 | grep -c secret; wc -l <password"],
    );
    expect(output).toBe("0\n2\n");
  });

  test("the files of the commit stay as they are", async () => {
    using folder = filesFolder({ "src/a.py": "a = 1\n" });
    const sandbox = await sandboxOver(folder.path);
    const result = await sandbox.run(
      {
        changes: new Map([["src/b.py", "b = 1\n"]]),
        command: ["sh", "-c", "rm -rf /repo/* && echo x >/repo/y && ls"],
      },
      new AbortController().signal,
    );
    expect(result.output).toBe("y\n");
    expect(readdirSync(folder.path, { recursive: true })).toEqual(["src", "src/a.py"]);
    expect(readFileSync(join(folder.path, "src/a.py"), "utf8")).toBe("a = 1\n");
  });

  test("two runs do not see each other, one after the other or at once", async () => {
    using folder = filesFolder({});
    const sandbox = await sandboxOver(folder.path);
    const run = (command: string): Promise<string> =>
      sandbox
        .run({ changes: new Map(), command: ["python3", "-c", command] }, new AbortController().signal)
        .then(({ output }) => output);
    const [left, right] = await Promise.all(
      [1, 2].map(() =>
        run(`
import os, socket, time
a = socket.socket(socket.AF_UNIX); a.bind("\\0casebook"); a.listen()
b = socket.create_server(("127.0.0.1", 4711))
for place in ["/repo", "/tmp", "/out", "/dev/shm"]:
    assert not os.path.exists(place + "/mine"); open(place + "/mine", "w").close()
time.sleep(1)
print([name for name in os.listdir("/proc") if name.isdigit() and "sleep(1)" in open(f"/proc/{name}/cmdline").read()].__len__())
`),
      ),
    );
    // Process 1, its shell, the program.
    expect([left, right]).toEqual(["3\n", "3\n"]);
    expect(
      await run(
        "import os\nprint([p for p in ['/repo', '/tmp', '/out', '/dev/shm'] if os.path.exists(p + '/mine')])",
      ),
    ).toBe("[]\n");
  });

  test("what is collected is a plain file that the program left, and nothing else", async () => {
    using secret = filesFolder({ key: "the secret" });
    const { files } = await runOn(
      {},
      `
import os
os.symlink("/etc/passwd", "/out/link"); os.symlink(${JSON.stringify(join(secret.path, "key"))}, "/out/outside")
os.mkfifo("/out/pipe"); os.mkdir("/out/folder"); os.symlink("/dev/zero", "/out/zero")
open("/out/large", "w").write("x" * 1_000_001)
open("/out/whole", "w").write("x" * 1_000_000)
open("/out/empty", "w").close()
open("/out/report.json", "w").write("file report.json 3\\nabc\\n\\u2713")
`,
      {
        collect: [
          "link",
          "outside",
          "pipe",
          "folder",
          "zero",
          "large",
          "whole",
          "empty",
          "report.json",
          "absent",
        ],
      },
    );
    expect([...files.keys()]).toEqual(["whole", "empty", "report.json"]);
    expect(files.get("whole")).toHaveLength(1_000_000);
    expect(files.get("report.json")).toBe("file report.json 3\nabc\n\u2713");
  });

  test("a process that stays does not change what is collected", async () => {
    const { files } = await runOn(
      {},
      `
import os, sys
open("/out/a", "w").write("true")
if os.fork() == 0:
    os.setsid()
    while True: open("/out/a", "w").write("false")
`.replace("    while", "    import time; time.sleep(2)\n    while"),
      { collect: ["a"] },
    );
    expect(files.get("a")).toBe("true");
  });

  test("killing the shell around it makes no report", async () => {
    const { end, files } = await runOn(
      {},
      "import os\nopen('/out/a', 'w').write('a')\nos.kill(os.getppid(), 9)",
      { collect: ["a"] },
    );
    expect(end).toEqual({ kind: "signal", signal: "SIGKILL" });
    expect(files.size).toBe(0);
  });

  test("nothing is left in the temporary folder of this machine", async () => {
    using folder = filesFolder({ a: "a" });
    const before = readdirSync(join(folder.path, ".."));
    writeFileSync(join(folder.path, "b"), "b");
    await runOn({}, ["true"]);
    expect(
      readdirSync(join(folder.path, "..")).filter(
        (name) => !before.includes(name) && name.startsWith("casebook-files-") && existsSync(name),
      ),
    ).toEqual([]);
  });
});
