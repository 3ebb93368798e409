import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `#include <vector>
#include "store.h"
using namespace std;
using Key = std::string;

#define LIMIT 10

namespace app::core {

template <typename T, int N = LIMIT>
class Store : public Base<T>, private detail::Mixin {
  std::vector<T> items_;
public:
  /// Makes one.
  explicit Store(const Key& key) : items_(N), key_(key) { reset(key); }
  virtual ~Store() = default;
  T* find(const Key& key) const override;
  bool operator==(const Store& other) const { return items_ == other.items_; }
  static int count;
  enum class Mode { Read, Write = 2 };
  struct Node { Node* next; };
protected:
  template <class U> U cast(U value) { return static_cast<U>(value); }
private:
  friend class Other;
  int size_ = 0;
};

// Looks up.
template <typename T, int N>
T* Store<T, N>::find(const Key& key) const {
  auto match = [this, &key](const T& item) { return item.name() == key; };
  for (const auto& one : items_) {
    if (match(one)) return std::find_if(items_.begin(), items_.end(), match);
  }
  try {
    return new T(detail::make<T>(key));
  } catch (const std::exception& error) {
    throw app::Failure(error.what());
  }
}

namespace {
int hidden(int n) { return ::helper(n) + LIMIT; }
}

}  // namespace app::core

extern "C" void entry(int argc);
typedef struct { int x; } Point;
`;

test("C++: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("cpp", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "type Key 4-4 @4 public: using Key = std::string;",
    "macro LIMIT 6-6 @6 public: #define LIMIT 10",
    "module app.core 8-47 @8 public: namespace app::core",
    "class app.core.Store 10-27 @11 public: template <typename T, int N = LIMIT> class Store : public Base<T>, private detail::Mixin",
    "variable app.core.Store.items_ 12-12 @12 private: std::vector<T> items_;",
    "constructor app.core.Store.Store 15-15 @15 public doc 14-14: explicit Store(const Key& key) : items_(N), key_(key)",
    "method app.core.Store.~Store 16-16 @16 public: virtual ~Store() = default;",
    "method app.core.Store.find 17-17 @17 public: T* find(const Key& key) const override;",
    "method app.core.Store.operator== 18-18 @18 public: bool operator==(const Store& other) const",
    "variable app.core.Store.count 19-19 @19 public: static int count;",
    "enum app.core.Store.Mode 20-20 @20 public: enum class Mode",
    "variable app.core.Store.Mode.Read 20-20 @20 public: Read",
    "variable app.core.Store.Mode.Write 20-20 @20 public: Write = 2",
    "class app.core.Store.Node 21-21 @21 public: struct Node",
    "variable app.core.Store.Node.next 21-21 @21 public: Node* next;",
    "method app.core.Store.cast 23-23 @23 private: template <class U> U cast(U value)",
    "variable app.core.Store.size_ 26-26 @26 private: int size_ = 0;",
    "method app.core.Store.find 30-41 @31 public doc 29-29: template <typename T, int N> T* Store<T, N>::find(const Key& key) const",
    "function app.core.hidden 44-44 @44 private: int hidden(int n)",
    "function entry 49-49 @49 public: void entry(int argc);",
    "class Point 50-50 @50 public: typedef struct",
    "variable Point.x 50-50 @50 public: int x;",
  ]);
});

test("C++: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("cpp", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "4: name std, type std|string",
    "10: name LIMIT",
    "11 in app.core.Store: inherit Base, type T, name detail, inherit detail|Mixin",
    "12 in app.core.Store: name std, type std|vector, type T",
    "15 in app.core.Store.Store: type Key, name items_, name N, name key_, call reset",
    "17 in app.core.Store.find: type T, type Key",
    "18 in app.core.Store.operator==: type Store, name items_, name other|items_",
    "21 in app.core.Store.Node: type Node",
    "23 in app.core.Store.cast: type U",
    "25 in app.core.Store: type Other",
    "31 in app.core.Store.find: type T, type Store, type N, type Key",
    "32 in app.core.Store.find: type T, call item|name",
    "33 in app.core.Store.find: name items_",
    "34 in app.core.Store.find: call match, name std, call std|find_if, name items_, call items_|begin, call items_|end",
    "37 in app.core.Store.find: new T, name detail, call detail|make, type T",
    "38 in app.core.Store.find: name std, type std|exception",
    "39 in app.core.Store.find: name app, call app|Failure, call error|what",
    "44 in app.core.hidden: call helper, name LIMIT",
  ]);
});

test("C++: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("cpp", SOURCE);

  expect(importLines(syntax)).toEqual(["1 vector {*}", "2 store.h {*}", "3 std {*}"]);
});
