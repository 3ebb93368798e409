import { estimateTokens } from "./estimate-tokens.ts";
import { costOf, formatMoney, type Micros, worstCost } from "./money.ts";
import type { Entry, Reply, Usage } from "./transcript.ts";
import {
  asked,
  contextSizes,
  haystack,
  isRightCall,
  LOOKUP,
  NEEDLE,
  OUTPUT,
  SCHEMA,
  SECRET_NUMBER,
} from "./examination.ts";
import { type Model, ModelFailure, type ModelRequest } from "./model.ts";
import { type Capacity, type DemandingPhase, lacksFor, PHASE_DEMANDS } from "./phase-demands.ts";

/** A model as it is examined: with calls of tools in both ways. */
export interface ModelProbe {
  /** Undefined when the operator wants calls in the text. */
  readonly native: Model | undefined;
  readonly text: Model | undefined;
  /** What the endpoint turned out not to take, so far. */
  readonly notes: () => readonly string[];
  /** Milliseconds, any origin. */
  readonly now: () => number;
}

interface Observation {
  readonly name: string;
  /** Undefined: it was not tried. */
  readonly ok: boolean | undefined;
  /** One sentence without a full stop. */
  readonly detail: string;
}

export interface ModelReport {
  readonly name: string;
  readonly findings: readonly Observation[];
  readonly capacity: Capacity & {
    readonly firstTokenMilliseconds: number | undefined;
    /** The endpoint counts tokens. */
    readonly usage: boolean;
  };
  readonly phases: readonly {
    readonly phase: DemandingPhase;
    readonly ok: boolean;
    readonly why: readonly string[];
  }[];
  /** What the examination cost. */
  readonly cost: { readonly micros: Micros; readonly inputTokens: number; readonly outputTokens: number };
}

export interface ExaminationOptions {
  readonly signal: AbortSignal;
  /** Most that it may cost; larger contexts are left out before it would cost more. */
  readonly maxMicros: Micros;
  readonly onStep?: (step: string) => void;
}

/**
 * Measures what a model can do: whether it answers, calls tools, keeps to a schema, counts its tokens, how fast it writes
 * and how much it reads; and says which phases that is enough for. Throws only for the signal and for bugs.
 */
export async function examineModel(probe: ModelProbe, options: ExaminationOptions): Promise<ModelReport> {
  const examination = new Examination(probe, options);
  return examination.run();
}

class Examination {
  readonly #probe: ModelProbe;
  readonly #options: ExaminationOptions;
  readonly #model: Model;
  readonly #findings: Observation[] = [];
  readonly #usages: Usage[] = [];
  #speed: number | undefined;
  #firstToken: number | undefined;

  constructor(probe: ModelProbe, options: ExaminationOptions) {
    const model = probe.native ?? probe.text;
    if (model === undefined) throw new Error("a probe has a model");
    this.#probe = probe;
    this.#options = options;
    this.#model = model;
  }

  async run(): Promise<ModelReport> {
    if (!(await this.#answers())) return this.#report({ calls: "none", structured: false });
    const calls = await this.#calls();
    const structured = await this.#structured();
    await this.#writes();
    const isCounted = this.#usages.length > 0 && this.#usages.every(({ estimated }) => !estimated);
    this.#found(
      "usage",
      isCounted,
      isCounted ? "the endpoint counts tokens" : "tokens are estimated, and so is the cost",
    );
    const context = await this.#context();
    this.#priced();
    return this.#report({ calls, structured, ...context });
  }

  #found(name: string, ok: boolean | undefined, detail: string): void {
    this.#findings.push({ name, ok, detail: detail.replace(/[.\s]+$/, "") });
  }

