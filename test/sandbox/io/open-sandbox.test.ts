import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { findHostPrograms, type HostPrograms } from "../../../src/sandbox/io/host-programs.ts";
import { openSandbox } from "../../../src/sandbox/io/open-sandbox.ts";
import { probe } from "../../../src/sandbox/io/probe.ts";
import { programsOf } from "../../../src/sandbox/io/surroundings.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "./sandbox-here.ts";

const { signal } = new AbortController();

test("without bubblewrap or prlimit it says what to install", async () => {
  using empty = filesFolder({});
  expect(await findHostPrograms([empty.path])).toBe(
    "bubblewrap is not installed (Debian and Ubuntu: `apt-get install bubblewrap`)",
  );
  using old = filesFolder({ bwrap: "#!/bin/sh\necho bubblewrap 0.6.1\n" });
  expect(await findHostPrograms([old.path])).toBe(
    "prlimit and choom are not installed (Debian and Ubuntu: `apt-get install util-linux`)",
  );
  for (const name of ["prlimit", "choom"]) {
    writeFileSync(join(old.path, name), "#!/bin/sh\n");
    chmodSync(join(old.path, name), 0o755);
  }
  expect(await findHostPrograms([old.path])).toBe("bubblewrap 0.8 or newer is needed, 0.6.1 is installed");
});

test("what the operator names is checked before anything is started", async () => {
  using files = filesFolder({ file: "" });
  const why = async (more: Partial<Parameters<typeof openSandbox>[0]>): Promise<string> => {
    const state = await openSandbox({ files: files.path, toolchains: [], ...more });
    return state.kind === "none" ? state.why : "ready";
  };
  expect(await why({ toolchains: ["relative"] })).toBe("relative must be an absolute path");
  expect(await why({ toolchains: [join(files.path, "absent")] })).toBe(
    `${join(files.path, "absent")} is no folder`,
  );
  expect(await why({ toolchains: ["/proc/self"] })).toBe(
    "/proc/self cannot be offered: the sandbox has a /proc of its own",
  );
  expect(await why({ root: join(files.path, "file") })).toBe(`${join(files.path, "file")} is no folder`);
  const asRoot = process.getuid?.() === 0;
  mkdirSync(join(files.path, "private"), { mode: 0o700 });
  expect(await why({ toolchains: [join(files.path, "private")] })).toMatch(
    asRoot ? /private cannot be read by an ordinary user, as whom code is run/ : /./,
  );
  expect(await why({ dependencies: { from: files.path, at: "../x" } })).toBe(
    "../x is no path inside the repository",
  );
});

test("a folder of the own PATH is on the sandbox's when the sandbox sees it: below `/usr`, and nowhere else", () => {
  const before = process.env["PATH"];
  try {
    process.env["PATH"] = "/usr/lib:/var:/usr/absent:relative:/usr/bin";
    const { path } = programsOf({ toolchains: [] });
    expect(path.split(":")).toEqual(["/usr/local/bin", "/usr/bin", "/bin", "/usr/lib"]);
    expect(programsOf({ toolchains: [], root: "/usr" }).path).not.toContain("/usr/lib");
  } finally {
    process.env["PATH"] = before;
  }
});

