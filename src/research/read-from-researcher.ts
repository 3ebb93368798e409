import { z } from "zod";
import { FAILURES, type FailureCode } from "../failure.ts";
import { OUTCOMES } from "../phases/outcome.ts";
import { DEFAULT_LIMITS } from "../sandbox/places.ts";
import type { FromResearcher } from "./protocol.ts";

/** Characters of a sentence, of a text that is shown whole, and of a file. */
const SENTENCE = 20_000;
const TEXT = 1_000_000;
const FILE = 5_000_000;
/** What a command prints: JSON of many files. */
const PRINTED = 14_000_000;
/** Entries of a list that is shown. */
const MANY = 5_000;

const sentence = z.string().max(SENTENCE);
/** What is printed as it comes: who read foreign text may not speak to a terminal. */
const printed = sentence.transform(withoutControls);
const sentences = z.array(sentence).max(MANY);
const hash = z.string().regex(/^[0-9a-f]{40}$/);
const count = z.int().min(0).max(1e12);
/** A path inside the repository: no empty part, no `.`, no `..`, no control character. */
const path = z
  .string()
  .min(1)
  .max(1_000)
  .refine(
    (text) => !/\p{Cc}/u.test(text) && text.split("/").every((part) => !["", ".", ".."].includes(part)),
  );
const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const conversation = z.string().regex(/^[\w./-]{1,200}$/);

const cited = z.strictObject({
  path: z.string().max(1_000),
  start: count,
  end: count,
  commit: z.string().max(40).optional(),
});

const result = z.strictObject({
  type: name,
  status: z.enum(["completed", "needs_attention", "failed", "left-out"]),
  criteria: z
    .array(
      z.strictObject({
        text: sentence,
        result: z.enum(["met", "unmet", "undecided"]),
        how: z.enum(["machine", "run", "model", "human"]),
        evidence: sentence,
      }),
    )
    .max(200),
  dropped: count,
  files: z.array(path).max(200),
  researcher: z.string().max(1_000).optional(),
  outcome: z
    .strictObject({
      kind: z.enum(OUTCOMES),
      reason: sentence,
      questions: sentences.optional(),
      of: sentence.optional(),
      parts: sentences.optional(),
    })
    .optional(),
  cost: z
    .strictObject({
      micros: count,
      inputTokens: count,
      outputTokens: count,
      calls: count,
      models: z.array(z.string().max(200)).max(100),
    })
    .optional(),
  partial: sentence.optional(),
  reason: sentence.optional(),
  lead: sentence.optional(),
  cited: z.array(cited).max(MANY).optional(),
  unknowns: sentences.optional(),
});

const entry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["instructions", "request"]), text: z.string().max(FILE) }),
  z.strictObject({
    kind: z.literal("reply"),
    text: z.string().max(FILE),
    calls: z
      .array(
        z.strictObject({
          id: z.string().max(500),
          name: z.string().max(500),
          arguments: z.string().max(FILE),
        }),
      )
      .max(1_000),
    usage: z.strictObject({ input: count, cached: count, output: count, estimated: z.boolean() }),
    model: z.string().max(500),
  }),
  z.strictObject({
    kind: z.literal("answer"),
    call: z.string().max(500),
    tool: z.string().max(500),
    text: z.string().max(FILE),
  }),
]);

const object = z.record(z.string(), z.unknown());

/** At most what a run is given today, and an hour. */
const limits = z.strictObject({
  seconds: z.number().min(1).max(3_600).optional(),
  memoryBytes: z.number().min(1).max(DEFAULT_LIMITS.memoryBytes).optional(),
  diskBytes: z.number().min(1).max(DEFAULT_LIMITS.diskBytes).optional(),
  processes: z.int().min(1).max(DEFAULT_LIMITS.processes).optional(),
  outputCharacters: z.int().min(0).max(TEXT).optional(),
});

const ask = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("current") }),
  z.strictObject({
    kind: z.literal("publish"),
    files: z.map(path, z.string().max(FILE)).refine(({ size }) => size <= 200),
    message: z.string().max(2_000),
  }),
  z.strictObject({
    kind: z.literal("phase"),
    event: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("start"), phase: name, isLeftOut: z.boolean().optional() }),
      z.strictObject({ kind: z.literal("end"), result, brief: sentence.optional() }),
    ]),
  }),
  z.strictObject({
    kind: z.literal("tracker"),
    sought: z.strictObject({
      key: z.string().regex(/^[a-z0-9-]{1,60}$/),
      signs: z
        .array(
          z.strictObject({
            key: z.string().max(TEXT),
            words: z.array(z.string().min(1).max(TEXT)).min(1).max(4),
          }),
        )
        .max(MANY),
      cited: z.array(count).max(MANY),
    }),
  }),
  z.strictObject({ kind: z.literal("model-open"), conversation }),
  z.strictObject({
    kind: z.literal("model-next"),
    question: z.strictObject({
      conversation,
      at: count,
      entries: z.array(entry).max(10_000),
      tools: z
        .array(z.strictObject({ name: z.string().max(200), description: sentence, parameters: object }))
        .max(100),
      schema: z.strictObject({ name: z.string().max(200), schema: object }).optional(),
    }),
  }),
  z.strictObject({ kind: z.literal("model-cost"), conversation }),
  z.strictObject({ kind: z.literal("sandbox-open"), commit: hash, patch: z.string().max(FILE).optional() }),
  z.strictObject({
    kind: z.literal("sandbox-run"),
    sandbox: count,
    request: z.strictObject({
      changes: z.map(z.string().min(1).max(1_000), z.union([z.string().max(FILE), z.undefined()])),
      command: z.array(z.string().max(100_000)).min(1).max(5_000),
      env: z.record(z.string().max(200), z.string().max(100_000)).optional(),
      collect: z.array(z.string().max(200)).max(16).optional(),
      limits: limits.optional(),
    }),
  }),
  z.strictObject({ kind: z.literal("sandbox-close"), sandbox: count }),
]);

