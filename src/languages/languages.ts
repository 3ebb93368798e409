import { bash } from "./bash.ts";
import { c, cpp } from "./c.ts";
import { csharp } from "./csharp.ts";
import { elixir } from "./elixir.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import { javascript, tsx, typescript } from "./javascript.ts";
import { kotlin } from "./kotlin.ts";
import type { FileRules, Language, PlainLanguage, TextRules } from "./language.ts";
import { lua } from "./lua.ts";
import { endingOf, fileNameOf } from "./paths.ts";
import { php } from "./php.ts";
import { OTHER_TEXTS, PLAIN_LANGUAGES } from "./plain-languages.ts";
import { python } from "./python.ts";
import { r } from "./r.ts";
import { ruby } from "./ruby.ts";
import { rust } from "./rust.ts";
import { scala } from "./scala.ts";
import { swift } from "./swift.ts";

/** The languages with a grammar, by the name that code hosts know them by. */
export const LANGUAGES = {
  python,
  typescript,
  tsx,
  javascript,
  java,
  kotlin,
  go,
  rust,
  c,
  cpp,
  csharp,
  ruby,
  php,
  swift,
  scala,
  lua,
  elixir,
  r,
  bash,
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof LANGUAGES;

export const LANGUAGE_NAMES = Object.keys(LANGUAGES) as readonly LanguageName[];

/** The row of a language; undefined for no language. */
export function languageNamed(name: LanguageName | undefined): Language | undefined {
  return name === undefined ? undefined : LANGUAGES[name];
}

const NAME_BY_ENDING = new Map(
  LANGUAGE_NAMES.flatMap((name) => LANGUAGES[name].endings.map((ending) => [ending, name] as const)),
);
const NAME_BY_FILE_NAME = new Map(
  LANGUAGE_NAMES.flatMap((name) =>
    (languageNamed(name)?.fileNames ?? []).map((file) => [file, name] as const),
  ),
);

/** The language of a file by its name (any case), undefined when there is no grammar for it. */
export function languageOf(path: string): LanguageName | undefined {
  const name = fileNameOf(path).toLowerCase();
  return name.lastIndexOf(".") > 0 ? NAME_BY_ENDING.get(endingOf(name)) : NAME_BY_FILE_NAME.get(name);
}

const ROWS: Readonly<Record<string, PlainLanguage>> = { ...OTHER_TEXTS, ...PLAIN_LANGUAGES, ...LANGUAGES };
const ROW_BY_ENDING = new Map(
  Object.entries(ROWS).flatMap(([name, row]) =>
    row.endings.map((ending) => [ending, { ...row, name }] as const),
  ),
);

/** The word after a fence that makes code hosts colour the text of a file; `text` when the ending is not known. */
export function fenceWord(path: string): string {
  return ROW_BY_ENDING.get(endingOf(path))?.name ?? "text";
}

/** How files of an ending write comments and strings; undefined when the ending is not known. */
export function textRulesOf(ending: string): TextRules | undefined {
  return ROW_BY_ENDING.get(ending)?.text;
}

/** Names, without ending, of files that represent their folder: `index`, `__init__`, `mod`. */
export const PACKAGE_FILES: ReadonlySet<string> = new Set(
  LANGUAGE_NAMES.flatMap((name) => languageNamed(name)?.packageFiles ?? []),
);

/** Names, without ending, of files that mostly hand on or describe what others define. */
export const LIST_FILES: ReadonlySet<string> = new Set([
  ...PACKAGE_FILES,
  "type",
  "types",
  ...LANGUAGE_NAMES.flatMap((name) => languageNamed(name)?.listFiles ?? []),
]);

/** True when the file's name ends like program text; `roleOfPath` tells what the program is for. */
export function isSourcePath(path: string): boolean {
  const name = ROW_BY_ENDING.get(endingOf(path))?.name;
  return name !== undefined && !Object.hasOwn(OTHER_TEXTS, name);
}

/** The role rules of a file's language; undefined for an unknown ending. */
export function fileRulesOf(path: string): FileRules | undefined {
  return ROW_BY_ENDING.get(endingOf(path))?.files;
}

const rules = Object.values(ROWS).map(({ files }) => files);

/** Names, lower case, of the files that describe a package and its dependencies. */
export const MANIFESTS: ReadonlySet<string> = new Set(rules.flatMap((files) => files?.manifests ?? []));
/** Names, lower case, of the files that pin the versions of dependencies. */
export const LOCK_FILES: ReadonlySet<string> = new Set(rules.flatMap((files) => files?.locks ?? []));
