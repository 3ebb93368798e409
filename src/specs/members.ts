import type { Spec } from "./spec.ts";

/** `002-x.3` is the third member of `002-x`. Undefined for a spec that is nobody's member. */
export function memberPlace(id: string): { readonly driver: string; readonly number: number } | undefined {
  const match = /^(.+)\.(\d{1,6})$/.exec(id);
  return match === null ? undefined : { driver: match[1]!, number: Number(match[2]) };
}

/** The members of a driver by their names, in the order of their numbers. */
export function membersOf(driver: Pick<Spec, "id">, all: ReadonlyMap<string, Spec>): readonly Spec[] {
  return [...all.values()]
    .flatMap((spec) => {
      const place = memberPlace(spec.id);
      return place?.driver === driver.id ? [{ spec, number: place.number }] : [];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ spec }) => spec);
}

/** A driver is done when all members are completed or cancelled; one failed member fails it; without members it is open. */
export function driverOutcome(
  driver: Pick<Spec, "id">,
  all: ReadonlyMap<string, Spec>,
): "completed" | "failed" | "open" {
  const members = membersOf(driver, all);
  if (members.some(({ status }) => status === "failed")) return "failed";
  return members.length > 0 && members.every(({ status }) => isFinished(status)) ? "completed" : "open";
}

export function isFinished(status: string): boolean {
  return status === "completed" || status === "cancelled";
}
