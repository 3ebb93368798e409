import { z } from "zod";

/** What an endpoint said beside a failure. */
export interface EndpointWords {
  /** Its sentences. What it repeats of our request is left out: anybody's words stand there. */
  readonly text: string;
  /** Codes, types and names of parameters, in small letters. */
  readonly codes: readonly string[];
  /** A status inside of the body, as proxies and streams have it. */
  readonly status: number | undefined;
}

const MAX_TEXT = 4_000;

const DETAIL = z.object({ msg: z.string().catch(""), loc: z.array(z.unknown()).catch([]) });
const BODY = z.object({
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
  code: z.unknown().optional(),
  type: z.unknown().optional(),
  param: z.unknown().optional(),
  status: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.array(z.unknown()).optional().catch(undefined),
  metadata: z.object({ raw: z.unknown().optional() }).optional().catch(undefined),
});

/** Reads the body of a failure in any of the shapes in which compatible servers write it. */
export function endpointWords(body: unknown): EndpointWords {
  const texts: string[] = [];
  const codes: string[] = [];
  const numbers: number[] = [];
  collect(typeof body === "string" ? (parsed(body) ?? body) : body, 0);
  return {
    text: texts.join("; ").slice(0, MAX_TEXT),
    codes: codes.map((code) => code.toLowerCase().slice(0, 100)),
    status: numbers.find((number) => number >= 400 && number <= 599),
  };

  function collect(value: unknown, depth: number): void {
    if (depth > 4) return;
    if (typeof value === "string") {
      const inner = depth > 0 && value.trimStart().startsWith("{") ? parsed(value) : undefined;
      if (inner !== undefined) collect(inner, depth + 1);
      else texts.push(value.trimStart().startsWith("<") ? titleOf(value) : value.slice(0, MAX_TEXT));
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value.slice(0, 8)) {
        const detail = DETAIL.safeParse(item);
        if (detail.success && detail.data.msg !== "")
          texts.push(`${detail.data.loc.slice(0, 6).map(String).join(".")}: ${detail.data.msg}`);
        else collect(item, depth + 1);
      }
      return;
    }
    const read = BODY.safeParse(value);
    if (!read.success) return;
    const { message, detail, code, type, param, status, error, errors, metadata } = read.data;
    for (const word of [code, type, param, status]) {
      if (typeof word === "string") codes.push(word);
      if (typeof word === "number") numbers.push(word);
    }
    for (const part of [message, detail, error, errors, metadata?.raw])
      if (part !== undefined && part !== null) collect(part, depth + 1);
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A page of a proxy says in its title what is wrong. */
function titleOf(html: string): string {
  return /<title>([^<]{1,200})/i.exec(html.slice(0, 10_000))?.[1]?.trim() ?? "a web page";
}