  /** A question; undefined when it failed, which is a finding of that name then. */
  async #ask(
    name: string,
    model: Model,
    request: Partial<ModelRequest> & Pick<ModelRequest, "transcript">,
  ): Promise<Reply | undefined> {
    const { signal } = this.#options;
    try {
      const reply = await model.reply(
        { tools: [], maxOutputTokens: Math.min(OUTPUT, model.outputTokens), ...request },
        signal,
      );
      this.#usages.push(reply.usage);
      return reply;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelFailure)) throw error;
      this.#found(name, false, error.message);
      return undefined;
    }
  }

  async #answers(): Promise<boolean> {
    this.#options.onStep?.("does it answer?");
    const started = this.#probe.now();
    const reply = await this.#ask("answers", this.#model, {
      transcript: asked('Reply with the word "ready".'),
    });
    if (reply === undefined) return false;
    const isReady = /ready/i.test(reply.text);
    this.#found(
      "answers",
      isReady,
      isReady
        ? `in ${duration(this.#probe.now() - started)}`
        : reply.text === ""
          ? "it said nothing; a model that thinks may need more outputTokens"
          : "it answers, and not what it was asked",
    );
    return true;
  }

  /** Calls of its own, else in the text. */
  async #calls(): Promise<Capacity["calls"]> {
    const { native, text } = this.#probe;
    if (native === undefined) this.#found("tool calls", undefined, "not tried, as calls in the text are set");
    else {
      this.#options.onStep?.("does it call tools?");
      if (await this.#callsWith(native, "tool calls")) {
        this.#found("calls in the text", undefined, "not needed");
        return "native";
      }
    }
    if (text === undefined) return "none";
    this.#options.onStep?.("does it call tools in its text?");
    return (await this.#callsWith(text, "calls in the text")) ? "text" : "none";
  }

  async #callsWith(model: Model, name: string): Promise<boolean> {
    const transcript: Entry[] = asked(
      "Which number has the colour amber on page 2 of the list? Look it up with the tool, then reply with the number alone.",
    );
    const first = await this.#ask(name, model, { transcript, tools: [LOOKUP] });
    if (first === undefined) return false;
    const [call] = first.calls;
    if (call === undefined) return this.#no(name, "it called no tool");
    if (call.name !== LOOKUP.name) return this.#no(name, "it called a tool that was not offered");
    if (!isRightCall(call.arguments))
      return this.#no(name, "its arguments are not those that the tool wants");
    transcript.push(first);
    for (const { id, name: tool } of first.calls)
      transcript.push({ kind: "answer", call: id, tool, text: `amber, page 2: ${SECRET_NUMBER}` });
    const second = await this.#ask(name, model, { transcript, tools: [LOOKUP] });
    if (second === undefined) return false;
    if (!second.text.includes(SECRET_NUMBER)) return this.#no(name, "it did not use the tool's answer");
    this.#found(name, true, "one call with the right arguments, and its answer used");
    return true;
  }

  #no(name: string, why: string): false {
    this.#found(name, false, why);
    return false;
  }

  async #structured(): Promise<boolean> {
    this.#options.onStep?.("does it keep to a schema?");
    const reply = await this.#ask("structured reply", this.#model, {
      transcript: asked(
        'The list "red, green, blue" has four colours. Does that hold? Give holds, count and why.',
      ),
      schema: SCHEMA,
    });
    if (reply === undefined) return false;
    const isAsked = this.#probe.notes().some((note) => note.includes("schema"));
    this.#found(
      "structured reply",
      true,
      isAsked ? "JSON of the schema, asked for in words" : "JSON of the schema, held to it by the endpoint",
    );
    return true;
  }

  /** How fast it writes, and when it begins to. */
  async #writes(): Promise<void> {
    this.#options.onStep?.("how fast is it?");
    const { now } = this.#probe;
    const started = now();
    let first: number | undefined;
    const reply = await this.#ask("speed", this.#model, {
      transcript: asked(
        "Write the numbers from one to sixty as words, separated by commas, and nothing else.",
      ),
      onText: () => (first ??= now()),
    });
    if (reply === undefined) return;
    const ended = now();
    // Thoughts are not told, so what was told says nothing about how long they took.
    const isWhole = first === undefined || first - started > (ended - started) / 2;
    const seconds = (ended - (isWhole ? started : first!)) / 1_000;
    this.#firstToken = first === undefined ? undefined : first - started;
    this.#speed = seconds > 0 ? reply.usage.output / seconds : undefined;
    this.#found(
      "speed",
      true,
      `${this.#speed === undefined ? "too fast to measure" : `${this.#speed < 10 ? this.#speed.toFixed(1) : Math.round(this.#speed)} tokens a second`}${this.#firstToken === undefined ? "" : `, the first after ${duration(this.#firstToken)}`}`,
    );
  }

  /** The largest context in which it still knew what stood at the beginning, and what became of a larger one. */
  async #context(): Promise<Pick<Capacity, "contextTokens" | "isCutSilently">> {
    const model = this.#model;
    const output = Math.min(OUTPUT, model.outputTokens);
    let fits = 0;
    // Tokens that a text has here for each that is estimated; known better after each answer.
    let ratio = 1;
    for (const size of contextSizes(model.contextTokens, output)) {
      const read = fits === 0 ? "nothing was read yet" : `${count(fits)} tokens were read to the beginning`;
      const price = worstCost(size, output, model.price);
      if (this.#spent() + price > this.#options.maxMicros) {
        this.#found(
          "context",
          undefined,
          `${read}; more was not tried, as ${count(size)} tokens cost ${formatMoney(price)}`,
        );
        return { contextTokens: undefined };
      }
      this.#options.onStep?.(`does it read ${count(size)} tokens?`);
      const text = haystack(size / ratio);
      const before = this.#findings.length;
      const reply = await this.#ask("context", model, { transcript: asked(text) });
      if (reply === undefined) {
        // The endpoint's limit is what is looked for, and shortening follows it.
        const failure = this.#findings.splice(before)[0]?.detail ?? "";
        this.#found("context", false, `${read}; at ${count(size)}: ${failure}`);
        return { contextTokens: fits };
      }
      if (!reply.text.includes(NEEDLE)) {
        this.#found("context", false, `${read}; of ${count(size)} the beginning was lost`);
        return { contextTokens: fits, isCutSilently: true };
      }
      if (!reply.usage.estimated) ratio = reply.usage.input / Math.max(1, estimateTokens(text));
      fits = size;
    }
    this.#found(
      "context",
      true,
      `${count(fits)} tokens were read to the beginning, as contextTokens says (${count(model.contextTokens)})`,
    );
    return { contextTokens: model.contextTokens };
  }

  #priced(): void {
    const { input, output } = this.#model.price;
    this.#found(
      "price",
      true,
      input === 0 && output === 0
        ? "free, as it is set: caps of money do not stop it, those of steps and tokens do"
        : `$${input} and $${output} for a million tokens in and out`,
    );
  }

  #spent(): Micros {
    return this.#usages.reduce((sum, usage) => sum + costOf(usage, this.#model.price), 0);
  }

  #report(seen: Pick<Capacity, "calls" | "structured"> & Partial<Capacity>): ModelReport {
    const capacity = {
      contextTokens: undefined,
      ...seen,
      tokensPerSecond: this.#speed,
      firstTokenMilliseconds: this.#firstToken,
      usage: this.#usages.length > 0 && this.#usages.every(({ estimated }) => !estimated),
    };
    const answers = this.#usages.length > 0;
    return {
      name: this.#model.name,
      findings: this.#findings,
      capacity,
      phases: (Object.keys(PHASE_DEMANDS) as DemandingPhase[]).map((phase) => {
        const why = answers ? lacksFor(phase, capacity) : ["it does not answer"];
        return { phase, ok: why.length === 0, why };
      }),
      cost: {
        micros: this.#spent(),
        inputTokens: this.#usages.reduce((sum, { input }) => sum + input, 0),
        outputTokens: this.#usages.reduce((sum, { output }) => sum + output, 0),
      },
    };
  }
}

function count(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
