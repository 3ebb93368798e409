import { setImmediate as drained } from "node:timers/promises";
import type { Timers } from "../fakes/memory-store.ts";

/** Numbers that follow from a seed (mulberry32). */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to `below`. */
  below(below: number): number;
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** True so often of 1. */
  is(share: number): boolean;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (below) => Math.floor(next() * below),
    between: (from, to) => from + next() * (to - from),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    is: (share) => next() < share,
  };
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
  isOver: boolean;
}

/**
 * One thread and one time. What happens at once is drawn by the time that each call is given; after each event everything that
 * follows from it without waiting is done before the next one.
 */
export class Scheduler implements Timers {
  #time: number;
  #events: Event[] = [];
  #order = 0;
  steps = 0;

  constructor(time: number) {
    this.#time = time;
  }

  now(): number {
    return this.#time;
  }

  after(milliseconds: number, work: () => void): () => void {
    const event = { at: this.#time + Math.max(0, milliseconds), order: this.#order++, work, isOver: false };
    this.#push(event);
    return () => {
      event.isOver = true;
    };
  }

  /** Runs events up to a time; `check` looks at the world after each. Ends early when it says so. */
  async run(until: number, check: () => boolean): Promise<void> {
    for (let event = this.#events[0]; event !== undefined && event.at <= until; event = this.#events[0]) {
      this.#pop();
      if (event.isOver) continue;
      this.#time = Math.max(this.#time, event.at);
      event.isOver = true;
      event.work();
      this.steps++;
      await drained();
      if (!check()) return;
    }
    this.#time = Math.max(this.#time, until);
  }

  #isBefore(a: Event, b: Event): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
