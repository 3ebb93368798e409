import type { Fault, LoggedRequest, SimulatedFaults } from "./contract.ts";

/** What becomes of a request. `cut`: the connection ends without an answer. `wait`: the answer comes that much later. */
export type FaultAction =
  | { readonly kind: "go" }
  | {
      readonly kind: "respond";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    }
  | { readonly kind: "cut" }
  | { readonly kind: "wait"; readonly milliseconds: number };

/** Thrown by `onWrite`: the connection is cut at that moment. */
export class CutConnection extends Error {
  constructor() {
    super("The connection was cut on demand.");
    this.name = "CutConnection";
  }
}

/** The front asks at three moments of each request; `onWrite` is called from here and from nowhere else. */
export interface FaultGate {
  /** Before the effect. `onWrite` "before"; then `respond` or `cut` when a fault is due. */
  before(request: LoggedRequest): Promise<FaultAction>;
  /** After the effect, before the answer. `onWrite` "during"; then `wait` or `cut` when a fault is due. */
  after(request: LoggedRequest): Promise<FaultAction>;
  /** After the answer was sent. `onWrite` "after". */
  answered(request: LoggedRequest): Promise<void>;
}

interface Pending {
  readonly fault: Fault;
  /** Requests that matched so far. */
  seen: number;
}

const GO: FaultAction = { kind: "go" };

/**
 * Faults on demand. Each counts the requests that match it from the moment it was added; the first one whose turn has
 * come takes the request and is used up, the others wait for the next. So two faults of the same kind hit two requests.
 */
export function createFaults(): SimulatedFaults & FaultGate {
  let pending: Pending[] = [];

  const take = (request: LoggedRequest, side: "before" | "after"): Fault | undefined => {
    const matching = pending.filter(({ fault }) => sideOf(fault) === side && matches(fault, request));
    for (const one of matching) one.seen++;
    const due = matching.find(({ fault, seen }) => seen >= (fault.nth ?? 1));
    if (due !== undefined) pending = pending.filter((one) => one !== due);
    return due?.fault;
  };

  const faults: SimulatedFaults & FaultGate = {
    onWrite: undefined,
    add(fault) {
      assertPlace(fault.at);
      pending.push({ fault, seen: 0 });
    },
    get left() {
      return pending.map(({ fault }) => fault);
    },
    clear() {
      pending = [];
    },
    async before(request) {
      if (await isCut(faults, "before", request)) return { kind: "cut" };
      return actionOf(take(request, "before"));
    },
    async after(request) {
      if (await isCut(faults, "during", request)) return { kind: "cut" };
      return actionOf(take(request, "after"));
    },
    async answered(request) {
      // Nothing is left to cut once the answer is out.
      await isCut(faults, "after", request);
    },
  };
  return faults;
}

async function isCut(
  faults: SimulatedFaults,
  moment: "before" | "during" | "after",
  request: LoggedRequest,
): Promise<boolean> {
  if (!request.isWrite) return false;
  try {
    await faults.onWrite?.(moment, request);
    return false;
  } catch (error) {
    if (error instanceof CutConnection) return true;
    throw error;
  }
}

/** Slowness comes after the effect: a client that gave up meets a write that happened. */
function sideOf({ kind }: Fault): "before" | "after" {
  switch (kind.kind) {
    case "status":
      return "before";
    case "slow":
      return "after";
    case "cut":
      return kind.when;
  }
}

function matches({ at }: Fault, { route, isWrite }: LoggedRequest): boolean {
  if (at === "any") return true;
  if (at === "any-write") return isWrite;
  if (at === "any-read") return !isWrite;
  return at === route;
}

function actionOf(fault: Fault | undefined): FaultAction {
  if (fault === undefined) return GO;
  const { kind } = fault;
  switch (kind.kind) {
    case "cut":
      return { kind: "cut" };
    case "slow":
      return { kind: "wait", milliseconds: kind.milliseconds };
    case "status": {
      const { status, headers = {} } = kind;
      return { kind: "respond", status, headers, body: "body" in kind ? kind.body : bodyOf(status, headers) };
    }
  }
}

/** What GitHub says with a status, in the shape of its errors. */
function bodyOf(status: number, headers: Readonly<Record<string, string>>): unknown {
  const message = isSecondaryLimit(status, headers)
    ? "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    : isPrimaryLimit(status, headers)
      ? "API rate limit exceeded for installation."
      : (MESSAGES[status] ?? (status >= 500 ? "Server Error" : "Validation Failed"));
  return { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: "Bad credentials",
  403: "Resource not accessible by integration",
  404: "Not Found",
  409: "Conflict",
  410: "This issue was deleted",
};

function isSecondaryLimit(status: number, headers: Readonly<Record<string, string>>): boolean {
  return status === 429 ? !isPrimaryLimit(status, headers) : status === 403 && "retry-after" in headers;
}

function isPrimaryLimit(status: number, headers: Readonly<Record<string, string>>): boolean {
  return (status === 403 || status === 429) && headers["x-ratelimit-remaining"] === "0";
}

/** A place that no request can ever have would make a test pass for nothing. */
function assertPlace(at: string): void {
  if (["any", "any-write", "any-read"].includes(at)) return;
  if (/^(?:GET|POST|PUT|PATCH|DELETE) \/\S*(?: \w+)?$/.test(at)) return;
  throw new Error(
    `A fault stands at "any", "any-write", "any-read" or a route such as "POST /repos/{owner}/{repo}/pulls"; "${at}" is none.`,
  );
}
