import { inlineCode } from "../../text/inline-code.ts";
import type { Citation } from "../../documents/citation.ts";
import type { Block, Row } from "../../documents/finding.ts";
import type { ResearchContext } from "./research-context.ts";
import { counted, dateOf, fact, findings, hypothesis, measured, unknown, wordSearch } from "./statements.ts";
import { citationOf, lineOf, qualifiedName, type Suspect } from "./suspects.ts";

const MAX_CALLERS_SHOWN = 12;
/** "Recently" for a regression: among so many commits before the base, of the whole repository. */
const RECENT_COMMITS = 100;

export async function callersOfSuspects(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  if (leading?.symbol === undefined)
    return [unknown("how control gets there; there is no function to follow")];
  const target = { path: leading.path, symbol: leading.symbol };
  const callers = await context.callers(target);
  const search = await context.search(wordSearch(leading.symbol.name));
  const searched: Citation = { kind: "search", search };
  if (callers.length === 0) {
    const uses = (await context.uses()).usesOf(target).filter(({ certainty }) => certainty === "by-name");
    return [
      uses.length === 0
        ? findings(
            fact(
              `no call of ${inlineCode(leading.name)} was found; the name stands on ${counted(search.hits.length, "line")} in all`,
              [searched],
            ),
          )
        : findings(
            hypothesis(
              `${counted(uses.length, "use")} of the name ${inlineCode(leading.symbol.name)} may mean it; several definitions share the name`,
              [...uses.slice(0, 5).map(lineOf), searched],
            ),
          ),
    ];
  }
  const items = callers
    .slice(0, MAX_CALLERS_SHOWN)
    .map(({ definition, distance, call, calls }) =>
      fact(
        `${inlineCode(qualifiedName(definition.symbol))} calls ${inlineCode(qualifiedName(calls.symbol))}${distance === 1 ? "" : `, ${distance} calls away from the suspect`}${context.codebase.roleOf(definition.path) === "test" ? " (a test)" : ""}`,
        [lineOf(call)],
      ),
    );
  const left = callers.length - items.length;
  return [
    findings(
      ...items,
      ...(left > 0
        ? [
            measured(
              `${counted(left, "further caller")} up to four calls away ${left === 1 ? "is" : "are"} not listed here`,
              [searched],
            ),
          ]
        : []),
    ),
  ];
}

export async function lineHistory(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  if (leading === undefined) return [unknown("who changed it; there is no suspect")];
  const lines = await context.history.blame(
    context.baseCommit,
    leading.path,
    leading.start,
    leading.end,
    context.signal,
  );
  if (lines === undefined || lines.length === 0)
    return [
      unknown(
        `who changed these lines; ${context.history.shallow ? "the clone is shallow" : "git cannot tell"}`,
      ),
    ];
  const commits = new Map<string, { lines: number[]; author: string; time: number; subject: string }>();
  for (const { oid, line, author, time, subject } of lines) {
    const known = commits.get(oid);
    if (known === undefined) commits.set(oid, { lines: [line], author, time, subject });
    else known.lines.push(line);
  }
  const newestFirst = [...commits].sort((a, b) => b[1].time - a[1].time || (a[0] < b[0] ? -1 : 1));
  return [
    findings(
      ...newestFirst.slice(0, 6).map(([oid, { lines, author, time, subject }]) =>
        fact(
          `${counted(lines.length, "line")} of ${inlineCode(leading.name)} last changed by ${inlineCode(author)} on ${dateOf(time)}`,
          [
            { kind: "commit", oid, subject, path: leading.path },
            ...rangesOf(lines)
              .slice(0, 3)
              .map(([start, end]) => citationOf({ path: leading.path, start, end })),
          ],
        ),
      ),
      measured(`the ${counted(lines.length, "line")} come from ${counted(commits.size, "commit")}`, [
        citationOf(leading),
      ]),
    ),
  ];
}

/** A regression needs a change: lines that nobody touched lately were not broken lately. */
export async function regressionRow(leading: Suspect, context: ResearchContext): Promise<readonly Row[]> {
  const lines = await context.history.blame(
    context.baseCommit,
    leading.path,
    leading.start,
    leading.end,
    context.signal,
  );
  if (lines === undefined || lines.length === 0) return [];
  const recent = (await context.commits()).slice(0, RECENT_COMMITS);
  if (recent.length < RECENT_COMMITS) return [];
  const recentIds = new Set(recent.map(({ oid }) => oid));
  const touched = lines.filter(({ oid }) => recentIds.has(oid));
  const newest = [...lines].sort((a, b) => b.time - a.time)[0]!;
  const commit: Citation = { kind: "commit", oid: newest.oid, subject: newest.subject, path: leading.path };
  return [
    {
      provenance: "code",
      cells: [
        {
          text: `A change of the last ${RECENT_COMMITS} commits to ${inlineCode(leading.name)} brought it in`,
        },
        {
          text:
            touched.length === 0
              ? `none of its ${counted(lines.length, "line")} changed in them; the last change was on ${dateOf(newest.time)}`
              : `${counted(touched.length, "line")} of ${lines.length} changed in them, last on ${dateOf(newest.time)}`,
          citations: [commit],
        },
        { text: touched.length === 0 ? "Eliminated" : "Open" },
      ],
    },
  ];
}

function rangesOf(lines: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === line) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges;
}
