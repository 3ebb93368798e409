import { isSpecId } from "./spec.ts";

/** `.chant/specs/<id>.md` and `.chant/archive/<group>/<id>.md`; undefined for any other file. */
export function specIdOfPath(path: string): string | undefined {
  const id = /(?:^|\/)\.chant\/(?:specs|archive\/[^/]+)\/([^/]+)\.md$/.exec(path)?.[1];
  return id !== undefined && isSpecId(id) ? id : undefined;
}
