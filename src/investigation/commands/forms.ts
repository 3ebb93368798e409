import { type VerdictValue, VERDICTS } from "../verdict.ts";
import { nearest } from "../../text/nearest.ts";
import { inlineCode } from "../../text/inline-code.ts";
import { type Location, parseLocation, type WrittenLocation } from "../../text/location.ts";
import { parseModelName } from "../../llm/model-settings.ts";

/** Why a line is no command: one sentence for people, Markdown whose foreign words are inline code. */
export interface Mistake {
  readonly mistake: string;
}

/** Everything about one verb: grammar, rights, limits and help come from here, so they cannot disagree. */
export interface Form {
  /** What follows the word `/casebook`. */
  readonly usage: string;
  /**
   * `write`: at least that, or what the repository asks for starting work when the command starts or continues it.
   * `triage-or-starter`: triage, or the person who started the investigation. `anyone`: everyone who can comment.
   */
  readonly who: "write" | "triage-or-starter" | "anyone";
  /**
   * `starts`: new work, which counts against the starts that one person has in an hour. `continues`: work that waits for
   * a person. No condition may forbid either. `stops`: ends or pauses the work. `shows`: changes only what people see.
   */
  readonly effect: "starts" | "continues" | "stops" | "shows";
  /** One sentence. */
  readonly does: string;
  /** The command's arguments. `words` are what follows the verb; `phases` are the phases that exist. */
  readonly parse: (words: readonly string[], phases: readonly string[]) => object | Mistake;
}

/** In the order of the help. */
export const FORMS = {
  investigate: {
    usage: "investigate [--to PHASE] [--budget USD] [--model NAME] [--from REF] [--public]",
    who: "write",
    effect: "starts",
    does: "Runs all phases up to the next gate, or up to `PHASE`. `--public`: also what looks confidential.",
    parse: parseInvestigate,
  },
  run: {
    usage: "run PHASE",
    who: "write",
    effect: "starts",
    does: "Runs that phase and what it depends on. The phase's name alone does the same.",
    parse: parsePhase,
  },
  approve: {
    usage: "approve",
    who: "write",
    effect: "continues",
    does: "Opens the gate that the investigation waits at.",
    parse: nothing("approve"),
  },
  reject: {
    usage: "reject REASON",
    who: "write",
    effect: "stops",
    does: "Closes the investigation with the reason.",
    parse: parseReason,
  },
  retry: {
    usage: "retry [PHASE]",
    who: "write",
    effect: "starts",
    does: "Re-runs what failed, else every phase that ran, or `PHASE`; also after a rejection.",
    parse: (words, phases): { readonly phase?: string } | Mistake =>
      words.length === 0 ? {} : parsePhase(words, phases),
  },
  skip: {
    usage: "skip PHASE",
    who: "write",
    effect: "continues",
    does: "Continues without that phase.",
    parse: parsePhase,
  },
  at: {
    usage: "at PATH:LINE[-LINE]",
    who: "write",
    effect: "starts",
    does: "Names the place of the cause; a permalink works too. Root cause takes it as given.",
    parse: parseAt,
  },
  test: {
    usage: "test CHANGE",
    who: "write",
    effect: "starts",
    does: "Runs the failing test and the other tests without and with a pull request (`#12`) or a branch.",
    parse: parseTest,
  },
  cancel: {
    usage: "cancel",
    who: "triage-or-starter",
    effect: "stops",
    does: "Stops the run. Nothing restarts by itself.",
    parse: nothing("cancel"),
  },
  pause: {
    usage: "pause",
    who: "triage-or-starter",
    effect: "stops",
    does: "Stops the run until `resume`.",
    parse: nothing("pause"),
  },
  resume: {
    usage: "resume",
    who: "triage-or-starter",
    effect: "continues",
    does: "Continues after `pause`, or after a person's commit on the branch.",
    parse: nothing("resume"),
  },
  refresh: {
    usage: "refresh",
    who: "write",
    effect: "starts",
    does: "Re-runs every phase that has a result, at the newest commit.",
    parse: (words): Refresh | Mistake => nothing("refresh")(words),
  },
  verdict: {
    usage: "verdict VERDICT",
    who: "triage-or-starter",
    effect: "shows",
    does: "Says that the answer is `right`, `partly` right or `wrong`; `casebook accuracy` counts it.",
    parse: ([word, ...more]): { readonly value: VerdictValue } | Mistake => {
      const value = VERDICTS.find((one) => one === word?.toLowerCase());
      return value === undefined || more.length > 0
        ? { mistake: "`verdict` needs one word: `right`, `partly` or `wrong`." }
        : { value };
    },
  },
  status: {
    usage: "status",
    who: "anyone",
    effect: "shows",
    does: "Updates the status comment.",
    parse: nothing("status"),
  },
  help: {
    usage: "help",
    who: "anyone",
    effect: "shows",
    does: "Shows this table in the status comment.",
    parse: nothing("help"),
  },
} as const satisfies Readonly<Record<string, Form>>;

