import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import { connect, createServer } from "node:net";
import { syncBuiltinESMExports } from "node:module";

/**
 * Starts git from a small process. Starting a program copies the memory map of the process that starts it: a test worker of
 * 450 MB needs up to 17 ms of a core for that, a small one 2. It is the same git with the same pipes; only its parent differs.
 */
export function startGitFromSmallProcess() {
  if (process.platform !== "linux") return;
  // `git.ts` starts it by way of programs that bound it and end it with its parent.
  const isGit = (command, args) =>
    command === "git" || (["setpriv", "prlimit"].includes(command) && args.includes("git"));
  const start = childProcess.spawn;
  let small;
  childProcess.spawn = (command, args, options = {}) =>
    isGit(command, args) && [undefined, "pipe"].includes(options.stdio) && !options.signal
      ? (small ??= openSmall(start)).start(command, args, options)
      : start(command, args, options);
  syncBuiltinESMExports();
}

function openSmall(spawn) {
  const helper = spawn(process.execPath, [new URL("small-process.mjs", import.meta.url).pathname], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  helper.unref();
  helper.channel.unref();
  const children = new Map();
  helper.on("message", ({ id, ...news }) => children.get(id)?.hear(news));
  // The kernel accepts connections in the order in which they were made.
  const path = `\0casebook-test-${process.pid}`;
  const expected = [];
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    const { id, task } = expected.shift();
    // The raw handle: as a socket the other process would read from it.
    helper.send({ id, task }, socket._handle, () => socket.destroy());
  });
  server.listen(path).unref();
  let last = 0;
  return {
    start(command, args, { cwd = process.cwd(), env, detached = false }) {
      const id = ++last;
      const streams = [0, 1, 2].map((n) => {
        expected.push({
          id,
          task: n === 2 ? { command, args, cwd, env: env ?? process.env, detached } : undefined,
        });
        return connect({ path });
      });
      const child = new SmallChild(streams, () => children.delete(id));
      children.set(id, child);
      return child;
    },
  };
}

/** What the callers of `spawn` use of a child process. */
class SmallChild extends EventEmitter {
  exitCode = null;
  signalCode = null;
  killed = false;
  pid = undefined;
  #signal;
  #forget;

  constructor([stdin, stdout, stderr], forget) {
    super();
    Object.assign(this, { stdin, stdout, stderr });
    this.#forget = forget;
  }

  hear({ pid, error, end }) {
    if (pid !== undefined) {
      this.pid = pid;
      this.emit("spawn");
      if (this.#signal !== undefined) this.kill(this.#signal);
    } else if (error !== undefined) this.emit("error", Object.assign(new Error(error.message), error));
    if (error === undefined && end === undefined) return;
    this.#forget();
    [this.exitCode, this.signalCode] = end ?? [-1, null];
    this.stdin.destroy();
    if (end !== undefined) this.emit("exit", ...end);
    let open = 2;
    for (const stream of [this.stdout, this.stderr]) {
      const closed = () => --open === 0 && this.emit("close", this.exitCode, this.signalCode);
      if (stream.closed) closed();
      else stream.once("close", closed);
      if (stream.readableFlowing === null && stream.listenerCount("readable") === 0) stream.resume();
    }
  }

  kill(signal = "SIGTERM") {
    if (this.exitCode !== null || this.signalCode !== null) return false;
    this.killed = true;
    this.#signal = signal;
    try {
      if (this.pid !== undefined) process.kill(this.pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}
