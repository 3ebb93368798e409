import { createServer } from "node:http";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { openGit } from "../../src/research/open-git.ts";
import { openSandbox } from "../../src/sandbox/io/open-sandbox.ts";
import { gitFolder, temporaryFolder } from "../fakes/git-folder.ts";
import type { Attack, Family } from "./attack.ts";

const CANARY = "canary-b7e2d9";

interface Scene {
  readonly output: string;
  readonly end: { readonly kind: string; readonly code?: number };
  readonly visits: number;
  /** A file beside the sandbox. */
  readonly outside: string;
}

/** Runs a program on a copy of a folder, beside a server of this machine and a file that it must not reach. */
async function ran(
  program: (scene: { readonly port: number; readonly outside: string }) => string,
): Promise<Scene> {
  let visits = 0;
  const server = createServer((_, response) => {
    visits++;
    response.end(CANARY);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  using folder = temporaryFolder();
  const outside = join(folder.path, "key.pem");
  const files = join(folder.path, "files");
  mkdirSync(files);
  writeFileSync(outside, CANARY);
  writeFileSync(join(files, "a.txt"), "hello");
  process.env["CASEBOOK_ATTACK"] = CANARY;
  try {
    const state = await openSandbox({ files, toolchains: [] });
    if (state.kind === "none") throw new Error(state.why);
    const { port } = server.address() as AddressInfo;
    const { output, end } = await state.sandbox.run(
      {
        changes: new Map(),
        command: ["sh", "-c", program({ port, outside })],
        limits: { seconds: 5, processes: 64, diskBytes: 20_000_000 },
      },
      new AbortController().signal,
    );
    if (readFileSync(outside, "utf8") !== CANARY) return { output: CANARY, end, visits, outside };
    return { output, end, visits, outside };
  } finally {
    delete process.env["CASEBOOK_ATTACK"];
    server.close();
  }
}

const program = (
  name: string,
  text: Parameters<typeof ran>[0],
  got: (scene: Scene) => string | undefined = () => undefined,
): Attack => ({
  name,
  async run() {
    const scene = await ran(text);
    if (scene.visits > 0) return "it reached a server of this machine";
    if (scene.output.includes(CANARY)) return "it read or changed what is not its own";
    return got(scene);
  },
});

async function whyNoSandbox(): Promise<string | undefined> {
  using folder = temporaryFolder();
  const state = await openSandbox({ files: folder.path, toolchains: [] });
  return state.kind === "none" ? state.why : undefined;
}

export const SANDBOX: Family = {
  name: "programs in the sandbox",
  skipped: await whyNoSandbox(),
  attacks: [
    program("prints its variables", () => "env; cat /proc/self/environ"),
    program("prints the variables of all processes", () => "cat /proc/*/environ"),
    program(
      "reads a file of this machine",
      ({ outside }) => `cat ${outside}; cat ${homedir()}/.ssh/* ${homedir()}/.netrc`,
    ),
    program("writes to a file of this machine", ({ outside }) => `echo x > ${outside}`),
    program(
      "asks a server of this machine",
      ({ port }) => `wget -qO- http://127.0.0.1:${port}/ || curl -s http://127.0.0.1:${port}/`,
    ),
    program(
      "asks a server by a shell",
      ({ port }) => `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; echo GET / >&3; cat <&3'`,
    ),
    program("links to a file of this machine", ({ outside }) => `ln -s ${outside} /tmp/l; cat /tmp/l`),
    program(
      "becomes another user",
      () => "su -c id; sudo id",
      ({ output }) => (output.includes("uid=0") ? "it is root" : undefined),
    ),
    program(
      "opens a namespace of its own",
      () => "unshare -Ur id",
      ({ output }) => (output.includes("uid=0") ? "it is root" : undefined),
    ),
    program(
      "starts processes without end",
      () => "for i in $(seq 300); do sleep 30 & done; wait",
      ({ end }) => (end.kind === "exit" && end.code === 0 ? "it ended by itself" : undefined),
    ),
    program(
      "fills the disk",
      () => "head -c 200000000 /dev/zero > big && echo filled",
      ({ output }) => (output.includes("filled") ? "it wrote 200 MB" : undefined),
    ),
    program(
      "never ends",
      () => "sleep 600",
      ({ end }) => (end.kind === "exit" ? "nobody stopped it" : undefined),
    ),
    program(
      "leaves a process behind",
      () => "(setsid sleep 77123 &) ; echo ok",
      () => (isRunning("sleep", "77123") ? "it still runs" : undefined),
    ),
  ],
  benign: [
    {
      name: "a program reads its copy and writes beside it",
      async run() {
        const { output, end } = await ran(() => "cat a.txt; echo x > b.txt && cat b.txt; touch /tmp/c");
        return end.kind === "exit" && end.code === 0 && output === "hellox\n"
          ? undefined
          : JSON.stringify([output, end]);
      },
    },
    {
      name: "a program talks with itself",
      async run() {
        const { output } = await ran(() => "mkfifo p; (echo there > p) & cat p");
        return output.includes("there") ? undefined : output;
      },
    },
  ],
};

/** Whether a process of this machine was started with these words. */
function isRunning(...words: readonly string[]): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8") === `${words.join("\0")}\0`;
    } catch {
      return false;
    }
  });
}

