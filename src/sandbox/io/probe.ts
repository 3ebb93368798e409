import { readlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { runProgram, type Workshop } from "./run-program.ts";

const SECONDS = 30;
const NAMESPACES = ["net", "pid", "user", "mnt", "ipc", "uts", "cgroup"] as const;

/**
 * Looks from inside at what must not be possible, and says `name=yes` or `no` for each: a program that is missing there
 * says `unknown`. Written for any POSIX shell.
 */
const SCRIPT = `
say() { echo "$1=$2"; }
can() { name=$1; shift; if "$@" >/dev/null 2>&1; then say "$name" yes; else say "$name" no; fi; }
has() { command -v "$1" >/dev/null 2>&1; }
can write-usr touch /usr/.casebook-probe
can write-root touch /.casebook-probe
can write-dev touch /dev/.casebook-probe
can write-copy touch ./.casebook-probe
say read-only-usr "$(grep -c ' /usr [^ ]* ro,' /proc/self/mounts)"
for name in ${NAMESPACES.join(" ")}; do say "ns-$name" "$(readlink /proc/self/ns/$name)"; done
say environment "$(cat /proc/self/environ | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' ')"
say environment-of-1 "$(cat /proc/1/environ | wc -c)"
say interfaces "$(grep -c : /proc/net/dev)"
say user "$(id -u)"
if has unshare; then can nested unshare -U true; else say nested unknown; fi
connect() {
  if has python3; then python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)' "$1"
  elif has node; then node -e 'const s = require("net").connect(+process.argv[1], "127.0.0.1"); s.on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$1"
  elif has perl; then perl -MIO::Socket::INET -e 'exit(IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]") ? 0 : 1)' "$1"
  elif has bash; then bash -c "exec 9<>/dev/tcp/127.0.0.1/$1"
  else false
  fi
}
can connect connect "$1"
`;

/** Tries for real whether the host holds a sandbox; undefined when it does, else one sentence on what it let through. */
export async function probe(workshop: Workshop): Promise<string | undefined> {
  let connections = 0;
  await using server = await listen(() => connections++);
  const { end, output } = await runProgram(
    workshop,
    {
      changes: new Map(),
      command: ["/bin/sh", "-c", SCRIPT, "probe", `${server.port}`],
      limits: { seconds: SECONDS, outputCharacters: 10_000 },
    },
    AbortSignal.timeout((SECONDS + 10) * 1000),
  );
  if (end.kind === "not-started") return `this host lets no sandbox start: ${end.why}${adviceOn(end.why)}`;
  if (end.kind !== "exit" || end.code !== 0)
    return `the trial run did not end well (${JSON.stringify(end)}): ${output.trim().slice(0, 200)}`;
  const leak = leakIn(answersIn(output), workshop);
  if (leak !== undefined) return `the trial run got through: ${leak}`;
  return connections > 0 ? "the trial run got through: it reached a port of this host" : undefined;
}

function answersIn(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}

function leakIn(said: ReadonlyMap<string, string>, { env }: Workshop): string | undefined {
  for (const [name, what] of [
    ["write-usr", "it wrote to /usr"],
    ["write-root", "it wrote to /"],
    ["write-dev", "it wrote to /dev"],
    ["connect", "it reached a port of this host"],
  ] as const)
    if (said.get(name) !== "no") return what;
  if (said.get("write-copy") !== "yes") return "it could not write in its copy";
  if (said.get("read-only-usr") !== "1") return "/usr was not read-only";
  const shared = NAMESPACES.find((name) => {
    const inside = said.get(`ns-${name}`) ?? "";
    return !inside.startsWith(`${name}:[`) || inside === readlinkSync(`/proc/self/ns/${name}`);
  });
  if (shared !== undefined) return `it shared the ${shared} namespace of this host`;
  const known = new Set(["PATH", "PWD", "OLDPWD", "SHLVL", "_", ...Object.keys(env)]);
  const seen = (said.get("environment") ?? "").split(" ");
  if (!seen.includes("PATH") || seen.some((name) => !known.has(name)))
    return "it saw variables of this process";
  if (said.get("environment-of-1") !== "0") return "it saw variables of this process in /proc";
  if (said.get("interfaces") !== "1") return "it saw network interfaces";
  if (said.get("user") !== "1000") return "it was not an ordinary user";
  if (!["no", "unknown"].includes(said.get("nested") ?? "")) return "it made a user namespace of its own";
  return undefined;
}

/** The refusals that are seen on real hosts; docs/sandbox.md says more. */
function adviceOn(why: string): string {
  return /namespace|uid map|RTM_NEWADDR/i.test(why)
    ? "; unprivileged user namespaces may be switched off, or a container or AppArmor may refuse them (docs/sandbox.md)"
    : "";
}

async function listen(onConnection: () => void): Promise<AsyncDisposable & { readonly port: number }> {
  const server: Server = createServer((socket) => {
    onConnection();
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