const report = z.strictObject({
  checked: z.strictObject({
    lines: count,
    excerpt: count,
    search: count,
    commit: count,
    quote: count,
    run: count,
    claim: count,
  }),
  problems: z
    .array(
      z.strictObject({
        line: count,
        kind: z.enum(["lines", "excerpt", "search", "commit", "quote", "run", "claim"]),
        message: sentence,
      }),
    )
    .max(20_000),
  undecided: count.optional(),
});

const likely = {
  path: z.string().min(1).max(5_000),
  score: z.number(),
  confidence: z.number().min(0).max(1),
  strength: z.enum(["strong", "moderate", "weak"]),
  reasons: z
    .array(
      z.strictObject({
        signal: z.string().max(100),
        text: sentence,
        citations: z.array(object).max(100),
      }),
    )
    .max(100),
};
const files = z.array(z.strictObject(likely)).max(MANY);
const lines = z.strictObject({ start: count, end: count });

const located = z.strictObject({
  ranking: z.strictObject({
    files,
    functions: z
      .array(
        z.strictObject({
          ...likely,
          symbol: z.strictObject({
            name: sentence,
            kind: z.string().max(100),
            container: sentences,
            start: count,
            end: count,
            nameLine: count,
            signature: sentence,
            isPublic: z.boolean(),
            doc: lines.optional(),
          }),
        }),
      )
      .max(MANY),
    candidates: count,
    unreadable: z.array(z.string().max(5_000)),
  }),
  order: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("ordered"),
      model: sentence,
      files,
      set: count,
      missing: z.array(path).max(100),
      refused: count,
    }),
    z.strictObject({ kind: z.literal("unordered"), why: sentence }),
  ]),
});

const message = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("started"),
    namespaces: z.array(z.string().max(100)).max(20),
    hasGit: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("call"), call: count, ask }),
  z.strictObject({ kind: z.literal("step"), step: printed }),
  z.strictObject({ kind: z.literal("note"), note: printed }),
  z.strictObject({
    kind: z.literal("investigated"),
    result: z.strictObject({
      issue: z.string().regex(/^[a-z0-9-]{1,60}$/),
      baseCommit: hash,
      place: sentence,
      phases: z.array(result).max(100),
      unchanged: z.array(name).max(100),
    }),
  }),
  z.strictObject({
    kind: z.literal("checked"),
    documents: z.array(z.strictObject({ path, report })).max(1_000),
  }),
  z.strictObject({
    kind: z.literal("compared"),
    phases: z
      .array(
        z.strictObject({
          phase: name,
          file: count,
          isWhole: z.boolean(),
          function: count.optional(),
          told: z.array(z.strictObject({ percent: z.int().min(0).max(100), isTrue: z.boolean() })).max(MANY),
        }),
      )
      .max(100),
  }),
  z.strictObject({
    kind: z.literal("tested"),
    verdict: z.strictObject({
      kind: z.enum(["passes", "fails", "worse", "undecided"]),
      base: hash,
      head: hash.optional(),
      test: path,
      before: z.strictObject({ failed: count, runs: count }).optional(),
      after: z.strictObject({ passed: count, runs: count }).optional(),
      suite: z.strictObject({ state: z.enum(["as-before", "worse", "not-run"]), words: sentence }).optional(),
      reasons: sentences,
      caveats: sentences,
      command: sentence.optional(),
      environment: sentence.optional(),
    }),
  }),
  z.strictObject({ kind: z.literal("located"), located }),
  z.strictObject({
    kind: z.literal("told"),
    told: z.strictObject({ text: z.string().max(SENTENCE), isError: z.boolean() }),
  }),
  z.strictObject({
    kind: z.literal("ran"),
    ran: z.strictObject({
      exit: z.int().min(0).max(9),
      out: z.string().max(PRINTED).transform(withoutControls),
      file: z.string().max(PRINTED).optional(),
    }),
  }),
  z.strictObject({
    kind: z.literal("failed"),
    code: z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]).optional(),
    message: z.string().transform((text) => withoutControls(text.slice(0, SENTENCE))),
  }),
]);

/**
 * What came from the process that read foreign text, when it has a shape and a size that such a process may send; one sentence
 * that names the first wrong place and no value otherwise.
 */
export function readFromResearcher(value: unknown): FromResearcher | string {
  const read = message.safeParse(value);
  if (read.success) return read.data as FromResearcher;
  const [issue] = read.error.issues;
  return `${issue?.path.map(String).join(".").slice(0, 200) || "a message"}: ${issue?.code ?? "unknown"}`;
}

function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, "\ufffd");
}
