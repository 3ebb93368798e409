import type { Usage } from "./transcript.ts";

/** Money is counted in whole millionths of a US dollar: no rounding error adds up, and a price per million tokens is the price of one token. */
export type Micros = number;

/** US dollars per million tokens, which is micros a token. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of input that the endpoint had read before; as `input` when undefined. */
  readonly cached?: number | undefined;
}

/** What a call costs, rounded up. */
export function costOf({ input, cached, output }: Usage, price: Price): Micros {
  const known = Math.min(cached, input);
  return Math.ceil(
    (input - known) * price.input + known * (price.cached ?? price.input) + output * price.output,
  );
}

/** The most that a call can cost: every token of the input new, every allowed token of the output written. */
export function worstCost(input: number, maxOutput: number, price: Price): Micros {
  return Math.ceil(input * Math.max(price.input, price.cached ?? 0) + maxOutput * price.output);
}

/** `$0.0412`; at least two digits, at most four. */
export function formatMoney(micros: Micros): string {
  const dollars = micros / 1_000_000;
  if (micros === 0 || dollars >= 1) return `$${dollars.toFixed(2)}`;
  return dollars < 0.0001 ? "below $0.0001" : `$${dollars.toFixed(4).replace(/0{1,2}$/, "")}`;
}

/** US dollars as a person writes them, in micros. */
export function microsOf(dollars: number): Micros {
  return Math.round(dollars * 1_000_000);
}
