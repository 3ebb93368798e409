import { isFunctionLike, type SymbolDefinition } from "../languages/syntax.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";

/** A method of a class that extends or implements something outside of the commit: what is there may call it by its name. */
export async function hasForeignBase(
  { path, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  { codebase, symbolIndex }: Pick<ClaimEvidence, "codebase" | "symbolIndex">,
): Promise<boolean> {
  const syntax = await codebase.syntax(path);
  const owner = syntax?.symbols.find(
    (one) =>
      !isFunctionLike(one) &&
      one.name === symbol.container.at(-1) &&
      one.start <= symbol.start &&
      one.end >= symbol.end,
  );
  if (syntax === undefined || owner === undefined) return false;
  const first = Math.min(
    ...syntax.symbols.flatMap((one) =>
      one.start > owner.start && one.end <= owner.end && one.container.at(-1) === owner.name
        ? [one.start]
        : [],
    ),
  );
  const { definitions } = await symbolIndex();
  return syntax.references.some(
    ({ kind, line, name }) =>
      kind === "inherit" &&
      line >= owner.start &&
      line < Math.max(first, owner.start + 1) &&
      !definitions.has(name),
  );
}
