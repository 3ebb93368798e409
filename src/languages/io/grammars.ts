import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { Language as Grammar } from "web-tree-sitter";
import { compileRules, type CompiledRules } from "../compiled-rules.ts";
import type { CursorCalls } from "../cursor-calls.ts";
import { LANGUAGES, type LanguageName } from "../languages.ts";
import { startParser } from "./start-parser.ts";

export interface LoadedGrammar {
  readonly grammar: Grammar;
  readonly compiled: CompiledRules;
  readonly calls: CursorCalls;
}

const { resolve } = createRequire(import.meta.url);
const loaded = new Map<LanguageName, Promise<LoadedGrammar>>();

/** The grammar and rules of a language, loaded when first asked for (5 to 130 ms) and kept for the life of the thread. */
export function loadGrammar(language: LanguageName): Promise<LoadedGrammar> {
  let loading = loaded.get(language);
  if (loading === undefined) {
    loading = load(language);
    loaded.set(language, loading);
  }
  return loading;
}

async function load(language: LanguageName): Promise<LoadedGrammar> {
  const calls = await startParser();
  const { wasm, rules } = LANGUAGES[language];
  const grammar = await Grammar.load(await readFile(placeOf(wasm)));
  return { grammar, compiled: compileRules(rules, grammar), calls };
}

/** The built package has the grammars in `dist/grammars`, a clone in its packages. */
function placeOf(wasm: string): URL | string {
  const built = new URL(`../../grammars/${basename(wasm)}`, import.meta.url);
  return existsSync(built) ? built : resolve(wasm);
}
