import { expect, test } from "@jest/globals";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";

const paths = [
  "src/storage/__init__.py",
  "src/storage/store.py",
  "tests/helpers.py",
  "src/cart.ts",
  "src/lib/index.js",
  "index.js",
];

test.each([
  ["from src.storage.store import Store", ["Store"]],
  ["from storage.store import Store as S, other  # a comment, with words", ["S", "other"]],
  ["from storage.store import (\n    Store,\n    other as o,\n)", ["Store", "o"]],
  ["from src.storage import store", ["store"]],
  ["from src import storage", ["storage"]],
  ["import src.storage.store", ["src"]],
  ["import os, src.storage.store as s", ["s"]],
  ["from .helpers import make", ["make"]],
  ["from ..src.storage import Store", ["Store"]],
  ["import os\nfrom json import loads", []],
  ["# from storage.store import Store", []],
  ['"""\nfrom storage.store import Store\n"""', []],
])("%j gives %j", (text, names) => {
  expect(repositoryNames({ path: "tests/test_a.py", text, language: "Python" }, paths)).toEqual(names);
});

test.each([
  ['import { Cart } from "../src/cart.ts";', ["Cart"]],
  ['import { Cart as C, type Item } from "../src/cart.js";', ["C", "Item"]],
  ['import cart, * as all from "../src/cart.js";', ["cart", "all"]],
  ['const { a, b: c } = require("../src/lib");', ["a", "c"]],
  ['const lib = await import("../index.js");', ["lib"]],
  ['import main from "..";', ["main"]],
  ['import assert from "node:assert";\nimport x from "./absent.js";', []],
])("%j gives %j", (text, names) => {
  expect(repositoryNames({ path: "test/a.test.js", text, language: "JavaScript" }, paths)).toEqual(names);
});

test("other languages are not read", () => {
  expect(repositoryNames({ path: "a_test.go", text: "", language: "Go" }, paths)).toBeUndefined();
});