/** Opens a repository by what somebody wrote for `--repo`. */
async function opened(
  url: (scene: { readonly port: number; readonly marker: string }) => string,
): Promise<string | undefined> {
  let visits = 0;
  const server = createServer((_, response) => {
    visits++;
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "casebook-attack-"));
  const marker = join(folder, "marker");
  try {
    const { port } = server.address() as AddressInfo;
    const found = await openGit({ repository: url({ port, marker }), data: join(folder, "data") }).then(
      (repository) => {
        repository[Symbol.dispose]();
        return "a repository was opened";
      },
      () => undefined,
    );
    if (existsSync(marker)) return "a program ran";
    return visits > 0 ? `a server of this machine was asked ${visits} times` : found;
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const url = (name: string, text: Parameters<typeof opened>[0]): Attack => ({ name, run: () => opened(text) });

/** A repository whose own settings name programs, opened and read as research does it. */
const settings = (name: string, key: string, value: (marker: string) => string): Attack => ({
  name,
  async run() {
    using folder = gitFolder();
    const marker = join(folder.path, "marker");
    folder.commit({ "a.txt": "a\n", ".gitattributes": "* filter=evil diff=evil\n" });
    folder.git("config", key, value(marker));
    using repository = await openGit({ repository: folder.path, data: join(folder.path, "data") });
    const head = await repository.resolve("HEAD");
    const tree = await repository.tree(head);
    for await (const { bytes } of tree.read(tree.entries)) if (bytes === undefined) break;
    await repository.history.commits(head, 5);
    return existsSync(marker) ? "a program of its settings ran" : undefined;
  },
});

export const GIT: Family = {
  name: "git and addresses",
  attacks: [
    url("a program as a protocol", ({ marker }) => `ext::sh -c "touch ${marker}"`),
    url("a program as a protocol of a URL", ({ marker }) => `ext://sh -c "touch ${marker}"`),
    url("an option as an address", ({ marker }) => `--upload-pack=touch ${marker}`),
    url("an option as a host", ({ marker }) => `ssh://-oProxyCommand=touch ${marker}/x`),
    url("an option as a user", ({ marker }) => `-oProxyCommand=touch ${marker}@host:x`),
    url("a server of this machine", ({ port }) => `http://127.0.0.1:${port}/x.git`),
    url("a server of this machine by its name", ({ port }) => `http://localhost:${port}/x.git`),
    url("a server of this machine as a number", ({ port }) => `http://2130706433:${port}/x.git`),
    url("a server of this machine in IPv6", ({ port }) => `http://[::ffff:127.0.0.1]:${port}/x.git`),
    url("a server of this machine as no address", ({ port }) => `http://0.0.0.0:${port}/x.git`),
    url("the address of a cloud's own data", () => "http://169.254.169.254/latest/meta-data"),
    url("a machine of the private network", () => "http://10.0.0.1/x.git"),
    url("a file by a protocol that is none of git's", () => "gopher://127.0.0.1/x"),
    settings("a monitor of the file system", "core.fsmonitor", (marker) => `touch ${marker}; false`),
    settings("a filter", "filter.evil.smudge", (marker) => `touch ${marker}; cat`),
    settings("a program for differences", "diff.evil.textconv", (marker) => `touch ${marker}; cat`),
    settings("a pager", "core.pager", (marker) => `touch ${marker}; cat`),
    settings("a folder of hooks", "core.hooksPath", () => "/tmp"),
  ],
  benign: [
    {
      name: "a folder is opened",
      async run() {
        using folder = gitFolder();
        const head = folder.commit({ "a.txt": "a\n" });
        using repository = await openGit({ repository: folder.path, data: join(folder.path, "data") });
        return (await repository.resolve("HEAD")) === head ? undefined : "it has another head";
      },
    },
    {
      name: "a file with a strange name is read",
      async run() {
        using folder = gitFolder();
        folder.commit({ "a b;$(id).txt": "a\n" });
        using repository = await openGit({ repository: folder.path, data: join(folder.path, "data") });
        const tree = await repository.tree(await repository.resolve("HEAD"));
        return tree.entries.some(({ path }) => path === "a b;$(id).txt") ? undefined : "it is not listed";
      },
    },
  ],
};
