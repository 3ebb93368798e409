import { NODE_PLACES } from "./node-places.ts";

/**
 * Is required before everything else in each process of a JavaScript runner, opens its debugger on the loopback of the sandbox, and starts
 * itself as a program of its own that attaches to it: a process cannot stop itself. In the functions that `CASEBOOK_WATCHED` names
 * that program notes what the watcher of Python does: calls with their arguments, lines, exceptions with the values of the names on
 * their line, ends with their value, and the expressions that `CASEBOOK_ASKED` asks for. Values are V8's previews, which call no code.
 * `casebookTake(name)` ends the record of a test. Needs Node 22; an older one, and a thread, note nothing.
 */
export const NODE_WATCHER = String.raw`"use strict";
const { argv, execPath, exit } = process;
if (require.main === module) attach(argv[2]);
else watched();

function watched() {
  const inspector = require("inspector");
  inspector.casebookTake = () => {};
  if (!require("worker_threads").isMainThread || typeof WebSocket !== "function") return;
  // The process of node --test that only starts others has no inspector.
  try { inspector.open(0, "127.0.0.1"); } catch { return; }
  const { env: { NODE_OPTIONS, ...env } } = process;
  require("child_process").spawn(execPath, [__filename, inspector.url()], { stdio: "ignore", env }).unref();
  inspector.waitForDebugger();
  inspector.casebookTake = function casebookTake(test) { debugger; };
}

function attach(address) {
const zlib = require("zlib");
${NODE_PLACES}
const out = env.CASEBOOK_TRACE, most = Number(env.CASEBOOK_TRACE_BYTES);
const functions = JSON.parse(env.CASEBOOK_WATCHED), asked = new Map();
for (const [name, line, texts] of JSON.parse(env.CASEBOOK_ASKED)) asked.set(name + ":" + line, [...(asked.get(name + ":" + line) ?? []), ...texts]);
/** Lines of a file on which a function of it is first looked for, and words of a sentence. */
const MOST_LINES = 20000, MOST_EVENTS = 3000, MOST_WORDS = 300;

const socket = new WebSocket(address), waiting = new Map(), addresses = new Map();
let sent = 0;
const post = (method, params) => new Promise((resolve, reject) => {
  waiting.set(++sent, [resolve, reject]);
  socket.send(JSON.stringify({ id: sent, method, params }));
});
socket.onerror = socket.onclose = () => exit();
socket.onmessage = ({ data }) => {
  const { id, method, params, result, error } = JSON.parse(data);
  if (id !== undefined) {
    const [resolve, reject] = waiting.get(id);
    waiting.delete(id);
    error ? reject(new Error(error.message)) : resolve(result);
  } else if (method === "Debugger.paused") paused(params).catch(() => { record.unsure = true; }).finally(() => post("Debugger.resume"));
  else if (method === "Debugger.scriptParsed") addresses.set(params.scriptId, params.url);
  else if (method === "NodeRuntime.waitingForDisconnect") socket.close();
};
socket.onopen = async () => {
  await post("NodeRuntime.enable").catch(() => {});
  await post("NodeRuntime.notifyWhenWaitingForDisconnect", { enabled: true });
  await post("Debugger.enable");
  // Nothing of a file is known before it is loaded: its first line that runs, whichever it is, stops.
  for (const name of Object.keys(functions)) {
    const file = path.join(root, name), lines = fs.readFileSync(file, "utf8").split("\n").length;
    const urlRegex = "^(?:file://)?" + file.replace(/[^\w/]/g, "\\$&") + "(?:[?#].*)?$";
    const first = [];
    for (let lineNumber = 0; lineNumber < Math.min(lines, MOST_LINES); lineNumber++)
      first.push((await post("Debugger.setBreakpointByUrl", { urlRegex, lineNumber }).catch(() => ({}))).breakpointId);
    firsts.set(name, first.filter(Boolean));
  }
  await post("Debugger.setPauseOnExceptions", { state: "all" });
  await post("Runtime.runIfWaitingForDebugger");
};

const firsts = new Map(), scripts = new Map();
let record = fresh(), written = 0;
function fresh() { return { events: [], call: 0, stack: [], unsure: false }; }

/** The lines of a script that are watched, by where V8 can stop; each stops from now on. */
async function scriptOf(scriptId) {
  if (scripts.has(scriptId)) return scripts.get(scriptId);
  scripts.set(scriptId, undefined);
  const address = (addresses.get(scriptId) ?? "").replace(/[?#].*$/, "");
  const file = address.startsWith("file:") ? url.fileURLToPath(address) : address;
  const name = path.isAbsolute(file) ? inside(file) : undefined;
  if (name === undefined || functions[name] === undefined) return undefined;
  const { scriptSource: source } = await post("Debugger.getScriptSource", { scriptId });
  const { places } = placesIn(source, file, name);
  for (const breakpointId of firsts.get(name) ?? []) await post("Debugger.removeBreakpoint", { breakpointId }).catch(() => {});
  firsts.delete(name);
  if (places === undefined) return undefined;
  const starts = [0];
  for (let i = source.indexOf("\n"); i >= 0; i = source.indexOf("\n", i + 1)) starts.push(i + 1);
  places.sort((a, b) => a[0] - b[0]);
  const lineOf = ({ lineNumber, columnNumber = 0 }) => {
    const at = starts[lineNumber] + columnNumber;
    let low = 0, high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle][0] <= at) low = middle + 1; else high = middle;
    }
    return low > 0 && places[low - 1][1] === name ? places[low - 1][2] : undefined;
  };
  const script = { name, source, starts, lineOf, text: fs.readFileSync(file, "utf8").split("\n") };
  scripts.set(scriptId, script);
  const { locations } = await post("Debugger.getPossibleBreakpoints", { start: { scriptId, lineNumber: 0, columnNumber: 0 } });
  for (const { type: _, ...location } of locations) {
    const line = lineOf(location);
    if (line !== undefined && functions[name].some(({ start, end }) => start <= line && line <= end)) await post("Debugger.setBreakpoint", { location }).catch(() => {});
  }
  return script;
}

/** The watched function that a frame is in, and the line; a function inside of it has another name. */
async function placeOf(frame) {
  const script = await scriptOf(frame.location.scriptId);
  const line = script?.lineOf(frame.location);
  if (line === undefined) return undefined;
  const own = frame.functionName.split(/[.#]/).at(-1);
  const [place] = functions[script.name].filter((one) => one.name === own && one.start <= line && line <= one.end).sort((a, b) => b.start - a.start);
  return place === undefined ? undefined : { script, line, path: script.name, ...place };
}

function words(text) { return String(text).slice(0, MOST_WORDS); }
function shown(value, depth = 0) {
  const { type, subtype, preview, description } = value;
  if (type === "string") return JSON.stringify(value.value.length > 160 ? value.value.slice(0, 160) + "…" : value.value);
  if (type === "undefined") return "undefined";
  if (type === "number" || type === "bigint") return value.unserializableValue ?? String(value.value);
  if (type === "boolean" || subtype === "null") return String(value.value);
  if (type !== "object" || preview === undefined || preview.entries !== undefined || ["regexp", "date", "error", "proxy"].includes(subtype)) return type === "function" ? "function" : words(description ?? type).split("\n")[0];
  const parts = preview.properties.map(({ name, type, value }) => (preview.subtype === "array" ? "" : name + ": ") + (type === "string" ? JSON.stringify(value) : type === "function" ? "function" : value));
  const all = parts.join(", ") + (preview.overflow ? ", …" : "");
  return preview.subtype === "array" ? "[" + all + "]" : (preview.description === "Object" ? "" : preview.description + " ") + "{" + all + "}";
}
async function evaluate(frame, expression) {
  const { result, exceptionDetails } = await post("Debugger.evaluateOnCallFrame", { callFrameId: frame.callFrameId, expression, generatePreview: true, throwOnSideEffect: true, silent: true });
  return exceptionDetails === undefined ? shown(result) : null;
}
async function valuesOf(frame, names) {
  const values = {};
  for (const name of names) values[name] = await evaluate(frame, name);
  return values;
}
const KEYWORDS = new Set("await break case catch class const continue debugger default delete do else export extends false finally for function if import in instanceof let new null return static super switch this throw true try typeof var void while with yield of async undefined".split(" "));
async function namesOn(frame, text) {
  const values = {};
  for (const [, name] of text.matchAll(/(?<![\w$."'])([A-Za-z_$][\w$]*)(?![\w$]*\s*\()/g))
    if (!KEYWORDS.has(name) && Object.keys(values).length < 5 && !(name in values)) {
      const value = await evaluate(frame, name);
      if (value !== null && value !== "function") values[name] = value;
    }
  return values;
}
/** The names of simple parameters: "(a, b = 1, { c })" has a and b. */
function parametersOf(place) {
  const name = place.name.replace(/[^\w]/g, "\\$&");
  const form = new RegExp("(?<![\\w$])" + name + "\\s*(?:[:=]\\s*)?(?:async\\s*)?(?:function\\s*[\\w$]*\\s*)?(?:<[^()]*>)?(?:\\(([^()]*)\\)|([\\w$]+)\\s*=>)");
  const [, many, one] = form.exec(textOf(place)) ?? [];
  return (many ?? one ?? "").split(",").flatMap((part) => /^\s*([A-Za-z_$][\w$]*)\s*(?:[=:?].*)?$/s.exec(part)?.[1] ?? []);
}

function textOf({ script, start, end }) { return script.text.slice(start - 1, end).join("\n"); }
function note(event) {
  record.events.push(event);
  if (record.events.length > MOST_EVENTS) record.events.splice(0, MOST_EVENTS / 2);
}

async function paused({ reason, data, callFrames }) {
  const [frame] = callFrames;
  if (frame.functionName === "casebookTake") {
    const { result } = await post("Debugger.evaluateOnCallFrame", { callFrameId: frame.callFrameId, expression: "test" });
    if (result.type === "string") {
      const text = zlib.deflateSync(JSON.stringify({ test: result.value, unsure: record.unsure, events: record.events })).toString("base64") + "\n";
      written += text.length;
      if (written <= most) fs.appendFileSync(out, text);
    }
    record = fresh();
    return;
  }
  if (reason === "exception" || reason === "promiseRejection") {
    const [head, ...more] = String(data?.description ?? "").split("\n    at ")[0].split(": ");
    for (const [i, one] of callFrames.entries()) {
      const place = await placeOf(one);
      if (place === undefined) continue;
      const active = record.stack.find(({ depth }) => depth === callFrames.length - i);
      if (active !== undefined) active.raised = true;
      note({ kind: "raise", call: active?.call ?? 0, path: place.path, line: place.line, type: data?.className ?? head, message: words(more.join(": ")), own: i === 0, values: await namesOn(one, place.script.text[place.line - 1] ?? "") });
    }
    return;
  }
  const place = await placeOf(frame);
  if (place === undefined) return;
  if (/\b(?:await|yield)\b/.test(textOf(place))) {
    record.unsure = true;
    return;
  }
  const depth = callFrames.length, key = JSON.stringify(frame.functionLocation);
  while (record.stack.length > 0 && record.stack.at(-1).depth > depth) record.stack.pop();
  if (record.stack.at(-1)?.depth === depth && record.stack.at(-1).key !== key) record.stack.pop();
  const { lineNumber, columnNumber = 0 } = frame.location, at = lineNumber + ":" + columnNumber;
  let active = record.stack.at(-1);
  if (active?.depth === depth && active.raised && active.first === at) {
    // Either it went on behind its own handler, to its beginning, or it ended there and was called again.
    if (/\b(?:catch|finally)\b/.test(textOf(place))) record.unsure = true;
    record.stack.pop();
    active = record.stack.at(-1);
  }
  if (active?.depth !== depth) {
    active = { depth, key, first: at, call: ++record.call, raised: false, line: undefined };
    record.stack.push(active);
    note({ kind: "call", call: active.call, path: place.path, line: place.start, values: await valuesOf(frame, parametersOf(place)) });
  }
  active.raised = false;
  if (frame.returnValue !== undefined) {
    // The line of a return statement was noted before its value was made.
    note({ kind: "return", call: active.call, path: place.path, line: place.line, value: shown(await previewed(frame.returnValue)) });
    record.stack.pop();
    return;
  }
  if (active.line === place.line && active.at !== at) return;
  [active.line, active.at] = [place.line, at];
  const wanted = asked.get(place.path + ":" + place.line);
  note({ kind: "line", call: active.call, path: place.path, line: place.line, ...(wanted === undefined ? {} : { values: await valuesOf(frame, wanted) }) });
}

/** What is returned has no preview yet. */
async function previewed(value) {
  if (value.objectId === undefined) return value;
  const { result } = await post("Runtime.callFunctionOn", { objectId: value.objectId, functionDeclaration: "function () { return this; }", generatePreview: true, throwOnSideEffect: true, silent: true });
  return result;
}
}
`;
