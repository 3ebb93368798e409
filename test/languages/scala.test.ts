import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `package app.core
package inner

import scala.collection.mutable
import app.io.{Reader, Writer => Out, _}
import app.util.*

/** Keeps things. */
@deprecated("x")
sealed abstract class Store[T <: Item](val path: String, private var size: Int = 0, plain: Int)(implicit ec: Ctx) extends Base(path) with Named with Logs {
  private[this] val items = mutable.Map.empty[String, Item]
  val (a, b) = pair()
  lazy val first: Option[Item] = items.headOption
  var count: Int = _
  type Key = String

  /** Finds one. */
  @inline override def get[K](key: K, n: Int = 0)(using r: Reader): Option[Item] = {
    def nested(x: Int) = x + 1
    val found = items.get(key).map(_.copy(n)).getOrElse(new Item(key))
    for { x <- items; y = x.size if y > 1 } yield helper(x, y)
    found match {
      case Some(Item(name, _)) if name.nonEmpty => println(s"$name \${found.size}")
      case e: Failure => throw new StoreError(e)
      case _ => reader.find(key).value
    }
    try { close() } catch { case ex: IOException => log.warn(ex) }
    this.path + super.name
  }
  protected def close(): Unit
  def +(other: Store) = merge(other)
  def this(p: String) = this(p, 1, 2)
}
object Store extends Factory { def apply(path: String): Store = new Store(path); implicit val ord: Ordering[Store] = Ordering.by(_.size) }
case class Point(x: Int, y: Int) derives Eq
trait Named { def name: String; def label = name.toUpperCase }
enum Mode(val c: Int) { case Read extends Mode(1); case Write, Other }
implicit class Rich(val n: Int) extends AnyVal { def twice = n * 2 }
package object util { def helper(a: Int, b: Int) = a }
`;

test("Scala: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("scala", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "class Store 9-33 @10 public doc 8-8: sealed abstract class Store[T <: Item](val path: String, private var size: Int = 0, plain: Int)(implicit ec: Ctx) extends Base(path) with Named with Logs",
    "variable Store.path 10-10 @10 public: val path: String",
    "variable Store.size 10-10 @10 private: private var size: Int = 0",
    "variable Store.items 11-11 @11 private: private[this] val items = mutable.Map.empty[String, Item]",
    "variable Store.a 12-12 @12 public: val (a, b) = pair()",
    "variable Store.b 12-12 @12 public: val (a, b) = pair()",
    "variable Store.first 13-13 @13 public: lazy val first: Option[Item] = items.headOption",
    "variable Store.count 14-14 @14 public: var count: Int = _",
    "type Store.Key 15-15 @15 public: type Key = String",
    "method Store.get 18-29 @18 public doc 17-17: override def get[K](key: K, n: Int = 0)(using r: Reader): Option[Item]",
    "function Store.get.nested 19-19 @19 private: def nested(x: Int)",
    "method Store.close 30-30 @30 private: protected def close(): Unit",
    "method Store.+ 31-31 @31 public: def +(other: Store)",
    "constructor Store.this 32-32 @32 public: def this(p: String)",
    "class Store 34-34 @34 public: object Store extends Factory",
    "method Store.apply 34-34 @34 public: def apply(path: String): Store",
    "variable Store.ord 34-34 @34 public: implicit val ord: Ordering[Store] = Ordering.by(_.size)",
    "class Point 35-35 @35 public: case class Point(x: Int, y: Int) derives Eq",
    "variable Point.x 35-35 @35 public: x: Int",
    "variable Point.y 35-35 @35 public: y: Int",
    "interface Named 36-36 @36 public: trait Named",
    "method Named.name 36-36 @36 public: def name: String",
    "method Named.label 36-36 @36 public: def label",
    "enum Mode 37-37 @37 public: enum Mode(val c: Int)",
    "variable Mode.c 37-37 @37 public: val c: Int",
    "variable Mode.Read 37-37 @37 public: Read extends Mode(1)",
    "variable Mode.Write 37-37 @37 public: Write",
    "variable Mode.Other 37-37 @37 public: Other",
    "class Rich 38-38 @38 public: implicit class Rich(val n: Int) extends AnyVal",
    "variable Rich.n 38-38 @38 public: val n: Int",
    "method Rich.twice 38-38 @38 public: def twice",
    "class util 39-39 @39 public: package object util",
    "method util.helper 39-39 @39 public: def helper(a: Int, b: Int)",
  ]);
});

test("Scala: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("scala", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "9 in Store: type deprecated",
    "10 in Store: type Item, type String, type Int, type Ctx, inherit Base, name path, inherit Named, inherit Logs",
    "11 in Store: name mutable, name mutable|Map, name mutable.Map|empty, type String, type Item",
    "12 in Store: call pair",
    "13 in Store: type Option, type Item, name items, name items|headOption",
    "14 in Store: type Int",
    "15 in Store: type String",
    "18 in Store.get: type inline, type K, type Int, type Reader, type Option, type Item",
    "19 in Store.get.nested: type Int",
    "20 in Store.get: name items, call items|get, call map, call _|copy, call getOrElse, new Item",
    "21 in Store.get: name items, name x|size, call helper",
    "23 in Store.get: type Some, type Item, name name|nonEmpty, call println, name found|size",
    "24 in Store.get: type Failure, new StoreError",
    "25 in Store.get: name reader, call reader|find, name value",
    "27 in Store.get: call close, type IOException, name log, call log|warn",
    "28 in Store.get: name this|path, name super|name",
    "30 in Store.close: type Unit",
    "31 in Store.+: type Store, call merge",
    "32 in Store.this: type String",
    "34 in Store: inherit Factory",
    "34 in Store.apply: type String, type Store, new Store",
    "34 in Store: type Ordering, type Store, name Ordering, call Ordering|by, name _|size",
    "35 in Point: type Int, inherit Eq",
    "36 in Named.name: type String",
    "36 in Named.label: name name, name name|toUpperCase",
    "37 in Mode: type Int, inherit Mode",
    "38 in Rich: type Int, inherit AnyVal",
    "38 in Rich.twice: name n",
    "39 in util.helper: type Int",
  ]);
});

test("Scala: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("scala", SOURCE);

  expect(importLines(syntax)).toEqual([
    "4 scala.collection.mutable {mutable}",
    "5 app.io.Reader {Reader}",
    "5 app.io.Writer {Writer}",
    "5 app.io {*}",
    "6 app.util {*}",
  ]);
});
