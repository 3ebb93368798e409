import type { Reference } from "./syntax.ts";

/** Functions in functions that are looked through for a local name. */
const MAX_NESTED = 40;
/** A minified file is one line: it is not searched whole for a repetition. */
const MAX_BACK = 12;

/** The names that belong to a function; `outer` are those of the function around it. */
export interface Locals {
  readonly names: Set<string>;
  readonly free: Set<string>;
  readonly outer: Locals | undefined;
}

/** The references of a file, which are known to be local or not when all of it was read. */
export class ReferenceList {
  private readonly pending: { readonly reference: Reference; readonly locals: Locals | undefined }[] = [];

  /** `locals`: where a plain name might turn out to be local. */
  add(reference: Reference, locals: Locals | undefined): void {
    this.pending.push({ reference, locals });
  }

  /** Without plain uses of local names and repetitions on a line; calls of local names say that they are. */
  all(): Reference[] {
    const kept: Reference[] = [];
    for (const { reference: found, locals } of this.pending) {
      const local = locals !== undefined && isLocal(found.name, locals);
      if (local && found.kind === "name") continue;
      const reference = local ? { ...found, isLocal: true as const } : found;
      if (!repeatsLine(kept, reference)) kept.push(reference);
    }
    return kept;
  }
}

function isLocal(name: string, from: Locals): boolean {
  for (let locals: Locals | undefined = from, n = 0; locals !== undefined && n < MAX_NESTED; n++) {
    if (locals.free.has(name)) return false;
    if (locals.names.has(name)) return true;
    locals = locals.outer;
  }
  return false;
}

/** Looks back over the same line only. */
function repeatsLine(kept: readonly Reference[], reference: Reference): boolean {
  for (let at = kept.length - 1, n = 0; at >= 0 && n < MAX_BACK; at--, n++) {
    const other = kept[at];
    if (other === undefined || other.line !== reference.line) return false;
    const same =
      other.name === reference.name &&
      other.kind === reference.kind &&
      other.receiver === reference.receiver &&
      other.onValue === reference.onValue &&
      other.inside === reference.inside;
    if (same) return true;
  }
  return false;
}
