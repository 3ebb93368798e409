import { readFileSync } from "node:fs";
import { UNDESCRIBED } from "./operations.ts";

/** A schema as OpenAPI 3.0 writes it: almost JSON Schema (`to-json-schema.ts`). */
export type Schema = { readonly [keyword: string]: unknown };

export interface Reference {
  readonly $ref: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
  /** The part of the path may hold slashes. */
  readonly "x-multi-segment"?: boolean;
}

export interface Content {
  readonly [mediaType: string]: { readonly schema?: Schema };
}

export interface Operation {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content } | Reference>>;
}

/** What `scripts/extract-openapi.ts` left of GitHub's description. */
export interface Slice {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  };
}

/** The slice with the operations that GitHub does not describe beside those that they are like. */
export function readSlice(): Slice {
  const slice = JSON.parse(readFileSync(new URL("./slice.json", import.meta.url), "utf8")) as Slice;
  const paths = { ...slice.paths };
  for (const [route, like] of Object.entries(UNDESCRIBED)) {
    const { method, path } = partsOf(route);
    const described = partsOf(like);
    const operation = slice.paths[described.path]?.[described.method];
    if (operation === undefined) throw new Error(`${like} is not in the slice.`);
    const parameters = (operation.parameters ?? []).filter((one) => resolve(slice, one).in !== "path");
    paths[path] = { ...paths[path], [method]: { ...operation, parameters } };
  }
  return { ...slice, paths };
}

/** `GET /app` as the description keeps it: method in small letters, then the path. */
export function partsOf(route: string): { readonly method: string; readonly path: string } {
  const at = route.indexOf(" ");
  return { method: route.slice(0, at).toLowerCase(), path: route.slice(at + 1) };
}

/** A part of the slice, or the one that it refers to. */
export function resolve<T extends object>(slice: Slice, part: T | Reference): T {
  if (!("$ref" in part)) return part;
  const [, , kind, name] = part.$ref.split("/");
  const found = (slice.components as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[
    kind ?? ""
  ]?.[name ?? ""];
  if (found === undefined) throw new Error(`The slice lacks ${part.$ref}.`);
  return found as T;
}
