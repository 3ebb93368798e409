import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `# frozen_string_literal: true
require "json"
require_relative "store/item"

# Keeps things.
module App
  LIMIT = 10

  # A store.
  class Store < Base::Record
    include Enumerable
    attr_reader :size, :name

    # Makes one.
    def initialize(path, *rest, limit: LIMIT, &block)
      super(path)
      @items = []
      @size = limit
      load_all(path) if block
    end

    def [](key)
      found = @items.find { |item| item.key == key }
      raise NotFound, "no #{key} in #{path_of(self)}" unless found
      found&.value
    end

    def empty?
      @items.empty?
    rescue IOError => error
      warn(error.message)
    end

    class << self
      def open(path) = new(path)
    end

    def self.create(...) = Store.new(...)

    private

    def load_all(path)
      File.open(path) do |file|
        file.each_line { |line| @items << Item.parse(line) }
      end
      items.each(&:freeze)
    end

    alias_method :load, :load_all
    alias fetch []
  end
end

def helper(n)
  yield n, App::LIMIT
end

App::Store.create("x").each do |one|
  puts one
end
`;

test("Ruby: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("ruby", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "module App 6-52 @6 public doc 5-5: module App",
    "variable App.LIMIT 7-7 @7 public: LIMIT = 10",
    "class App.Store 10-51 @10 public doc 9-9: class Store < Base::Record",
    "method App.Store.size 12-12 @12 public: attr_reader :size, :name",
    "method App.Store.name 12-12 @12 public: attr_reader :size, :name",
    "constructor App.Store.initialize 15-20 @15 public doc 14-14: def initialize(path, *rest, limit: LIMIT, &block)",
    "method App.Store.[] 22-26 @22 public: def [](key)",
    "method App.Store.empty? 28-32 @28 public: def empty?",
    "method App.Store.open 35-35 @35 public: def open(path)",
    "method App.Store.create 38-38 @38 public: def self.create(...)",
    "method App.Store.load_all 42-47 @42 private: def load_all(path)",
    "method App.Store.load 49-49 @49 private: alias_method :load, :load_all",
    "method App.Store.fetch 50-50 @50 private: alias fetch []",
    "function helper 54-56 @54 public: def helper(n)",
  ]);
});

test("Ruby: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("ruby", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "2: call require",
    "3: call require_relative",
    "10 in App.Store: name Base, inherit Base|Record",
    "11 in App.Store: call include, name Enumerable",
    "12 in App.Store: call attr_reader",
    "15 in App.Store.initialize: name LIMIT",
    "17 in App.Store.initialize: name @items",
    "18 in App.Store.initialize: name @size",
    "19 in App.Store.initialize: call load_all",
    "23 in App.Store.[]: name @items, call @items|find, call item|key",
    "24 in App.Store.[]: call raise, name NotFound, call path_of",
    "25 in App.Store.[]: call found|value",
    "29 in App.Store.empty?: name @items, call @items|empty?",
    "30 in App.Store.empty?: name IOError",
    "31 in App.Store.empty?: call warn, call error|message",
    "35 in App.Store.open: call new",
    "38 in App.Store.create: name Store, call Store|new",
    "43 in App.Store.load_all: name File, call File|open",
    "44 in App.Store.load_all: call file|each_line, name @items, name Item, call Item|parse",
    "46 in App.Store.load_all: name items, call items|each, name freeze",
    "49 in App.Store: call alias_method, name load_all",
    "55 in helper: name App, name App|LIMIT",
    "58: name App, name App|Store, call App::Store|create, call each",
    "59: call puts, name one",
  ]);
});

test("Ruby: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("ruby", SOURCE);

  expect(importLines(syntax)).toEqual(["2 json {*}", "3 ./store/item {*}"]);
});
