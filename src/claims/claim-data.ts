import { z } from "zod";

const path = z.string().min(1).max(1_000);
const line = z.int().min(1).max(100_000_000);

/** Data that several types share. */
export const part = {
  path,
  line,
  name: z.string().min(1).max(300),
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  count: z.int().min(0).max(100_000_000),
  words: z.string().min(1).max(20_000),
  lines: z.strictObject({ path, start: line, end: line }),
  /** A run as the document records it. */
  run: z.strictObject({
    name: z.string().regex(/^run-[1-9]\d{0,3}$/),
    command: z.array(z.string().max(2_000)).min(1).max(50).readonly(),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .optional(),
    changed: z.array(path).max(50).readonly(),
    end: z.string().max(1_000),
    milliseconds: z.int().min(0),
    output: z.string().max(20_000),
    environment: z.string().max(2_000),
  }),
  /** A function, method or class: its qualified name, and its first and last line. */
  definition: z.strictObject({ path, name: z.string().min(1).max(300), start: line, end: line }),
} as const;

export type DefinitionData = z.infer<typeof part.definition>;
