import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../../languages/syntax.ts";
import type { History } from "../../repository/history.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import { mapLines } from "../../repository/revisions.ts";
import { linesOf } from "../../repository/source-text.ts";
import { meantBy } from "../ranking/signals/mention.ts";
import { misspelt, withoutVersion } from "./file-name.ts";
import type { ReportedPlace } from "./reported-place.ts";
import type { WrittenPlace } from "./written-reference.ts";

/** Folders that a branch's name may hold. */
const MAX_BRANCH_PARTS = 3;

/** A revision and how the report writes it. */
export interface Revision {
  readonly ref: string;
  readonly commit: string;
}

/** Files and lines of other revisions, followed to the base commit. What was read is kept for the next question. */
export class RevisionFiles {
  readonly base: string;
  readonly codebase: IndexedCodebase;
  readonly history: History;
  readonly #paths = new Map<string, Promise<readonly string[]>>();
  readonly #renames = new Map<string, Promise<ReadonlyMap<string, string>>>();
  readonly #signal: AbortSignal | undefined;

  constructor(codebase: IndexedCodebase, history: History, signal: AbortSignal | undefined) {
    this.codebase = codebase;
    this.history = history;
    this.#signal = signal;
    this.base = codebase.tree.commit;
    this.#paths.set(this.base, Promise.resolve(codebase.tree.entries.map(({ path }) => path)));
  }

  /** The one file of a commit that is meant. `isWhole`: the path is written from the root, behind a revision. */
  async onlyPath(written: string, commit: string, isWhole: boolean): Promise<string | undefined> {
    let paths = this.#paths.get(commit);
    if (paths === undefined) this.#paths.set(commit, (paths = this.history.pathsAt(commit, this.#signal)));
    const known = await paths;
    if (isWhole) {
      const parts = written.split("/");
      for (let from = 0; from <= MAX_BRANCH_PARTS && from < parts.length; from++) {
        const path = parts.slice(from).join("/");
        if (known.includes(path)) return path;
      }
      return undefined;
    }
    const inPackage = withoutVersion(written);
    const meant = meantBy(inPackage, known);
    const exact = meant.filter((path) => path === written);
    if (meant.length === 0 && !written.includes("/")) return misspelt(written, known);
    return exact[0] ?? (meant.length === 1 ? meant[0] : undefined);
  }

  async follow(
    path: string,
    { ref, commit }: { readonly ref: string; readonly commit: string },
    lines: WrittenPlace["lines"],
  ): Promise<Omit<ReportedPlace, "named">> {
    const basePath = await this.pathAtBase(path, commit);
    const about = { ref, commit, path, basePath };
    if (lines === undefined) return about;
    const text = await this.#textAt(commit, path);
    const shown = text?.[lines.start - 1];
    // A line that the file does not have was counted in another revision.
    if (shown === undefined) return about;
    const end = Math.min(lines.end, text!.length);
    const named = { ...about, lines: { start: lines.start, end }, text: shown };
    if (basePath === undefined) return { ...named, atBase: "gone" };
    const same = commit === this.base;
    const hunks = same
      ? []
      : await this.history.diff({ commit, path }, { commit: this.base, path: basePath });
    if (hunks === undefined) return named;
    const at = mapLines(hunks, lines.start, end);
    // Where the lines are gone, what stands there now may be anything.
    const found = at.changed
      ? await this.#functionLike(basePath, await this.#functionThen(path, text!, lines.start, end))
      : innermostAt(await this.#functions(basePath), at.start, at.end);
    return {
      ...named,
      atBase: at.changed ? "gone" : { path: basePath, start: at.start, end: at.end },
      ...(found === undefined ? {} : { function: found }),
    };
  }

  async #textAt(commit: string, path: string): Promise<readonly string[] | undefined> {
    if (commit === this.base) return (await this.codebase.text(path))?.lines;
    const text = await this.history.textAt({ commit, path });
    return text === undefined ? undefined : linesOf(text);
  }

  async pathAtBase(path: string, commit: string): Promise<string | undefined> {
    if (this.codebase.tree.find(path) !== undefined) return path;
    let renames = this.#renames.get(commit);
    if (renames === undefined)
      this.#renames.set(commit, (renames = this.history.renames(commit, this.base, this.#signal)));
    return (await renames).get(path);
  }

  /** The function that holds lines of a text of another revision. */
  async #functionThen(
    path: string,
    text: readonly string[],
    start: number,
    end: number,
  ): Promise<SymbolDefinition | undefined> {
    const syntax = await this.codebase.parse(path, text.join("\n"));
    return innermostAt(syntax?.symbols.filter(isFunctionLike) ?? [], start, end);
  }

  /** The only function of the base commit that is called like one of another revision, in the same class. */
  async #functionLike(
    path: string,
    then: SymbolDefinition | undefined,
  ): Promise<SymbolDefinition | undefined> {
    if (then === undefined) return undefined;
    const name = qualifiedName(then);
    const same = (await this.#functions(path)).filter((one) => qualifiedName(one) === name);
    return same.length === 1 ? same[0] : undefined;
  }

  async #functions(path: string): Promise<readonly SymbolDefinition[]> {
    return (await this.codebase.syntax(path))?.symbols.filter(isFunctionLike) ?? [];
  }

  /** The only function of that name in a file of the base commit. */
  async functionNamed(
    path: string | undefined,
    name: string | undefined,
  ): Promise<SymbolDefinition | undefined> {
    if (path === undefined || name === undefined) return undefined;
    const same = (await this.#functions(path)).filter((one) => one.name === name);
    return same.length === 1 ? same[0] : undefined;
  }
}

/** The innermost function that holds the first line, else one that begins within the lines. */
function innermostAt(
  functions: readonly SymbolDefinition[],
  start: number,
  end: number,
): SymbolDefinition | undefined {
  const around = functions.filter((one) => one.start <= start && start <= one.end);
  const within = functions.filter((one) => start <= one.start && one.start <= end);
  return (
    around.reduce<SymbolDefinition | undefined>(
      (best, one) => (best === undefined || one.end - one.start < best.end - best.start ? one : best),
      undefined,
    ) ?? within[0]
  );
}
