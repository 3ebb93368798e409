import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { RecordedSearch } from "../../repository/recorded-search.ts";
import type { Block, Finding, Row } from "../../documents/finding.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import type { Use } from "../../evidence/references/find-uses.ts";
import type { CommitRecord } from "../../repository/history.ts";
import type { ResearchContext, Target } from "./research-context.ts";
import { counted, fact, findings, hypothesis, listed, measured, unknown } from "./statements.ts";
import { citationOf, qualifiedName } from "./suspects.ts";
import { dateOf, wordSearch } from "./root-cause.ts";

const MAX_SIMILAR = 15;
const MAX_USES = 25;
const MAX_FILES = 10;
/** Of one co-change candidate; more is no help to a reader. */
const MAX_REASONS = 3;
/** Files that changed together less often than this did so by chance. */
const MIN_TOGETHER = 2;
const MIN_SHARE = 0.2;
/** A commit over more files says little about any pair of them. */
const MAX_COMMIT_FILES = 30;
const MANY_CALLERS = 5;
const HIGH_CHURN = 10;

const NO_TARGET = "a function to follow; no suspect lies in one";

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
          ? target.steps.map(({ line }) => citationOf({ path: target.path, start: line, end: line }))
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

export async function callers(context: ResearchContext): Promise<readonly Block[]> {
  const all = await context.usesOfTargets();
  if (all.length === 0) return [unknown(NO_TARGET)];
  const finder = await context.uses();
  const blocks: Block[] = [];
  const rows: Row[] = [];
  for (const { target, uses } of all)
    for (const use of uses.filter(({ certainty }) => certainty !== "by-name").slice(0, MAX_USES))
      rows.push({
        provenance: "code",
        cells: [
          { text: inlineCode(qualifiedName(target.symbol)) },
          {
            text: use.inside === undefined ? "top of the file" : inlineCode(qualifiedName(use.inside)),
            citations: [lineOf(use)],
          },
          { text: use.kind === "new" ? "creates it" : use.kind === "call" ? "calls it" : "names it" },
          { text: use.certainty === "resolved" ? "resolved" : "the only definition of that name" },
          { text: context.codebase.roleOf(use.path) },
        ],
      });
  if (rows.length > 0)
    blocks.push({
      kind: "table",
      columns: ["Target", "Used in", "How", "Certainty", "Role of the file"],
      rows,
    });
  const items: Finding[] = [];
  for (const { target, uses } of all) {
    const search = await context.search(wordSearch(target.symbol.name));
    const searched: Citation = { kind: "search", search };
    const sure = uses.filter(({ certainty }) => certainty !== "by-name");
    const byName = uses.length - sure.length;
    if (sure.length === 0)
      items.push(
        fact(
          `no use of ${inlineCode(qualifiedName(target.symbol))} could be tied to it; the name stands on ${counted(search.hits.length, "line")} in all`,
          [searched],
        ),
      );
    if (byName > 0)
      items.push(
        hypothesis(
          `${counted(byName, "further use")} of the name ${inlineCode(target.symbol.name)} may mean ${inlineCode(qualifiedName(target.symbol))}; several definitions share the name`,
          [searched],
        ),
      );
  }
  items.push(...(await ownerUses(context)));
  for (const path of new Set(all.map(({ target }) => target.path))) {
    const direct = finder.importersOf(path);
    const reached = transitiveImporters(path, finder.importersOf);
    if (direct.length === 0)
      items.push(measured(`no import of ${inlineCode(path)} was found in the files with a grammar`));
    else
      items.push(
        fact(
          `${inlineCode(path)} is imported by ${counted(direct.length, "file")} (${listed(direct.map((file) => inlineCode(file.path)))}), with their own importers by ${counted(reached.size, "file")}`,
          direct
            .slice(0, MAX_FILES)
            .map(({ path: from, line }) => citationOf({ path: from, start: line, end: line })),
        ),
      );
  }
  for (const { target } of all.slice(0, 3)) {
    const far = (await context.callers(target)).filter(({ distance }) => distance > 1);
    if (far.length > 0)
      items.push(
        fact(
          `${counted(far.length, "function")} more ${far.length === 1 ? "reaches" : "reach"} ${inlineCode(qualifiedName(target.symbol))} through others`,
          far.slice(0, 5).map(({ call }) => lineOf(call)),
        ),
      );
  }
  return [...blocks, findings(...items)];
}