describeSandboxed("opening", () => {
  /** A bubblewrap of a careless host, readable by everybody. */
  async function hostWith(script: string): Promise<Disposable & { readonly host: HostPrograms }> {
    const real = (await findHostPrograms()) as HostPrograms;
    const folder = filesFolder({ bwrap: script.replaceAll("BWRAP", real.bwrap) });
    chmodSync(folder.path, 0o755);
    return {
      host: { ...real, bwrap: join(folder.path, "bwrap") },
      [Symbol.dispose]: () => folder[Symbol.dispose](),
    };
  }

  test.each([
    [
      "isolates nothing",
      '#!/bin/sh\nshift 3\nmkdir -p /tmp/home\ncd /tmp && exec "$@"\n',
      /^this host lets no sandbox start: it has no process namespace of its own/,
    ],
    [
      "shares the network",
      '#!/bin/sh\nshift 2\nexec env -i BWRAP --args 3 --share-net "$@"\n',
      /reached a port of this host|network interfaces|net namespace/,
    ],
    [
      "passes a variable on",
      '#!/bin/sh\nshift 2\nexec env -i BWRAP --args 3 --setenv TOKEN x "$@"\n',
      /saw variables of this process$/,
    ],
    [
      "has a variable itself",
      '#!/bin/sh\nexec env -i TOKEN=x BWRAP "$@"\n',
      /saw variables of this process in \/proc$/,
    ],
    [
      "lets /dev be written",
      '#!/bin/sh\nshift 2\nexec env -i BWRAP --args 3 --tmpfs /dev/x --dev /dev "$@"\n',
      /wrote to \/dev|no sandbox start/,
    ],
    [
      "cannot make namespaces",
      '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
      /^this host lets no sandbox start: bwrap: No permissions to create new namespace; unprivileged user namespaces/,
    ],
    [
      "ends at once",
      "#!/bin/sh\nexit 0\n",
      /^this host lets no sandbox start: the sandbox ended before the program began/,
    ],
  ])("a bubblewrap that %s is noticed", async (_, script, why) => {
    using broken = await hostWith(script);
    expect(
      await probe({
        host: broken.host,
        programs: programsOf({ toolchains: [] }),
        files: new Map(),
        dependencies: undefined,
        env: {},
      }),
    ).toMatch(why);
  });

  test("what is there is found by name and version; a Node is offered at a place of its own, wherever it lies", async () => {
    using files = filesFolder({});
    const sandbox = await sandboxOver(files.path, { node: dirname(process.execPath) });
    expect(sandbox.environment.toolchains.get("node")).toBe(process.versions.node);
    expect(sandbox.environment.toolchains.get("python3")).toMatch(/^3\./);
    expect(sandbox.environment.sandbox).toMatch(/^bubblewrap \d+\.\d+\.\d+$/);
    const { output } = await sandbox.run(
      { changes: new Map(), command: ["node", "-p", "process.execPath"] },
      signal,
    );
    expect(output.trim()).toBe("/opt/casebook-node/node");
  });

  test("a toolchain among the host's programs needs nothing more", async () => {
    using files = filesFolder({});
    const sandbox = await sandboxOver(files.path, { toolchains: ["/usr/bin"] });
    expect(sandbox.environment.toolchains.has("python3")).toBe(true);
  });

  test("prepared dependencies are seen in the copy, read-only, in the place of what the commit has there", async () => {
    using files = filesFolder({
      "main.cjs": 'console.log(require("dep"))',
      "node_modules/dep/index.js": "broken(",
    });
    using prepared = filesFolder({
      "dep/index.js": 'module.exports = "prepared"',
      ".bin/tool": "#!/bin/sh\necho tool\n",
    });
    chmodSync(prepared.path, 0o755);
    const sandbox = await sandboxOver(files.path, {
      node: dirname(process.execPath),
      dependencies: { from: prepared.path, at: "node_modules" },
    });
    expect(sandbox.environment.dependencies).toBe("node_modules");
    const { output } = await sandbox.run(
      {
        changes: new Map(),
        command: ["sh", "-c", "node main.cjs; tool; touch node_modules/x || echo read-only"],
      },
      signal,
    );
    expect(output).toMatch(/^prepared\ntool\n.*Read-only file system\nread-only\n$/);
    const { end } = await sandbox.run(
      { changes: new Map([["node_modules/dep/index.js", "x"]]), command: ["true"] },
      signal,
    );
    expect(end).toMatchObject({ kind: "not-started" });
  });

  test("prepared Python packages can be imported", async () => {
    using files = filesFolder({ "src/a.py": "" });
    using prepared = filesFolder({
      "dep/__init__.py": "name = 'prepared'",
      "dep-1.0.dist-info/METADATA": "",
    });
    chmodSync(prepared.path, 0o755);
    const sandbox = await sandboxOver(files.path, { dependencies: { from: prepared.path, at: ".packages" } });
    const { output } = await sandbox.run(
      { changes: new Map(), command: ["python3", "-c", "import dep; print(dep.name)"] },
      signal,
    );
    expect(output).toBe("prepared\n");
  });

  test("a prepared root stands in the place of the host's programs", async () => {
    using files = filesFolder({});
    using root = filesFolder({
      "etc/os-release": "NAME=Prepared\n",
      "opt/tool/bin/tool": "#!/bin/sh\necho prepared\n",
      "home/key": "no",
    });
    chmodSync(root.path, 0o755);
    // Only what the trial run needs; a real one is unpacked from an image.
    mkdirSync(join(root.path, "usr"));
    const copy = (from: string): void => {
      mkdirSync(dirname(join(root.path, from)), { recursive: true });
      copyFileSync(from, join(root.path, from));
    };
    for (const name of "sh tar mkdir touch wc cat grep readlink tr cut sort id ls bash".split(" ")) {
      copy(`/bin/${name}`);
      const { stdout } = spawnSync("ldd", [`/bin/${name}`], { encoding: "utf8" });
      for (const [library] of stdout.matchAll(/\/\S+/g)) copy(library);
    }
    const sandbox = await sandboxOver(files.path, { root: root.path, toolchains: ["/usr/bin"] });
    expect(sandbox.environment.toolchains.has("python3")).toBe(false);
    const { output } = await sandbox.run(
      { changes: new Map(), command: ["sh", "-c", "cat /etc/os-release; /opt/tool/bin/tool; ls /home"] },
      signal,
    );
    expect(output).toBe("NAME=Prepared\nprepared\ncasebook\n");
  });

  test("a host is tried once, however many sandboxes are opened", async () => {
    using files = filesFolder({});
    await openSandbox({ files: files.path, toolchains: [] });
    let processes = 0;
    const count = (): void => void processes++;
    subscribe("child_process", count);
    await Promise.all(Array.from({ length: 20 }, () => openSandbox({ files: files.path, toolchains: [] })));
    unsubscribe("child_process", count);
    // One each, which lists the toolchains.
    expect(processes).toBe(20);
  });

  test("a request that only a bug can make throws", async () => {
    using files = filesFolder({});
    const sandbox = await sandboxOver(files.path);
    for (const request of [
      { command: [] },
      { command: ["--version"] },
      { command: ["a\0b"] },
      { command: ["true"], env: { "A=B": "" } },
      { command: ["true"], collect: ["../x"] },
      { command: ["true"], collect: ["-n"] },
      { command: ["true", "x".repeat(200_000)] },
    ])
      await expect(sandbox.run({ changes: new Map(), ...request }, signal)).rejects.toThrow(RangeError);
    await expect(
      sandbox.run({ changes: new Map(), command: ["true"] }, AbortSignal.abort(new Error("stopped"))),
    ).rejects.toThrow("stopped");
  });
});
