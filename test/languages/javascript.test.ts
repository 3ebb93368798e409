import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `"use strict";
const fs = require("fs");
const { join, basename: base } = require("./paths");

/** Makes a parser. */
function Parser(text) {
  if (!(this instanceof Parser)) return new Parser(text);
  this.text = text;
}

// Reads on.
Parser.prototype.next = function next(count) {
  return this.text.slice(count, helper(count));
};

exports.parse = (text, { strict = false } = {}) => new Parser(text).next(1);
exports.VERSION = "1.0";

class Lexer extends Parser {
  static keywords = new Set(["if"]);
  #position = 0;
  constructor() {
    super("x");
  }
  *tokens() {
    yield this.#read(Lexer.keywords);
  }
  #read = (from) => from;
}

function helper(n) {
  function* deeper() {
    yield n;
  }
  var cb = function named(err) {
    if (err) throw err;
    helper(n - 1);
  };
  return import("./lazy.js").then(cb, deeper);
}

const tools = {
  open(path) {
    return fs.open(join(path), base);
  },
  "close-all": async function () {},
};

module.exports = { helper, tools, other: Lexer };
`;

test("JavaScript: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("javascript", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    'variable fs 2-2 @2 private: const fs = require("fs");',
    "function Parser 6-9 @6 private doc 5-5: function Parser(text)",
    "method Parser.next 12-14 @12 public doc 11-11: Parser.prototype.next = function next(count)",
    "function parse 16-16 @16 public: exports.parse = (text, { strict = false } = {}) =>",
    'variable VERSION 17-17 @17 public: exports.VERSION = "1.0";',
    "class Lexer 19-29 @19 public: class Lexer extends Parser",
    'variable Lexer.keywords 20-20 @20 public: static keywords = new Set(["if"])',
    "variable Lexer.#position 21-21 @21 private: #position = 0",
    "constructor Lexer.constructor 22-24 @22 public: constructor()",
    "method Lexer.tokens 25-27 @25 public: *tokens()",
    "method Lexer.#read 28-28 @28 private: #read = (from) =>",
    "function helper 31-40 @31 public: function helper(n)",
    "function helper.deeper 32-34 @32 private: function* deeper()",
    "function helper.cb 35-38 @35 private: var cb = function named(err)",
    'variable tools 42-47 @42 public: const tools = { open(path) { return fs.open(join(path), base); }, "close-all": async function () {}, };',
    "method tools.open 43-45 @43 public: open(path)",
    'method tools.close-all 46-46 @46 public: "close-all": async function ()',
  ]);
});

test("JavaScript: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("javascript", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "2: call require",
    "3: name basename, call require",
    "7 in Parser: name Parser, new Parser",
    "8 in Parser: name this|text",
    "12 in Parser.next: name Parser, name Parser|prototype",
    "13 in Parser.next: name this|text, call this.text|slice, call helper",
    "16 in parse: name exports, new Parser, call next",
    "17: name exports",
    "19 in Lexer: inherit Parser",
    "20 in Lexer: new Set",
    "26 in Lexer.tokens: call this|#read, name Lexer, name Lexer|keywords",
    "37 in helper.cb: call helper",
    "39 in helper: call then, name cb, name deeper",
    "44 in tools.open: name fs, call fs|open, call join, name base",
    "49: name module, name module|exports, name helper, name tools, name other, name Lexer",
  ]);
});

test("JavaScript: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("javascript", SOURCE);

  expect(importLines(syntax)).toEqual(["2 fs {*}", "3 ./paths {join, basename}", "39 ./lazy.js {*}"]);
});
