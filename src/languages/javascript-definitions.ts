import type { FlatTree } from "./flat-tree.ts";
import { define, type DefinitionNode, type NodeContext, type SymbolKind } from "./grammar-rules.ts";

const FUNCTION_VALUES = ["arrow_function", "function_expression", "generator_function"];
const MAX_CLIMB = 20;

/** What `export`, `declare` and the like wrap around a declaration. */
function outerOf(tree: FlatTree, node: number): number {
  let outer = node;
  for (let parent = tree.parentOf(outer); ; parent = tree.parentOf(outer)) {
    const kind = tree.kind(parent);
    const wraps =
      kind === "export_statement" ||
      kind === "ambient_declaration" ||
      ((kind === "lexical_declaration" || kind === "variable_declaration") &&
        isOnlyDeclarator(tree, parent, outer)) ||
      (kind === "expression_statement" && tree.kind(outer) === "internal_module");
    if (!wraps) return outer;
    outer = parent;
  }
}

function isOnlyDeclarator(tree: FlatTree, declaration: number, node: number): boolean {
  return (
    tree.childOf(declaration, "variable_declarator") === node && tree.kind(tree.lastOf(node) + 1) !== ","
  );
}

function isExported(tree: FlatTree, node: number): boolean {
  let above = tree.parentOf(node);
  if (tree.kind(above) === "lexical_declaration" || tree.kind(above) === "variable_declaration") {
    above = tree.parentOf(above);
  }
  if (tree.kind(above) === "ambient_declaration") above = tree.parentOf(above);
  return tree.kind(above) === "export_statement";
}

/** Members are public unless they say otherwise; whether the class itself is exported is the class's answer. */
function memberIsPublic(tree: FlatTree, node: number, name: string): boolean {
  if (name.startsWith("#") || name.startsWith("_")) return false;
  const modifier = tree.childOf(node, "accessibility_modifier");
  return modifier < 0 || tree.text(modifier) === "public";
}

/** The value of a definition when it is a function or class, looking through parentheses, `as` and `satisfies`. */
function valueOf(tree: FlatTree, node: number): number {
  let value = node;
  for (let n = 0; n < 5; n++) {
    const kind = tree.kind(value);
    if (kind !== "parenthesized_expression" && kind !== "as_expression" && kind !== "satisfies_expression")
      break;
    value = tree.named(value)[0] ?? -1;
  }
  return value;
}

function valueKind(tree: FlatTree, value: number): "function" | "class" | undefined {
  if (FUNCTION_VALUES.includes(tree.kind(value))) return "function";
  return tree.kind(value) === "class" ? "class" : undefined;
}

function bodyOf(tree: FlatTree, value: number, kind: "function" | "class" | undefined): number {
  return kind === undefined ? -1 : tree.child(value, "body");
}

/** What a keyword declares at a top level: functions, classes, interfaces, types. */
export function declaration(kind: SymbolKind) {
  return (tree: FlatTree, node: number): readonly DefinitionNode[] => [declared(tree, node, kind)];
}

function declared(tree: FlatTree, node: number, kind: SymbolKind): DefinitionNode {
  return define(tree, node, kind, { outer: outerOf(tree, node), isPublic: isExported(tree, node) });
}

/** `declare module "x"` and `namespace A.B`, whose last name is its own. */
export function moduleDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const one = declared(tree, node, "module");
  if (one.name.startsWith('"') || one.name.startsWith("'")) return [{ ...one, name: one.name.slice(1, -1) }];
  const parts = one.name.split(".");
  return [{ ...one, name: parts.at(-1) ?? "", container: parts.slice(0, -1) }];
}

export function enumDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const body = tree.child(node, "body");
  const members = tree.named(body).flatMap((member): DefinitionNode[] => {
    const nameNode = tree.kind(member) === "enum_assignment" ? tree.child(member, "name") : member;
    if (tree.kind(nameNode) !== "property_identifier") return [];
    return [define(tree, member, "variable", { nameNode, isPublic: true })];
  });
  return [declared(tree, node, "enum"), ...members];
}

export function methodDefinition(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const name = keyText(tree, tree.child(node, "name"));
  const inClass = tree.kind(tree.parentOf(node)) === "class_body";
  const container = inClass ? [] : objectPath(tree, tree.parentOf(node));
  const kind =
    inClass && name === "constructor" ? name : inClass || container.length > 0 ? "method" : "function";
  const isPublic = memberIsPublic(tree, node, name) && (inClass || !at.inFunction);
  return [define(tree, node, kind, { name, isPublic, container })];
}

