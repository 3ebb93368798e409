import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { Block, Finding, Row } from "../../documents/finding.ts";
import { fenceWord } from "../../languages/languages.ts";
import type { ResearchContext } from "./research-context.ts";
import { counted, fact, findings, hypothesis, unknown } from "./statements.ts";
import { regressionRow } from "./suspect-history.ts";
import { citationOf, lineOf, type Suspect } from "./suspects.ts";

const MAX_EXCERPT = 45;

export async function suspects(context: ResearchContext): Promise<readonly Block[]> {
  const found = await context.suspects();
  if (found.length === 0) return [unknown("any suspect; no function or file answers to the issue")];
  const blocks: Block[] = [];
  for (const [i, suspect] of found.entries()) {
    blocks.push(
      findings(
        fact(
          `**${i + 1}. ${inlineCode(suspect.name)}**, ${suspect.given ? "named by a person" : `${suspect.strength} evidence`}`,
          [citationOf(suspect)],
        ),
      ),
    );
    // Only the leading ones are shown whole; the others are one click away.
    if (i < 3) blocks.push(...(await excerptOf(suspect, context)));
    const reasons = suspect.reasons.map(({ text, citations }) =>
      fact(text, citations.length > 0 ? citations : [citationOf(suspect)]),
    );
    if (reasons.length > 0) blocks.push(findings(...reasons));
  }
  return blocks;
}

async function excerptOf(suspect: Suspect, { codebase }: ResearchContext): Promise<readonly Block[]> {
  const source = await codebase.text(suspect.path);
  if (source === undefined) return [];
  // Of a long function the part with the evidence.
  const lines = suspect.reasons.flatMap(({ citations }) =>
    citations.flatMap((citation) =>
      citation.kind === "lines" && citation.path === suspect.path && citation.start > suspect.start
        ? [citation.start]
        : [],
    ),
  );
  const from =
    suspect.end - suspect.start < MAX_EXCERPT
      ? suspect.start
      : Math.max(suspect.start, Math.min(...lines, suspect.end) - 5);
  const start = lines.length === 0 ? suspect.start : from;
  const end = Math.min(suspect.end, start + MAX_EXCERPT - 1);
  const text = source.lines
    .slice(start - 1, end)
    .map((line) => line.trimEnd())
    .join("\n");
  if (/[^\P{Cc}\t\n]/u.test(text))
    return [unknown(`how ${inlineCode(suspect.path)} looks in print: it holds control characters`)];
  return [{ kind: "excerpt", path: suspect.path, start, end, text, language: fenceWord(suspect.path) }];
}

export async function hypotheses(context: ResearchContext): Promise<readonly Block[]> {
  const found = await context.suspects();
  const [leading] = found;
  if (leading === undefined) return [unknown("any hypothesis; there is no suspect to test")];
  const rows: Row[] = [];
  const add = (
    text: string,
    evidence: string,
    citations: readonly Citation[],
    result: "Confirmed" | "Eliminated" | "Open",
  ): void =>
    void rows.push({
      provenance: "code",
      cells: [{ text }, { text: evidence, citations }, { text: result }],
    });

  for (const suspect of found.slice(0, 3)) {
    if (suspect.given) {
      add(
        `The cause lies in ${inlineCode(suspect.name)}`,
        "a person says so",
        [citationOf(suspect)],
        "Confirmed",
      );
      continue;
    }
    const reason = suspect.reasons[0];
    add(
      `The cause lies in ${inlineCode(suspect.name)}`,
      reason?.text ?? "ranked by the words it shares with the issue",
      reason?.citations.slice(0, 4) ?? [citationOf(suspect)],
      "Open",
    );
  }
  for (const hit of leading.patterns.slice(0, 1))
    add(
      `${inlineCode(leading.name)} ${hit.pattern.claim}`,
      "the sequence stands in the code; that it causes the symptom is the hypothesis above",
      hit.steps.map(({ line }) => lineOf({ path: hit.path, line })),
      "Confirmed",
    );
  const traced = found.find(({ reasons }) => reasons.some(({ signal }) => signal === "stack frame"));
  if (context.reading.frames.length > 0)
    add(
      "The failure surfaces in a function of this repository",
      traced === undefined
        ? "no frame of the reported trace lies in a function of the base commit"
        : `a frame of the reported trace lies in ${inlineCode(traced.name)}`,
      traced === undefined ? [citationOf(leading)] : [citationOf(traced)],
      traced === undefined ? "Open" : "Confirmed",
    );
  rows.push(...(await regressionRow(leading, context)));
  return [{ kind: "table", columns: ["Hypothesis", "Evidence", "Result"], rows }];
}

