import { splitLocation } from "../../text/location.ts";
import type { Frame } from "../issue-reading.ts";

const MAX_LINE = 1_000;
const MAX_FRAMES = 200;

interface Style {
  readonly name: string;
  /** Traces of this kind list the place where it broke first. */
  readonly innermostFirst: boolean;
  readonly read: (line: string, previous: string) => Frame | undefined;
}

/** Each pattern is bounded and starts at a fixed word, so a line is read in linear time. */
const STYLES: readonly Style[] = [
  style(
    "python",
    false,
    /^\s*File "([^"]{1,400})", line (\d{1,8})(?:, in ([^\s]{1,200}))?/,
    ([path, line, name]) => frame(path, line, name === "<module>" ? undefined : name),
  ),
  style(
    "ipython",
    false,
    /^\s*(?:File )?([^\s()]{1,400}\.py)(?::\d{1,8})? in ([\w<>]{1,200})\(/,
    ([path, name]) => frame(path, undefined, name),
  ),
  style(
    "java",
    true,
    /^\s*at ([\w$.<>/-]{1,300})\.([\w$<>]{1,200})\(([\w$-]{1,200}\.\w{1,8}):(\d{1,8})\)/,
    ([type, method, file, line]) => {
      const name = (type ?? "").split("/").at(-1) ?? "";
      const folders = name.split(".").slice(0, -1).join("/");
      return frame(folders === "" ? file : `${folders}/${file}`, line, method);
    },
  ),
  style(
    "csharp",
    true,
    /^\s*at ([\w.`+<>[\],]{1,300})\([^)]{0,300}\) in (.{1,400}):line (\d{1,8})/,
    ([name, path, line]) => frame(path, line, name),
  ),
  style(
    "node",
    true,
    /^\s*at (?:async )?(?:new )?([\w$.<>[\] ]{1,200}) \((?:file:\/\/)?([^()\s]{1,400}?:\d{1,8}(?::\d{1,8})?)\)/,
    ([name, location]) => frameAt(location, name),
  ),
  style(
    "node",
    true,
    /^\s*at (?:async )?(?:file:\/\/)?([^()\s]{1,400}?\.\w{1,5}:\d{1,8}(?::\d{1,8})?)\s*$/,
    ([location]) => frameAt(location),
  ),
  style(
    "php",
    true,
    /^\s*#\d{1,4} ([^()\s]{1,400}\.\w{1,5})\((\d{1,8})\): ?([\w\\:>{}-]{0,200})/,
    ([path, line, name]) => frame(path, line, name),
  ),
  style(
    "gdb",
    true,
    /^\s*#\d{1,4}\s+(?:0x[0-9a-f]{1,20} in )?([\w:~<>*&, ]{1,200}?) ?\([^)]{0,400}\) at ([^\s:]{1,400}:\d{1,8})/,
    ([name, location]) => frameAt(location, name),
  ),
  {
    name: "go",
    innermostFirst: true,
    read(line, previous) {
      const match = /^\s+(\S{1,400}\.go:\d{1,8})(?: \+0x[0-9a-f]{1,16})?\s*$/.exec(line);
      const name = /([\w*()]{1,100})\([^()]{0,300}\)\s*$/.exec(previous.slice(-500))?.[1];
      return match === null ? undefined : frameAt(match[1], name);
    },
  },
  style(
    "ruby",
    true,
    /^\s*(?:from |\d{1,4}: from )?([^\s:]{1,400}\.rb:\d{1,8}):in [`']([^'`]{1,200})'/,
    ([location, name]) => frameAt(location, name),
  ),
  style("rust", true, /^\s+at (\S{1,400}\.rs:\d{1,8}(?::\d{1,8})?)\s*$/, ([location]) => frameAt(location)),
  style("rust-panic", false, /panicked at (?:'.{0,300}', )?([^\s:']{1,400}\.rs:\d{1,8})/, ([location]) =>
    frameAt(location),
  ),
];

/** A place named outside a trace: `src/a.py:12`, `a.php(12)`, `in a.php on line 12`. */
const PLACE = /([\w@.+/\\-]{1,300}\.\w{1,5})(?:(?:", line |:| on line )(\d{1,7})|\((\d{1,7})\))/g;

/** The frames of all traces of a text, each trace with the outermost call first; places named alone come in their order. */
export function findFrames(text: string): readonly Frame[] {
  const found: Frame[] = [];
  let run: Frame[] = [];
  let current: Style | undefined;
  const end = (): void => {
    found.push(...(current?.innermostFirst === true ? run.reverse() : run));
    run = [];
    current = undefined;
  };
  let previous = "";
  let gap = 0;
  for (const whole of text.split("\n")) {
    if (found.length + run.length >= MAX_FRAMES) break;
    const line = whole.slice(0, MAX_LINE);
    let matched = false;
    for (const candidate of STYLES) {
      const hit = candidate.read(line, previous);
      if (hit === undefined) continue;
      if (current?.name !== candidate.name) end();
      current = candidate;
      run.push(hit);
      matched = true;
      gap = 0;
      break;
    }
    // The line of code between two frames does not end a trace; two others do.
    if (!matched && current !== undefined && ++gap > 2) end();
    if (!matched && current === undefined)
      for (const [, path, at, bracketed] of line.matchAll(PLACE)) {
        const place = frame(path, at ?? bracketed, undefined);
        if (place !== undefined) found.push(place);
      }
    previous = line;
  }
  end();
  return found.slice(0, MAX_FRAMES);
}

function style(
  name: string,
  innermostFirst: boolean,
  pattern: RegExp,
  build: (groups: readonly (string | undefined)[]) => Frame | undefined,
): Style {
  return {
    name,
    innermostFirst,
    read(line) {
      const match = pattern.exec(line);
      return match === null ? undefined : build(match.slice(1));
    },
  };
}

/** A frame that writes its place as `path:line` or `path:line:column`. */
function frameAt(location: string | undefined, name?: string): Frame | undefined {
  const written = splitLocation(location ?? "");
  return written === undefined ? undefined : frame(written.path, String(written.start), name);
}

function frame(
  path: string | undefined,
  line: string | undefined,
  name: string | undefined,
): Frame | undefined {
  const clean = (path ?? "").replaceAll("\\", "/").replace(/^(?:\.?\.\/)+/, "");
  const last = (name ?? "")
    .trim()
    .split(/[\s]/)
    .at(-1)
    ?.split(/::|[.\\>#]/)
    .at(-1)
    ?.replace(/[()*{}<>]/g, "");
  if (!/\.\w{1,8}$/.test(clean) || clean.startsWith("node:")) return undefined;
  return {
    path: clean,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(last === undefined || last === "" ? {} : { function: last }),
  };
}