/** The class that the targets stand in: who makes or names it, and whether anything but tests does. */
async function ownerUses(context: ResearchContext): Promise<readonly Finding[]> {
  const targets = await context.targets();
  const symbolIndex = await context.symbolIndex();
  const finder = await context.uses();
  const items: Finding[] = [];
  const seen = new Set<string>();
  for (const { path, symbol } of targets) {
    const owner = symbol.container.at(-1);
    if (owner === undefined || seen.has(`${path}\0${owner}`)) continue;
    seen.add(`${path}\0${owner}`);
    const definition = symbolIndex.files
      .get(path)
      ?.symbols.find(({ name, start, end }) => name === owner && start <= symbol.start && end >= symbol.end);
    if (definition === undefined) continue;
    const uses = finder
      .usesOf({ path, symbol: definition })
      .filter(({ certainty }) => certainty !== "by-name");
    const search: Citation = { kind: "search", search: await context.search(wordSearch(owner)) };
    const inTests = uses.filter((use) => context.codebase.roleOf(use.path) === "test");
    const files = new Set(uses.map((use) => use.path)).size;
    items.push(
      uses.length === 0
        ? fact(`nothing uses ${inlineCode(owner)} outside its own definition`, [search])
        : inTests.length === uses.length
          ? fact(
              `nothing but tests uses ${inlineCode(owner)}: ${counted(uses.length, "use")} in ${counted(files, "test file")}`,
              [...uses.slice(0, 5).map(lineOf), search],
            )
          : fact(
              `${inlineCode(owner)} is used on ${counted(uses.length, "line")} in ${counted(files, "file")}, ${counted(uses.length - inTests.length, "line")} of them outside tests`,
              [
                ...uses
                  .filter((use) => !inTests.includes(use))
                  .slice(0, 5)
                  .map(lineOf),
                search,
              ],
            ),
    );
  }
  return items;
}

export async function publicSurface(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  if (targets.length === 0) return [unknown(NO_TARGET)];
  const items: Finding[] = [];
  const seen = new Set<string>();
  for (const target of targets) {
    const reaching = [{ definition: target, distance: 0 }, ...(await context.callers(target))];
    for (const { definition, distance } of reaching) {
      const key = `${definition.path}\0${definition.symbol.start}`;
      if (!definition.symbol.isPublic || context.codebase.roleOf(definition.path) === "test" || seen.has(key))
        continue;
      seen.add(key);
      if (items.length < MAX_USES)
        items.push(
          fact(
            `${inlineCode(qualifiedName(definition.symbol))} is visible outside its file${distance === 0 ? " and is a target itself" : `; it reaches ${inlineCode(qualifiedName(target.symbol))} in ${counted(distance, "call")}`}`,
            [citationOf({ path: definition.path, ...definition.symbol })],
          ),
        );
    }
  }
  return items.length === 0
    ? [
        findings(
          measured("no function that other files can see was found among the targets and their callers"),
        ),
      ]
    : [
        findings(
          ...items,
          measured(
            `${counted(seen.size, "visible function")} in all; whether the project promises them to its users is not said in the code`,
          ),
        ),
      ];
}

