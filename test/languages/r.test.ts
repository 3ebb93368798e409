import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `library(dplyr)
source("R/utils.R")
#' Keeps things.
#' @export
open_store <- function(path, n = 1, ...) {
  handle <- file(path)
  for (i in seq_len(n)) print(items[[i]]$name)
  inner <- function(x) x + 1
  result <- purrr::map(items, ~ .x$size)
  if (is.null(handle)) stop("bad") else helper(handle)
  invisible(lapply(items, function(item) item@slot))
}
helper = function(a) a |> paste("x")
LIMIT <- 10
Store <- R6::R6Class("Store", public = list(size = 1, get = function(key) { self$find(key) }))
setMethod("show", "Store", function(object) cat("x"))
print.store <- function(x, ...) UseMethod("print")
\\(x) x
`;

test("R: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("r", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "function open_store 5-12 @5 public doc 3-4: open_store <- function(path, n = 1, ...)",
    "function open_store.inner 8-8 @8 private: inner <- function(x)",
    "function helper 13-13 @13 public: helper = function(a)",
    "variable LIMIT 14-14 @14 public: LIMIT <- 10",
    'class Store 15-15 @15 public: Store <- R6::R6Class("Store", public = list(size = 1, get = function(key) { self$find(key) }))',
    "method Store.get 15-15 @15 public: get = function(key)",
    'function show 16-16 @16 public: setMethod("show", "Store", function(object)',
    "function print.store 17-17 @17 public: print.store <- function(x, ...)",
  ]);
});

test("R: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("r", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "1: call library, name dplyr",
    "2: call source",
    "6 in open_store: call file",
    "7 in open_store: call seq_len, call print, name items, name name",
    "9 in open_store: name purrr, call purrr|map, name items, name .x$|size",
    "10 in open_store: call is.null, call stop, call helper",
    "11 in open_store: call invisible, call lapply, name items, name item@|slot",
    "13 in helper: call paste",
    "15 in Store: name R6, call R6|R6Class, call list",
    "15 in Store.get: call self$|find",
    "16 in show: call setMethod, call cat",
    "17 in print.store: call UseMethod",
    "18: name x",
  ]);
});

test("R: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("r", SOURCE);

  expect(importLines(syntax)).toEqual([]);
});
