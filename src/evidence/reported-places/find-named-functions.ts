import { isFunctionLike, type SymbolDefinition } from "../../languages/syntax.ts";
import type { TextBlock } from "../../issue/issue-reading.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import type { ReportedPlace } from "./reported-place.ts";

const MAX_NAMES = 10;
/** Files that hold both names; more are no trace of one function. */
const MAX_FILES = 15;
/** `Class#method`, `Class::method`, `pkg.Class.method`, `module.function()`. */
const QUALIFIED =
  /(?<![\w$.:#/-])(?:[A-Za-z_$][\w$]{0,80}(?:::|[.#])){1,6}[A-Za-z_$][\w$]{1,80}(?![\w$]|[.:#]\w|\/)/g;
const TOLD: ReadonlySet<TextBlock["kind"]> = new Set(["title", "prose", "inline-code"]);

/** Functions that a report names together with their class or module, where exactly one fits. */
export async function findNamedFunctions(
  blocks: readonly TextBlock[],
  codebase: IndexedCodebase,
  signal?: AbortSignal,
): Promise<readonly ReportedPlace[]> {
  const written = new Set(
    blocks.filter(({ kind }) => TOLD.has(kind)).flatMap(({ text }) => text.match(QUALIFIED) ?? []),
  );
  const found: ReportedPlace[] = [];
  for (const named of [...written].slice(0, MAX_NAMES)) {
    const place = await functionOf(named, codebase, signal);
    if (place !== undefined) found.push(place);
  }
  return found;
}

async function functionOf(
  named: string,
  codebase: IndexedCodebase,
  signal: AbortSignal | undefined,
): Promise<ReportedPlace | undefined> {
  const parts = named.split(/::|[.#]/);
  const [owner, name] = [parts.at(-2)!, parts.at(-1)!];
  const isModule = (path: string): boolean => path.slice(path.lastIndexOf("/") + 1).split(".")[0] === owner;
  const withOwner = new Set(codebase.pathsWithWord(owner));
  const paths = codebase
    .pathsWithWord(name)
    .filter((path) => codebase.roleOf(path) === "source" && (withOwner.has(path) || isModule(path)));
  if (paths.length > MAX_FILES) return undefined;
  const fitting: { readonly path: string; readonly symbol: SymbolDefinition }[] = [];
  for await (const { path, syntax } of codebase.syntaxes(paths, signal))
    for (const symbol of syntax.symbols)
      if (isFunctionLike(symbol) && symbol.name === name)
        if (symbol.container.at(-1) === owner || (symbol.container.length === 0 && isModule(path)))
          fitting.push({ path, symbol });
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) return undefined;
  const { path, symbol } = only;
  return { named, ref: "", commit: codebase.tree.commit, path, basePath: path, function: symbol };
}
