import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `"""Reads settings."""
from __future__ import annotations

import os.path as p, sys
from .store import Store as Base, open_store
from typing import *

LIMIT: int = 10
_cache = {}


# Not a docstring, but a comment
# of two lines.
@register(LIMIT)
@app.route("/x")
class Memory[T](Base, metaclass=Meta):
    """Keeps items."""

    size: int = 0
    Alias = list[int]

    def __init__(self, path: str, *rest: Item, **named) -> None:
        super().__init__(path)
        self.path = p.join(path, "a")
        self.items = [Item(i) for i in range(LIMIT)]

    @property
    async def first(self) -> T | None:
        '''The first
        item.'''
        def pick(items: list[T], at=0):
            return items[at]

        total = sum(len(x) for x in self.items)
        if total > LIMIT:
            raise errors.TooMany(f"{total} of {self.path!r}")
        return pick(self.items)

    def _hidden(self): return self.store.index.get("k")


def main(argv=None):
    global _cache
    _cache = open_store(argv or sys.argv)
    handler = lambda event: event.fire(LIMIT)
    with open(argv[0]) as handle:
        for name, value in handle.items():
            print(name, value)
    try:
        main()
    except (ValueError, errors.TooMany) as error:
        del error
    match argv:
        case Memory(size=s):
            return s
    return handler
`;

test("Python: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("python", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 8-8 @8 public: LIMIT: int = 10",
    "variable _cache 9-9 @9 private: _cache = {}",
    "class Memory 14-39 @16 public doc 17-17: class Memory[T](Base, metaclass=Meta)",
    "variable Memory.size 19-19 @19 public: size: int = 0",
    "variable Memory.Alias 20-20 @20 public: Alias = list[int]",
    "constructor Memory.__init__ 22-25 @22 public: def __init__(self, path: str, *rest: Item, **named) -> None",
    "method Memory.first 27-37 @28 public doc 29-30: async def first(self) -> T | None",
    "function Memory.first.pick 31-32 @31 private: def pick(items: list[T], at=0)",
    "method Memory._hidden 39-39 @39 private: def _hidden(self)",
    "function main 42-56 @42 public: def main(argv=None)",
  ]);
});

test("Python: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("python", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "8: type int",
    "14: call register, name LIMIT",
    "15: name app, call app|route",
    "16 in Memory: type T, inherit Base, name metaclass, name Meta",
    "19 in Memory: type int",
    "20 in Memory: name list, name int",
    "22 in Memory.__init__: type str, type Item",
    "23 in Memory.__init__: call super, call __init__",
    "24 in Memory.__init__: name p, call p|join",
    "25 in Memory.__init__: call Item, call range, name LIMIT",
    "27 in Memory: name property",
    "28 in Memory.first: name T",
    "31 in Memory.first.pick: type list, type T",
    "34 in Memory.first: call sum, call len, name self|items",
    "35 in Memory.first: name LIMIT",
    "36 in Memory.first: name errors, call errors|TooMany, name self|path",
    "37 in Memory.first: call pick, name self|items",
    "39 in Memory._hidden: name self|store, name self.store|index, call self.store.index|get",
    "43 in main: name _cache",
    "44 in main: call open_store, name sys, name sys|argv",
    "45 in main: call event|fire, name LIMIT",
    "46 in main: call open",
    "47 in main: call handle|items",
    "48 in main: call print",
    "50 in main: call main",
    "51 in main: name ValueError, name errors, name errors|TooMany",
    "54 in main: type Memory, name size",
  ]);
});

test("Python: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("python", SOURCE);

  expect(importLines(syntax)).toEqual([
    "2 __future__ {annotations}",
    "4 os.path {*}",
    "4 sys {*}",
    "5 .store {Store, open_store}",
    "6 typing {*}",
  ]);
});
