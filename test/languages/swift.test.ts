import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `import Foundation
import class UIKit.UIView

/// Keeps things.
@objc public final class Store<T: Item>: Base, Countable where T: Hashable {
    public static let shared = Store()
    private var items: [Item] = []
    var first: Item? { return items.first }
    var size: Int = 0 { didSet { notify(size) } }

    /// Makes one.
    public init(path: String, _ rest: Item...) throws {
        self.items = rest.map { $0.copy(path) }
        super.init()
    }
    deinit { close() }

    @discardableResult
    func get(_ key: String, default fallback: Int = 0) async throws -> Item? {
        guard let found = items.first(where: { $0.key == key }) else { throw StoreError.missing(key) }
        let value = try await reader.find(key)?.value ?? Item.make(found)
        for (i, item) in items.enumerated() { print("\\(item.name) \\(i)") }
        switch value { case .some(let v): return v; default: break }
        return self[key]
    }
    subscript(key: String) -> Item? { get { nil } set { put(newValue) } }
    static func == (a: Store, b: Store) -> Bool { a.size == b.size }
    class Inner { func work() {} }
}
protocol Named: AnyObject { var name: String { get }; func describe() -> String }
extension Store: Named { func describe() -> String { helper(1) } }
enum StoreError: Error { case missing(String), other; case third = 3 }
struct Point { let x, y: Int }
typealias Handler = (Int) -> Void
fileprivate func helper(_ n: Int) -> String { func nested() {}; return String(n) }
let LIMIT = 10
actor Bank { func pay() {} }
#if DEBUG
func debug() {}
#endif
let closure = { (a: Int) -> Int in a + 1 }
infix operator +++
func pick(_ mode: Mode) { use(.read, !flag, .make(1)) }
`;

test("Swift: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("swift", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "class Store 5-29 @5 public doc 4-4: public final class Store<T: Item>: Base, Countable where T: Hashable",
    "variable Store.shared 6-6 @6 public: public static let shared = Store()",
    "variable Store.items 7-7 @7 private: private var items: [Item] = []",
    "method Store.first 8-8 @8 private: var first: Item?",
    "variable Store.size 9-9 @9 private: var size: Int = 0 { didSet { notify(size) } }",
    "constructor Store.init 12-15 @12 public doc 11-11: public init(path: String, _ rest: Item...) throws",
    "method Store.deinit 16-16 @16 private: deinit",
    "method Store.get 18-25 @19 private: func get(_ key: String, default fallback: Int = 0) async throws -> Item?",
    "method Store.subscript 26-26 @26 private: subscript(key: String) -> Item?",
    "method Store.== 27-27 @27 private: static func == (a: Store, b: Store) -> Bool",
    "class Store.Inner 28-28 @28 private: class Inner",
    "method Store.Inner.work 28-28 @28 private: func work()",
    "interface Named 30-30 @30 private: protocol Named: AnyObject",
    "variable Named.name 30-30 @30 public: var name: String { get }",
    "method Named.describe 30-30 @30 public: func describe() -> String",
    "method Store.describe 31-31 @31 private: func describe() -> String",
    "enum StoreError 32-32 @32 private: enum StoreError: Error",
    "variable StoreError.missing 32-32 @32 public: case missing(String), other;",
    "variable StoreError.other 32-32 @32 public: case missing(String), other;",
    "variable StoreError.third 32-32 @32 public: case third = 3",
    "class Point 33-33 @33 private: struct Point",
    "variable Point.x 33-33 @33 private: let x, y: Int",
    "variable Point.y 33-33 @33 private: let x, y: Int",
    "type Handler 34-34 @34 private: typealias Handler = (Int) -> Void",
    "function helper 35-35 @35 private: fileprivate func helper(_ n: Int) -> String",
    "function helper.nested 35-35 @35 private: func nested()",
    "variable LIMIT 36-36 @36 private: let LIMIT = 10",
    "class Bank 37-37 @37 private: actor Bank",
    "method Bank.pay 37-37 @37 private: func pay()",
    "function debug 39-39 @39 private: func debug()",
    "variable closure 41-41 @41 private: let closure = { (a: Int) -> Int in a + 1 }",
    "function pick 43-43 @43 private: func pick(_ mode: Mode)",
  ]);
});

test("Swift: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("swift", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "5 in Store: type objc, type Item, inherit Base, inherit Countable, type Hashable",
    "6 in Store: call Store",
    "7 in Store: type Item",
    "8 in Store.first: type Item, name items, name items|first",
    "9 in Store: type Int, call notify, name size",
    "12 in Store.init: type String, type Item",
    "13 in Store.init: name self|items, call rest|map, call $0|copy",
    "14 in Store.init: call super|init",
    "16 in Store.deinit: call close",
    "18 in Store.get: type discardableResult",
    "19 in Store.get: type String, type Int, type Item",
    "20 in Store.get: name items, call items|first, name $0|key, name StoreError, call StoreError|missing",
    "21 in Store.get: name reader, call reader|find, name value, name Item, call Item|make",
    "22 in Store.get: name items, call items|enumerated, call print, name item|name",
    "23 in Store.get: name some",
    "26 in Store.subscript: type String, type Item, call put, name newValue",
    "27 in Store.==: type Store, type Bool, name a|size, name b|size",
    "30 in Named: inherit AnyObject, type String",
    "30 in Named.describe: type String",
    "31: type Store, inherit Named",
    "31 in Store.describe: type String, call helper",
    "32 in StoreError: inherit Error, type String",
    "33 in Point: type Int",
    "34: type Int, type Void",
    "35 in helper: type Int, type String, call String",
    "41: type Int, name a",
    "43 in pick: type Mode, call use, name read, name flag, call make",
  ]);
});

test("Swift: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("swift", SOURCE);

  expect(importLines(syntax)).toEqual(["1 Foundation {*}", "2 UIKit.UIView {*}"]);
});
