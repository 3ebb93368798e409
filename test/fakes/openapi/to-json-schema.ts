import type { Schema } from "./slice.ts";

/** A member that GitHub's description requires and GitHub leaves out. */
export interface KnownGap {
  /** Name in `components/schemas`. */
  readonly schema: string;
  readonly member: string;
  readonly reason: string;
}

export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    schema: "nullable-collaborator",
    member: "role_name",
    reason: "GitHub's own example of a collaborator's permission has it beside the user, not in the user",
  },
  ...["team", "team-simple"].map((schema) => ({
    schema,
    member: "type",
    reason: "GitHub's own examples of pull requests have requested teams without it",
  })),
];

/** The schemas with the gaps closed. A gap that no longer exists throws, so that the list stays true. */
export function closeGaps(
  schemas: Readonly<Record<string, Schema>>,
  gaps: readonly KnownGap[] = KNOWN_GAPS,
): Readonly<Record<string, Schema>> {
  const closed = { ...schemas };
  for (const { schema: name, member } of gaps) {
    const schema = closed[name];
    const required = (schema?.["required"] ?? []) as readonly string[];
    if (!required.includes(member)) throw new Error(`The description does not require ${name}.${member}.`);
    closed[name] = { ...schema, required: required.filter((one) => one !== member) };
  }
  return closed;
}

/**
 * A schema of OpenAPI 3.0 as JSON Schema (draft 7), all levels. The differences that GitHub's description uses:
 * `nullable` beside a type, an enumeration or alternatives, and a `$ref` that silences what stands beside it. `oneOf`
 * becomes `anyOf`: GitHub's alternatives overlap (a file without its optional members is a symbolic link too).
 */
export function toJsonSchema(schema: Schema): Schema {
  if (typeof schema["$ref"] === "string") return { $ref: schema["$ref"] };
  const converted: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    switch (keyword) {
      case "nullable":
      case "discriminator":
      case "default":
        break;
      case "properties":
        converted[keyword] = convertEach(value);
        break;
      case "items":
      case "not":
        converted[keyword] = toJsonSchema(value as Schema);
        break;
      case "additionalProperties":
        converted[keyword] = typeof value === "boolean" ? value : toJsonSchema(value as Schema);
        break;
      case "allOf":
        // GitHub writes "a user or an enterprise, or null" so in one place: nothing is both.
        converted[schema["nullable"] === true ? "anyOf" : keyword] = (value as readonly Schema[]).map(
          toJsonSchema,
        );
        break;
      case "oneOf":
      case "anyOf":
        converted["anyOf"] = (value as readonly Schema[]).map(toJsonSchema);
        break;
      default:
        converted[keyword] = value;
    }
  }
  return schema["nullable"] === true ? orNull(converted) : converted;
}

function convertEach(schemas: unknown): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    Object.entries(schemas as Readonly<Record<string, Schema>>).map(([name, schema]) => [
      name,
      toJsonSchema(schema),
    ]),
  );
}

/** `nullable` lifts every other keyword for null, an enumeration too. */
function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}
