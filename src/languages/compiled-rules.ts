import type { Language as Grammar } from "web-tree-sitter";
import { hash32 } from "../text/hash.ts";
import type { GrammarRules, NameUse } from "./grammar-rules.ts";

/** The order gives each role its number in a table; 0 is "nothing said". */
export const NAME_USES = ["", "call", "new", "type", "inherit", "name", "skip", "bind", "free"] as const;

export const TOKEN = { node: 0, dropped: 1, literal: 2, interpolation: 3 } as const;

/** A language's rules as arrays by the grammar's type numbers, so that the walk over a file does no text lookups. */
export interface CompiledRules {
  readonly rules: GrammarRules;
  readonly named: Uint8Array;
  readonly leaf: Uint8Array;
  /** NameUse of an identifier type by default, as an index into NAME_USES; 0 where the type is no identifier. */
  readonly identifier: Uint8Array;
  readonly tokenKind: Uint8Array;
  /** What a leaf of the type counts as in a shape. */
  readonly tokenHash: Uint32Array;
  /** 1 where the text of a leaf counts instead. */
  readonly operator: Uint8Array;
  readonly comment: Uint8Array;
  readonly attribute: Uint8Array;
  readonly isFunction: Uint8Array;
  readonly opaque: Uint8Array;
  /** 0: no member access; 1: any child but the first is the name; else the name's field + 2. */
  readonly member: Uint16Array;
  /** 0: not looked through; else 1 + an index into NAME_USES. */
  readonly wrapper: Uint8Array;
  /** By type * slots + slot; the slot is the field's number, or `slots - 1` for the first child without a field. */
  readonly role: Uint8Array;
  readonly slots: number;
  /** 1 where the tables of functions (definitions, scopes, sections, imports) have an entry. */
  readonly hasRule: Uint8Array;
}

/** Rows for every type of the grammar and one more for ERROR nodes, whose number is out of range. */
export function compileRules(rules: GrammarRules, grammar: Grammar): CompiledRules {
  const types = grammar.types;
  const rows = types.length + 1;
  const slots = grammar.fields.length + 2;
  const named = new Uint8Array(rows);
  const leaf = new Uint8Array(rows);
  const identifier = new Uint8Array(rows);
  const tokenKind = new Uint8Array(rows);
  const tokenHash = new Uint32Array(rows);
  const operator = new Uint8Array(rows);
  const comment = new Uint8Array(rows);
  const attribute = new Uint8Array(rows);
  const isFunction = new Uint8Array(rows);
  const opaque = new Uint8Array(rows);
  const member = new Uint16Array(rows);
  const wrapper = new Uint8Array(rows);
  const role = new Uint8Array(rows * slots);
  const hasRule = new Uint8Array(rows);

  types.forEach((type, id) => {
    tokenHash[id] = hash32(type);
    if (type === ";" || type === "\n") tokenKind[id] = TOKEN.dropped;
    if (!grammar.nodeTypeIsNamed(id)) return;
    named[id] = 1;
    const use = rules.identifiers[type];
    if (use !== undefined) {
      identifier[id] = NAME_USES.indexOf(use);
      leaf[id] = 1;
      tokenHash[id] = hash32("identifier");
    }
    const literal = rules.literals[type];
    if (literal !== undefined) {
      tokenKind[id] = TOKEN.literal;
      tokenHash[id] = hash32(`literal ${literal}`);
    }
    if (rules.interpolations.includes(type)) tokenKind[id] = TOKEN.interpolation;
    if (rules.comments.includes(type)) {
      comment[id] = 1;
      tokenKind[id] = TOKEN.dropped;
    }
    if (rules.operators?.includes(type) === true) operator[id] = 1;
    if (rules.attributes?.includes(type) === true) attribute[id] = 1;
    if (rules.functions.includes(type)) isFunction[id] = 1;
    if (rules.opaque?.includes(type) === true) opaque[id] = 1;
    const name = rules.members[type];
    if (name !== undefined) member[id] = name === "*" ? 1 : (grammar.fieldIdForName(name) ?? 0) + 2;
    const through = rules.wrappers[type];
    if (through !== undefined) wrapper[id] = 1 + NAME_USES.indexOf(through);
    const tables = [rules.definitions, rules.scopes, rules.sections, rules.imports, rules.importCalls];
    if (tables.some((table) => table !== undefined && Object.hasOwn(table, type))) hasRule[id] = 1;
    fillRoles(role.subarray(id * slots, (id + 1) * slots), type, rules.roles, grammar);
  });
  return {
    rules,
    named,
    leaf,
    identifier,
    tokenKind,
    tokenHash,
    operator,
    comment,
    attribute,
    isFunction,
    opaque,
    member,
    wrapper,
    role,
    slots,
    hasRule,
  };
}

function fillRoles(
  row: Uint8Array,
  type: string,
  roles: Readonly<Record<string, NameUse>>,
  grammar: Grammar,
): void {
  const number = (key: string) => {
    const role = roles[key];
    return role === undefined ? 0 : NAME_USES.indexOf(role);
  };
  const anywhere = number(type);
  grammar.fields.forEach((field, id) => {
    row[id] = (field === null ? 0 : number(`${type}.${field}`) || number(`*.${field}`)) || anywhere;
  });
  row[0] = anywhere;
  row[row.length - 1] = number(`${type}.^`) || anywhere;
}

/** The entry of a table of rules: node types can be called as what every object has. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
