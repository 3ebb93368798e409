import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Language as Grammar } from "web-tree-sitter";
import type { Language } from "../syntax.ts";
import { compileRules, type CompiledRules } from "../compiled-rules.ts";
import type { CursorCalls } from "../cursor-calls.ts";
import { startParser } from "./start-parser.ts";
import type { LanguageRules } from "../language-rules.ts";
import { c, cpp } from "../c.ts";
import { csharp } from "../csharp.ts";
import { go } from "../go.ts";
import { java } from "../java.ts";
import { javascript } from "../javascript.ts";
import { kotlin } from "../kotlin.ts";
import { php } from "../php.ts";
import { python } from "../python.ts";
import { ruby } from "../ruby.ts";
import { rust } from "../rust.ts";

const vscode = (name: string) => `@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`;

const SOURCES: Readonly<Record<Language, { readonly wasm: string; readonly rules: LanguageRules }>> = {
  python: { wasm: vscode("python"), rules: python },
  typescript: { wasm: vscode("typescript"), rules: javascript },
  tsx: { wasm: vscode("tsx"), rules: javascript },
  javascript: { wasm: vscode("javascript"), rules: javascript },
  java: { wasm: vscode("java"), rules: java },
  kotlin: { wasm: "@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm", rules: kotlin },
  go: { wasm: vscode("go"), rules: go },
  rust: { wasm: vscode("rust"), rules: rust },
  c: { wasm: "tree-sitter-c/tree-sitter-c.wasm", rules: c },
  cpp: { wasm: vscode("cpp"), rules: cpp },
  csharp: { wasm: vscode("c-sharp"), rules: csharp },
  ruby: { wasm: vscode("ruby"), rules: ruby },
  php: { wasm: vscode("php"), rules: php },
};

export interface LoadedGrammar {
  readonly grammar: Grammar;
  readonly compiled: CompiledRules;
  readonly calls: CursorCalls;
}

const { resolve } = createRequire(import.meta.url);
const loaded = new Map<Language, Promise<LoadedGrammar>>();

/** The grammar and rules of a language, loaded when first asked for (5 to 130 ms) and kept for the life of the thread. */
export function loadGrammar(language: Language): Promise<LoadedGrammar> {
  let loading = loaded.get(language);
  if (loading === undefined) {
    loading = load(language);
    loaded.set(language, loading);
  }
  return loading;
}

async function load(language: Language): Promise<LoadedGrammar> {
  const calls = await startParser();
  const { wasm, rules } = SOURCES[language];
  const grammar = await Grammar.load(await readFile(resolve(wasm)));
  return { grammar, compiled: compileRules(rules, grammar), calls };
}
