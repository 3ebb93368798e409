/**
 * Asks with a second report of each issue of a benchmark whether a tracker's entry has to do with it.
 *
 *   npm run bench:related -- CASES.jsonl… MIRROR_DIR --fields LABELS.jsonl [--data DIR] [--only REPO] [--seed N]
 *
 * CASES have `id`, `repo`, `base_commit`, `title` and `body`, LABELS what each report says (`id`, `messages`, `frames`); MIRROR_DIR holds
 * clones with full history. For each repository a tracker is made: its issues, and for each of them ten distractors. The second report
 * has prose of another project, the same message, trace, or option with a function, and another machine's folders, versions and
 * numbers; one of three is whole, one has the end of the trace, one the message alone. Only its issue is right. Each distractor is
 * asked, too: no issue is right for it. Prints each wrong and each missed one, and the counts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Relation } from "../src/evidence/related/find-related.ts";
import { shortlist } from "../src/evidence/related/shortlist.ts";
import { readEntry, soughtFor } from "../src/evidence/related/signs.ts";
import { readIssueForms } from "../src/evidence/read-issue-forms.ts";
import type { TrackedIssue } from "../src/issue/parse-tracker.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { researchContext } from "../src/phases/builtin/research-context.ts";
import { pastOf } from "../src/repository/past.ts";
import { openWorkbench } from "../src/research/workbench.ts";

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string;
}

interface Label {
  readonly id: string;
  readonly messages: readonly string[];
  readonly frames: readonly {
    readonly path: string;
    readonly line: number | null;
    readonly function: string;
  }[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-related" },
    fields: { type: "string" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const [mirrors, ...files] = positionals.toReversed();
if (mirrors === undefined || files.length === 0 || values.fields === undefined) {
  console.error("usage: npm run bench:related -- CASES.jsonl… MIRROR_DIR --fields LABELS.jsonl [--data DIR]");
  process.exit(2);
}
const rows = (file: string): readonly unknown[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
const all = files.toReversed().flatMap((file) => rows(file) as readonly Case[]);
const labels = new Map((rows(values.fields) as readonly Label[]).map((label) => [label.id, label]));

let state = Number(values.seed) >>> 0;
/** A number below `end`, the same in each run with the same seed. */
function below(end: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
}
const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;

/** What programs of each language print in thousands of trackers. */
const COMMON = [
  "TypeError: undefined is not a function",
  "TypeError: Cannot read properties of undefined (reading 'length')",
  "TypeError: 'NoneType' object is not subscriptable",
  "AttributeError: 'NoneType' object has no attribute 'name'",
  "java.lang.NullPointerException",
  "java.lang.IllegalStateException: Not on the main thread",
  "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/main.rs:12:5",
  "panic: runtime error: invalid memory address or nil pointer dereference",
  "error: linker command failed with exit code 1 (use -v to see invocation)",
  "Segmentation fault (core dumped)",
  "ValueError: invalid literal for int() with base 10: 'abc'",
  "Error: ENOENT: no such file or directory, open 'config.json'",
];

/** Paragraphs of another project's report without code, headings or anything that a check compares. */
function prose(repo: string): string {
  for (let tries = 0; tries < 50; tries++) {
    const other = oneOf(all.filter((one) => one.repo !== repo));
    const paragraphs = other.body
      .replace(/```[^]*?(?:```|$)|<!--[^]*?-->|`[^`\n]*`/g, "")
      .split(/\n\s*\n/)
      .map((text) => text.trim())
      .filter(
        (text) => /^[A-Z][a-z']+ /.test(text) && text.length > 40 && !/[#|/]|\bat \w+\.|error:/i.test(text),
      );
    if (paragraphs.length > 0) return paragraphs.slice(0, 2).join("\n\n");
  }
  return "It happens every time since this morning.";
}

/** Headings of the issue's own form, with other contents below. */
function inForm(body: string, parts: readonly string[]): string {
  const headings = body.split("\n").filter((line) => /^#{1,4} |^\*\*[^*]+\*\*:?$/.test(line.trim()));
  if (headings.length === 0) return parts.join("\n\n");
  const filled = headings.map((heading, at) => `${heading}\n\n${parts[at] ?? "_No response_"}`);
  return [...filled, ...parts.slice(headings.length)].join("\n\n");
}

const fence = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

/** The lines of the trace as the issue prints them. */
function traceOf({ body }: Case, { frames }: Label): readonly string[] {
  const lines = body.replaceAll("\r", "").split("\n");
  const at = lines.flatMap((line, place) =>
    frames.some(
      ({ path, line: number, function: name }) =>
        (path !== "" && line.includes(path) && (number === null || line.includes(String(number)))) ||
        (path === "" && name !== "" && line.includes(name)),
    )
      ? [place]
      : [],
  );
  return at.length === 0 ? [] : lines.slice(at[0], at.at(-1)! + 2).filter((line) => !line.includes("```"));
}

function isInnermostFirst(trace: readonly string[]): boolean {
  return /^\s*(?:at |\d+:)/.test(trace[0] ?? "");
}