export type Verb = keyof typeof FORMS;
type ArgumentsOf<V extends Verb> = Exclude<ReturnType<(typeof FORMS)[V]["parse"]>, Mistake>;

/** What a line of a comment asks for: a verb of the table with the arguments that its row reads. */
export type Command = { [V in Verb]: { readonly verb: V } & ArgumentsOf<V> }[Verb];
export type CommandOf<V extends Verb> = Extract<Command, { readonly verb: V }>;

export const VERBS = Object.keys(FORMS) as readonly Verb[];

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(FORMS, word);
}

/** Characters of a reason that are kept. */
const MAX_REASON = 200;

interface NoArguments {
  readonly mistake?: never;
}

function nothing(verb: string): (words: readonly string[]) => NoArguments | Mistake {
  return (words) => (words.length === 0 ? {} : { mistake: `\`${verb}\` takes nothing more.` });
}

/** `at`: where the place that a person named is at the newest commit; the service looks it up. */
interface Refresh extends NoArguments {
  readonly at?: Location;
}

function parsePhase(
  [word, ...more]: readonly string[],
  phases: readonly string[],
): { readonly phase: string } | Mistake {
  if (word === undefined) return { mistake: `The phase is missing: ${listed(phases)}.` };
  if (more.length > 0) return { mistake: "Only one phase can be named." };
  const phase = phaseNamed(word, phases);
  return typeof phase === "string" ? { phase } : phase;
}

function parseReason(words: readonly string[]): { readonly reason: string } | Mistake {
  return words.length === 0
    ? { mistake: "The reason is missing." }
    : { reason: words.join(" ").slice(0, MAX_REASON).toWellFormed() };
}

function phaseNamed(word: string, phases: readonly string[]): string | Mistake {
  const name = word.toLowerCase();
  if (phases.includes(name)) return name;
  const close = nearest(name, phases);
  return {
    mistake: `There is no such phase. ${close === undefined ? `Phases: ${listed(phases)}.` : `Did you mean \`${close}\`?`}`,
  };
}

interface Options {
  /** Phase type; all phases when undefined. */
  readonly to?: string;
  /** US dollars. */
  readonly budget?: number;
  readonly model?: string;
  /** A branch, tag or commit to read instead of the default branch. */
  readonly from?: string;
  /** All of it may be public, though it looks like the report of a vulnerability. */
  readonly public?: true;
}

function parseInvestigate(words: readonly string[], phases: readonly string[]): Options | Mistake {
  let options: Options = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const equals = word.indexOf("=");
    const flag = (equals === -1 ? word : word.slice(0, equals)).toLowerCase();
    if (!isFlag(flag)) return notAFlag(flag);
    if (options[NAMES[flag]] !== undefined) return { mistake: `\`${flag}\` appears twice.` };
    if (flag === "--public") {
      if (equals !== -1) return { mistake: "`--public` takes no value." };
      options = { ...options, public: true };
      continue;
    }
    const value = equals === -1 ? words[++i] : word.slice(equals + 1);
    if (value === undefined || value === "") return { mistake: `\`${flag}\` needs a value.` };
    const option = parseOption(flag, value, phases);
    if ("mistake" in option) return option;
    options = { ...options, ...option };
  }
  return options;
}

