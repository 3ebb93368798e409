/**
 * For the programs that run inside Node: from offsets in what V8 runs to lines of the repository's files. `placesIn(source, file, name)`
 * gives pairs of an offset and a place, in the order of the offsets, where the file was transformed with a source map or not at all; and how
 * much a runner wrote before the file's own text.
 */
export const NODE_PLACES = String.raw`const fs = require("fs"), path = require("path"), url = require("url");
const { env } = process, root = env.CASEBOOK_TRACE_ROOT;
const WRAPPERS = [/^\(\{"Object\.<anonymous>":function\([^)]*\)\{/, /^(?:'use strict';|"use strict";)?\s*async \([^)]*\)\s*=>\s*\{\{?/];
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
function placesIn(source, file, name) {
  const prefix = WRAPPERS.map((wrapper) => wrapper.exec(source)?.[0].length).find((length) => length !== undefined) ?? 0;
  const map = mapOf(source);
  if (map !== undefined) return { prefix, places: placesOf(map, source, file, prefix) };
  if (!source.slice(prefix).startsWith(fs.readFileSync(file, "utf8").trimEnd())) return { prefix };
  const places = [];
  let line = 1;
  for (let at = prefix; at < source.length; at++) {
    if (source[at] === "\n") line++;
    else if (/\S/.test(source[at])) places.push([at, name, line]);
  }
  return { prefix, places };
}`;
