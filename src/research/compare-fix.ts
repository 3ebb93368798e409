import { placesSaid } from "../claims/places-said.ts";
import { readClaims } from "../claims/check-claims.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { compareWithFix, FIRST, type PhaseComparison } from "../phases/fix-comparison.ts";
import type { Config } from "../process/config.ts";
import type { CompareRequest } from "../service/research.ts";
import { fixedPlaces } from "./fixed-places.ts";
import { openWorkbench } from "./workbench.ts";

/**
 * Compares the places that documents name with the source that the fix changes. Left out is a document that knew the fix, names no place or
 * one that a person gave, or whose files were moved before the fix. Nothing is compared where the fix changes no source or too much of it.
 */
export async function compareFix(
  { mirror, fix, documents }: CompareRequest,
  { config, signal }: { readonly config: Config; readonly signal: AbortSignal },
): Promise<readonly PhaseComparison[]> {
  await using workbench = await openWorkbench({ repository: mirror, ...config, signal });
  const { repository } = workbench;
  const [base] = (await repository.history.facts(fix))?.parents ?? [];
  const fixed = base === undefined ? undefined : await fixedPlaces({ commit: fix, base }, workbench, signal);
  if (base === undefined || typeof fixed !== "object") return [];
  const tree = await repository.tree(base, signal);
  const compared: PhaseComparison[] = [];
  for (const [phase, text] of documents) {
    const [data] = parseDocument(text).claims;
    const document = data === undefined ? undefined : readClaims(data.value);
    const said = document === undefined || typeof document === "string" ? undefined : placesSaid(document);
    if (said === undefined || typeof document !== "object") continue;
    if ((await repository.history.commit(document.baseCommit, fix)) !== undefined) continue;
    if (said.files.slice(0, FIRST).some(({ path }) => tree.find(path) === undefined)) continue;
    compared.push(compareWithFix(phase, said, fixed));
  }
  return compared;
}
