import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Description } from "../../../src/simulator/github/front.ts";
import { CLOSER_SCHEMA, INPUT_SCHEMA, QUERIES } from "./graphql.ts";
import { CLOSER_QUERY } from "../../../src/github/io/request-bodies.ts";
import {
  type Content,
  type Operation,
  type Parameter,
  partsOf,
  readSlice,
  resolve,
  type Schema,
  type Slice,
} from "./slice.ts";
import { closeGaps, toJsonSchema } from "./to-json-schema.ts";

/** Of one violation. A wrong member of alternatives is told once for each of them. */
const MAX_SENTENCES = 5;
/** Error answers are described for some operations and come from all. */
const ERROR_SCHEMAS: readonly string[] = ["basic-error", "validation-error", "validation-error-simple"];

let shared: Judge | undefined;

interface Judge {
  readonly slice: Slice;
  /** The check of a schema; compiled when it is first asked for. */
  compile(key: string, schema: Schema): ValidateFunction;
}

/** GitHub's published description. Reading takes a moment and compiling 0.2 s for a large schema: both happen once for a process, and when needed. */
export function openApi(): Description {
  const judge = (): Judge => (shared ??= createJudge());
  const operationOf = (route: string): Operation | undefined => {
    const { method, path } = partsOf(route);
    return judge().slice.paths[path]?.[method];
  };
  return {
    checkRequest(route, query, body) {
      if (isGraphql(route)) return checkGraphqlRequest(judge(), route, body);
      const operation = operationOf(route);
      if (operation === undefined) return [notDescribed(route)];
      return [
        ...checkQuery(judge(), route, operation, query),
        ...checkBody(judge(), route, operation, body),
      ].slice(0, MAX_SENTENCES);
    },
    checkResponse(route, status, body) {
      if (isGraphql(route)) return checkGraphqlResponse(judge(), `${route}: ${status}`, status, body);
      const operation = operationOf(route);
      if (operation === undefined) return [notDescribed(route)];
      return checkResponseOf(judge(), `${route}: ${status}`, operation, status, body).slice(0, MAX_SENTENCES);
    },
  };
}

function createJudge(): Judge {
  const slice = readSlice();
  const ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS });
  const schemas = Object.fromEntries(
    Object.entries(closeGaps(slice.components.schemas)).map(([name, schema]) => [name, toJsonSchema(schema)]),
  );
  ajv.addSchema({ $id: ROOT, components: { schemas } });
  const checks = new Map<string, ValidateFunction>();
  return {
    slice,
    compile(key, schema) {
      let check = checks.get(key);
      if (check === undefined) {
        check = ajv.compile({ $id: `${ROOT}/${checks.size}`, ...rooted(toJsonSchema(schema)) });
        checks.set(key, check);
      }
      return check;
    },
  };
}

const ROOT = "https://api.github.com/description";

/** References of a schema on its own lead into the description. */
function rooted(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" && value.startsWith("#") ? `${ROOT}${value}` : value,
  ) as Schema;
}

const FORMATS = {
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/,
  uri: (text: string): boolean => URL.canParse(text),
  // Nothing that a front of ours could get wrong.
  email: true,
  int64: true,
  "repo.nwo": true,
} as const;

function checkQuery(
  judge: Judge,
  route: string,
  { parameters = [] }: Operation,
  query: URLSearchParams,
): readonly string[] {
  const known = parameters
    .map((parameter) => resolve<Parameter>(judge.slice, parameter))
    .filter((parameter) => parameter.in === "query");
  const found: string[] = [];
  for (const name of new Set(query.keys())) {
    const parameter = known.find((one) => one.name === name);
    if (parameter === undefined) {
      found.push(`${route}: the query has "${name}", which is not described`);
      continue;
    }
    const check = judge.compile(`${route} ?${name}`, parameter.schema);
    const value = queryValue(query.get(name) ?? "", parameter.schema);
    if (!check(value)) found.push(...sentences(`${route}: query "${name}"`, check));
  }
  const missing = known.filter(({ name, required }) => required === true && !query.has(name));
  return [...found, ...missing.map(({ name }) => `${route}: the query lacks "${name}"`)];
}

/** `POST /graphql`, with or without the name of the mutation. */
function isGraphql(route: string): boolean {
  return route === "POST /graphql" || route.startsWith("POST /graphql ");
}

