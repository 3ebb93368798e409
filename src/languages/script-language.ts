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
};

/** True where a project keeps its commands, for a file without an ending; elsewhere `and/or:3` is no place in code. */
export function mayBeScript(path: string): boolean {
  return /(?:^|\/)(?:s?bin|exe|libexec|scripts?|tools)\/[\w-]+$/.test(path);
}

/** The language of a script by its first line, `#!/usr/bin/env ruby`; undefined where it names none with a grammar. */
export function scriptLanguage(text: string): LanguageName | undefined {
  const [, program = ""] =
    /^#![ \t]*\S*\/(?:env[ \t]+(?:-\S+[ \t]+)*)?([A-Za-z]+)[\d.]*(?=\s|$)/.exec(text.slice(0, 200)) ?? [];
  return Object.hasOwn(RUN_BY, program) ? RUN_BY[program] : LANGUAGE_NAMES.find((name) => name === program);
}