export function interfaceMember(kind: "method" | "variable") {
  return (tree: FlatTree, node: number): readonly DefinitionNode[] => {
    const holder = tree.kind(tree.parentOf(node));
    if (holder !== "interface_body" && holder !== "class_body") return [];
    const name = keyText(tree, tree.child(node, "name"));
    return [define(tree, node, kind, { name, isPublic: memberIsPublic(tree, node, name) })];
  };
}

export function fieldDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const named = tree.child(node, "name");
  const nameNode = named >= 0 ? named : tree.child(node, "property");
  const name = keyText(tree, nameNode);
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  return [
    define(tree, node, kind === "function" ? "method" : (kind ?? "variable"), {
      name,
      nameNode,
      body: bodyOf(tree, value, kind),
      isPublic: memberIsPublic(tree, node, name),
    }),
  ];
}

/** `constructor(private readonly a: A)` declares the field too. */
export function parameterProperty(tree: FlatTree, node: number): readonly DefinitionNode[] {
  if (!tree.has(node, "accessibility_modifier", "readonly")) return [];
  const nameNode = tree.child(node, "pattern");
  const isPublic = memberIsPublic(tree, node, tree.text(nameNode));
  return [define(tree, node, "variable", { nameNode, isPublic, hoisted: true })];
}

/** `key: function () {}` in an object. */
export function objectPair(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  const nameNode = tree.child(node, "key");
  const name = keyText(tree, nameNode);
  if (kind === undefined || name === "") return [];
  const container = objectPath(tree, tree.parentOf(node));
  const body = tree.child(value, "body");
  const isPublic = !name.startsWith("_");
  const isMethod = kind === "function" && container.length > 0;
  return [define(tree, node, isMethod ? "method" : kind, { name, nameNode, body, isPublic, container })];
}

/** The names under which an object literal can be reached: `["routes", "user"]` in `const routes = { user: { … } }`. */
function objectPath(tree: FlatTree, object: number): string[] {
  const path: string[] = [];
  let node = object;
  for (let n = 0; n < MAX_CLIMB; n++) {
    const parent = tree.parentOf(node);
    const kind = tree.kind(parent);
    if (kind === "pair") {
      path.unshift(keyText(tree, tree.child(parent, "key")));
      node = tree.parentOf(parent);
    } else if (kind === "variable_declarator") {
      const name = tree.child(parent, "name");
      return tree.kind(name) === "identifier" ? [tree.text(name), ...path] : path;
    } else if (kind === "assignment_expression") {
      return [...(memberPath(tree, tree.child(parent, "left")) ?? []), ...path];
    } else if (["arguments", "call_expression", "as_expression", "satisfies_expression"].includes(kind)) {
      // `export default defineComponent({ methods: { … } })`: the call wraps the object, it does not name it.
      node = parent;
    } else return path;
  }
  return path;
}

/** `Foo.prototype.bar` as `["Foo", "bar"]`; what only says "this file exports it" is left out. */
function memberPath(tree: FlatTree, left: number): string[] | undefined {
  const path: string[] = [];
  let node = left;
  for (let n = 0; n < MAX_CLIMB && tree.kind(node) === "member_expression"; n++) {
    path.unshift(tree.text(tree.child(node, "property")));
    node = tree.child(node, "object");
  }
  if (tree.kind(node) === "identifier") path.unshift(tree.text(node));
  else if (tree.kind(node) !== "this") return undefined;
  if (path[0] === "module" && path[1] === "exports") return path.slice(2);
  if (path[0] === "exports") return path.slice(1);
  return path.filter((name) => name !== "prototype");
}

function startsWithExports(tree: FlatTree, left: number): boolean {
  const text = tree.text(left).slice(0, 16);
  return text.startsWith("exports.") || text.startsWith("module.exports");
}

