import { memberPlace } from "./members.ts";
import type { Spec } from "./spec.ts";

/**
 * A circle of specs that wait for each other, first one repeated at the end; undefined when there is none. A driver waits
 * for its members. No recursion: a chain of any length is followed.
 */
export function findCycle(
  specs: ReadonlyMap<string, Pick<Spec, "id" | "dependsOn">>,
): readonly string[] | undefined {
  const waits = new Map<string, string[]>();
  for (const { id, dependsOn } of specs.values())
    waits.set(
      id,
      dependsOn.filter((other) => specs.has(other)),
    );
  for (const id of specs.keys()) {
    const driver = memberPlace(id)?.driver;
    if (driver !== undefined) waits.get(driver)?.push(id);
  }
  const done = new Set<string>();
  for (const start of waits.keys()) {
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
    const onPath = new Set([start]);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = done.has(top.id) ? undefined : waits.get(top.id)![top.next++];
      if (next === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
      } else if (onPath.has(next))
        return [...path.slice(path.findIndex(({ id }) => id === next)).map(({ id }) => id), next];
      else if (!done.has(next)) {
        path.push({ id: next, next: 0 });
        onPath.add(next);
      }
    }
  }
  return undefined;
}
