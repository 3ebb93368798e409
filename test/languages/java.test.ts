import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `/* License. */
package org.example.store;

import java.util.List;
import java.util.concurrent.*;
import static org.example.Checks.notNull;

/**
 * Keeps things.
 */
@Service("store")
@Deprecated
public abstract class Store<K extends Comparable<K>, V> extends Base<V> implements Closeable, Iterable<V> {
    public static final int LIMIT = 10, OTHER = LIMIT;
    private final Map<K, List<V>> items = new HashMap<>();
    @Inject Clock clock;

    static {
        Registry.add(Store.class);
    }

    /** Makes one. */
    protected Store(Path path, int... sizes) throws IOException {
        super(path);
        this.items.clear();
    }

    @Override
    public <T extends V> V get(@NotNull K key, Class<T> type) {
        V value = items.get(key).stream().map(this::load).findFirst().orElse(null);
        for (V one : values()) notNull(one);
        try (Reader reader = open(key)) {
            return type.cast(value);
        } catch (IOException | RuntimeException error) {
            throw new StoreException(error, LIMIT);
        }
    }

    abstract void close();

    private V load(V value) {
        Runnable later = () -> clock.tick(value);
        Comparator<V> order = new Comparator<>() {
            public int compare(V a, V b) { return Store.this.size(a); }
        };
        if (value instanceof Number number) return number.intValue();
        return value;
    }

    static class Node { Node next; }

    public enum Mode implements Named {
        READ("r") { void run() {} },
        WRITE;
        private final String letter = "x";
        Mode() {}
    }

    record Pair<A>(A left, int right) {
        Pair {
            Objects.requireNonNull(left);
        }
    }
}

interface Named {
    String NAME = "n";
    // How it is called.
    String name();
    default int size() { return NAME.length(); }
}

@interface Marked {
    int value() default 1;
}
`;

test("Java: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("java", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "class Store 11-64 @13 public doc 8-10: public abstract class Store<K extends Comparable<K>, V> extends Base<V> implements Closeable, Iterable<V>",
    "variable Store.LIMIT 14-14 @14 public: public static final int LIMIT = 10, OTHER = LIMIT;",
    "variable Store.OTHER 14-14 @14 public: public static final int LIMIT = 10, OTHER = LIMIT;",
    "variable Store.items 15-15 @15 private: private final Map<K, List<V>> items = new HashMap<>();",
    "variable Store.clock 16-16 @16 private: Clock clock;",
    "constructor Store.Store 23-26 @23 private doc 22-22: protected Store(Path path, int... sizes) throws IOException",
    "method Store.get 28-37 @29 public: public <T extends V> V get(@NotNull K key, Class<T> type)",
    "method Store.close 39-39 @39 private: abstract void close();",
    "method Store.load 41-48 @41 private: private V load(V value)",
    "method Store.load.compare 44-44 @44 public: public int compare(V a, V b)",
    "class Store.Node 50-50 @50 private: static class Node",
    "variable Store.Node.next 50-50 @50 private: Node next;",
    "enum Store.Mode 52-57 @52 public: public enum Mode implements Named",
    'variable Store.Mode.READ 53-53 @53 public: READ("r")',
    "method Store.Mode.run 53-53 @53 private: void run()",
    "variable Store.Mode.WRITE 54-54 @54 public: WRITE",
    'variable Store.Mode.letter 55-55 @55 private: private final String letter = "x";',
    "constructor Store.Mode.Mode 56-56 @56 private: Mode()",
    "class Store.Pair 59-63 @59 private: record Pair<A>(A left, int right)",
    "variable Store.Pair.left 59-59 @59 public: A left",
    "variable Store.Pair.right 59-59 @59 public: int right",
    "constructor Store.Pair.Pair 60-62 @60 private: Pair",
    "interface Named 66-71 @66 private: interface Named",
    'variable Named.NAME 67-67 @67 public: String NAME = "n";',
    "method Named.name 69-69 @69 public doc 68-68: String name();",
    "method Named.size 70-70 @70 public: default int size()",
    "interface Marked 73-75 @73 private: @interface Marked",
    "method Marked.value 74-74 @74 public: int value() default 1;",
  ]);
});

test("Java: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("java", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "11 in Store: type Service",
    "12 in Store: type Deprecated",
    "13 in Store: type Comparable, type K, inherit Base, type V, inherit Closeable, inherit Iterable",
    "14 in Store: name LIMIT",
    "15 in Store: type Map, type K, type List, type V, new HashMap",
    "16 in Store: type Inject, type Clock",
    "19 in Store: name Registry, call Registry|add, type Store",
    "23 in Store.Store: type Path, type IOException",
    "25 in Store.Store: name this|items, call this.items|clear",
    "28 in Store.get: type Override",
    "29 in Store.get: type V, type NotNull, type K, type Class, type T",
    "30 in Store.get: type V, name items, call items|get, call stream, call map, name this|load, call findFirst, call orElse",
    "31 in Store.get: type V, call values, call notNull",
    "32 in Store.get: type Reader, call open",
    "33 in Store.get: call type|cast",
    "34 in Store.get: type IOException, type RuntimeException",
    "35 in Store.get: new StoreException, name LIMIT",
    "41 in Store.load: type V",
    "42 in Store.load: type Runnable, name clock, call clock|tick",
    "43 in Store.load: type Comparator, type V, new Comparator",
    "44 in Store.load.compare: type V, name Store, call Store.this|size",
    "46 in Store.load: type Number, call number|intValue",
    "50 in Store.Node: type Node",
    "52 in Store.Mode: inherit Named",
    "55 in Store.Mode: type String",
    "59 in Store.Pair: type A",
    "61 in Store.Pair.Pair: name Objects, call Objects|requireNonNull, name left",
    "67 in Named: type String",
    "69 in Named.name: type String",
    "70 in Named.size: name NAME, call NAME|length",
  ]);
});

test("Java: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("java", SOURCE);

  expect(importLines(syntax)).toEqual([
    "4 java.util.List {List}",
    "5 java.util.concurrent {*}",
    "6 org.example.Checks.notNull {notNull}",
  ]);
});
