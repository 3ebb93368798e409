import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const TYPESCRIPT = `/** Reads. */
import type { Options } from "./options.ts";
import fs, { readFile as read } from "node:fs/promises";
import * as path from "node:path";
import "./side-effect.ts";
export { helper } from "./helper.ts";

// The most there is.
export const LIMIT = 10, rest: number = 2;
const { join, sep: separator } = path;

/** Kept things. */
export interface Store<T extends Item> extends Base<T> {
  readonly size: number;
  get(key: string): T | undefined;
}

export type Key = keyof Store<Item>;

export enum Mode {
  Read = 1,
  Write,
}

namespace Inner.Deep {
  export function hidden(): void {}
}

/**
 * In memory.
 */
@injectable()
export abstract class MemoryStore<T extends Item> extends Parent<T> implements Store<T> {
  static #count = 0;
  private readonly items = new Map<string, T>();
  handler = async (event: Event): Promise<void> => {
    await this.items.get(event.key)?.close();
  };

  constructor(private readonly options: Options, path: string) {
    super(path);
  }

  /** The size. */
  @memoize
  get size(): number {
    return this.items.size;
  }

  protected abstract close(): void;

  static async *walk<K>(from: K, { deep = true, ...others }: Walk): AsyncGenerator<K> {
    function inner(at: K): K {
      return at;
    }
    for (const one of others.list) yield inner(one as K);
  }
}

export default function (input: unknown): asserts input is Key {
  const local = read(input, LIMIT);
  try {
    check(local.value!);
  } catch (error) {
    throw new errors.BadInput(error);
  }
}

const routes = {
  user: { load(id: Key) { return fs.open(id); } },
  list: () => helper(Mode.Read),
};
declare function outside(n: number): string;
label: for (;;) break label;
`;

test("TypeScript: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("typescript", TYPESCRIPT);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 9-9 @9 public doc 8-8: LIMIT = 10",
    "variable rest 9-9 @9 public: rest: number = 2",
    "variable join 10-10 @10 private: const { join, sep: separator } = path;",
    "variable separator 10-10 @10 private: const { join, sep: separator } = path;",
    "interface Store 13-16 @13 public doc 12-12: export interface Store<T extends Item> extends Base<T>",
    "variable Store.size 14-14 @14 public: readonly size: number",
    "method Store.get 15-15 @15 public: get(key: string): T | undefined",
    "type Key 18-18 @18 public: export type Key = keyof Store<Item>;",
    "enum Mode 20-23 @20 public: export enum Mode",
    "variable Mode.Read 21-21 @21 public: Read = 1",
    "variable Mode.Write 22-22 @22 public: Write",
    "module Inner.Deep 25-27 @25 private: namespace Inner.Deep",
    "function Inner.Deep.hidden 26-26 @26 public: export function hidden(): void",
    "class MemoryStore 32-58 @33 public doc 29-31: export abstract class MemoryStore<T extends Item> extends Parent<T> implements Store<T>",
    "variable MemoryStore.#count 34-34 @34 private: static #count = 0",
    "variable MemoryStore.items 35-35 @35 private: private readonly items = new Map<string, T>()",
    "method MemoryStore.handler 36-38 @36 public: handler = async (event: Event): Promise<void> =>",
    "constructor MemoryStore.constructor 40-42 @40 public: constructor(private readonly options: Options, path: string)",
    "variable MemoryStore.options 40-40 @40 private: private readonly options: Options",
    "method MemoryStore.size 45-48 @46 public doc 44-44: get size(): number",
    "method MemoryStore.close 50-50 @50 private: protected abstract close(): void",
    "method MemoryStore.walk 52-57 @52 public: static async *walk<K>(from: K, { deep = true, ...others }: Walk): AsyncGenerator<K>",
    "function MemoryStore.walk.inner 53-55 @53 private: function inner(at: K): K",
    "function default 60-67 @60 public: export default function (input: unknown): asserts input is Key",
    "variable routes 69-72 @69 private: const routes = { user: { load(id: Key) { return fs.open(id); } }, list: () => helper(Mode.Read), };",
    "method routes.user.load 70-70 @70 public: load(id: Key)",
    "method routes.list 71-71 @71 public: list: () =>",
    "function outside 73-73 @73 private: declare function outside(n: number): string;",
  ]);
});

