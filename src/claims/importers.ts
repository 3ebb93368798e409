import { fileNameOf } from "../languages/paths.ts";
import { languageNamed } from "../languages/languages.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";

/**
 * Files that import a file, each with the line of its import. Where an import names a file with its ending, as in C, it must be
 * this file: a header is not the source beside it. Where it names a package of several files, as in Go, the importer has to
 * use a name that this file defines.
 */
export async function importersOf(
  path: string,
  { uses, symbolIndex }: Pick<ClaimEvidence, "uses" | "symbolIndex">,
): Promise<readonly { readonly path: string; readonly line: number }[]> {
  const { files } = await symbolIndex();
  const own = files.get(path);
  const defined = new Set(own?.symbols.map(({ name }) => name));
  const isOfPackage = languageNamed(own?.language)?.names.packageName !== undefined;
  return (await uses()).importersOf(path).filter((one) => {
    const syntax = files.get(one.path);
    if (isOfPackage) return syntax?.references.some(({ name }) => defined.has(name)) === true;
    if (languageNamed(syntax?.language)?.family !== "c") return true;
    return syntax?.imports.some(
      ({ line, source }) => line === one.line && fileNameOf(source) === fileNameOf(path),
    );
  });
}
