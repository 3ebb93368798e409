import { MAX_COLLECTED, OUT } from "../places.ts";

/** File descriptors that the script inside reads and writes; the program has none of them. Sockets, so no path leads to them. */
export const ARCHIVE_FD = 5;
export const REPORT_FD = 6;

/**
 * What runs first inside, by any POSIX shell: sets the limit of processes (here, because it then counts those of this
 * sandbox alone), unpacks the copy, runs the program, kills what it left behind, and only then reads what it wrote, when
 * nothing can change it any more. It reports on a descriptor of its own: `ready`, `started`, `ended CODE`, `file NAME SIZE`
 * and the bytes. Its arguments: processes, names to collect (separated by spaces), program, arguments.
 *
 * The files may be sent only after `ready`. Killed earlier, bubblewrap may not have told the kernel yet to kill what is
 * inside along with it; that then finds nobody to send files, and ends.
 *
 * It first makes sure that it is process 2: `kill -9 -1` anywhere else would end everything that the user runs.
 */
export const INSIDE_SCRIPT = `
[ $$ = 2 ] || { echo "it has no process namespace of its own" >&2; exit 125; }
echo ready >&${REPORT_FD} || exit 125
ulimit -p "$1" 2>/dev/null || ulimit -u "$1" || exit 125
names=$2
shift 2
umask 022
mkdir -p /tmp/home || exit 125
tar -xf - <&${ARCHIVE_FD} || exit 125
exec ${ARCHIVE_FD}<&-
echo started >&${REPORT_FD}
(exec ${REPORT_FD}>&-; exec "$@") 2>&1
code=$?
kill -9 -1 2>/dev/null
echo "ended $code" >&${REPORT_FD}
for name in $names; do
  file=${OUT}/$name
  if [ -f "$file" ] && [ ! -L "$file" ] && size=$(wc -c <"$file") && [ "$size" -le ${MAX_COLLECTED} ]; then
    echo "file $name" $size >&${REPORT_FD}
    cat "$file" >&${REPORT_FD}
  fi
done
exit "$code"
`;

/** What the script reported; a report that breaks off gives what came before. */
export interface InsideReport {
  readonly started: boolean;
  readonly code: number | undefined;
  readonly files: ReadonlyMap<string, Buffer>;
}

export function readReport(bytes: Buffer, names: readonly string[]): InsideReport {
  const files = new Map<string, Buffer>();
  let started = false;
  let code: number | undefined;
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf("\n", at);
    if (end < 0) break;
    const [word, first, second] = bytes.toString("utf8", at, end).split(" ");
    at = end + 1;
    if (word === "ready") continue;
    if (word === "started") started = true;
    else if (word === "ended") code = Number(first);
    else if (word === "file" && names.includes(first ?? "")) {
      const size = Number(second);
      if (!(size >= 0 && size <= MAX_COLLECTED && at + size <= bytes.length)) break;
      files.set(first!, bytes.subarray(at, at + size));
      at += size;
    } else break;
  }
  return { started, code: Number.isInteger(code) ? code : undefined, files };
}
