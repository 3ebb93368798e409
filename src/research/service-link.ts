import type { AnswerTo, Ask, FromResearcher, ToResearcher } from "./protocol.ts";

/** Questions to the service that started this process, each answered once. */
export interface ServiceLink {
  ask<K extends Ask["kind"]>(ask: Extract<Ask, { kind: K }>): Promise<AnswerTo<K>>;
  settle(message: Extract<ToResearcher, { kind: "answer" | "refusal" }>): void;
}

export function serviceLink(say: (message: FromResearcher) => void): ServiceLink {
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  return {
    ask(ask) {
      const call = ++calls;
      return new Promise((resolve, reject) => {
        open.set(call, { resolve, reject });
        say({ kind: "call", call, ask });
      });
    },
    settle(message) {
      const waiting = open.get(message.call);
      open.delete(message.call);
      if (message.kind === "answer") waiting?.resolve(message.value as never);
      else waiting?.reject(new Error(message.message));
    },
  };
}
