import { memoise } from "../../memoise.ts";
import type { MeasuredFunction } from "../measure-functions.ts";
import type { Query } from "../query.ts";
import type { DirectRanking, NearSignal, SignalContext } from "../signal.ts";
import { measured } from "./function.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** A name that more files define is no evidence for one of them. */
const MAX_DEFINITIONS = 3;

/** A function that the issue names calls one that is defined in the file: the fault is often one step further in. */
export const calledBy: NearSignal = {
  name: "called by",
  scale: "relative",
  async score(query, context, first) {
    const scores = new Map<string, number>();
    for (const { callee, share } of await callsFromNamed(query, context, first))
      scores.set(callee.path, (scores.get(callee.path) ?? 0) + share);
    return scores;
  },
  async explain(path, query, context, first) {
    const calls = (await callsFromNamed(query, context, first)).filter(({ callee }) => callee.path === path);
    const best = calls.find(({ caller }) => caller.path !== path) ?? calls[0];
    if (best === undefined) return [];
    const { caller, callee, line } = best;
    return [
      {
        signal: "called by",
        text: `${inlineCode(caller.symbol.name)}, which the issue names, calls ${inlineCode(callee.symbol.name)}, defined here`,
        citations: [
          { kind: "lines", path: caller.path, start: line, end: line },
          { kind: "lines", path, start: callee.symbol.start, end: callee.symbol.end },
        ],
      },
    ];
  },
};

interface NamedCall {
  readonly caller: MeasuredFunction;
  readonly callee: MeasuredFunction;
  readonly line: number;
  /** 0 to 1; the calls of one caller share its worth, and so do the definitions of one name. */
  readonly share: number;
}

const callsFromNamed = memoise(
  async (query: Query, context: SignalContext, first: DirectRanking): Promise<readonly NamedCall[]> => {
    const functions = await measured(query, context, first);
    const byName = new Map<string, MeasuredFunction[]>();
    for (const one of functions) {
      const same = byName.get(one.symbol.name);
      if (same === undefined) byName.set(one.symbol.name, [one]);
      else same.push(one);
    }
    const names = new Set(query.identifiers);
    const calls: NamedCall[] = [];
    for (const caller of functions) {
      if (!names.has(caller.symbol.name)) continue;
      const lines = new Map<string, number>();
      for (const { name, kind, line, inside } of caller.syntax.references)
        if (inside === caller.at && (kind === "call" || kind === "new") && !lines.has(name))
          lines.set(name, line);
      for (const [name, line] of lines) {
        const files = new Map((byName.get(name) ?? []).map((callee) => [callee.path, callee]));
        if (files.size > MAX_DEFINITIONS) continue;
        for (const callee of files.values())
          if (callee !== caller)
            calls.push({ caller, callee, line, share: 1 / files.size / Math.sqrt(lines.size) });
      }
    }
    return calls;
  },
);
