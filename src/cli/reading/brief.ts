import { RunFailure } from "../../failure.ts";
import { branchOf } from "../../phases/names.ts";
import { briefOf } from "../../research/brief.ts";
import { chantFiles } from "../chant-files.ts";
import type { ReaderIo } from "../io.ts";

export interface BriefOptions {
  readonly repo: string;
  readonly ref?: string;
}

/** Reads the documents of a branch and prints them as one text. */
export async function briefHere(
  { key }: { readonly key: string },
  { repo, ref = branchOf(key) }: BriefOptions,
  io: ReaderIo,
): Promise<number> {
  const brief = briefOf(key, await chantFiles({ repo, ref }, io));
  if (brief === undefined)
    throw new RunFailure(
      "usage",
      `${ref} holds no document of issue ${key}; \`casebook investigate\` writes them`,
    );
  io.out(brief);
  return 0;
}
