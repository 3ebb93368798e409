import { NODE_PLACES } from "./node-places.ts";

/**
 * Is required before everything else in each process of a JavaScript runner. It asks V8 for precise coverage in the
 * process itself, and writes one record after each test: the lines of the repository's functions that ran since the record
 * before. A transformed file is read back through its source map; one without a map, by the names of its functions. Code at the
 * top of a module runs once for every test and is not noted.
 */
export const NODE_TRACER = String.raw`"use strict";
const zlib = require("zlib");
const inspector = require("inspector");
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

${NODE_PLACES}
const out = env.CASEBOOK_TRACE, most = Number(env.CASEBOOK_TRACE_BYTES);
const scripts = new Map();
function scriptOf(id, address) {
  if (scripts.has(id)) return scripts.get(id);
  let script;
  try {
    const file = address.startsWith("file:") ? url.fileURLToPath(address) : address;
    const name = path.isAbsolute(file) ? inside(file) : undefined;
    const source = name === undefined ? undefined : ask("Debugger.getScriptSource", { scriptId: id })?.scriptSource;
    if (source !== undefined) {
      const { prefix, places } = placesIn(source, file, name);
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
