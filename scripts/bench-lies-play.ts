/** A model that hands in one statement, as a script: what is refused once more in other words, then the end. */
import type { ModelGateway } from "../src/llm/gateway.ts";
import type { Entry, Reply } from "../src/llm/transcript.ts";

/** Says nothing, or finds that everything follows: the worst one. */
export type Judge = "silent" | "follows";

export interface Issue {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly body: string;
  /** What the root cause asks for besides: two hypotheses, a gap, an option. */
  readonly beside: readonly Claim[];
}

interface Claim extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

interface Try {
  /** `null`: nothing in place of this one. */
  readonly claims?: readonly (Claim | null)[];
  /** `claims`: places in the list above, from 1. */
  readonly explanation?: readonly { readonly text: string; readonly claims: readonly number[] }[];
  readonly cause?: readonly object[];
  readonly outcome?: { readonly claims: readonly number[] } & Readonly<Record<string, unknown>>;
}

export interface Statement {
  readonly id: string;
  readonly kind: string;
  readonly issue: string;
  readonly phase: string;
  readonly statement: string;
  /** Commands that are run first. */
  readonly runs?: readonly (readonly string[])[];
  readonly first: Omit<Try, "claims"> & { readonly claims: readonly Claim[] };
  readonly again?: Try;
}

export interface Play {
  readonly gateway: ModelGateway;
  /** What was answered to what was refused. */
  refused(): readonly string[];
  /** Claims and endings that were not taken, not even in other words. */
  lost(): readonly string[];
}

type Call = { readonly name: string; readonly arguments: object };

export function play({ phase, runs = [], first, again = {} }: Statement, issue: Issue, judge: Judge): Play {
  const refused: string[] = [];
  /** Number of the claim that was taken, by place in `first.claims`. */
  const numbers = new Map<number, number>();
  const lost = new Set<string>();
  const stored = new Map<string, Entry[]>();
  const hasOption = first.claims.some(({ type }) => type === "option");
  const beside =
    phase === "root-cause"
      ? issue.beside.filter(({ type }) => type !== "option" || (first.cause !== undefined && !hasOption))
      : [];
  let waiting: number[] = [];
  let step = 0;

  /** Reads which claims of the last call were taken. */
  function readAnswer(entries: readonly Entry[], places: readonly number[]): void {
    const text = entries.findLast((entry) => entry.kind === "answer" && entry.tool === "submit");
    if (text?.kind !== "answer") return;
    for (const [i, place] of places.entries()) {
      const line = text.text.split("\n").find((one) => one.startsWith(`${i + 1}. (`)) ?? "";
      const taken = /taken as claim (\d+)/.exec(line);
      if (taken !== null) numbers.set(place, Number(taken[1]));
      else {
        refused.push(line);
        waiting.push(place);
      }
    }
  }

  function ending({ explanation = [], outcome, cause }: Try): Call {
    const bound = (places: readonly number[]): readonly number[] => {
      const own = places.map((place) => numbers.get(place - 1)).filter((one) => one !== undefined);
      return own.length > 0 ? own : [...numbers.values()].slice(0, 1);
    };
    return {
      name: "finish",
      arguments: {
        explanation: explanation
          .map(({ text, claims }) => ({ text, claims: bound(claims) }))
          .filter(({ claims }) => claims.length > 0),
        ...(cause === undefined ? {} : { cause }),
        ...(outcome === undefined ? {} : { outcome: { ...outcome, claims: bound(outcome.claims) } }),
      },
    };
  }

  let asked: "nothing" | "first" | "again" | "end" | "end again" = "nothing";
  function says(entries: readonly Entry[]): readonly Call[] {
    switch (asked) {
      case "nothing":
        if (step < runs.length) return [{ name: "run", arguments: { command: runs[step], files: [] } }];
        asked = "first";
        if (first.claims.length + beside.length === 0) return says(entries);
        return [{ name: "submit", arguments: { claims: [...first.claims, ...beside] } }];
      case "first": {
        readAnswer(entries, [...first.claims.keys()]);
        const retried = waiting.filter((place) => again.claims?.[place] != null);
        for (const place of waiting.filter((one) => !retried.includes(one))) lost.add(nameOf(place));
        waiting = retried;
        asked = "again";
        if (retried.length === 0) return says(entries);
        return [{ name: "submit", arguments: { claims: retried.map((place) => again.claims![place]) } }];
      }
      case "again": {
        const retried = waiting;
        waiting = [];
        if (retried.length > 0) readAnswer(entries, retried);
        for (const place of waiting) lost.add(nameOf(place));
        asked = "end";
        return [ending(first)];
      }
      case "end":
      case "end again": {
        const answer = entries.findLast((entry) => entry.kind === "answer");
        const text = answer?.kind === "answer" ? answer.text : "";
        refused.push(`finish: ${text.replaceAll("\n", " ")}`);
        if (asked === "end again") return [ending({})];
        asked = "end again";
        return [
          ending({
            ...first,
            ...again,
            ...(again.explanation === undefined ? {} : { explanation: again.explanation }),
          }),
        ];
      }
    }
  }

  const nameOf = (place: number): string => `${place + 1}. (${first.claims[place]?.type})`;
  const judged = (entries: readonly Entry[]): string => {
    if (judge === "silent") return "";
    const request = entries.map((entry) => (entry.kind === "request" ? entry.text : "")).join("\n");
    const sentences = [...request.matchAll(/ sentence (\d+)$/gm)].map((match) => Number(match[1]));
    return JSON.stringify({
      verdicts: sentences.map((sentence) => ({ sentence, verdict: "follows" })),
    });
  };

  return {
    refused: () => refused,
    lost: () => [...lost],
    gateway: {
      open: async (conversation) => [...(stored.get(conversation) ?? [])],
      async next({ conversation, at, entries }) {
        const known = [...(stored.get(conversation) ?? []).slice(0, at), ...entries];
        const calls = conversation === phase ? says(known) : [];
        const reply: Reply = {
          kind: "reply",
          text: conversation === phase ? "" : judged(known),
          model: conversation === phase ? "scripted" : "judge",
          calls: calls.map(({ name, arguments: args }, i) => ({
            id: `call-${conversation}-${step}-${i}`,
            name,
            arguments: JSON.stringify(args),
          })),
          usage: { input: 1, cached: 0, output: 1, estimated: false },
        };
        if (conversation === phase) step++;
        stored.set(conversation, [...known, reply]);
        return { kind: "reply", reply };
      },
      cost: async () => ({ micros: 0, inputTokens: 0, outputTokens: 0, calls: 0, models: ["scripted"] }),
    },
  };
}
