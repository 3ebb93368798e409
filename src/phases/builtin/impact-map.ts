import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { RecordedSearch } from "../../repository/recorded-search.ts";
import type { Block, Finding, Row } from "../../documents/finding.ts";
import type { Use } from "../../evidence/references/find-uses.ts";
import type { ResearchContext, Target } from "./research-context.ts";
import {
  counted,
  dateOf,
  fact,
  findings,
  hypothesis,
  measured,
  NO_TARGET,
  unknown,
  wordSearch,
} from "./statements.ts";
import { citationOf, lineOf, qualifiedName } from "./suspects.ts";

const MAX_SIMILAR = 15;
const MANY_CALLERS = 5;
const HIGH_CHURN = 10;

export async function similar(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [first] = targets;
  if (first === undefined) return [unknown(NO_TARGET)];
  const symbolIndex = await context.symbolIndex();
  const alike = await context.similar();
  const rows: Row[] = [
    ...targets.map((target) =>
      row(
        target,
        target === first ? "the leading suspect" : "the same sequence of lines",
        target.steps.length > 0
          ? target.steps.map(({ line }) => lineOf({ path: target.path, line }))
          : [citationOf({ path: target.path, ...target.symbol })],
      ),
    ),
    ...alike
      .slice(0, MAX_SIMILAR)
      .map((other) =>
        row(other, `${Math.round(other.similarity * 100)} % of its structure equals the leading suspect's`, [
          citationOf({ path: other.path, ...other.symbol }),
        ]),
      ),
  ];
  const functions = [...symbolIndex.files.values()].reduce(
    (total, { symbols }) => total + symbols.filter(({ shape }) => shape !== undefined).length,
    0,
  );
  return [
    { kind: "table", columns: ["Function", "What is the same", "Role of the file"], rows },
    findings(
      measured(
        `${counted(functions, "function")} in ${counted(symbolIndex.files.size, "file")} were looked at: ${counted(targets.length, "instance")} of the pattern, ${counted(alike.length, "further function")} of similar structure (70 % or more of the runs of four tokens, names and literals put aside)${symbolIndex.left > 0 ? `; ${counted(symbolIndex.left, "file")} beyond the limit were not` : ""}`,
      ),
    ),
  ];

  function row(
    { path, symbol }: Pick<Target, "path" | "symbol">,
    what: string,
    citations: readonly Citation[],
  ): Row {
    return {
      provenance: "code",
      cells: [
        { text: inlineCode(qualifiedName(symbol)), citations: [citationOf({ path, ...symbol })] },
        { text: what, citations },
        { text: context.codebase.roleOf(path) },
      ],
    };
  }
}

export async function docs(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  if (targets.length === 0) return [unknown(NO_TARGET)];
  const words = new Set(
    targets
      .flatMap(({ symbol }) => [symbol.container.at(-1), ...(symbol.name.length > 3 ? [symbol.name] : [])])
      .filter((word) => word !== undefined),
  );
  const search = async (word: string): Promise<RecordedSearch> =>
    context.search({
      ...wordSearch(word),
      include: ["*.{md,mdx,rst,adoc,txt}"],
      exclude: ["**/.chant/**", ".chant/**"],
    });
  const items: Finding[] = [];
  for (const word of [...words].slice(0, 6)) {
    const found = await search(word);
    const cited: Citation[] = found.hits.slice(0, 5).map(lineOf);
    items.push(
      found.hits.length === 0
        ? fact(`no documentation names ${inlineCode(word)}`, [{ kind: "search", search: found }])
        : fact(`${inlineCode(word)} stands on ${counted(found.hits.length, "line")} of documentation`, [
            ...cited,
            { kind: "search", search: found },
          ]),
    );
  }
  return [findings(...items)];
}

export async function scope(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [suspect] = await context.suspects();
  if (suspect === undefined) return [unknown("the scope; there is no suspect")];
  const places =
    targets.length > 0
      ? targets.map(({ path, symbol }) => ({ path, start: symbol.start, end: symbol.end }))
      : [suspect];
  const files = new Set(places.map(({ path }) => path)).size;
  const lines = places.reduce((total, { start, end }) => total + end - start + 1, 0);
  const size =
    places.length === 1
      ? "one place"
      : files === 1
        ? "several places in one file"
        : files <= 3
          ? "several places in a few files"
          : "a refactoring over many files";
  return [
    findings(
      fact(
        `${counted(files, "file")}, ${counted(targets.length, "function")}, ${counted(lines, "line")} hold the pattern: ${size}`,
        places.slice(0, 12).map(citationOf),
      ),
      hypothesis(
        "a fix changes no more files than these, if the leading hypothesis is right and the signatures stay",
        [citationOf(places[0]!)],
      ),
    ),
  ];
}

