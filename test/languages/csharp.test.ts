import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `using System;
using static System.Math;
using Alias = System.Collections.Generic.List<int>;

namespace App.Core;

/// <summary>Keeps things.</summary>
[Serializable]
public abstract class Store<T> : Base<T>, IDisposable where T : class, INamed
{
    public const int Limit = 10, Other = Limit;
    private readonly List<T> items = new();
    public event EventHandler Changed;

    /// <summary>Makes one.</summary>
    protected Store(string path) : base(path)
    {
        this.items.Clear();
    }

    public int Size { get => items.Count; private set { Resize(value); } }
    public T this[int at] => items[at];
    internal string Name => nameof(Store<T>);

    [Obsolete("x")]
    public async Task<T?> Get<K>(K key, params Option[] options) where K : IKey
    {
        int Inner(int at) => at + Limit;
        var found = items.FirstOrDefault(item => item.Key == key.Value);
        foreach (var option in options) option.Apply(Inner(1));
        if (found is INamed named) Console.WriteLine($"{named.Name} {Size}");
        try { return await LoadAsync(new Query<T>(key)); }
        catch (IOException error) { throw new Store.Failure(error); }
    }

    public static Store<T> operator +(Store<T> a, T b) { return a; }
    ~Store() { Dispose(); }
    void IDisposable.Dispose() => Close?.Invoke(Mode.Read);
    private class Node { internal Node next; }
}

public enum Mode { Read = 1, Write }
public record Pair(int Left, string Right);
public struct Point { public int X; }
public interface INamed { string Name { get; } void Show(); }
public delegate void Handler(object sender);
`;

test("C#: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("csharp", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "module App.Core 5-5 @5 public: namespace App.Core;",
    "class App.Core.Store 8-40 @9 public doc 7-7: public abstract class Store<T> : Base<T>, IDisposable where T : class, INamed",
    "variable App.Core.Store.Limit 11-11 @11 public: public const int Limit = 10, Other = Limit;",
    "variable App.Core.Store.Other 11-11 @11 public: public const int Limit = 10, Other = Limit;",
    "variable App.Core.Store.items 12-12 @12 private: private readonly List<T> items = new();",
    "variable App.Core.Store.Changed 13-13 @13 public: public event EventHandler Changed;",
    "constructor App.Core.Store.Store 16-19 @16 private doc 15-15: protected Store(string path) : base(path)",
    "method App.Core.Store.Size 21-21 @21 public: public int Size",
    "method App.Core.Store.this 22-22 @22 public: public T this[int at]",
    "method App.Core.Store.Name 23-23 @23 private: internal string Name",
    "method App.Core.Store.Get 25-34 @26 public: public async Task<T?> Get<K>(K key, params Option[] options) where K : IKey",
    "function App.Core.Store.Get.Inner 28-28 @28 private: int Inner(int at)",
    "method App.Core.Store.operator+ 36-36 @36 public: public static Store<T> operator +(Store<T> a, T b)",
    "method App.Core.Store.~Store 37-37 @37 private: ~Store()",
    "method App.Core.Store.Dispose 38-38 @38 private: void IDisposable.Dispose()",
    "class App.Core.Store.Node 39-39 @39 private: private class Node",
    "variable App.Core.Store.Node.next 39-39 @39 private: internal Node next;",
    "enum App.Core.Mode 42-42 @42 public: public enum Mode",
    "variable App.Core.Mode.Read 42-42 @42 public: Read = 1",
    "variable App.Core.Mode.Write 42-42 @42 public: Write",
    "class App.Core.Pair 43-43 @43 public: public record Pair(int Left, string Right);",
    "variable App.Core.Pair.Left 43-43 @43 public: int Left",
    "variable App.Core.Pair.Right 43-43 @43 public: string Right",
    "class App.Core.Point 44-44 @44 public: public struct Point",
    "variable App.Core.Point.X 44-44 @44 public: public int X;",
    "interface App.Core.INamed 45-45 @45 public: public interface INamed",
    "variable App.Core.INamed.Name 45-45 @45 public: string Name",
    "method App.Core.INamed.Show 45-45 @45 public: void Show();",
    "type App.Core.Handler 46-46 @46 public: public delegate void Handler(object sender);",
  ]);
});

test("C#: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("csharp", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "8 in App.Core.Store: type Serializable",
    "9 in App.Core.Store: inherit Base, type T, inherit IDisposable, type INamed",
    "11 in App.Core.Store: name Limit",
    "12 in App.Core.Store: type List, type T",
    "13 in App.Core.Store: type EventHandler",
    "18 in App.Core.Store.Store: name this|items, call this.items|Clear",
    "21 in App.Core.Store.Size: name items, name items|Count, call Resize, name value",
    "22 in App.Core.Store.this: type T, name items",
    "23 in App.Core.Store.Name: call nameof, name Store, type T",
    "25 in App.Core.Store.Get: type Obsolete",
    "26 in App.Core.Store.Get: type Task, type T, type K, type Option, type IKey",
    "28 in App.Core.Store.Get.Inner: name Limit",
    "29 in App.Core.Store.Get: name items, call items|FirstOrDefault, name item|Key, name key|Value",
    "30 in App.Core.Store.Get: call option|Apply, call Inner",
    "31 in App.Core.Store.Get: type INamed, name Console, call Console|WriteLine, name named|Name, name Size",
    "32 in App.Core.Store.Get: call LoadAsync, new Query, type T",
    "33 in App.Core.Store.Get: type IOException, name Store, new Store|Failure",
    "36 in App.Core.Store.operator+: type Store, type T",
    "37 in App.Core.Store.~Store: call Dispose",
    "38 in App.Core.Store.Dispose: name IDisposable, name Close, call Close|Invoke, name Mode, name Mode|Read",
    "39 in App.Core.Store.Node: type Node",
  ]);
});

test("C#: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("csharp", SOURCE);

  expect(importLines(syntax)).toEqual([
    "1 System {*}",
    "2 System.Math {*}",
    "3 System.Collections.Generic.List<int> {List}",
  ]);
});