/** `exports.four = function …`, `Foo.prototype.bar = …`, `module.exports = { … }`. */
export function assignedFunction(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const left = tree.child(node, "left");
  const right = valueOf(tree, tree.child(node, "right"));
  const exported = startsWithExports(tree, left);
  if (exported && tree.kind(right) === "object") announceObject(tree, right, at);
  if (exported && tree.kind(right) === "identifier")
    at.exports(tree.text(right), memberPath(tree, left)?.join(".") || "default");
  const kind = valueKind(tree, right);
  const isMember = tree.kind(left) === "member_expression";
  if (kind === undefined && !(exported && !at.inFunction && tree.kind(right) !== "object")) return [];
  const path = memberPath(tree, left);
  if (path === undefined) return [];
  if (path.length === 0) return wholeModule(tree, node, right, at);
  const nameNode = isMember ? tree.child(left, "property") : left;
  const outer = tree.kind(tree.parentOf(node)) === "expression_statement" ? tree.parentOf(node) : node;
  const isMethod = kind === "function" && path.length > 1;
  return [
    define(tree, node, isMethod ? "method" : (kind ?? "variable"), {
      name: path.at(-1) ?? "",
      nameNode,
      outer,
      body: bodyOf(tree, right, kind),
      isPublic: exported || (isMember && !at.inFunction),
      container: path.slice(0, -1),
    }),
  ];
}

/** `module.exports = function create() {}`; without a name of its own it is called `exports`. */
function wholeModule(
  tree: FlatTree,
  node: number,
  value: number,
  at: NodeContext,
): readonly DefinitionNode[] {
  return givenOut(tree, node, value, "exports", at);
}

/** A function or class that a module gives out as a whole, under its own name or else another. */
function givenOut(
  tree: FlatTree,
  node: number,
  value: number,
  otherwise: string,
  at: NodeContext,
): readonly DefinitionNode[] {
  const kind = valueKind(tree, value);
  if (kind === undefined) return [];
  const nameNode = tree.child(value, "name");
  const name = tree.text(nameNode) || otherwise;
  at.exports(name, "default");
  return [define(tree, node, kind, { name, nameNode, body: tree.child(value, "body"), isPublic: true })];
}

function announceObject(tree: FlatTree, object: number, at: NodeContext): void {
  for (const part of tree.named(object)) {
    if (tree.kind(part) === "shorthand_property_identifier") at.exports(tree.text(part));
    const value = tree.kind(part) === "pair" ? tree.child(part, "value") : -1;
    if (tree.kind(value) === "identifier")
      at.exports(tree.text(value), keyText(tree, tree.child(part, "key")));
  }
}

/** Named functions and classes anywhere; other variables only outside functions. */
export function variableDeclarator(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  const nameNode = tree.child(node, "name");
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  if (kind === undefined && at.inFunction) return [];
  const isPublic = isExported(tree, node);
  const outer = outerOf(tree, node);
  if (tree.kind(nameNode) !== "identifier")
    return kind === undefined ? patternNames(tree, node, nameNode, outer) : [];
  return [
    define(tree, node, kind ?? "variable", { nameNode, outer, body: bodyOf(tree, value, kind), isPublic }),
  ];
}

/** `const { a, b: c } = …` at the top of a file; what is taken out of a `require` is an import, not a definition. */
function patternNames(
  tree: FlatTree,
  node: number,
  pattern: number,
  outer: number,
): readonly DefinitionNode[] {
  if (tree.text(tree.child(tree.child(node, "value"), "function")) === "require") return [];
  return tree.named(pattern).flatMap((part): DefinitionNode[] => {
    const nameNode = tree.kind(part) === "pair_pattern" ? tree.child(part, "value") : part;
    const isName = ["identifier", "shorthand_property_identifier_pattern"].includes(tree.kind(nameNode));
    if (!isName) return [];
    return [define(tree, node, "variable", { nameNode, outer, isPublic: isExported(tree, node) })];
  });
}

/** `export { a }` and `export default a` say what is public; `export default function () {}` is called `default`. */
export function exportDefault(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  for (const one of tree.named(tree.childOf(node, "export_clause")))
    at.exports(tree.text(tree.child(one, "name")), tree.text(tree.child(one, "alias")) || undefined);
  if (tree.has(node, "default"))
    at.exports(tree.text(tree.child(tree.child(node, "declaration"), "name")), "default");
  const value = valueOf(tree, tree.child(node, "value"));
  if (tree.kind(value) === "identifier") at.exports(tree.text(value), "default");
  return givenOut(tree, node, value, "default", at);
}

/** A key as written, quotes removed; "" for a computed one. */
function keyText(tree: FlatTree, key: number): string {
  const kind = tree.kind(key);
  if (kind === "computed_property_name") return "";
  return kind === "string" ? tree.text(key).slice(1, -1) : tree.text(key);
}