export async function risks(context: ResearchContext): Promise<readonly Block[]> {
  const all = await context.usesOfTargets();
  const commits = await context.commits();
  const rows: Row[] = [];
  const add = (risk: string, evidence: string, citations: readonly Citation[]): void =>
    void rows.push({ provenance: "code", cells: [{ text: risk }, { text: evidence, citations }] });
  for (const { target, uses } of all) {
    const name = inlineCode(qualifiedName(target.symbol));
    const here = citationOf({ path: target.path, ...target.symbol });
    const outside = uses.filter(
      (use) => use.certainty !== "by-name" && context.codebase.roleOf(use.path) !== "test",
    );
    if (outside.length >= MANY_CALLERS)
      add(
        "Many callers depend on how it behaves now",
        `${counted(outside.length, "use")} of ${name} outside tests`,
        outside.slice(0, 4).map(lineOf),
      );
    if (!uses.some((use) => use.certainty !== "by-name" && context.codebase.roleOf(use.path) === "test"))
      add("A change is not noticed by a test", `0 tests are known to use ${name}`, [here]);
    if (target.symbol.isPublic)
      add("Compatibility: code outside the repository can use it", `${name} is visible outside its file`, [
        here,
      ]);
    const loops = await usesInLoops(uses, context);
    if (loops.length > 0)
      add(
        "Performance: a slower call is paid many times",
        `${counted(loops.length, "use")} of ${name} ${loops.length === 1 ? "stands" : "stand"} in a loop`,
        loops.slice(0, 4).map(lineOf),
      );
  }
  for (const path of new Set(all.map(({ target }) => target.path))) {
    const changing = commits.filter(({ files }) => files.includes(path));
    const newest = changing[0];
    if (changing.length >= HIGH_CHURN && newest !== undefined)
      add(
        "The file changes often, so a fix meets other work",
        `${counted(changing.length, "commit")} of the ${counted(commits.length, "commit")} read changed ${inlineCode(path)}, the last on ${dateOf(newest.time)}`,
        [{ kind: "commit", oid: newest.oid, subject: newest.subject, path }],
      );
  }
  const targets = all.map(({ target }) => target);
  if (targets.length > 1)
    add(
      "A fix in one place alone leaves the others",
      `${counted(targets.length, "instance")} of the pattern`,
      targets.slice(0, 8).map(({ path, symbol }) => citationOf({ path, ...symbol })),
    );
  if (rows.length === 0)
    return [
      findings(
        measured(
          "none of the measured risks applies: few callers, tests, no visible function, little churn, one instance",
        ),
      ),
    ];
  return [{ kind: "table", columns: ["Risk", "Measured"], rows }];
}

/** A call with a less indented `for` or `while` above it in the same function. */
async function usesInLoops(uses: readonly Use[], context: ResearchContext): Promise<readonly Use[]> {
  const found: Use[] = [];
  for (const use of uses) {
    const lines = (await context.codebase.text(use.path))?.lines;
    if (lines === undefined || use.inside === undefined || context.codebase.roleOf(use.path) === "test")
      continue;
    let indent = indentOf(lines[use.line - 1] ?? "");
    for (let line = use.line - 1; line > use.inside.start; line--) {
      const text = lines[line - 1] ?? "";
      if (text.trim() === "" || indentOf(text) >= indent) continue;
      indent = indentOf(text);
      if (/^\s*(for|while|loop|foreach)\b/.test(text)) {
        found.push(use);
        break;
      }
    }
  }
  return found;
}

export async function targetFiles(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [suspect] = await context.suspects();
  const byPath = new Map<string, Citation[]>();
  for (const { path, symbol } of targets)
    byPath.set(path, [...(byPath.get(path) ?? []), citationOf({ path, ...symbol })]);
  if (byPath.size === 0 && suspect !== undefined) byPath.set(suspect.path, [citationOf(suspect)]);
  if (byPath.size === 0) return [unknown("the target files; there is no suspect")];
  const items = [...byPath].map(([path, citations]) =>
    fact(`${inlineCode(path)}: ${counted(citations.length, "place")}`, citations),
  );
  const testFiles = new Set(
    (await context.usesOfTargets())
      .flatMap(({ uses }) => uses)
      .filter((use) => use.certainty !== "by-name" && context.codebase.roleOf(use.path) === "test")
      .map(({ path }) => path),
  );
  const beside = [...testFiles]
    .slice(0, 5)
    .map((path) => fact(`${inlineCode(path)}: tests to extend`, [{ kind: "lines", path, start: 1, end: 1 }]));
  return [findings(...items, ...beside)];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
