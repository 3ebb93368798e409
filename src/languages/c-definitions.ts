import type { FlatTree } from "./flat-tree.ts";
import { define, type DefinitionNode, type NodeContext, type SymbolKind } from "./grammar-rules.ts";

const MAX_DECLARATOR = 30;
/** Between a definition and its namespace: a list, a template or two, conditional sections. */
const MAX_HOLDERS = 8;
const CLASSES: readonly string[] = ["class_specifier", "struct_specifier"];
const TYPES: readonly string[] = ["class", "interface", "enum"];

interface Declared {
  readonly name: string;
  readonly nameNode: number;
  /** The names before `::` in a definition outside its class. */
  readonly container: readonly string[];
  readonly isFunction: boolean;
}

/**
 * What a declarator declares. A function, unless the name is reached through a pointer in parentheses:
 * `int (*fp)(int)` is a variable, `jv (jv_get)(jv)` a function.
 */
function declared(tree: FlatTree, declarator: number): Declared | undefined {
  let node = declarator;
  let isFunction = false;
  const container: string[] = [];
  for (let n = 0; n < MAX_DECLARATOR && node >= 0; n++) {
    switch (tree.kind(node)) {
      case "identifier":
      case "field_identifier":
      case "type_identifier":
      case "namespace_identifier":
      case "primitive_type":
        return { name: tree.text(node), nameNode: node, container, isFunction };
      case "operator_name":
        return { name: tree.text(node).replaceAll(" ", ""), nameNode: node, container, isFunction };
      case "operator_cast":
        return {
          name: `operator ${tree.text(tree.child(node, "type"))}`,
          nameNode: node,
          container,
          isFunction: true,
        };
      case "destructor_name":
        return { name: tree.text(node), nameNode: node + 2, container, isFunction };
      case "qualified_identifier": {
        const scope = tree.child(node, "scope");
        const isTemplate = tree.kind(scope) === "template_type";
        if (scope >= 0) container.push(tree.text(isTemplate ? tree.child(scope, "name") : scope));
        node = tree.child(node, "name");
        break;
      }
      case "template_function":
      case "template_method":
      case "template_type":
        node = tree.child(node, "name");
        break;
      case "function_declarator":
        isFunction = true;
        node = tree.child(node, "declarator");
        break;
      case "pointer_declarator":
        if (tree.kind(tree.parentOf(node)) === "parenthesized_declarator") isFunction = false;
        node = tree.child(node, "declarator");
        break;
      default: {
        const inner = tree.child(node, "declarator");
        node = inner >= 0 ? inner : (tree.named(node).find((n) => isDeclarator(tree.kind(n))) ?? -1);
      }
    }
  }
  return undefined;
}

function isDeclarator(kind: string): boolean {
  return kind.endsWith("declarator") || kind.endsWith("identifier") || kind.endsWith("_name");
}

function isStatic(tree: FlatTree, node: number): boolean {
  const storage = tree.childOf(node, "storage_class_specifier");
  return storage >= 0 && tree.text(storage) === "static";
}

/** In a class by its section; outside, `static` keeps a name to its file. */
function isPublic(tree: FlatTree, node: number, at: NodeContext): boolean {
  return TYPES.includes(at.scopeKind ?? "")
    ? at.sectionIsPublic
    : !isStatic(tree, node) && !isUnnamed(tree, node);
}

/** In a namespace without a name, which keeps what it holds to its file. */
function isUnnamed(tree: FlatTree, node: number): boolean {
  let holder = tree.parentOf(node);
  for (let n = 0; n < MAX_HOLDERS && holder >= 0; n++, holder = tree.parentOf(holder)) {
    if (tree.kind(holder) === "namespace_definition") return tree.child(holder, "name") < 0;
  }
  return false;
}

function outerOf(tree: FlatTree, node: number): number {
  let outer = node;
  while (tree.kind(tree.parentOf(outer)) === "template_declaration") outer = tree.parentOf(outer);
  return outer;
}

function functionKind(one: Declared, at: NodeContext): SymbolKind {
  const holder = one.container.at(-1) ?? (TYPES.includes(at.scopeKind ?? "") ? at.scopeName : undefined);
  if (holder === undefined) return "function";
  return one.name === holder ? "constructor" : "method";
}

