import { z } from "zod";
import type { ResearchDocument } from "../documents/finding.ts";
import { claimsOf } from "./check-claims.ts";
import { part } from "./claim-data.ts";

/** A file or function that a document names as a place of the cause, and the likelihood that it tells, in whole percent. */
interface SaidPlace {
  readonly path: string;
  /** Of a function: its qualified name. */
  readonly name?: string;
  readonly percent?: number;
}

/** What a document says of where the cause is, each place once, in the order in which a reader meets it. */
export interface PlacesSaid {
  readonly files: readonly SaidPlace[];
  readonly functions: readonly SaidPlace[];
}

/** Claims that say where the cause is; what the headline names counts whatever its type. */
const SAYING: ReadonlySet<string> = new Set([
  "likely-files",
  "component",
  "suspect",
  "no-suspect",
  "proposed-cause",
  "target",
  "has-sequence",
]);

/** Where a document says that the cause is. Undefined where it says nothing, and where a person named the place. */
export function placesSaid(document: ResearchDocument): PlacesSaid | undefined {
  const { headline } = document;
  const files = new Map<string, SaidPlace>();
  const functions = new Map<string, SaidPlace>();
  const add = ({ path, name, percent }: SaidPlace): void => {
    const told = percent === undefined ? {} : { percent };
    // The likelihood of a function is none of its file.
    if (!files.has(path)) files.set(path, { path, ...(name === undefined ? told : {}) });
    if (name === undefined) return;
    const key = `${path}::${name}`;
    const known = functions.get(key);
    if (known === undefined || known.percent === undefined) functions.set(key, { path, name, ...told });
  };
  for (const claim of claimsOf(document)) {
    const { type, data, withdrawn, citations } = claim;
    if (isGiven(type, data)) return undefined;
    if (withdrawn !== undefined || (claim !== headline && !SAYING.has(type))) continue;
    // "Any other function" names none.
    if (type === "suspect" && BESIDE.safeParse(data).success) continue;
    for (const place of placesIn(data)) add(place);
    if (claim === headline && files.size === 0)
      for (const one of citations) if (one.kind === "lines") add({ path: one.path });
  }
  return files.size === 0 ? undefined : { files: [...files.values()], functions: [...functions.values()] };
}

const BESIDE = z.looseObject({ beside: part.definition });
const GIVEN = z.looseObject({ why: z.literal("given") });

function isGiven(type: string, data: unknown): boolean {
  return type === "person-named" || (type === "target" && GIVEN.safeParse(data).success);
}

const FUNCTION = z.looseObject({ path: part.path, name: part.name, start: part.line });
const FUNCTION_AT = z.looseObject({ at: FUNCTION, percent: z.int().optional() });
const FUNCTION_AROUND = z.looseObject({ lines: z.looseObject({ path: part.path }), in: part.name });
const FILE = z.looseObject({ path: part.path, percent: z.int() });

/** Places anywhere in the data of a claim: the types share these four forms. */
function placesIn(data: unknown): readonly SaidPlace[] {
  if (Array.isArray(data)) return data.flatMap(placesIn);
  if (typeof data !== "object" || data === null) return [];
  const one = FUNCTION.safeParse(data).data;
  if (one !== undefined) return [{ path: one.path, name: one.name }];
  const at = FUNCTION_AT.safeParse(data).data;
  if (at !== undefined)
    return [
      { path: at.at.path, name: at.at.name, ...(at.percent === undefined ? {} : { percent: at.percent }) },
    ];
  const around = FUNCTION_AROUND.safeParse(data).data;
  if (around !== undefined) return [{ path: around.lines.path, name: around.in }];
  const file = FILE.safeParse(data).data;
  const own = file === undefined ? [] : [{ path: file.path, percent: file.percent }];
  return [...own, ...Object.values(data).flatMap(placesIn)];
}