function parseOption(
  flag: Exclude<Flag, "--public">,
  value: string,
  phases: readonly string[],
): Options | Mistake {
  switch (flag) {
    case "--to": {
      const to = phaseNamed(value, phases);
      return typeof to === "string" ? { to } : to;
    }
    case "--budget": {
      const budget = parseBudget(value);
      return budget === undefined
        ? { mistake: "`--budget` needs an amount in US dollars above 0, such as `2.50`." }
        : { budget };
    }
    case "--model": {
      const model = parseModelName(value);
      return model === undefined ? { mistake: "`--model` needs the name of a model." } : { model };
    }
    case "--from": {
      const from = parseRevision(value);
      return from === undefined
        ? { mistake: "`--from` needs the name of a branch or tag, or a commit." }
        : { from };
    }
  }
}

const NAMES = {
  "--to": "to",
  "--budget": "budget",
  "--model": "model",
  "--from": "from",
  "--public": "public",
} as const;
type Flag = keyof typeof NAMES;

function isFlag(word: string): word is Flag {
  return Object.hasOwn(NAMES, word);
}

function notAFlag(word: string): Mistake {
  const close = nearest(word, Object.keys(NAMES));
  return {
    mistake:
      close === undefined
        ? "`investigate` does not take that."
        : `There is no such option. Did you mean \`${close}\`?`,
  };
}

/** `link`: what a permalink names besides the lines. */
interface Place extends Pick<WrittenLocation, "link"> {
  readonly location: Location;
}

function parseAt(words: readonly string[]): Place | Mistake {
  const needed = "`at` needs a file of the repository and its lines, such as `src/cart.ts:12-30`";
  const written = words.join(" ").replaceAll("`", "");
  if (written === "") return { mistake: `${needed}.` };
  const read = parseLocation(written);
  if ("problem" in read) return { mistake: `${needed}; of ${inlineCode(written, 80)}, ${read.problem}.` };
  const { path, start, end, link } = read;
  return { location: { path, start, end }, ...(link === undefined ? {} : { link }) };
}

/** Somebody's change, as a command names it. */
export type NamedChange =
  | {
      readonly kind: "pull";
      readonly number: number;
      /** `owner/name`, where a link or a name says so. */ readonly of?: string;
    }
  | { readonly kind: "branch"; readonly name: string };

function parseTest(words: readonly string[]): { readonly change: NamedChange } | Mistake {
  const needed = "`test` needs a pull request such as `#12`, or the name of a branch";
  const [word, ...more] = words;
  if (word === undefined) return { mistake: `${needed}.` };
  if (more.length > 0) return { mistake: "Only one change can be named." };
  const pull =
    /^([\w.-]{1,100}\/[\w.-]{1,100})?#([1-9]\d{0,8})$/.exec(word) ??
    /^https?:\/\/[^/\s]{1,200}\/([\w.-]{1,100}\/[\w.-]{1,100})\/pull\/([1-9]\d{0,8})(?:[/?#]\S*)?$/.exec(
      word,
    );
  if (pull !== null)
    return {
      change: {
        kind: "pull",
        number: Number(pull[2]),
        ...(pull[1] === undefined ? {} : { of: pull[1] }),
      },
    };
  const name = parseRevision(word);
  return name === undefined ? { mistake: `${needed}.` } : { change: { kind: "branch", name } };
}

function listed(phases: readonly string[]): string {
  return phases.map((phase) => `\`${phase}\``).join(", ");
}

/** US dollars that one command may set as the limit; more is a slip of the keyboard. */
const MAX_BUDGET = 1_000;

/** `2`, `2.50`, `$2.50`: above 0, at most MAX_BUDGET; undefined for anything else. */
function parseBudget(text: string): number | undefined {
  if (!/^\$?\d{1,4}(?:\.\d{1,2})?$/.test(text)) return undefined;
  const amount = Number(text.replace("$", ""));
  return amount > 0 && amount <= MAX_BUDGET ? amount : undefined;
}

/** What git takes as the name of a branch or tag (`git check-ref-format`), or a commit; never an option or an expression. */
function parseRevision(text: string): string | undefined {
  const isName = /^[\p{L}\p{N}_][\p{L}\p{N}._/+@#-]{0,199}$/u.test(text);
  const isOdd = /\.\.|\/\/|@\{|\/\.|[./]$|\.lock(?:\/|$)/.test(text);
  return isName && !isOdd ? text : undefined;
}
