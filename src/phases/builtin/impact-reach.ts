import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { Block, Finding, Row } from "../../documents/finding.ts";
import type { Use } from "../../evidence/references/find-uses.ts";
import type { ResearchContext } from "./research-context.ts";
import {
  counted,
  fact,
  findings,
  hypothesis,
  listed,
  measured,
  NO_TARGET,
  unknown,
  wordSearch,
} from "./statements.ts";
import { citationOf, lineOf, qualifiedName } from "./suspects.ts";

const MAX_USES = 25;
const MAX_IMPORTERS = 10;

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
          direct.slice(0, MAX_IMPORTERS).map(({ path: from, line }) => lineOf({ path: from, line })),
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

/** The class around the targets: its uses, and whether anything but tests uses it. */
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
