import type { SymbolKind } from "./syntax.ts";
import type { FlatTree } from "./flat-tree.ts";
import type { Definition, Surroundings } from "./language-rules.ts";

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

export function functionDeclaration(tree: FlatTree, node: number): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  return [
    {
      name: tree.text(nameNode),
      kind: "function",
      node,
      nameNode,
      outer: outerOf(tree, node),
      body: tree.child(node, "body"),
      isPublic: isExported(tree, node),
    },
  ];
}

export function classDefinition(tree: FlatTree, node: number): readonly Definition[] {
  return functionDeclaration(tree, node).map((one) => ({ ...one, kind: "class" }));
}

export function typeDefinition(kind: SymbolKind) {
  return (tree: FlatTree, node: number): readonly Definition[] =>
    functionDeclaration(tree, node).map((one) => ({ ...one, kind }));
}

/** `declare module "x"` and `namespace A.B`, whose last name is its own. */
export function moduleDefinition(tree: FlatTree, node: number): readonly Definition[] {
  return functionDeclaration(tree, node).map((one) => {
    if (one.name.startsWith('"') || one.name.startsWith("'"))
      return { ...one, kind: "module", name: one.name.slice(1, -1) };
    const parts = one.name.split(".");
    return { ...one, kind: "module", name: parts.at(-1) ?? "", container: parts.slice(0, -1) };
  });
}

export function enumDefinition(tree: FlatTree, node: number): readonly Definition[] {
  const body = tree.child(node, "body");
  const members = tree.named(body).flatMap((member): Definition[] => {
    const nameNode = tree.kind(member) === "enum_assignment" ? tree.child(member, "name") : member;
    if (tree.kind(nameNode) !== "property_identifier") return [];
    return [{ name: tree.text(nameNode), kind: "variable", node: member, nameNode, isPublic: true }];
  });
  return [...functionDeclaration(tree, node).map((one) => ({ ...one, kind: "enum" as const })), ...members];
}

export function methodDefinition(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const name = keyText(tree, nameNode);
  const inClass = tree.kind(tree.parentOf(node)) === "class_body";
  const container = inClass ? [] : objectPath(tree, tree.parentOf(node));
  return [
    {
      name,
      kind:
        inClass && name === "constructor"
          ? "constructor"
          : inClass || container.length > 0
            ? "method"
            : "function",
      node,
      nameNode,
      body: tree.child(node, "body"),
      isPublic: memberIsPublic(tree, node, name) && (inClass || !at.inFunction),
      container,
    },
  ];
}

export function interfaceMember(kind: "method" | "variable") {
  return (tree: FlatTree, node: number): readonly Definition[] => {
    const holder = tree.kind(tree.parentOf(node));
    if (holder !== "interface_body" && holder !== "class_body") return [];
    const nameNode = tree.child(node, "name");
    const name = keyText(tree, nameNode);
    return [{ name, kind, node, nameNode, isPublic: memberIsPublic(tree, node, name) }];
  };
}

export function fieldDefinition(tree: FlatTree, node: number): readonly Definition[] {
  const named = tree.child(node, "name");
  const nameNode = named >= 0 ? named : tree.child(node, "property");
  const name = keyText(tree, nameNode);
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  return [
    {
      name,
      kind: kind === "function" ? "method" : (kind ?? "variable"),
      node,
      nameNode,
      isPublic: memberIsPublic(tree, node, name),
      ...(kind === undefined ? {} : { body: tree.child(value, "body") }),
    },
  ];
}

/** `constructor(private readonly a: A)` declares the field too. */
export function parameterProperty(tree: FlatTree, node: number): readonly Definition[] {
  if (!tree.has(node, "accessibility_modifier", "readonly")) return [];
  const nameNode = tree.child(node, "pattern");
  const name = tree.text(nameNode);
  return [
    { name, kind: "variable", node, nameNode, isPublic: memberIsPublic(tree, node, name), hoisted: true },
  ];
}

