import type { Service } from "../../src/service/service.ts";
import { deadlineOf } from "../../src/process/clock.ts";

/** The parts of a service that most tests do not care about: no research, no spacing, a log that prints nothing. */
export const PLAIN_SERVICE = {
  research: {} as Service["research"],
  settings: {
    worker: "test",
    runsPerInstallation: 4,
    editSpacing: 0,
    listsBehind: 0,
    keepDays: 30,
    deliveryDays: 3,
  },
  deadline: deadlineOf,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
} as const satisfies Partial<Service>;
