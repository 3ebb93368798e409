import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `defmodule App.Core.Store do
  @moduledoc "Keeps things."
  use GenServer
  alias App.Item
  alias App.{Base, Reader}
  alias App.Io, as: Disk
  import App.Util, only: [helper: 2]
  require Logger
  @behaviour App.Named
  @limit 10
  defstruct [:path, size: 0]
  @type t :: %__MODULE__{path: String.t()}

  @doc "Makes one."
  @spec open(String.t(), integer) :: t
  def open(path, n \\\\ 1) when is_binary(path) do
    found = Enum.find(items(), fn item -> item.key == path end)
    for x <- list, do: helper(x, @limit)
    case Reader.find(path) do
      {:ok, %Item{name: name}} -> IO.puts("#{name} #{n}")
      {:error, reason} -> raise StoreError, reason
    end
    path |> String.trim() |> close
    Enum.map(list, &helper/1)
    %{state | size: n}
  end
  def close(_), do: :ok
  defp hidden(%__MODULE__{} = store), do: store.size
  defmacro shout(x) do quote do unquote(x) end end
  @impl true
  def handle_call({:get, key}, _from, state), do: {:reply, key, state}
  def a + b, do: add(a, b)
  def name
end
defprotocol App.Named do
  def name(x)
end
defimpl App.Named, for: App.Item do
  def name(i), do: i.name
end
`;

test("Elixir: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("elixir", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "module App.Core.Store 1-34 @1 public: defmodule App.Core.Store",
    "function App.Core.Store.open 16-26 @16 public: def open(path, n \\\\ 1) when is_binary(path)",
    "function App.Core.Store.close 27-27 @27 public: def close(_),",
    "function App.Core.Store.hidden 28-28 @28 private: defp hidden(%__MODULE__{} = store),",
    "function App.Core.Store.shout 29-29 @29 public: defmacro shout(x)",
    "function App.Core.Store.handle_call 31-31 @31 public: def handle_call({:get, key}, _from, state),",
    "function App.Core.Store.name 33-33 @33 public: def name",
    "module App.Named 35-37 @35 public: defprotocol App.Named",
    "function App.Named.name 36-36 @36 public: def name(x)",
    "function App.Item.name 39-39 @39 public: def name(i),",
  ]);
});

test("Elixir: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("elixir", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "9: type App|Named",
    "12: type String, call String|t",
    "15: type String, call String|t",
    "16 in App.Core.Store.open: call is_binary",
    "17 in App.Core.Store.open: type Enum, call Enum|find, call items, call item|key",
    "18 in App.Core.Store.open: call helper",
    "19 in App.Core.Store.open: type Reader, call Reader|find",
    "20 in App.Core.Store.open: type Item, type IO, call IO|puts",
    "21 in App.Core.Store.open: call raise, type StoreError",
    "23 in App.Core.Store.open: type String, call String|trim, call close",
    "24 in App.Core.Store.open: type Enum, call Enum|map, name helper",
    "28 in App.Core.Store.hidden: call store|size",
    "32: call add",
    "38: type App|Named, type App|Item",
    "39 in App.Item.name: call i|name",
  ]);
});

test("Elixir: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("elixir", SOURCE);

  expect(importLines(syntax)).toEqual([
    "3 GenServer {*}",
    "4 App.Item {Item}",
    "5 App.Base {Base}",
    "5 App.Reader {Reader}",
    "6 App.Io {Io}",
    "7 App.Util {*}",
    "8 Logger {*}",
  ]);
});
