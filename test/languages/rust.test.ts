import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `//! Keeps things.
use std::collections::{self, HashMap as Map};
use crate::item::*;
pub use super::{Item, io::{Read, Write}};
extern crate serde;
mod other;

/// The most.
pub const LIMIT: usize = 10;
static mut CACHE: Option<Store<u8>> = None;
type Key = Map<String, Item>;

/// Keeps items.
/// In memory.
#[derive(Debug, Clone)]
#[serde(rename = "s")]
pub struct Store<T: Item> {
    pub items: Vec<T>,
    size: usize,
}

pub(crate) enum Mode { Read(u8), Write { at: usize } }

/// Can be read.
pub trait Readable: Send + fmt::Debug {
    type Out;
    const MAX: usize = LIMIT;
    fn read(&self) -> Self::Out;
    fn twice(&self) -> usize { self.size() * 2 }
}

impl<T: Item> Store<T> {
    /// Makes one.
    pub fn new(size: usize) -> Self {
        let items = Vec::<T>::with_capacity(size);
        Self { items, size: compute(size) }
    }

    #[inline]
    fn hidden<F>(&mut self, pick: F) -> Option<&T> where F: Fn(&T) -> bool {
        fn deeper(at: usize) -> usize { at }
        let found = self.items.iter().find(|item| pick(item))?;
        match mode {
            Mode::Read(n) if n > 0 => println!("{} {}", deeper(n), self.size),
            Mode::Write { at } => drop(at),
            _ => {}
        }
        if let Some(x) = self.items.first() { return Some(x); }
        for (i, one) in found.parts() { collections::insert(i, one); }
        None
    }
}

impl<T> Readable for Store<T> {
    type Out = T;
    fn read(&self) -> T { unsafe { CACHE.as_ref().unwrap() } }
}

mod tests {
    use super::*;
    #[test]
    fn reads() { assert_eq!(Store::<u8>::new(LIMIT).read(), 'x'); }
}

macro_rules! square {
    ($x:expr) => { $x * helper($x) };
}
`;

test("Rust: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("rust", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 9-9 @9 public doc 8-8: pub const LIMIT: usize = 10;",
    "variable CACHE 10-10 @10 private: static mut CACHE: Option<Store<u8>> = None;",
    "type Key 11-11 @11 private: type Key = Map<String, Item>;",
    "class Store 15-20 @17 public doc 13-14: pub struct Store<T: Item>",
    "variable Store.items 18-18 @18 public: pub items: Vec<T>",
    "variable Store.size 19-19 @19 private: size: usize",
    "enum Mode 22-22 @22 public: pub(crate) enum Mode",
    "variable Mode.Read 22-22 @22 public: Read(u8)",
    "variable Mode.Write 22-22 @22 public: Write { at: usize }",
    "interface Readable 25-30 @25 public doc 24-24: pub trait Readable: Send + fmt::Debug",
    "type Readable.Out 26-26 @26 public: type Out;",
    "variable Readable.MAX 27-27 @27 public: const MAX: usize = LIMIT;",
    "method Readable.read 28-28 @28 public: fn read(&self) -> Self::Out;",
    "method Readable.twice 29-29 @29 public: fn twice(&self) -> usize",
    "method Store.new 34-37 @34 public doc 33-33: pub fn new(size: usize) -> Self",
    "method Store.hidden 39-51 @40 private: fn hidden<F>(&mut self, pick: F) -> Option<&T> where F: Fn(&T) -> bool",
    "function Store.hidden.deeper 41-41 @41 private: fn deeper(at: usize) -> usize",
    "type Store.Out 55-55 @55 public: type Out = T;",
    "method Store.read 56-56 @56 public: fn read(&self) -> T",
    "module tests 59-63 @59 private: mod tests",
    "function tests.reads 61-62 @62 private: fn reads()",
    "macro square 65-67 @65 public: macro_rules! square",
  ]);
});

test("Rust: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("rust", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "10: type Option, type Store, name None",
    "11: type Map, type String, type Item",
    "15: name derive, name Debug, name Clone",
    "16: name serde, name rename",
    "17 in Store: type Item",
    "18 in Store: type Vec, type T",
    "25 in Readable: type Send, name fmt, type fmt|Debug",
    "27 in Readable: name LIMIT",
    "28 in Readable.read: name Self, type Self|Out",
    "29 in Readable.twice: call self|size",
    "32: type Item, type Store, type T",
    "34 in Store.new: type Self",
    "35 in Store.new: type Vec, type T, call Vec|with_capacity",
    "36 in Store.new: new Self, call compute",
    "39: name inline",
    "40 in Store.hidden: type F, type Option, type T, type Fn",
    "42 in Store.hidden: name self|items, call self.items|iter, call find, call pick",
    "43 in Store.hidden: name mode",
    "44 in Store.hidden: name Mode, name Mode|Read, call println, call deeper, name size",
    "45 in Store.hidden: name Mode, name Mode|Write, call drop",
    "48 in Store.hidden: name Some, name self|items, call self.items|first, call Some",
    "49 in Store.hidden: call found|parts, name collections, call collections|insert",
    "50 in Store.hidden: name None",
    "54: inherit Readable, type Store, type T",
    "55: type T",
    "56 in Store.read: type T, name CACHE, call CACHE|as_ref, call unwrap",
    "61: name test",
    "62 in tests.reads: call assert_eq, name Store, call new, name LIMIT, call read",
    "66: call helper",
  ]);
});

test("Rust: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("rust", SOURCE);

  expect(importLines(syntax)).toEqual([
    "2 std::collections {collections}",
    "2 std::collections::HashMap {HashMap}",
    "3 crate::item {*}",
    "4 super::Item {Item}",
    "4 super::io::Read {Read}",
    "4 super::io::Write {Write}",
    "5 serde {*}",
    "6 mod:other {*}",
    "60 super {*}",
  ]);
});