test("TypeScript: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("typescript", TYPESCRIPT);

  expect(referenceLines(syntax)).toEqual([
    "10: name sep, name path",
    "13 in Store: type Item, inherit Base, type T",
    "15 in Store.get: type T",
    "18: type Store, type Item",
    "32: call injectable",
    "33 in MemoryStore: type Item, inherit Parent, type T, inherit Store",
    "35 in MemoryStore: new Map, type T",
    "36 in MemoryStore.handler: type Event, type Promise",
    "37 in MemoryStore.handler: name this|items, call this.items|get, name event|key, call close",
    "40 in MemoryStore.constructor: type Options",
    "45 in MemoryStore: call memoize",
    "47 in MemoryStore.size: name this|items, name this.items|size",
    "52 in MemoryStore.walk: type K, type Walk, type AsyncGenerator",
    "53 in MemoryStore.walk.inner: type K",
    "56 in MemoryStore.walk: name others|list, call inner, type K",
    "60 in default: type Key",
    "61 in default: call read, name LIMIT",
    "63 in default: call check, name local|value",
    "65 in default: name errors, new errors|BadInput",
    "70: name user",
    "70 in routes.user.load: type Key, name fs, call fs|open",
    "71 in routes.list: call helper, name Mode, name Mode|Read",
  ]);
});

test("TypeScript: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("typescript", TYPESCRIPT);

  expect(importLines(syntax)).toEqual([
    "2 ./options.ts {Options}",
    "3 node:fs/promises {default, readFile}",
    "4 node:path {*}",
    "5 ./side-effect.ts {}",
    "6 ./helper.ts {helper}",
  ]);
});

const TSX = `import React, { useState } from "react";

interface Props<T> {
  items: T[];
  onPick?: (item: T) => void;
}

/** Shows items. */
export function List<T>({ items, onPick }: Props<T>) {
  const [open, setOpen] = useState<boolean>(false);
  return (
    <Panel.Body title="a" onClick={() => setOpen(!open)}>
      {items.map((item) => (
        <Row key={item.id} {...item} pick={onPick} />
      ))}
      <div className={styles.box}>text</div>
    </Panel.Body>
  );
}

export const Memo = React.memo(List);
export class Old extends React.Component<Props<string>> {
  state = { open: false };
  render() {
    return <List items={this.props.items} />;
  }
}
`;

test("TSX: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("tsx", TSX);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "interface Props 3-6 @3 private: interface Props<T>",
    "variable Props.items 4-4 @4 public: items: T[]",
    "variable Props.onPick 5-5 @5 public: onPick?: (item: T) => void",
    "function List 9-19 @9 public doc 8-8: export function List<T>({ items, onPick }: Props<T>)",
    "variable Memo 21-21 @21 public: export const Memo = React.memo(List);",
    "class Old 22-27 @22 public: export class Old extends React.Component<Props<string>>",
    "variable Old.state 23-23 @23 public: state = { open: false }",
    "method Old.render 24-26 @24 public: render()",
  ]);
});

test("TSX: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("tsx", TSX);

  expect(referenceLines(syntax)).toEqual([
    "4 in Props: type T",
    "5 in Props: type T",
    "9 in List: type Props, type T",
    "10 in List: call useState",
    "12 in List: name Panel, call Panel|Body, name title, name onClick, call setOpen",
    "13 in List: call items|map",
    "14 in List: call Row, name key, name item|id, name pick",
    "16 in List: name className, name styles, name styles|box",
    "21: name React, call React|memo, name List",
    "22 in Old: name React, inherit React|Component, type Props",
    "23 in Old: name open",
    "25 in Old.render: call List, name items, name this|props, name this.props|items",
  ]);
});

test("TSX: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("tsx", TSX);

  expect(importLines(syntax)).toEqual(["1 react {default, useState}"]);
});