/** The same of another machine. */
function elsewhere(text: string): string {
  const shift = below(2) * 3;
  return text
    .replace(/python3\.\d+/g, "python3.12")
    .replace(/(?:\/home\/|\/Users\/|[A-Z]:\\+Users\\+)[\w.-]+/g, "/home/kim")
    .replace(/~\//g, "/srv/app/")
    .replace(/\/usr\/local\/lib\//g, "/opt/env/lib/")
    .replace(/0x[0-9a-f]{4,}/g, () => `0x7f${below(9_999_999)}`)
    .replace(/(?<=", line |\.\w{1,4}:)\d+/g, (number) => String(Number(number) + shift));
}

const OPTION = /(?<![\w-])--[a-z][a-z0-9-]{2,}/g;
const NAME = /\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+(?:[A-Z][a-z]+)+\b/g;

/** What a check could compare: message, trace, option with a name of code. */
function signsIn(
  one: Case,
  label: Label,
): {
  readonly messages: readonly string[];
  readonly trace: readonly string[];
  readonly options: readonly string[];
  readonly names: readonly string[];
} {
  return {
    // The whole line, as the program prints it.
    messages: label.messages.flatMap((text) => {
      const [said] = text.split("\n");
      return one.body.split(/\r?\n/).find((line) => line.includes(said!)) ?? [];
    }),
    trace: traceOf(one, label),
    options: one.title.match(OPTION) ?? one.body.match(OPTION) ?? [],
    names: `${one.title}\n${one.body}`.match(NAME) ?? [],
  };
}

function duplicateOf(one: Case, label: Label, variant: number): { title: string; body: string } {
  const { messages, trace, options, names } = signsIn(one, label);
  const end = trace.slice(Math.max(0, Math.floor(trace.length / 2)));
  const first = trace.slice(0, Math.ceil(trace.length / 2));
  // Runtimes that print the innermost call first are cut at the other end.
  const kept = variant === 0 ? trace : variant === 1 ? (isInnermostFirst(trace) ? first : end) : [];
  const output = elsewhere([...messages, ...kept].join("\n"));
  const parts = [
    prose(one.repo),
    ...(output === "" ? [] : [fence(output)]),
    ...(options[0] === undefined
      ? []
      : [`With \`${options[0]}\` it fails${names[0] === undefined ? "" : `, I think in \`${names[0]}\``}.`]),
    "Version 9.1.2 on Fedora 40",
  ];
  const title =
    options[0] === undefined ? "Broken since the last upgrade" : `Wrong result with ${options[0]}`;
  return { title, body: inForm(one.body, parts) };
}

/** A report of the same form about something else. */
function distractorOf(one: Case, label: Label, sort: number): { title: string; body: string } {
  const { messages, trace: whole, options, names } = signsIn(one, label);
  // The same message with a part of the same trace is a second report, whatever the program meant.
  const common = COMMON.filter((text) => !label.messages.some((said) => said.includes(text)));
  const [message = oneOf(common)] = messages;
  // A trace often holds the message: with it the report would be a second one of the same.
  const trace = whole.filter((line) => !label.messages.some((said) => line.includes(said.slice(0, 60))));
  const report = (title: string, ...parts: readonly string[]): { title: string; body: string } => ({
    title,
    body: inForm(one.body, [prose(one.repo), ...parts, "Version 9.1.2 on Fedora 40"]),
  });
  const name = names.length === 0 ? "value" : oneOf(names);
  const [said = ""] = label.messages.flatMap((text) => text.split("\n"));
  // One word of the message is another; the line around it stays.
  const words = [...said.matchAll(/(?<![\w./\\:-])[a-z]{3,}(?![\w./\\:-])/g)];
  const word = words.length === 0 ? undefined : oneOf(words);
  const swapped =
    word === undefined
      ? oneOf(common)
      : message.replace(said, `${said.slice(0, word.index)}second${said.slice(word.index + word[0].length)}`);
  const half = Math.ceil(trace.length / 2);
  const outer = isInnermostFirst(trace) ? trace.slice(half) : trace.slice(0, half);
  switch (sort % 10) {
    case 0:
    case 1:
      return report("It fails", fence(oneOf(common)));
    // The outer calls of the trace, which many failures share.
    case 2:
      return report("Another crash", fence([oneOf(common), ...outer].join("\n")));
    case 3:
      return report("Fails with another message", fence(swapped));
    case 4:
      return report(
        `Wrong result with ${options[0] ?? "--verbose"}`,
        `\`${options[0] ?? "--verbose"}\` does nothing; I think it is \`${name}\`.`,
        fence(oneOf(common)),
      );
    case 5:
      return report(one.title.replace(/\w+$/, "again"), `I looked at \`${name}\`.`);
    case 6:
      return report(`Question about ${name}`, `How is \`${name}\` meant to be used?`);
    case 7:
      return report("Slow", `See #${200 + below(50)}. \`${name}\` takes 3 s.`, fence(oneOf(common)));
    case 8:
      return report("A crash elsewhere", fence([oneOf(common), ...outer.slice(0, 2)].join("\n")));
    default:
      return report(
        "Feature request",
        `Please add an option like \`${options[0] ?? "--quiet"}\` for \`other_${name}\`.`,
      );
  }
}

const entry = (key: number, repo: string, text: { title: string; body: string }): TrackedIssue => ({
  key: String(key),
  url: `https://github.com/${repo}/issues/${key}`,
  ...text,
  comments: [],
  isPull: false,
  isOpen: true,
  created: undefined,
  isMerged: false,
  mergeCommit: undefined,
});

const counts = {
  asked: 0,
  withSign: 0,
  right: 0,
  rightWithSign: 0,
  wrong: 0,
  proposed: 0,
  others: 0,
  wrongOthers: 0,
};
const kinds = new Map<string, number>();
const repositories = [...new Set(all.map(({ repo }) => repo))].filter(
  (repo) => values.only === undefined || values.only.split(",").includes(repo),
);
for (const repo of repositories) {
  const cases = all.filter((one) => one.repo === repo && labels.has(one.id));
  const issues = cases.map((one, at) => entry(300 + at, repo, one));
  const distractors = cases.flatMap((one, at) =>
    Array.from({ length: 10 }, (_, sort) =>
      entry(1_000 + at * 10 + sort, repo, distractorOf(one, labels.get(one.id)!, sort)),
    ),
  );
  const tracker = {
    issues: new Map([...issues, ...distractors].map((one) => [one.key, one])),
    unreadable: 0,
  };
  await using bench = await openWorkbench({
    repository: join(mirrors, repo.replace("/", "+"), "repo"),
    data: values.data,
    workers: 2,
  });
  const related = async (asked: TrackedIssue, revision: string): Promise<readonly Relation[]> => {
    const issue = visibleIssue(asked);
    const list = shortlist(soughtFor(readEntry(issue), repo), tracker, repo);
    if (list.entries.length === 0) return [];
    const commit = await bench.repository.resolve(revision);
    const codebase = await bench.codebase(commit);
    const context = researchContext({
      issue,
      codebase,
      history: pastOf(bench.repository, commit, Number.POSITIVE_INFINITY).history,
      forms: await readIssueForms(codebase.tree),
      at: undefined,
      tracker: async () => list,
    });
    return (await context.related!())!.relations;
  };
  for (const [at, one] of cases.entries()) {
    const label = labels.get(one.id)!;
    const { messages, trace, options, names } = signsIn(one, label);
    const isMarked = messages.length + trace.length > 0 || (options.length > 0 && names.length > 0);
    const found = await related(
      entry(90_000 + at, repo, duplicateOf(one, label, counts.asked % 3)),
      one.base_commit,
    );
    const right = found.find(({ number }) => number === 300 + at);
    const wrong = found.filter((relation) => relation !== right);
    counts.asked++;
    if (isMarked) counts.withSign++;
    if (right !== undefined) {
      counts.right++;
      if (isMarked) counts.rightWithSign++;
      if (right.isDuplicate) counts.proposed++;
      kinds.set(right.kind, (kinds.get(right.kind) ?? 0) + 1);
    } else if (isMarked)
      console.log(
        `missed ${one.id} ${JSON.stringify({ messages: messages.slice(0, 2), trace: trace.at(-1), options: options[0] })}`,
      );
    counts.wrong += wrong.length;
    for (const relation of wrong) console.log(`wrong ${one.id} ${JSON.stringify(relation)}`);
  }
  for (const [at, asked] of distractors.entries()) {
    const { base_commit, id } = cases[Math.floor(at / 10)]!;
    const wrong = (await related({ ...asked, key: String(95_000 + at) }, base_commit)).filter(
      ({ number }) => number < 1_000,
    );
    counts.others++;
    counts.wrongOthers += wrong.length;
    for (const relation of wrong)
      console.log(`wrong distractor ${at % 10} of ${id} ${JSON.stringify(relation)}`);
  }
}
const share = (hits: number, of: number): string => {
  if (of === 0) return "none asked";
  const [z, p] = [1.96, hits / of];
  const [middle, half] = [p + z ** 2 / 2 / of, z * Math.sqrt((p * (1 - p)) / of + (z / 2 / of) ** 2)];
  const percent = (value: number): string => (value * 100).toFixed(1);
  return `${hits} of ${of}, ${percent(p)} % (${percent((middle - half) / (1 + z ** 2 / of))} to ${percent((middle + half) / (1 + z ** 2 / of))})`;
};
console.log(JSON.stringify({ ...counts, kinds: Object.fromEntries(kinds) }));
console.log(`precision ${share(counts.right, counts.right + counts.wrong)}`);
console.log(
  `with distractors asked, too: ${share(counts.right, counts.right + counts.wrong + counts.wrongOthers)}`,
);
console.log(`recall, all: ${share(counts.right, counts.asked)}`);
console.log(
  `recall, where the report has a message, a trace, or an option with a name: ${share(counts.rightWithSign, counts.withSign)}`,
);
