/**
 * Is required before everything else in each process of a JavaScript runner. It asks V8 for precise coverage in the
 * process itself, and writes one record after each test: the lines of the repository's functions that ran since the record
 * before. A transformed file is read back through its source map; one without a map, by the names of its functions. Code at the
 * top of a module runs once for every test and is not noted.
 */
export const NODE_TRACER = String.raw`"use strict";
const fs = require("fs"), path = require("path"), zlib = require("zlib"), url = require("url");
const inspector = require("inspector");
const { env } = process, root = env.CASEBOOK_TRACE_ROOT, out = env.CASEBOOK_TRACE, most = Number(env.CASEBOOK_TRACE_BYTES);
const session = new inspector.Session();
// A thread of Node's own has no inspector, and runs no test.
let connected = true;
try { session.connect(); } catch { connected = false; }
const ask = (method, params) => {
  let answer;
  session.post(method, params, (error, result) => { answer = error ? undefined : result; });
  return answer;
};
if (connected) {
  ask("Debugger.enable");
  ask("Debugger.setSkipAllPauses", { skip: true });
  ask("Profiler.enable");
  ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
}

const WRAPPERS = [/^\(\{"Object\.<anonymous>":function\([^)]*\)\{/, /^(?:'use strict';|"use strict";)?\s*async \([^)]*\)\s*=>\s*\{\{?/];
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const scripts = new Map();

function inside(file) {
  const name = path.relative(root, file);
  return name === "" || name.startsWith("..") || path.isAbsolute(name) || /(^|\/)(node_modules|\.casebook-trace\.cjs)(\/|$)/.test(name) ? undefined : name;
}
function mapOf(source) {
  const at = source.lastIndexOf("//# sourceMappingURL=data:");
  if (at < 0) return undefined;
  const text = source.slice(at).split("\n", 1)[0], comma = text.indexOf(",");
  try {
    const map = JSON.parse(/;base64/.test(text.slice(0, comma)) ? Buffer.from(text.slice(comma + 1), "base64").toString() : decodeURIComponent(text.slice(comma + 1)));
    return typeof map.mappings === "string" ? map : undefined;
  } catch { return undefined; }
}
/** Pairs of an offset in the source and a place in a file, from the mappings of a source map. */
function placesOf(map, source, file, prefix) {
  const starts = [0];
  for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) starts.push(i + 1);
  const names = map.sources.map((name) => {
    if (map.sources.length === 1) return inside(file);
    const full = name && (name.startsWith("file:") ? url.fileURLToPath(name) : path.resolve(path.dirname(file), map.sourceRoot || "", name));
    return full ? inside(full) : undefined;
  });
  const places = [];
  let from = 0, line = 0;
  map.mappings.split(";").forEach((group, row) => {
    let column = 0;
    for (const segment of group === "" ? [] : group.split(",")) {
      const values = [];
      let value = 0, shift = 0;
      for (const digit of segment) {
        const bits = DIGITS.indexOf(digit);
        value += (bits & 31) << shift;
        if (bits & 32) shift += 5;
        else { values.push(value & 1 ? -(value >> 1) : value >> 1); value = shift = 0; }
      }
      column += values[0];
      if (values.length < 4) continue;
      from += values[1];
      line += values[2];
      if (names[from] !== undefined && row < starts.length) places.push([starts[row] + column + (row === 0 ? prefix : 0), names[from], line + 1]);
    }
  });
  return places;
}
function scriptOf(id, address) {
  if (scripts.has(id)) return scripts.get(id);
  let script;
  try {
    const file = address.startsWith("file:") ? url.fileURLToPath(address) : address;
    const name = path.isAbsolute(file) ? inside(file) : undefined;
    const source = name === undefined ? undefined : ask("Debugger.getScriptSource", { scriptId: id })?.scriptSource;
    if (source !== undefined) {
      const prefix = WRAPPERS.map((wrapper) => wrapper.exec(source)?.[0].length).find((length) => length !== undefined) ?? 0;
      const map = mapOf(source);
      let places;
      if (map !== undefined) places = placesOf(map, source, file, prefix);
      else if (source.slice(prefix).startsWith(fs.readFileSync(file, "utf8").trimEnd())) {
        places = [];
        let line = 1;
        for (let at = prefix; at < source.length; at++) {
          if (source[at] === "\n") line++;
          else if (/\S/.test(source[at])) places.push([at, name, line]);
        }
      }
      script = { name, prefix, length: source.length, places };
    }
  } catch {}
  scripts.set(id, script);
  return script;
}
function ranges(lines) {
  const parts = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] === line - 1) last[1] = line;
    else parts.push([line, line]);
  }
  return parts.map(([a, b]) => (a === b ? String(a) : a + "-" + b)).join(",");
}
let written = 0;
function take(test) {
  const lines = new Map(), named = new Map();
  for (const { scriptId, url: address, functions } of ask("Profiler.takePreciseCoverage")?.result ?? []) {
    const script = address === "" || address.startsWith("node:") ? undefined : scriptOf(scriptId, address);
    if (script === undefined) continue;
    const own = functions.filter(({ ranges: [whole] }) => whole.startOffset >= script.prefix && !(whole.startOffset === 0 && whole.endOffset >= script.length));
    if (!own.some(({ ranges }) => ranges.some(({ count }) => count > 0))) continue;
    if (script.places === undefined) {
      const names = named.get(script.name) ?? new Set();
      for (const { functionName, ranges: [whole] } of own) if (whole.count > 0 && functionName !== "") names.add(functionName);
      named.set(script.name, names);
      continue;
    }
    const ran = new Uint8Array(script.length);
    const all = own.flatMap(({ ranges }) => ranges).sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
    for (const { startOffset, endOffset, count } of all) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    for (const [at, name, line] of script.places)
      if (ran[at] === 1) {
        const found = lines.get(name);
        if (found === undefined) lines.set(name, new Set([line]));
        else found.add(line);
      }
  }
  if (lines.size === 0 && named.size === 0) return;
  const record = JSON.stringify({
    test,
    files: Object.fromEntries([...lines].map(([name, found]) => [name, ranges(found)])),
    named: Object.fromEntries([...named].map(([name, found]) => [name, [...found]])),
  });
  const text = zlib.deflateSync(record).toString("base64") + "\n";
  written += text.length;
  if (written <= most) fs.appendFileSync(out, text);
}
if (connected) inspector.casebookTake = take;
`;