export function functionDefinition(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  // C has no functions in functions: it is a macro with a block, or the parser lost its way.
  if (at.inFunction && !TYPES.includes(at.scopeKind ?? "")) return [];
  const one = declared(tree, tree.child(node, "declarator"));
  if (one === undefined) return [];
  const { name, nameNode, container, isFunction } = one;
  // `class EXPORTED Store { … }`: the parser takes the macro for the class.
  const isClass = !isFunction && CLASSES.includes(tree.kind(tree.child(node, "type")));
  const outer = outerOf(tree, node);
  return [
    define(tree, node, isClass ? "class" : functionKind(one, at), {
      name,
      nameNode,
      outer,
      isPublic: isPublic(tree, node, at),
      container,
    }),
  ];
}

/** Prototypes, members and variables; what a function declares is local. */
export function declaration(tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] {
  if (at.inFunction && !TYPES.includes(at.scopeKind ?? "")) return [];
  return tree.childrenIn(node, "declarator").flatMap((declarator): DefinitionNode[] => {
    const one = declared(tree, declarator);
    if (one === undefined) return [];
    const { name, nameNode, container, isFunction } = one;
    const value = tree.child(declarator, "value");
    const isLambda = tree.kind(value) === "lambda_expression";
    return [
      {
        name,
        kind: isFunction ? functionKind(one, at) : isLambda ? "function" : "variable",
        node: isFunction || isLambda ? declarator : node,
        nameNode,
        outer: outerOf(tree, node),
        ...(isLambda ? { body: tree.child(value, "body") } : {}),
        isPublic: isPublic(tree, node, at),
        container,
      },
    ];
  });
}

/** A struct, class, union or enum that is defined here; `struct node *next` only uses one. */
export function typeSpecifier(kind: SymbolKind) {
  return (tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] => {
    const body = tree.child(node, "body");
    if (body < 0) return [];
    const nameNode = tree.child(node, "name");
    const parent = tree.parentOf(node);
    const outer = tree.kind(parent) === "type_definition" ? parent : outerOf(tree, node);
    const isSection = TYPES.includes(at.scopeKind ?? "") ? at.sectionIsPublic : true;
    if (nameNode < 0) return anonymousType(tree, node, body, kind);
    const one = declared(tree, nameNode);
    if (one === undefined) return [];
    const { name, container } = one;
    return [{ name, kind, node, nameNode: one.nameNode, outer, body, isPublic: isSection, container }];
  };
}

/** `typedef struct { … } store_t`: the alias names the type. */
function anonymousType(
  tree: FlatTree,
  node: number,
  body: number,
  kind: SymbolKind,
): readonly DefinitionNode[] {
  const parent = tree.parentOf(node);
  const one =
    tree.kind(parent) === "type_definition" ? declared(tree, tree.child(parent, "declarator")) : undefined;
  if (one === undefined || one.isFunction) return [];
  return [{ name: one.name, kind, node, nameNode: one.nameNode, outer: parent, body, isPublic: true }];
}

export function typedefDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const type = tree.child(node, "type");
  const hasBody = tree.child(type, "body") >= 0;
  const namesType = hasBody && tree.child(type, "name") < 0;
  const tag = hasBody ? tree.text(tree.child(type, "name")) : "";
  return tree.childrenIn(node, "declarator").flatMap((declarator, index): DefinitionNode[] => {
    if (namesType && index === 0) return [];
    const one = declared(tree, declarator);
    if (one === undefined || one.name === tag) return [];
    return [{ name: one.name, kind: "type", node, nameNode: one.nameNode, isPublic: true }];
  });
}

export function publicName(kind: SymbolKind) {
  return (tree: FlatTree, node: number): readonly DefinitionNode[] => [
    define(tree, node, kind, { isPublic: true }),
  ];
}

export function namespaceDefinition(tree: FlatTree, node: number): readonly DefinitionNode[] {
  const nameNode = tree.child(node, "name");
  if (nameNode < 0) return [];
  const parts = tree.text(nameNode).split("::");
  const name = parts.at(-1) ?? "";
  const body = tree.child(node, "body");
  return [{ name, kind: "module", node, nameNode, body, isPublic: true, container: parts.slice(0, -1) }];
}

export function aliasDefinition(kind: SymbolKind) {
  return (tree: FlatTree, node: number, at: NodeContext): readonly DefinitionNode[] =>
    at.inFunction
      ? []
      : [define(tree, node, kind, { outer: outerOf(tree, node), isPublic: at.sectionIsPublic })];
}
