import type { Schema } from "./slice.ts";

/** A place where GitHub's description refuses what GitHub answers. */
export interface KnownGap {
  /** Name in `components/schemas`, and the member. */
  readonly schema: string;
  readonly member: string;
  /** `optional`: it can be missing. `nullable`: it can be null. */
  readonly is: "optional" | "nullable";
  readonly reason: string;
}

export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    schema: "nullable-collaborator",
    member: "role_name",
    is: "optional",
    reason: "GitHub's own example of a collaborator's permission has it beside the user, not in the user",
  },
  ...["team", "team-simple"].map((schema): KnownGap => ({
    schema,
    member: "type",
    is: "optional",
    reason: "GitHub's own examples of pull requests have requested teams without it",
  })),
];

/** The schemas with the gaps closed. A gap that is none any more throws, so that the list stays true. */
export function closeGaps(
  schemas: Readonly<Record<string, Schema>>,
  gaps: readonly KnownGap[] = KNOWN_GAPS,
): Readonly<Record<string, Schema>> {
  const closed = { ...schemas };
  for (const gap of gaps) {
    const schema = closed[gap.schema];
    if (schema === undefined) throw new Error(`There is no schema ${gap.schema} for a known gap.`);
    closed[gap.schema] = gap.is === "optional" ? withoutDuty(schema, gap) : withNull(schema, gap);
  }
  return closed;
}

function withoutDuty(schema: Schema, { schema: name, member }: KnownGap): Schema {
  const required = (schema["required"] ?? []) as readonly string[];
  if (!required.includes(member)) throw new Error(`${name}.${member} is optional already: no gap.`);
  return { ...schema, required: required.filter((one) => one !== member) };
}

function withNull(schema: Schema, { schema: name, member }: KnownGap): Schema {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const property = properties[member];
  if (property === undefined || property["nullable"] === true)
    throw new Error(`${name}.${member} can be null already, or is not there: no gap.`);
  // Beside a reference OpenAPI reads nothing, hence the wrapping.
  return { ...schema, properties: { ...properties, [member]: { anyOf: [property], nullable: true } } };
}