export async function tests(context: ResearchContext): Promise<readonly Block[]> {
  const all = await context.usesOfTargets();
  if (all.length === 0) return [unknown(NO_TARGET)];
  const items: Finding[] = [];
  for (const { target, uses } of all) {
    const name = inlineCode(qualifiedName(target.symbol));
    const own = uses.filter((use) => context.codebase.roleOf(use.path) === "test");
    const sure = own.filter(({ certainty }) => certainty !== "by-name");
    const through = (await context.callers(target)).filter(
      ({ distance, definition }) => distance > 1 && context.codebase.roleOf(definition.path) === "test",
    );
    const cited = (some: readonly Use[]): Citation[] => some.slice(0, 5).map(lineOf);
    if (sure.length > 0)
      items.push(
        fact(
          `${name} is used by ${counted(new Set(sure.map(({ inside, path }) => `${path}${inside?.name}`)).size, "test")}`,
          cited(sure),
        ),
      );
    else if (through.length > 0)
      items.push(
        fact(
          `no test calls ${name} itself; ${counted(through.length, "test")} reach it through other functions`,
          through.slice(0, 5).map(({ call }) => lineOf(call)),
        ),
      );
    else if (own.length > 0)
      items.push(
        hypothesis(
          `tests use the name ${inlineCode(target.symbol.name)}, which several definitions share`,
          cited(own),
        ),
      );
    else
      items.push(
        fact(`no test of ${name} was found: a test is missing`, [
          citationOf({ path: target.path, ...target.symbol }),
          { kind: "search", search: await context.search(wordSearch(target.symbol.name)) },
        ]),
      );
  }
  return [findings(...items), unknown("whether any of these tests shows the failure; nothing was run")];
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
    const cited: Citation[] = found.hits
      .slice(0, 5)
      .map(({ path, line }) => citationOf({ path, start: line, end: line }));
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

/** Files that changed together before, and the files and functions that are likeliest to change now. */
export async function coChange(context: ResearchContext): Promise<readonly Block[]> {
  return [...(await filesTogether(context)), ...(await coChanges(context))];
}

/** What else may have to change: a ranking, so every line is a hypothesis with what speaks for it. */
async function coChanges(context: ResearchContext): Promise<readonly Block[]> {
  const [first] = await context.targets();
  if (first === undefined) return [];
  const files = (await context.coChangeFiles()).map(({ path, reasons }) => ({
    what: inlineCode(path),
    own: [],
    reasons,
  }));
  const functions = (await context.coChanges()).map(({ path, symbol, reasons }) => ({
    what: `${inlineCode(qualifiedName(symbol))} in ${inlineCode(path)}`,
    own: [citationOf({ path, ...symbol })],
    reasons,
  }));
  return [
    ...rankingOf(`Files likeliest to change with ${inlineCode(first.path)}`, files),
    ...rankingOf(`Functions likeliest to change with ${inlineCode(qualifiedName(first.symbol))}`, functions),
  ];
}

interface RankedCoChange {
  readonly what: string;
  readonly own: readonly Citation[];
  readonly reasons: readonly Reason[];
}

function rankingOf(title: string, ranked: readonly RankedCoChange[]): readonly Block[] {
  const told = ranked.filter(({ reasons }) => reasons.length > 0);
  if (told.length === 0) return [];
  const items = told.map(({ what, own, reasons }, at) => {
    const shown = reasons.slice(0, MAX_REASONS);
    return hypothesis(`${at + 1}. ${what}: ${shown.map(({ text }) => text).join("; ")}`, [
      ...own,
      ...shown.flatMap(({ citations }) => citations),
    ]);
  });
  return [
    { kind: "note", text: `**${title}**, best first; a ranking, so a fix may need none of them.` },
    findings(...items),
  ];
}

async function filesTogether(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [suspect] = await context.suspects();
  const commits = await context.commits();
  const files = new Set(
    targets.length > 0 ? targets.map(({ path }) => path) : suspect === undefined ? [] : [suspect.path],
  );
  if (files.size === 0) return [unknown(NO_TARGET)];
  const items: Finding[] = [];
  for (const file of files) {
    const own = commits.filter(
      (commit) => commit.files.includes(file) && commit.files.length <= MAX_COMMIT_FILES,
    );
    const together = new Map<string, CommitRecord[]>();
    for (const commit of own)
      for (const path of commit.files) {
        if (path === file || context.codebase.tree.find(path) === undefined) continue;
        const known = together.get(path);
        if (known === undefined) together.set(path, [commit]);
        else known.push(commit);
      }
    const often = [...together]
      .filter(([, shared]) => shared.length >= MIN_TOGETHER && shared.length / own.length >= MIN_SHARE)
      .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    for (const [path, shared] of often.slice(0, MAX_FILES))
      items.push(
        fact(
          `${inlineCode(path)} changed in ${shared.length} of the ${counted(own.length, "commit")} that changed ${inlineCode(file)}`,
          shared.slice(0, 2).map(({ oid, subject }) => ({ kind: "commit", oid, subject, path })),
        ),
      );
    if (often.length === 0)
      items.push(
        measured(
          `no file changed together with ${inlineCode(file)} in ${MIN_TOGETHER} or more of the ${counted(own.length, "commit")} that changed it, among the ${counted(commits.length, "commit")} read`,
        ),
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

function transitiveImporters(
  path: string,
  importersOf: (path: string) => readonly { readonly path: string }[],
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const { path: from } of importersOf(at))
      if (!seen.has(from) && from !== path) {
        seen.add(from);
        open.push(from);
      }
  return seen;
}

function lineOf({ path, line }: Use): Citation {
  return citationOf({ path, start: line, end: line });
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
