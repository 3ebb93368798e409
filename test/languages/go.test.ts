import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `// Package store keeps things.
package store

import (
	"fmt"
	str "strings"
	_ "embed"
)

import . "math"

// Limit is the most.
const Limit = 10

const (
	// A is first.
	A = iota
	b
)

var cache, spare = map[string]int{}, NewStore[int](Limit)

// Store keeps items.
type Store[K comparable, V any] struct {
	sync.Mutex
	Items map[K]V \`json:"items"\`
	next, prev *Node
}

type (
	// Reader reads.
	Reader interface {
		io.Closer
		Read(p []byte) (n int, err error)
	}
	Handler func(w Writer)
	Alias = fmt.Stringer
)

// NewStore makes one.
func NewStore[V any](size int, opts ...Option) *Store[string, V] {
	s := &Store[string, V]{Items: make(map[string]V, size)}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

func (s *Store[K, V]) Get(key K) (value V, err error) {
	s.Lock()
	defer s.Unlock()
	load := func(at int) error { return fmt.Errorf("at %d", at) }
	if v, ok := s.Items[key]; ok {
		return v, nil
	}
	switch t := any(key).(type) {
	case string:
		str.ToUpper(t)
	}
	return value, load(Limit)
}

func (Handler) close() {
loop:
	for {
		break loop
	}
	type local struct{ x int }
	var y local
	_ = y.x
}
`;

test("Go: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("go", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable Limit 13-13 @13 public doc 12-12: const Limit = 10",
    "variable A 17-17 @17 public doc 16-16: A = iota",
    "variable b 18-18 @18 private: b",
    "variable cache 21-21 @21 private: var cache, spare = map[string]int{}, NewStore[int](Limit)",
    "variable spare 21-21 @21 private: var cache, spare = map[string]int{}, NewStore[int](Limit)",
    "class Store 24-28 @24 public doc 23-23: type Store[K comparable, V any] struct",
    'variable Store.Items 26-26 @26 public: Items map[K]V `json:"items"`',
    "variable Store.next 27-27 @27 private: next, prev *Node",
    "variable Store.prev 27-27 @27 private: next, prev *Node",
    "interface Reader 32-35 @32 public doc 31-31: Reader interface",
    "method Reader.Read 34-34 @34 public: Read(p []byte) (n int, err error)",
    "type Handler 36-36 @36 public: Handler func(w Writer)",
    "type Alias 37-37 @37 public: Alias = fmt.Stringer",
    "function NewStore 41-47 @41 public doc 40-40: func NewStore[V any](size int, opts ...Option) *Store[string, V]",
    "method Store.Get 49-61 @49 public: func (s *Store[K, V]) Get(key K) (value V, err error)",
    "method Handler.close 63-71 @63 private: func (Handler) close()",
    "class Handler.close.local 68-68 @68 private: type local struct",
    "variable Handler.close.local.x 68-68 @68 private: x int",
  ]);
});

test("Go: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("go", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "21: type string, type int, call NewStore, name Limit",
    "24 in Store: type comparable, type any",
    "25 in Store: name sync, type sync|Mutex",
    "26 in Store: type K, type V",
    "27 in Store: type Node",
    "33 in Reader: name io, type io|Closer",
    "34 in Reader.Read: type byte, type int, type error",
    "36: type Writer",
    "37: name fmt, type fmt|Stringer",
    "41 in NewStore: type any, type int, type Option, type Store, type string, type V",
    "42 in NewStore: new Store, type string, type V, name Items, call make",
    "44 in NewStore: call opt",
    "49 in Store.Get: type Store, type K, type V, type error",
    "50 in Store.Get: call s|Lock",
    "51 in Store.Get: call s|Unlock",
    "52 in Store.Get: type int, type error, name fmt, call fmt|Errorf",
    "53 in Store.Get: name s|Items",
    "56 in Store.Get: call any",
    "57 in Store.Get: type string",
    "58 in Store.Get: name str, call str|ToUpper",
    "60 in Store.Get: call load, name Limit",
    "63 in Handler.close: type Handler",
    "68 in Handler.close.local: type int",
    "69 in Handler.close: type local",
    "70 in Handler.close: name y|x",
  ]);
});

test("Go: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("go", SOURCE);

  expect(importLines(syntax)).toEqual(["5 fmt {*}", "6 strings {*}", "7 embed {}", "10 math {*}"]);
});
