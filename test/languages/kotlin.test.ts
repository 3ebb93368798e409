import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `@file:JvmName("Stores")
package org.example.store

import java.util.concurrent.*
import org.example.Item as Thing

const val LIMIT = 10
typealias Key = Map<String, Int>

/**
 * Keeps things.
 */
@Service("store")
abstract class Store<T : Thing>(private val path: String, size: Int = LIMIT) : Base<T>(path), Closeable {
    private val items = mutableListOf<T>()
    var count: Int = 0
        private set
    lateinit var clock: Clock

    init {
        clock.start(size)
    }

    constructor(other: Store<T>) : this(other.path)

    // Looks up.
    @Throws(IOException::class)
    override suspend fun <R> get(key: Key, block: (T) -> R): R? {
        fun inner(at: Int): Int = at + LIMIT
        val found = items.firstOrNull { it.id == inner(key.size) } ?: return null
        for ((name, value) in key) println("$name \${value.show()}")
        return block(found)
    }

    protected abstract fun close()

    companion object {
        const val NAME = "n"
        @JvmStatic fun create(): Store<Thing> = MemoryStore(NAME)
    }

    inner class Node(val next: Node?)
}

interface Named {
    val name: String
    fun show(): String
}

enum class Mode(val letter: Char) {
    READ('r'),
    WRITE('w');

    fun isRead() = this == READ
}

object Registry : Named by delegate {
    internal fun add(item: Named) { list += item }
}

data class Pair(val left: Int)

fun String.shout(times: Int): String = uppercase().repeat(times)
private fun hidden() = try { Registry.add(x) } catch (e: IOException) { throw StoreException(e) }
`;

test("Kotlin: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("kotlin", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 7-7 @7 public: const val LIMIT = 10",
    "type Key 8-8 @8 public: typealias Key = Map<String, Int>",
    "class Store 13-43 @14 public doc 10-12: abstract class Store<T : Thing>(private val path: String, size: Int = LIMIT) : Base<T>(path), Closeable",
    "variable Store.path 14-14 @14 private: private val path: String",
    "variable Store.items 15-15 @15 private: private val items = mutableListOf<T>()",
    "variable Store.count 16-17 @16 public: var count: Int = 0 private set",
    "variable Store.clock 18-18 @18 public: lateinit var clock: Clock",
    "constructor Store.Store 24-24 @24 public: constructor(other: Store<T>) : this(other.path)",
    "method Store.get 27-33 @28 public doc 26-26: override suspend fun <R> get(key: Key, block: (T) -> R): R?",
    "function Store.get.inner 29-29 @29 private: fun inner(at: Int): Int",
    "method Store.close 35-35 @35 private: protected abstract fun close()",
    "class Store.Companion 37-40 @37 public: companion object",
    'variable Store.Companion.NAME 38-38 @38 public: const val NAME = "n"',
    "method Store.Companion.create 39-39 @39 public: fun create(): Store<Thing>",
    "class Store.Node 42-42 @42 public: inner class Node(val next: Node?)",
    "variable Store.Node.next 42-42 @42 public: val next: Node?",
    "interface Named 45-48 @45 public: interface Named",
    "variable Named.name 46-46 @46 public: val name: String",
    "method Named.show 47-47 @47 public: fun show(): String",
    "enum Mode 50-55 @50 public: enum class Mode(val letter: Char)",
    "variable Mode.letter 50-50 @50 public: val letter: Char",
    "variable Mode.READ 51-51 @51 public: READ('r')",
    "variable Mode.WRITE 52-52 @52 public: WRITE('w')",
    "method Mode.isRead 54-54 @54 public: fun isRead()",
    "class Registry 57-59 @57 public: object Registry : Named by delegate",
    "method Registry.add 58-58 @58 private: internal fun add(item: Named)",
    "class Pair 61-61 @61 public: data class Pair(val left: Int)",
    "variable Pair.left 61-61 @61 public: val left: Int",
    "method String.shout 63-63 @63 public: fun String.shout(times: Int): String",
    "function hidden 64-64 @64 private: private fun hidden()",
  ]);
});

test("Kotlin: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("kotlin", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "1: type JvmName",
    "8: type Map, type String, type Int",
    "13 in Store: type Service",
    "14 in Store: type Thing, type String, type Int, name LIMIT, inherit Base, type T, name path, inherit Closeable",
    "15 in Store: call mutableListOf, type T",
    "16 in Store: type Int",
    "18 in Store: type Clock",
    "21 in Store: name clock, call clock|start, name size",
    "24 in Store.Store: type Store, type T, name other|path",
    "27 in Store.get: type Throws, name IOException",
    "28 in Store.get: type Key, type T, type R",
    "29 in Store.get.inner: type Int, name LIMIT",
    "30 in Store.get: name items, call items|firstOrNull, name it|id, call inner, name key|size",
    "31 in Store.get: call println, call value|show",
    "32 in Store.get: call block",
    "39 in Store.Companion.create: type JvmStatic, type Store, type Thing, call MemoryStore, name NAME",
    "42 in Store.Node: type Node",
    "46 in Named: type String",
    "47 in Named.show: type String",
    "50 in Mode: type Char",
    "54 in Mode.isRead: name READ",
    "57 in Registry: inherit Named, name delegate",
    "58 in Registry.add: type Named, name list",
    "61 in Pair: type Int",
    "63 in String.shout: type String, type Int, call uppercase, call repeat",
    "64 in hidden: name Registry, call Registry|add, name x, type IOException, call StoreException",
  ]);
});

test("Kotlin: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("kotlin", SOURCE);

  expect(importLines(syntax)).toEqual(["4 java.util.concurrent {*}", "5 org.example.Item {Item}"]);
});