export async function sequence(context: ResearchContext): Promise<readonly Block[]> {
  const found = await context.suspects();
  const shown = found.filter(({ patterns }) => patterns.length > 0);
  const leading = shown[0];
  if (leading !== undefined) {
    const [hit] = leading.patterns;
    const items = hit!.steps.map(({ line, what }) =>
      fact(`${inlineCode(leading.name)} ${what}`, [lineOf({ path: leading.path, line })]),
    );
    return [
      findings(
        ...items,
        ...(hit!.pattern.name === "read-change-write"
          ? [
              hypothesis(
                "when a second caller runs the same lines between the reading and the writing back, the one that writes last does not hold the other's change, which is lost",
                hit!.steps.map(({ line }) => lineOf({ path: leading.path, line })),
              ),
            ]
          : []),
      ),
    ];
  }
  const inTrace = context.reading.frames.filter(({ line }) => line !== undefined).slice(-6);
  if (inTrace.length > 0) {
    const items: Finding[] = inTrace.map((frame) => ({
      text: `the trace passes ${inlineCode(frame.path)}, line ${frame.line} of the reporter's version${frame.function === undefined ? "" : `, in ${inlineCode(frame.function)}`}`,
      provenance: "reporter",
      citations: [{ kind: "issue", quote: frame.function ?? String(frame.line) }],
    }));
    return [findings(...items), unknown("the values on the way; nothing was run")];
  }
  return [unknown("the sequence of events; it cannot be read from the code without running it")];
}

export async function options(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  if (leading === undefined) return [unknown("any option; there is no place to change")];
  const targets = await context.targets();
  const lines = targets.reduce((total, { symbol }) => total + symbol.end - symbol.start + 1, 0);
  const places = targets.slice(0, 8).map(({ path, symbol }) => citationOf({ path, ...symbol }));
  const size = `${counted(targets.length, "function")}, ${counted(lines, "line")}, ${counted(new Set(targets.map(({ path }) => path)).size, "file")}`;
  const pattern = leading.patterns[0]?.pattern.name;
  if (pattern === "read-change-write")
    return [
      findings(
        hypothesis(
          `keep other writers out from the reading to the writing back, in every function with the sequence (${size}): the smallest change; callers wait for each other`,
          places,
        ),
        hypothesis(
          "put the sequence into one function that holds the lock, and let the others go through it: the same functions change, and the next one cannot forget the lock",
          places,
        ),
        hypothesis(
          "write only when nothing changed since the reading, and try again otherwise: no waiting, but every caller must be able to run its change twice",
          places,
        ),
      ),
    ];
  const callers =
    leading.symbol === undefined
      ? []
      : (await context.callers({ path: leading.path, symbol: leading.symbol })).filter(
          ({ distance, definition }) => distance === 1 && context.codebase.roleOf(definition.path) !== "test",
        );
  const own = counted(leading.end - leading.start + 1, "line");
  return [
    findings(
      hypothesis(`change ${inlineCode(leading.name)} itself (${own} in one file)`, [citationOf(leading)]),
      ...(callers.length > 0
        ? [
            hypothesis(
              `change what its ${counted(callers.length, "direct caller")} outside tests ${callers.length === 1 ? "hands" : "hand"} to it, if the wrong value comes from there`,
              callers.slice(0, 5).map(({ call }) => lineOf(call)),
            ),
          ]
        : []),
    ),
    unknown("which option is right; that needs the cause confirmed"),
  ];
}

/** Said until there is a document of the reproduction. */
export const NOT_REPRODUCED = "whether the failure can be reproduced; that phase runs code and needs a model";

export async function notEstablished(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  const blocks: Block[] = [];
  if (leading?.given !== true)
    blocks.push(
      unknown("the cause. No person confirmed a suspect; `casebook at PATH:LINE-LINE` says where it is"),
    );
  blocks.push(unknown(NOT_REPRODUCED));
  const uses = (await context.usesOfTargets())
    .flatMap(({ uses }) => uses)
    .filter(({ certainty }) => certainty === "by-name");
  if (uses.length > 0)
    blocks.push(
      unknown(
        `which definition ${counted(uses.length, "use")} of a shared name ${uses.length === 1 ? "means" : "mean"}; types were not worked out`,
      ),
    );
  blocks.push(
    unknown(
      "calls that do not name what they call (reflection, callbacks, generated code); reading cannot find them",
    ),
  );
  if (context.history.shallow) blocks.push(unknown("the history before the edge of this shallow clone"));
  return blocks;
}
