import type { ToolSpec } from "../transcript.ts";
import { readLenient, readPythonArguments } from "./lenient-json.ts";

export interface ParsedCall {
  readonly name: string;
  /** JSON of an object, or the raw text when it could not be read. */
  readonly arguments: string;
}

interface BodyCalls {
  readonly calls: readonly ParsedCall[];
  readonly repairs: readonly string[];
  /** Index behind what was read. */
  readonly end: number;
}

interface BodyOptions {
  /** Only calls of tools that there are; anything else is no call. */
  readonly onlyKnown?: boolean;
  /** The first value alone. */
  readonly onlyFirst?: boolean;
}

/** Name of a call that cannot be read: there is no such tool, so its answer tells the model which there are. */
export const UNREADABLE = "unreadable_call";

const NAME_KEYS = ["name", "tool", "tool_name", "function", "function_name", "action", "recipient_name"];
const ARGUMENT_KEYS = [
  "arguments",
  "args",
  "parameters",
  "params",
  "input",
  "tool_input",
  "action_input",
  "kwargs",
];
const LIST_KEYS = ["tool_calls", "calls", "tools", "function_calls"];
const MAX_RAW = 20_000;
/** More in one reply is no plan. */
export const MAX_CALLS = 32;

/** The calls in the body of a block or tag, in any of the ways in which models write them. */
export function bodyCalls(
  body: string,
  tools: readonly ToolSpec[],
  { onlyKnown = false, onlyFirst = false }: BodyOptions = {},
): BodyCalls {
  const known = new Map(tools.map((tool) => [tool.name, tool]));
  const repairs = new Set<string>();
  const calls: ParsedCall[] = [];
  let at = 0;
  let isBroken = false;
  while (at < body.length) {
    const start = skip(body, at);
    if (start >= body.length) break;
    const found = oneCall(body, start, known, at === 0);
    // What follows a call that was read is the model's own words.
    if (found === undefined) {
      isBroken = calls.length === 0;
      break;
    }
    const usable = onlyKnown ? found.calls.filter(({ name }) => known.has(name)) : found.calls;
    if (usable.length > 0 || !onlyKnown) for (const word of found.repairs) repairs.add(word);
    calls.push(...usable);
    at = found.end;
    if (onlyFirst || calls.length > MAX_CALLS || (onlyKnown && usable.length === 0)) break;
  }
  // A block of code that begins with something like a call is a block of code.
  if (onlyKnown && !onlyFirst && skip(body, at) < body.length) return { calls: [], repairs: [], end: at };
  if (!onlyKnown && (isBroken || calls.length === 0))
    return { calls: [unreadable(body, known)], repairs: ["a call that cannot be read"], end: body.length };
  return { calls, repairs: [...repairs], end: at };
}

