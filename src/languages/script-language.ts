import { LANGUAGE_NAMES, type LanguageName } from "./languages.ts";

/** Programs that run a language, where they have another name than it. */
const RUN_BY: Readonly<Record<string, LanguageName>> = {
  node: "javascript",
  nodejs: "javascript",
  bun: "typescript",
  deno: "typescript",
  tsx: "typescript",
  jruby: "ruby",
  pypy: "python",
  sh: "bash",
  dash: "bash",
  ksh: "bash",
  zsh: "bash",
};

/** True for a file without an ending, which its first line may make a program. */
export function mayBeScript(path: string): boolean {
  return /(?:^|\/)[\w-]+$/.test(path);
}

/** The language of a script by its first line, `#!/usr/bin/env ruby`; undefined where it names none with a grammar. */
export function scriptLanguage(text: string): LanguageName | undefined {
  const [, program = ""] =
    /^#![ \t]*\S*\/(?:env[ \t]+(?:-\S+[ \t]+)*)?([A-Za-z]+)[\d.]*(?=\s|$)/.exec(text.slice(0, 200)) ?? [];
  return Object.hasOwn(RUN_BY, program) ? RUN_BY[program] : LANGUAGE_NAMES.find((name) => name === program);
}
