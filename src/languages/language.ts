import type { GrammarRules, Import } from "./grammar-rules.ts";

/** Everything that Casebook knows of one programming language with a grammar: one row of the table in `languages.ts`. */
export interface Language extends PlainLanguage {
  /** Names of its files that have no ending, lower case. */
  readonly fileNames?: readonly string[];
  /** The grammar as a file of a package, and what its node types mean. */
  readonly wasm: string;
  readonly rules: GrammarRules;
  /** Times that its scanner reads a text again, where it needs more than others: one that asks for columns does at each line. */
  readonly readings?: number;
  /** Names, without ending, of files that represent their folder. */
  readonly packageFiles?: readonly string[];
  /** Names, without ending, of further files that only describe or hand on what others define. */
  readonly listFiles?: readonly string[];
  /** Languages of one family use each other's names as they are. */
  readonly family: string;
  readonly names: NameRules;
  /** The files that an import in a file of `folder` means; none when it is other people's code or cannot be known. */
  readonly resolve: (imported: Import, folder: string, files: ModuleFiles) => readonly string[];
}

/** What is known of every language, also of one that is read as words only. */
export interface PlainLanguage {
  /** Endings of its files, lower case, without the dot. */
  readonly endings: readonly string[];
  readonly text: TextRules;
  readonly files?: FileRules;
}

/** What a file of the language is for, by the defaults of its test frameworks, build tools and generators. */
export interface FileRules {
  /** File names of tests, beside those that are the same in every language. */
  readonly tests?: RegExp;
  /** A folder of tests and what they need, outside of the folders of a program. */
  readonly testFolder?: string;
  /** Paths of tests whatever the file is called. */
  readonly testPaths?: RegExp;
  /** Paths of the program whatever the file and the folders below are called. */
  readonly programPaths?: RegExp;
  /** Names of program text that only says how to build, check or pack. */
  readonly build?: RegExp;
  readonly generated?: RegExp;
  /** Names, lower case, of files that describe a package and its dependencies, and of its lock files. */
  readonly manifests?: readonly string[];
  readonly locks?: readonly string[];
}

/** How a language writes comments and strings; enough to tell words apart, not to parse. */
export interface TextRules {
  /** What starts a comment up to the end of the line. */
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  readonly quotes: string;
  /** Strings that may run over line ends. */
  readonly long: readonly string[];
  /** The type comes before the name: `int main(`, `void run() {`. */
  readonly typeFirst: boolean;
}

/** The comments and strings of C and most languages after it. */
export const C_TEXT: TextRules = {
  line: ["//"],
  block: [["/*", "*/"]],
  quotes: `"'`,
  long: ["`"],
  typeFirst: true,
};

/** What a name in a file can mean. */
export interface NameRules {
  /** A name that a file neither defines nor imports does not exist in it. */
  readonly needsImport?: true;
  /** Even a file without imports sees no name of another file. */
  readonly isNeverScript?: true;
  /** Names of the same folder need no import. */
  readonly sharesFolder?: true;
  /** Members of the class around are used by their bare name. */
  readonly bareMembers?: true;
  /** A name alone can be a call, without parentheses. */
  readonly bareCalls?: true;
  /** Two functions of one name in one type are two functions, of two traits. */
  readonly noOverloads?: true;
  /** Containers are namespaces and modules as well as classes, so that their members can be imported. */
  readonly hasNamespaces?: true;
  /** What a file calls a whole package that it imports without saying how. */
  readonly packageName?: (source: string) => string;
  /** The paths at which a package finds its module `name`, by the path of a file of the package. */
  readonly submodules?: (path: string, name: string) => readonly string[];
  /** Modules inside a source file that hold its tests. */
  readonly testModules?: readonly string[];
}

/** The files of a repository as imports name them. Paths without ending are stems; a package's own file counts as its folder. */
export interface ModuleFiles {
  /** The file of this stem, or the package's own file in the folder of that name. */
  at(stem: string): string | undefined;
  /** Files whose stem ends with these parts; none when too many do. */
  endingWith(parts: readonly string[]): readonly string[];
  /** Files directly in a folder of this name, at any depth. */
  inFolder(name: string): readonly string[];
  /** From the manifests of the repository; undefined when they were not read. */
  readonly settings: ImportSettings | undefined;
}

/** Packages and aliases from the manifests and compiler settings of a repository. */
export interface ImportSettings {
  /** The packages of a monorepo, by name. */
  readonly packages: ReadonlyMap<string, PackageFolder>;
  /** The most specific first: those of the innermost folder. */
  readonly aliases: readonly PathAlias[];
}

export interface PackageFolder {
  /** "" for the repository itself. */
  readonly folder: string;
  /** Files that the package names as its entry, as written; mostly of a build that is not in the repository. */
  readonly entries: readonly string[];
}

/** `compilerOptions.paths`, and `baseUrl` as the pattern `*`. */
export interface PathAlias {
  /** Files below it are meant. */
  readonly scope: string;
  /** With one `*` at most. */
  readonly pattern: string;
  /** Paths from the root of the repository. */
  readonly targets: readonly string[];
}

/** A grammar of the package that holds most of them. */
export function vscodeGrammar(name: string): string {
  return `@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`;
}