/** `key: function () {}` in an object. */
export function objectPair(tree: FlatTree, node: number): readonly Definition[] {
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  const nameNode = tree.child(node, "key");
  const name = keyText(tree, nameNode);
  if (kind === undefined || name === "") return [];
  const container = objectPath(tree, tree.parentOf(node));
  const body = tree.child(value, "body");
  const isMethod = kind === "function" && container.length > 0;
  return [
    {
      name,
      kind: isMethod ? "method" : kind,
      node,
      nameNode,
      body,
      isPublic: !name.startsWith("_"),
      container,
    },
  ];
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
export function assignedFunction(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
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
    {
      name: path.at(-1) ?? "",
      kind: isMethod ? "method" : (kind ?? "variable"),
      node,
      nameNode,
      outer,
      isPublic: exported || (isMember && !at.inFunction),
      container: path.slice(0, -1),
      ...(kind === undefined ? {} : { body: tree.child(right, "body") }),
    },
  ];
}

/** `module.exports = function create() {}`; without a name of its own it is called `exports`. */
function wholeModule(tree: FlatTree, node: number, value: number, at: Surroundings): readonly Definition[] {
  const kind = valueKind(tree, value);
  if (kind === undefined) return [];
  const nameNode = tree.child(value, "name");
  const body = tree.child(value, "body");
  const name = nameNode >= 0 ? tree.text(nameNode) : "exports";
  at.exports(name, "default");
  return [{ name, kind, node, nameNode, body, isPublic: true }];
}

function announceObject(tree: FlatTree, object: number, at: Surroundings): void {
  for (const part of tree.named(object)) {
    if (tree.kind(part) === "shorthand_property_identifier") at.exports(tree.text(part));
    const value = tree.kind(part) === "pair" ? tree.child(part, "value") : -1;
    if (tree.kind(value) === "identifier")
      at.exports(tree.text(value), keyText(tree, tree.child(part, "key")));
  }
}

/** Functions and classes under a name wherever they stand; other variables only outside of functions. */
export function variableDeclarator(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  const nameNode = tree.child(node, "name");
  const value = valueOf(tree, tree.child(node, "value"));
  const kind = valueKind(tree, value);
  if (kind === undefined && at.inFunction) return [];
  const isPublic = isExported(tree, node);
  const outer = outerOf(tree, node);
  if (tree.kind(nameNode) !== "identifier")
    return kind === undefined ? patternNames(tree, node, nameNode, outer) : [];
  return [
    {
      name: tree.text(nameNode),
      kind: kind ?? "variable",
      node,
      nameNode,
      outer,
      isPublic,
      ...(kind === undefined ? {} : { body: tree.child(value, "body") }),
    },
  ];
}

/** `const { a, b: c } = …` at the top of a file; what is taken out of a `require` is an import, not a definition. */
function patternNames(tree: FlatTree, node: number, pattern: number, outer: number): readonly Definition[] {
  if (tree.text(tree.child(tree.child(node, "value"), "function")) === "require") return [];
  return tree.named(pattern).flatMap((part): Definition[] => {
    const nameNode = tree.kind(part) === "pair_pattern" ? tree.child(part, "value") : part;
    const isName = ["identifier", "shorthand_property_identifier_pattern"].includes(tree.kind(nameNode));
    if (!isName) return [];
    return [
      {
        name: tree.text(nameNode),
        kind: "variable",
        node,
        nameNode,
        outer,
        isPublic: isExported(tree, node),
      },
    ];
  });
}

/** `export { a }` and `export default a` say what is public; `export default function () {}` is called `default`. */
export function exportDefault(tree: FlatTree, node: number, at: Surroundings): readonly Definition[] {
  for (const one of tree.named(tree.childOf(node, "export_clause")))
    at.exports(tree.text(tree.child(one, "name")), tree.text(tree.child(one, "alias")) || undefined);
  if (tree.has(node, "default"))
    at.exports(tree.text(tree.child(tree.child(node, "declaration"), "name")), "default");
  const value = valueOf(tree, tree.child(node, "value"));
  if (tree.kind(value) === "identifier") at.exports(tree.text(value), "default");
  const kind = valueKind(tree, value);
  if (kind === undefined) return [];
  const nameNode = tree.child(value, "name");
  const body = tree.child(value, "body");
  const name = nameNode >= 0 ? tree.text(nameNode) : "default";
  at.exports(name, "default");
  return [{ name, kind, node, nameNode, body, isPublic: true }];
}

/** A key as written, quotes removed; "" for a computed one. */
function keyText(tree: FlatTree, key: number): string {
  const kind = tree.kind(key);
  if (kind === "computed_property_name") return "";
  return kind === "string" ? tree.text(key).slice(1, -1) : tree.text(key);
}