/** White space and what stands between two calls. */
function skip(body: string, from: number): number {
  let at = from;
  while (at < body.length && /[\s,;`]/.test(body[at]!)) at++;
  return at;
}

type Tools = ReadonlyMap<string, ToolSpec>;

function oneCall(body: string, start: number, known: Tools, isFirst: boolean): BodyCalls | undefined {
  if (body.startsWith("<", start)) return taggedCall(body, start, known);
  const first = body[start]!;
  if (first === "{" || first === "[") {
    // The whole as JSON, which most replies are: nothing is guessed then. Once: each try reads the rest again.
    const read = (isFirst ? strictValue(body, start) : undefined) ?? readLenient(body, start);
    if (read === undefined) return undefined;
    const repairs = new Set(read.repairs);
    const calls = callsOf(read.value, known, repairs, 0);
    return calls === undefined ? undefined : { calls, repairs: [...repairs], end: read.end };
  }
  return namedCall(body, start, known);
}

function strictValue(
  body: string,
  start: number,
): { readonly value: unknown; readonly end: number; readonly repairs: ReadonlySet<string> } | undefined {
  try {
    return { value: JSON.parse(body.slice(start)), end: body.length, repairs: new Set() };
  } catch {
    return undefined;
  }
}

/** `read_file(path="a")`, `read_file {"path": "a"}`, `read_file` and its object on the next line. */
function namedCall(body: string, start: number, known: Tools): BodyCalls | undefined {
  const head = /^(?:print\()?([A-Za-z_][\w.-]{0,99})\s{0,20}(?:\[ARGS\]|:)?\s{0,20}/.exec(
    body.slice(start, start + 200),
  );
  if (head === null) return undefined;
  const name = nameOf(head[1]!, known);
  const at = start + head[0].length;
  if (body[at] === "(") {
    const read = readPythonArguments(body, at);
    if (read === undefined) return undefined;
    const [only] = read.positional;
    const isObject = read.positional.length === 1 && read.named.size === 0 && isRecord(only);
    const named = new Map(read.named);
    const places = Object.keys(propertiesOf(known.get(name)));
    if (!isObject)
      for (const [i, value] of read.positional.entries()) {
        const place = places[i];
        if (place === undefined) return undefined;
        named.set(place, value);
      }
    const end = body[read.end] === ")" && head[0].startsWith("print(") ? read.end + 1 : read.end;
    return {
      calls: [{ name, arguments: JSON.stringify(isObject ? only : Object.fromEntries(named)) }],
      repairs: [...read.repairs, "a call written as in Python"],
      end,
    };
  }
  if (body[at] !== "{") return undefined;
  const read = readLenient(body, at);
  if (read === undefined || !isRecord(read.value)) return undefined;
  return {
    calls: [{ name, arguments: JSON.stringify(read.value) }],
    repairs: [...read.repairs, "a name before the arguments"],
    end: read.end,
  };
}

/** `<function=read_file><parameter=path>a</parameter></function>`, and `<function=read_file>{"path": "a"}`. */
function taggedCall(body: string, start: number, known: Tools): BodyCalls | undefined {
  const head = /^<(?:function=|invoke name=)"?([A-Za-z_][\w.-]{0,99})"?>/.exec(
    body.slice(start, start + 200),
  );
  if (head === null) return undefined;
  const name = nameOf(head[1]!, known);
  const from = start + head[0].length;
  const close = body.indexOf("</function>", from);
  const to = close < 0 ? body.length : close;
  const end = close < 0 ? to : close + "</function>".length;
  const inner = body.slice(from, to);
  const repairs = ["a call written as tags"];
  if (inner.trimStart().startsWith("{")) {
    const read = readLenient(inner, inner.indexOf("{"));
    if (read === undefined || !isRecord(read.value)) return undefined;
    return { calls: [{ name, arguments: JSON.stringify(read.value) }], repairs, end };
  }
  const properties = propertiesOf(known.get(name));
  const values: [string, unknown][] = [];
  const parameter = /<parameter(?:=| name=)"?([\w.-]{1,99})"?>/g;
  for (let match = parameter.exec(inner); match !== null;) {
    const valueFrom = match.index + match[0].length;
    const next = parameter.exec(inner);
    const piece = inner.slice(valueFrom, next?.index ?? inner.length);
    const valueEnd = piece.lastIndexOf("</parameter>");
    const text = (valueEnd < 0 ? piece : piece.slice(0, valueEnd)).replace(/^\n|\n$/g, "");
    values.push([match[1]!, typed(text, properties[match[1]!])]);
    match = next;
  }
  if (values.length === 0 && inner.trim() !== "") return undefined;
  return { calls: [{ name, arguments: JSON.stringify(Object.fromEntries(values)) }], repairs, end };
}

/** Text as the schema wants it: tags know no numbers. */
function typed(text: string, schema: unknown): unknown {
  const type = isRecord(schema) ? schema["type"] : undefined;
  if (type === "string" || type === undefined) return text;
  return readLenient(text.trim())?.value ?? text;
}

/** The calls that a value stands for; undefined when it stands for none. */
function callsOf(
  value: unknown,
  known: Tools,
  repairs: Set<string>,
  depth: number,
): readonly ParsedCall[] | undefined {
  if (depth > 4) return undefined;
  if (Array.isArray(value)) {
    const all = value.map((item) => callsOf(item, known, repairs, depth + 1));
    return all.some((calls) => calls === undefined) || all.length === 0
      ? undefined
      : all.flatMap((c) => c ?? []);
  }
  if (!isRecord(value)) return undefined;
  for (const key of LIST_KEYS) {
    const list = own(value, key);
    if (Array.isArray(list)) return callsOf(list, known, repairs, depth + 1);
  }
  for (const key of NAME_KEYS) {
    const name = own(value, key);
    // OpenAI's own shape: {"type": "function", "function": {"name", "arguments"}}.
    if (isRecord(name) && key === "function") return callsOf(name, known, repairs, depth + 1);
    if (typeof name !== "string" || !/^[A-Za-z_][\w.:-]{0,99}$/.test(name)) continue;
    if (key !== "name") repairs.add(`"${key}" for "name"`);
    const called = nameOf(name, known);
    const properties = propertiesOf(known.get(called));
    return [{ name: called, arguments: argumentsOf(value, key, properties, repairs) }];
  }
  // {"read_file": {"path": "a"}}
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0 && known.has(only[0]) && isRecord(only[1])) {
    repairs.add("the name as a key");
    return [{ name: only[0], arguments: JSON.stringify(only[1]) }];
  }
  return undefined;
}

function argumentsOf(
  value: Readonly<Record<string, unknown>>,
  nameKey: string,
  properties: Readonly<Record<string, unknown>>,
  repairs: Set<string>,
): string {
  for (const key of ARGUMENT_KEYS) {
    if (!Object.hasOwn(value, key)) continue;
    const given = value[key];
    // An argument of the tool that happens to be called so.
    if (Object.hasOwn(properties, key) && !isRecord(given)) continue;
    if (key !== "arguments") repairs.add(`"${key}" for "arguments"`);
    if (given === null) return "{}";
    if (typeof given !== "string") return JSON.stringify(given);
    // JSON inside a string, as endpoints themselves send it.
    const inner = readLenient(given);
    if (inner === undefined || !isRecord(inner.value)) return given;
    for (const word of inner.repairs) repairs.add(word);
    return JSON.stringify(inner.value);
  }
  const { [nameKey]: _, type: __, id: ___, ...rest } = value;
  if (Object.keys(rest).length > 0) repairs.add("arguments beside the name");
  return JSON.stringify(rest);
}

/** The name that can be made out, and the text as it is. */
function unreadable(body: string, known: Tools): ParsedCall {
  const raw = body.trim().slice(0, MAX_RAW).toWellFormed();
  const head = body.slice(0, 600);
  const named = /(?:name|tool|function)["'”’]?\s{0,8}[:=]\s{0,8}["'“‘]?([A-Za-z_][\w.-]{0,99})/.exec(
    head,
  )?.[1];
  if (named !== undefined) return { name: nameOf(named, known), arguments: raw };
  const mentioned = [...known.keys()].filter((name) => head.includes(name));
  return { name: mentioned.length === 1 ? mentioned[0]! : UNREADABLE, arguments: raw };
}

/** Without the name spaces that some models put before it. */
function nameOf(name: string, known: Tools): string {
  if (known.has(name)) return name;
  const bare = /^(?:functions?|tools?|default_api|api)[.:](.{1,99})$/.exec(name)?.[1];
  return bare ?? name;
}

function propertiesOf(tool: ToolSpec | undefined): Readonly<Record<string, unknown>> {
  const properties = tool?.parameters["properties"];
  return isRecord(properties) ? properties : {};
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
