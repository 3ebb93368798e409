import type { Duplex } from "node:stream";

/** Characters of one message. The largest that is needed, the files of a phase, has a few millions. */
const MOST = 32_000_000;

/** One end of the connection between two of our processes: lines of JSON, so that what comes in is data and nothing else. */
export interface Channel {
  /** Sends a message; nothing where the other end is gone. */
  say(message: unknown): void;
  /** Sends what is still to be sent and closes. */
  end(): void;
  destroy(): void;
}

/**
 * Opens an end. Maps pass as maps. `onMessage` gets whatever JSON came; `onBroken` is told of a line that is too long or no JSON, and
 * nothing is read after it. `onEnd`: the other end is closed.
 */
export function openChannel(
  stream: Duplex,
  {
    onMessage,
    onBroken,
    onEnd,
    most = MOST,
  }: {
    readonly onMessage: (message: unknown) => void;
    readonly onBroken: (why: string) => void;
    readonly onEnd?: () => void;
    readonly most?: number;
  },
): Channel {
  let parts: string[] = [];
  let length = 0;
  const broken = (why: string): void => {
    stream.destroy();
    onBroken(why);
  };
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    for (let from = 0; !stream.destroyed;) {
      const at = text.indexOf("\n", from);
      const part = text.slice(from, at < 0 ? undefined : at);
      parts.push(part);
      length += part.length;
      if (length > most) {
        broken(`a message has more than ${most} characters`);
        return;
      }
      if (at < 0) return;
      from = at + 1;
      const line = parts.join("");
      parts = [];
      length = 0;
      let message: unknown;
      try {
        message = JSON.parse(line, revive);
      } catch {
        broken("a message is no JSON");
        return;
      }
      onMessage(message);
    }
  });
  stream.on("error", () => undefined);
  stream.on("close", () => onEnd?.());
  stream.on("end", () => stream.destroy());
  return {
    say(message) {
      if (!stream.destroyed && stream.writable) stream.write(`${JSON.stringify(message, replace)}\n`);
    },
    end: () => void stream.end(() => stream.destroy()),
    destroy: () => void stream.destroy(),
  };
}

const MAP = "$map";

function replace(_: string, value: unknown): unknown {
  return value instanceof Map ? { [MAP]: [...(value as ReadonlyMap<unknown, unknown>)] } : value;
}

function revive(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, MAP)) return value;
  const entries = (value as { readonly [MAP]: unknown })[MAP];
  if (!Array.isArray(entries) || !entries.every((entry) => Array.isArray(entry))) return value;
  // JSON has no undefined: a file that is removed has null there.
  return new Map(entries.map((entry: unknown[]) => [entry[0], entry[1] ?? undefined] as const));
}
