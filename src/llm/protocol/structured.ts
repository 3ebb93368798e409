import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { ModelRequest } from "../model.ts";
import { readJson } from "./repair-json.ts";

type Schema = NonNullable<ModelRequest["schema"]>;

export type Structured =
  | { readonly kind: "ok"; readonly json: string }
  /** What is wrong, for the model. */
  | { readonly kind: "wrong"; readonly why: string };

const MAX_COMPLAINT = 1_000;
/** Places in a text where JSON may begin that are tried. */
const MAX_STARTS = 8;

/** Finds the JSON in a reply, mends it when it must be, and compares it with the schema. */
export function readStructured(text: string, { schema }: Schema): Structured {
  const check = validatorOf(schema);
  let first: string | undefined;
  for (const value of candidates(text)) {
    if (check(value)) return { kind: "ok", json: JSON.stringify(value) };
    first ??= (check.errors ?? [])
      .slice(0, 6)
      .map(
        ({ instancePath, message }) =>
          `${instancePath === "" ? "the value" : instancePath} ${message ?? "is wrong"}`,
      )
      .join("; ");
  }
  return { kind: "wrong", why: (first ?? "there is no JSON in it").slice(0, MAX_COMPLAINT) };
}

/** How a model is asked for JSON when its endpoint cannot hold it to a schema. */
export function askForJson({ schema }: Schema): string {
  return `Reply with one JSON value and nothing else: no words around it, no code block. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

export function askAgain(why: string): string {
  return `That does not fit: ${why}. Reply again, with the JSON alone.`;
}

/** As Chat Completions wants it. Strictness is asked for where the schema is of the kind that can be strict. */
export function responseFormat({ name, schema }: Schema): Readonly<Record<string, unknown>> {
  return {
    type: "json_schema",
    json_schema: {
      name: name.replace(/[^\w-]/g, "_").slice(0, 64) || "reply",
      schema,
      strict: canBeStrict(schema, 0),
    },
  };
}

/** Every object closed, every property required. */
function canBeStrict(schema: unknown, depth: number): boolean {
  if (typeof schema !== "object" || schema === null) return true;
  if (depth > 20) return false;
  if (Array.isArray(schema)) return schema.every((item) => canBeStrict(item, depth + 1));
  const { type, properties, required, additionalProperties } = schema as Readonly<Record<string, unknown>>;
  if (type === "object") {
    const names = Object.keys(properties ?? {});
    const isClosed = additionalProperties === false;
    if (!isClosed || !Array.isArray(required) || names.some((name) => !required.includes(name))) return false;
  }
  return Object.values(schema).every((part) => canBeStrict(part, depth + 1));
}

/** The whole, then from each opening bracket to the last closing one. */
function* candidates(text: string): Generator {
  const whole = text.trim();
  const end = Math.max(whole.lastIndexOf("}"), whole.lastIndexOf("]")) + 1;
  for (const piece of [whole, ...bracketsOf(whole).map((start) => whole.slice(start, end))]) {
    const read = readJson(piece);
    if (read !== undefined) yield read.value;
  }
}

function bracketsOf(text: string): readonly number[] {
  const starts: number[] = [];
  for (const { index } of text.matchAll(/[{[]/g)) if (starts.push(index) >= MAX_STARTS) break;
  return starts;
}

const validators = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: Schema["schema"]): ValidateFunction {
  let known = validators.get(schema);
  if (known === undefined) {
    // One of its own for each: an instance never forgets a schema.
    const ajv = new Ajv2020({
      strict: false,
      allErrors: true,
      validateFormats: false,
      validateSchema: false,
    });
    validators.set(schema, (known = ajv.compile(schema)));
  }
  return known;
}
