import { nearest } from "../../text/nearest.ts";
import { isLineRange, parseBudget, parseRevision } from "./arguments.ts";
import { parseModelName } from "../../llm/parse-model-name.ts";
import type { Command, Verb } from "./command.ts";

/** Why a line is no command: one sentence for people, Markdown whose foreign words are inline code. */
export interface Mistake {
  readonly mistake: string;
}

/** Everything about one verb: grammar, rights and help come from here, so they cannot disagree. */
export interface Form {
  /** What follows the word `/casebook`. */
  readonly usage: string;
  /**
   * `write`: at least that, or what the repository asks for starting work when `startsWork`. `triage-or-starter`: triage,
   * or the person who started the investigation. `anyone`: whoever can comment.
   */
  readonly who: "write" | "triage-or-starter" | "anyone";
  /** It begins or changes research: then the configuration's right to start counts, and no circumstance may forbid it. */
  readonly startsWork: boolean;
  /** One sentence. */
  readonly does: string;
  /** `words` are what follows the verb; `phases` are the phases that exist. */
  readonly parse: (words: readonly string[], phases: readonly string[]) => Command | Mistake;
}

/** In the order of the help. */
export const FORMS = {
  investigate: {
    usage: "investigate [--to PHASE] [--budget USD] [--model NAME] [--from REF]",
    who: "write",
    startsWork: true,
    does: "Works all phases up to the next gate, or up to `PHASE`.",
    parse: parseInvestigate,
  },
  run: {
    usage: "run PHASE",
    who: "write",
    startsWork: true,
    does: "Works that phase, with what it depends on. The phase's name alone does the same.",
    parse: (words, phases) => onePhase(words, phases, (phase) => ({ verb: "run", phase })),
  },
  approve: {
    usage: "approve",
    who: "write",
    startsWork: true,
    does: "Opens the gate that the investigation waits at.",
    parse: (words) => bare(words, { verb: "approve" }),
  },
  reject: {
    usage: "reject REASON",
    who: "write",
    startsWork: false,
    does: "Closes the investigation with the reason.",
    parse: (words) =>
      words.length === 0
        ? { mistake: "The reason is missing." }
        : { verb: "reject", reason: words.join(" ").slice(0, MAX_REASON).toWellFormed() },
  },
  retry: {
    usage: "retry [PHASE]",
    who: "write",
    startsWork: true,
    does: "Works again what failed or what was last worked, or that phase; also after a rejection.",
    parse: (words, phases) =>
      words.length === 0 ? { verb: "retry" } : onePhase(words, phases, (phase) => ({ verb: "retry", phase })),
  },
  skip: {
    usage: "skip PHASE",
    who: "write",
    startsWork: true,
    does: "Goes on without that phase.",
    parse: (words, phases) => onePhase(words, phases, (phase) => ({ verb: "skip", phase })),
  },
  at: {
    usage: "at PATH:LINE[-LINE]",
    who: "write",
    startsWork: true,
    does: "Says where the cause is: root cause takes it as given, and the impact map runs on it.",
    parse: parseAt,
  },
  cancel: {
    usage: "cancel",
    who: "triage-or-starter",
    startsWork: false,
    does: "Stops the work; nothing starts again by itself.",
    parse: (words) => bare(words, { verb: "cancel" }),
  },
  pause: {
    usage: "pause",
    who: "triage-or-starter",
    startsWork: false,
    does: "Stops the work until `resume`.",
    parse: (words) => bare(words, { verb: "pause" }),
  },
  resume: {
    usage: "resume",
    who: "triage-or-starter",
    startsWork: true,
    does: "Goes on after `pause`, or after a person's commit on the branch.",
    parse: (words) => bare(words, { verb: "resume" }),
  },
  refresh: {
    usage: "refresh",
    who: "write",
    startsWork: true,
    does: "Works again every phase that has a result, at the newest commit.",
    parse: (words) => bare(words, { verb: "refresh" }),
  },
  status: {
    usage: "status",
    who: "anyone",
    startsWork: false,
    does: "Brings the status comment up to date.",
    parse: (words) => bare(words, { verb: "status" }),
  },
  help: {
    usage: "help",
    who: "anyone",
    startsWork: false,
    does: "Shows this table in the status comment.",
    parse: (words) => bare(words, { verb: "help" }),
  },
} as const satisfies Record<Verb, Form>;

export const VERBS = Object.keys(FORMS) as readonly Verb[];

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(FORMS, word);
}

/** Characters of a reason that are kept. */
const MAX_REASON = 200;

function bare(words: readonly string[], command: Command): Command | Mistake {
  return words.length === 0 ? command : { mistake: `\`${command.verb}\` takes nothing more.` };
}

function onePhase(
  [word, ...more]: readonly string[],
  phases: readonly string[],
  command: (phase: string) => Command,
): Command | Mistake {
  if (word === undefined) return { mistake: `The phase is missing: ${listed(phases)}.` };
  if (more.length > 0) return { mistake: "Only one phase can be named." };
  const phase = phaseNamed(word, phases);
  return typeof phase === "string" ? command(phase) : phase;
}

function phaseNamed(word: string, phases: readonly string[]): string | Mistake {
  const name = word.toLowerCase();
  if (phases.includes(name)) return name;
  const close = nearest(name, phases);
  return {
    mistake: `There is no such phase. ${close === undefined ? `Phases: ${listed(phases)}.` : `Did you mean \`${close}\`?`}`,
  };
}

type Investigate = Extract<Command, { verb: "investigate" }>;
type Options = Omit<Investigate, "verb">;

function parseInvestigate(words: readonly string[], phases: readonly string[]): Command | Mistake {
  let options: Options = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const equals = word.indexOf("=");
    const flag = (equals === -1 ? word : word.slice(0, equals)).toLowerCase();
    if (!isFlag(flag)) return notAFlag(flag);
    if (options[NAMES[flag]] !== undefined) return { mistake: `\`${flag}\` stands there twice.` };
    const value = equals === -1 ? words[++i] : word.slice(equals + 1);
    if (value === undefined || value === "") return { mistake: `\`${flag}\` needs a value.` };
    const option = parseOption(flag, value, phases);
    if ("mistake" in option) return option;
    options = { ...options, ...option };
  }
  return { verb: "investigate", ...options };
}

function parseOption(flag: Flag, value: string, phases: readonly string[]): Options | Mistake {
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

const NAMES = { "--to": "to", "--budget": "budget", "--model": "model", "--from": "from" } as const;
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

function parseAt(words: readonly string[]): Command | Mistake {
  const written = words
    .join(" ")
    .replaceAll("`", "")
    .replace(/^\.\//, "")
    .replace(LINE_ANCHOR, (_, start: string, end: string | undefined) =>
      end === undefined ? `:${start}` : `:${start}-${end}`,
    );
  return isLineRange(written)
    ? { verb: "at", lines: written }
    : { mistake: "`at` needs a file of the repository and its lines, such as `src/cart.ts:12-30`." };
}

/** How GitHub writes lines in its addresses; the hash ends the path, so this is tried only where one can stand. */
const LINE_ANCHOR = /#L(\d{1,8})(?:-L?(\d{1,8}))?$/;

function listed(phases: readonly string[]): string {
  return phases.map((phase) => `\`${phase}\``).join(", ");
}
