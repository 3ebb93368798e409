/**
 * How fast files of real repositories are parsed: `node scripts/measure-parsers.ts [--ast-grep DIR] [--files N] GIT_FOLDER...`.
 * Reads the files at HEAD from git, N at most for each language (2,000), and prints files a second (the median of 3 rounds
 * after one that does not count) for web-tree-sitter as this project uses it and, when DIR has it installed
 * (`npm install --ignore-scripts @ast-grep/napi @ast-grep/lang-java …`), for ast-grep's native parsers.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Parser } from "web-tree-sitter";
import { loadGrammar } from "../src/languages/io/grammars.ts";
import { languageOf } from "../src/languages/languages.ts";
import { treeSitterSyntax } from "../src/languages/io/tree-sitter-syntax.ts";
import type { LanguageName } from "../src/languages/languages.ts";
import type { FileText } from "../src/languages/syntax.ts";

const ROUNDS = 3;
const MAX_BYTES = 1_000_000;
const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));

interface Way {
  readonly what: string;
  /** Parses every file once. */
  readonly run: (files: readonly FileText[]) => Promise<void> | void;
  readonly packages: readonly string[];
  readonly end?: () => Promise<void>;
}

interface AstGrepNode {
  kind(): string;
  range(): { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  children(): AstGrepNode[];
}

interface AstGrep {
  registerDynamicLanguage(languages: Readonly<Record<string, unknown>>): void;
  parse(language: string, text: string): { root(): AstGrepNode };
}

function git(folder: string, args: readonly string[], input = ""): Buffer {
  const { status, stdout, stderr } = spawnSync("git", ["-C", folder, ...args], { input, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
  return stdout;
}

/** The files at HEAD by language, at most `most` of each, spread evenly over the list of paths. */
function filesOf(folder: string, most: number): Map<LanguageName, FileText[]> {
  const byLanguage = new Map<LanguageName, string[]>();
  for (const entry of git(folder, ["ls-tree", "-r", "-z", "HEAD"]).toString().split("\0")) {
    const [meta = "", path = ""] = entry.split("\t");
    const [, type, oid = ""] = meta.split(" ");
    const language = type === "blob" ? languageOf(path) : undefined;
    if (language === undefined) continue;
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), oid]);
  }
  const files = new Map<LanguageName, FileText[]>();
  for (const [language, oids] of byLanguage) {
    const step = Math.max(1, oids.length / most);
    const chosen = oids.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
    files.set(
      language,
      readBlobs(folder, chosen).map(({ oid, text }) => ({ oid, language, text })),
    );
  }
  return files;
}

function readBlobs(folder: string, oids: readonly string[]): { oid: string; text: string }[] {
  const out = git(folder, ["cat-file", "--batch"], oids.map((oid) => `${oid}\n`).join(""));
  const blobs: { oid: string; text: string }[] = [];
  for (let at = 0; at < out.length;) {
    const lineEnd = out.indexOf(10, at);
    const [oid = "", , size = "0"] = out.toString("utf8", at, lineEnd).split(" ");
    const start = lineEnd + 1;
    if (Number(size) <= MAX_BYTES)
      blobs.push({ oid, text: out.toString("utf8", start, start + Number(size)) });
    at = start + Number(size) + 1;
  }
  return blobs;
}

const grammarPackage = (language: LanguageName): string =>
  language === "kotlin"
    ? "@tree-sitter-grammars/tree-sitter-kotlin"
    : language === "c"
      ? "tree-sitter-c"
      : "@vscode/tree-sitter-wasm";

async function ownWays(language: LanguageName): Promise<Way[]> {
  const { grammar } = await loadGrammar(language);
  const packages = ["web-tree-sitter", grammarPackage(language)].map((name) => join(MODULES, name));
  const parser = new Parser().setLanguage(grammar);
  const parseOnly: Way = {
    what: "web-tree-sitter, tree only",
    run(files) {
      for (const { text } of files) parser.parse(text)?.delete();
    },
    packages,
  };
  const extracting = [0, 2].map((workers): Way => {
    const reader = treeSitterSyntax({ workers });
    return {
      what: `web-tree-sitter, symbols and uses, ${workers === 0 ? "1 thread" : `${workers} threads`}`,
      async run(files) {
        for await (const { syntax } of reader.parse(files))
          if (syntax === undefined) console.error("no syntax");
      },
      packages,
      end: async () => reader[Symbol.asyncDispose](),
    };
  });
  return [parseOnly, ...extracting];
}

function astGrepWays(folder: string): (language: LanguageName) => Way[] {
  const load = createRequire(join(resolve(folder), "package.json"));
  const modules = join(resolve(folder), "node_modules", "@ast-grep");
  const names = readdirSync(modules);
  const packs = names.filter((name) => name.startsWith("lang-")).map((name) => name.slice("lang-".length));
  // Registering works once for a process, hence for all at once.
  const astGrep = load("@ast-grep/napi") as AstGrep;
  astGrep.registerDynamicLanguage(
    Object.fromEntries(packs.map((name) => [name, load(`@ast-grep/lang-${name}`) as unknown])),
  );
  const shared = names.filter((name) => !name.startsWith("lang-"));
  return (language) => {
    if (!packs.includes(language)) return [];
    const packages = [...shared, `lang-${language}`].map((name) => join(modules, name));
    const ways: readonly (readonly [string, (root: AstGrepNode) => void])[] = [
      ["ast-grep, tree only", () => {}],
      ["ast-grep, every node's kind and lines read, 1 thread", visit],
    ];
    return ways.map(([what, use]) => ({
      what,
      run(files) {
        for (const { text } of files) use(astGrep.parse(language, text).root());
      },
      packages,
    }));
  };
}

/** What any extraction has to ask at least. */
function visit(root: AstGrepNode): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.kind();
    node.range();
    open.push(...node.children());
  }
}

async function filesPerSecond({ run }: Way, files: readonly FileText[]): Promise<number> {
  await run(files);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await run(files);
    rates.push((1000 * files.length) / (performance.now() - start));
  }
  return rates.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function megabytes(path: string): number {
  const bytes = (at: string): number => {
    const entry = statSync(at);
    if (!entry.isDirectory()) return entry.size;
    return readdirSync(at).reduce((sum, name) => sum + bytes(join(at, name)), 0);
  };
  return bytes(path) / 1e6;
}

const { values, positionals } = parseArgs({
  options: { "ast-grep": { type: "string" }, files: { type: "string", default: "2000" } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error(`usage: node scripts/measure-parsers.ts [--ast-grep DIR] [--files N] GIT_FOLDER...`);
  process.exit(2);
}
console.log(
  "| language | files | MB | what | files/s | installed MB |\n| --- | ---: | ---: | --- | ---: | ---: |",
);
const others = values["ast-grep"] === undefined ? () => [] : astGrepWays(values["ast-grep"]);
for (const folder of positionals) {
  const perLanguage = filesOf(folder, Number(values.files));
  for (const [language, files] of perLanguage) {
    const size = files.reduce((sum, { text }) => sum + text.length, 0) / 1e6;
    for (const way of [...(await ownWays(language)), ...others(language)]) {
      const rate = await filesPerSecond(way, files);
      await way.end?.();
      const installed = way.packages.reduce((sum, path) => sum + megabytes(path), 0);
      const cells = [
        language,
        files.length,
        size.toFixed(1),
        way.what,
        Math.round(rate),
        installed.toFixed(0),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
