import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `local json = require("cjson")
local M = {}
--- Keeps things.
-- @param path string
function M.open(path, n)
  local handle = io.open(path)
  for i, item in ipairs(items) do print(item:name(), i) end
  return setmetatable({ path = path }, { __index = M })
end
function M:close(key)
  self.handle:close()
  M.count = M.count + 1
end
local function helper(a, ...) return a .. "x" end
M.find = function(key) return helper(key) end
local shout = function(s) return s:upper() end
LIMIT = 10
local Store = { size = 1, get = function(self) return self.size end }
goto done
::done::
if not pcall(helper, 1) then error("bad") end
return M
`;

test("Lua: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("lua", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    'variable json 1-1 @1 private: local json = require("cjson")',
    "variable M 2-2 @2 private: local M = {}",
    "function M.open 5-9 @5 public doc 3-4: function M.open(path, n)",
    "method M.close 10-13 @10 public: function M:close(key)",
    "function helper 14-14 @14 private: local function helper(a, ...)",
    "function M.find 15-15 @15 public: M.find = function(key)",
    "function shout 16-16 @16 private: local shout = function(s)",
    "variable LIMIT 17-17 @17 public: LIMIT = 10",
    "variable Store 18-18 @18 private: local Store = { size = 1, get = function(self) return self.size end }",
    "function Store.get 18-18 @18 public: get = function(self)",
  ]);
});

test("Lua: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("lua", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "1: call require",
    "5 in M.open: name M",
    "6 in M.open: name io, call io|open",
    "7 in M.open: call ipairs, name items, call print, call item|name",
    "8 in M.open: call setmetatable, name M",
    "10 in M.close: name M",
    "11 in M.close: name self|handle, call self.handle|close",
    "12 in M.close: name M, name M|count",
    "15 in M.find: name M, call helper",
    "16 in shout: call s|upper",
    "18 in Store.get: name self|size",
    "21: call pcall, name helper, call error",
    "22: name M",
  ]);
});

test("Lua: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("lua", SOURCE);

  expect(importLines(syntax)).toEqual(["1 cjson {*}"]);
});