function checkGraphqlRequest(judge: Judge, route: string, body: unknown): readonly string[] {
  const request = judge.compile("graphql", {
    type: "object",
    required: ["query"],
    properties: { query: { type: "string" }, variables: { type: "object" } },
  });
  if (!request(body)) return sentences(`${route}: body`, request);
  const { query, variables = {} } = body as { readonly query: string; readonly variables?: object };
  if (!QUERIES.includes(query)) return [`${route}: no test validates this query against GitHub's schema`];
  if (query === CLOSER_QUERY) {
    const check = judge.compile("graphql closer", CLOSER_SCHEMA);
    return check(variables) ? [] : sentences(`${route}: variables`, check);
  }
  const values = Object.values(variables);
  if (values.length !== 1) return [`${route}: the mutation has one variable, ${values.length} were given`];
  const input = judge.compile("graphql input", INPUT_SCHEMA);
  return input(values[0]) ? [] : sentences(`${route}: input`, input).slice(0, MAX_SENTENCES);
}

/** GraphQL says most errors with 200. */
function checkGraphqlResponse(judge: Judge, what: string, status: number, body: unknown): readonly string[] {
  if (status >= 400) return checkError(judge, what, body);
  const check = judge.compile("graphql answer", {
    type: "object",
    additionalProperties: false,
    required: ["data"],
    properties: {
      data: { type: ["object", "null"] },
      errors: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          required: ["message"],
          properties: { message: { type: "string" }, type: { type: "string" } },
        },
      },
    },
  });
  return check(body) ? [] : sentences(what, check);
}

/** A query holds text only: numbers and truth are read from it where the description asks for them. */
function queryValue(text: string, { type }: Schema): unknown {
  if (type === "integer" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function checkBody(
  judge: Judge,
  route: string,
  { requestBody }: Operation,
  body: unknown,
): readonly string[] {
  const schema = requestBody?.content["application/json"]?.schema;
  if (body === undefined) {
    return requestBody?.required === true ? [`${route}: the request has no body`] : [];
  }
  if (schema === undefined)
    return isEmpty(body) ? [] : [`${route}: the request has a body, none is described`];
  const check = judge.compile(`${route} body`, schema);
  if (!check(body)) return sentences(`${route}: body`, check);
  const known = membersOf(judge.slice, schema);
  const unknown = Object.keys(body !== null && typeof body === "object" && !Array.isArray(body) ? body : {});
  return unknown
    .filter((name) => known !== undefined && !known.has(name))
    .map((name) => `${route}: the body has "${name}", which is not described`);
}

/** Octokit sends `{}` where there is nothing to say. */
function isEmpty(body: unknown): boolean {
  return typeof body === "object" && body !== null && Object.keys(body).length === 0;
}

/** Names that an object of this schema may have; undefined when it may have any. */
function membersOf(slice: Slice, part: Schema): ReadonlySet<string> | undefined {
  const schema = resolve<Schema>(slice, part);
  const names = new Set<string>();
  let isOpen = true;
  for (const name of Object.keys(schema["properties"] ?? {})) {
    names.add(name);
    isOpen = false;
  }
  for (const keyword of ["oneOf", "anyOf", "allOf"]) {
    for (const alternative of (schema[keyword] ?? []) as readonly Schema[]) {
      for (const name of membersOf(slice, alternative) ?? []) {
        names.add(name);
        isOpen = false;
      }
    }
  }
  return isOpen ? undefined : names;
}

function checkResponseOf(
  judge: Judge,
  what: string,
  { responses }: Operation,
  status: number,
  body: unknown,
): readonly string[] {
  if (typeof body === "string" && status < 400) return [];
  if (status >= 400) return checkError(judge, what, body);
  const described = responses[String(status)];
  if (described === undefined) return [`${what} is not described`];
  const { content } = resolve<{ readonly content?: Content }>(judge.slice, described);
  const expected = content?.["application/json"]?.schema;
  if (expected === undefined) return body === undefined ? [] : [`${what} has a body, none is described`];
  if (body === undefined) return [`${what} has no body`];
  const check = judge.compile(what, expected);
  return check(body) ? [] : sentences(what, check);
}

/** An error says what is wrong, in one of GitHub's three shapes. */
function checkError(judge: Judge, what: string, body: unknown): readonly string[] {
  const check = judge.compile("error", {
    type: "object",
    required: ["message"],
    anyOf: ERROR_SCHEMAS.map((name) => ({ $ref: `#/components/schemas/${name}` })),
  });
  return check(body) ? [] : sentences(what, check);
}

function sentences(what: string, { errors }: ValidateFunction): readonly string[] {
  return (errors ?? []).map((error) => `${what}${placeOf(error)} ${error.message ?? "is wrong"}`);
}

function placeOf({ instancePath, params }: ErrorObject): string {
  const allowed = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  return `${instancePath}${allowed === undefined ? "" : ` (${allowed.slice(0, 10).join(", ")})`}`;
}

function notDescribed(route: string): string {
  return `${route} is not in the slice of GitHub's description`;
}
