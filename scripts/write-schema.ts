/** Writes the JSON Schema of `.github/casebook.yml` from the schema that the bot reads it by. `npm run schema` */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { z } from "zod";
import { configSchema } from "../src/investigation/settings/config-schema.ts";

export async function schemaText(): Promise<string> {
  const schema = z.toJSONSchema(configSchema, { target: "draft-7" });
  const named = { ...schema, title: "Casebook: .github/casebook.yml" };
  return format(JSON.stringify(named), { parser: "json", printWidth: 110 });
}

if (import.meta.main)
  writeFileSync(join(import.meta.dirname, "../schemas/casebook.schema.json"), await schemaText());
