import type { Service } from "./service.ts";

/** Requests of one purpose that an installation may use: so many an hour, and so many at once that were not used before. */
export interface Share {
  /** Of the note that holds what is left. */
  readonly name: string;
  readonly perHour: number;
  readonly atOnce: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What may be used now: what was left, and what an hour allows for the time since. */
export async function shareLeft(
  { store, now }: Pick<Service, "store" | "now">,
  { name, perHour, atOnce }: Share,
): Promise<number> {
  const [at = 0, left = atOnce] = ((await store.note(name)) ?? "").split(" ").filter(Boolean).map(Number);
  const passed = Math.min(Math.max(now() - at, 0), DAY);
  return Math.floor(Math.min(atOnce, left + (passed * perHour) / HOUR));
}

/** What of a share is left now. */
export async function keepShare(
  { store, now }: Pick<Service, "store" | "now">,
  { name }: Share,
  left: number,
): Promise<void> {
  await store.saveNote(name, `${now()} ${Math.max(0, left)}`);
}

/** The same object, with `tell` called before each of its methods. */
export function counted<T extends object>(object: T, tell: () => void): T {
  return Object.fromEntries(
    Object.entries(object).map(([name, method]: [string, unknown]) => [
      name,
      typeof method === "function"
        ? (...args: unknown[]): unknown => {
            tell();
            return (method as (...args: unknown[]) => unknown)(...args);
          }
        : method,
    ]),
  ) as T;
}
