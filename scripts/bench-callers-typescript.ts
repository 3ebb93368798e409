import { getLibFiles, getLibFolderPath, ts } from "@ts-morph/common";
import type { Oracle, TrueUse } from "./bench-callers-oracle.ts";

const ROOT = "/repository/";

/**
 * The TypeScript compiler's own answer to "who uses this?", from its language service over texts in memory. Settings are
 * those of the repository's `tsconfig.json` (paths, base URL, JSX); packages are not installed, so that what only their
 * types tell stays unknown to it.
 */
export function typescriptOracle(texts: ReadonlyMap<string, string>): Oracle {
  const libraries = new Map<string, string>(
    getLibFiles().map(({ fileName, text }): [string, string] => [
      `${getLibFolderPath({})}/${fileName}`,
      text,
    ]),
  );
  const read = (name: string): string | undefined =>
    libraries.get(name) ?? (name.startsWith(ROOT) ? texts.get(name.slice(ROOT.length)) : undefined);
  const names = [...texts]
    .filter(([path, text]) => /\.[cm]?[jt]sx?$/.test(path) && !replacesModule(path, text))
    .map(([path]) => ROOT + path);
  const settings = ["tsconfig.json", "src/tsconfig.json"].find((path) => texts.has(path)) ?? "tsconfig.json";
  const options = settingsOf(settings, texts.get(settings) ?? "{}", packagePaths(texts));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => names,
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (settings) => `${getLibFolderPath({})}/${ts.getDefaultLibFileName(settings)}`,
    fileExists: (name) => read(name) !== undefined,
    readFile: read,
  });
  const program = service.getProgram();

  return (definition) => {
    const file = program?.getSourceFile(ROOT + definition.path);
    const at = file === undefined ? undefined : nameAt(file, definition.line, definition.name);
    if (at === undefined) return undefined;
    const uses: TrueUse[] = [];
    for (const { references } of service.findReferences(ROOT + definition.path, at) ?? [])
      for (const { fileName, textSpan, isDefinition } of references) {
        const source = program?.getSourceFile(fileName);
        if (source === undefined || isDefinition === true || !fileName.startsWith(ROOT)) continue;
        const node = leafAt(source, textSpan.start);
        // A mention in a comment stands in no node of the code.
        if (ts.isSourceFile(node) || isImport(node) || isDeclared(node)) continue;
        uses.push({
          path: fileName.slice(ROOT.length),
          line: source.getLineAndCharacterOfPosition(textSpan.start).line + 1,
          isCall: isCallee(node),
        });
      }
    return { uses, unknown: [] };
  };
}

function settingsOf(path: string, text: string, packages: ts.MapLike<string[]>): ts.CompilerOptions {
  const { config } = ts.parseConfigFileTextToJson(path, text) as {
    config?: { compilerOptions?: Record<string, unknown> };
  };
  const base = ROOT + path.slice(0, path.lastIndexOf("/") + 1);
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, base);
  // Paths are meant from the file that holds them; only the command line tells the compiler which one that is.
  return {
    ...options,
    baseUrl: options.baseUrl ?? base,
    paths: { ...packages, ...options.paths },
    allowJs: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
}

/** The packages of the repository by name, as if a package manager had linked them. */
function packagePaths(texts: ReadonlyMap<string, string>): ts.MapLike<string[]> {
  const paths: ts.MapLike<string[]> = {};
  for (const [path, text] of texts) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const { config } = ts.parseConfigFileTextToJson(path, text) as { config?: { name?: unknown } };
    const folder = ROOT + path.slice(0, -"package.json".length);
    if (typeof config?.name !== "string") continue;
    paths[config.name] = [`${folder}src`, folder];
    paths[`${config.name}/*`] = [`${folder}*`, `${folder}src/*`];
  }
  return paths;
}

/** A script that declares a whole module would hide the module itself; such files are written for built packages. */
function replacesModule(path: string, text: string): boolean {
  return path.endsWith(".d.ts") && /^declare module ['"]/m.test(text) && !/^(import|export)\b/m.test(text);
}

/** The offset of a declaration's name on a line. */
function nameAt(file: ts.SourceFile, line: number, name: string): number | undefined {
  let found: number | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined) return;
    if (
      (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) &&
      node.text === name &&
      file.getLineAndCharacterOfPosition(node.getStart()).line + 1 === line &&
      (node.parent as { name?: ts.Node }).name === node
    )
      found = node.getStart();
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function leafAt(file: ts.SourceFile, offset: number): ts.Node {
  let node: ts.Node = file;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(node, (child) =>
      child.getStart() <= offset && offset < child.getEnd() ? child : undefined,
    );
    if (inner === undefined) return node;
    node = inner;
  }
}

/** Imports and exports pass a name on; they are listed apart from uses. */
function isImport(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent)
    if (
      ts.isImportDeclaration(at) ||
      ts.isExportDeclaration(at) ||
      ts.isExportAssignment(at) ||
      ts.isImportEqualsDeclaration(at)
    )
      return true;
  return false;
}

/** The names of overloads, overridden members and properties of object types: definitions, if not the one asked for. */
function isDeclared(node: ts.Node): boolean {
  const { parent } = node;
  return (parent as { name?: ts.Node }).name === node && !isAccess(parent);
}

/** These have a name that is a use. */
function isAccess(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) || ts.isShorthandPropertyAssignment(node) || ts.isBindingElement(node)
  );
}

function isCallee(node: ts.Node): boolean {
  let callee = node;
  if (ts.isPropertyAccessExpression(callee.parent) && callee.parent.name === callee) callee = callee.parent;
  while (ts.isNonNullExpression(callee.parent) || ts.isParenthesizedExpression(callee.parent))
    callee = callee.parent;
  const { parent } = callee;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === callee;
  if (ts.isJsxSelfClosingElement(parent) || ts.isJsxOpeningElement(parent)) return parent.tagName === callee;
  return ts.isTaggedTemplateExpression(parent) || ts.isDecorator(parent);
}
