import { expect, test } from "@jest/globals";
import { importLines, readSyntax, referenceLines, symbolLines } from "./syntax-lines.ts";

const SOURCE = `<?php
declare(strict_types=1);

namespace App\\Core;

use App\\Item;
use App\\{Base as Root, Io\\Reader};
use function App\\helper;
require_once __DIR__ . '/boot.php';
require 'lib/tools.php';

const LIMIT = 10;
define('OTHER', LIMIT);

/**
 * Keeps things.
 */
#[Attribute]
abstract class Store extends Root implements \\Countable, Named
{
    use Logs, Caches;

    public const MAX = LIMIT;
    private array $items = [];
    public ?Item $first = null;

    /** Makes one. */
    public function __construct(private readonly string $path, Item ...$rest)
    {
        parent::__construct($path);
        $this->items = array_map(fn(Item $item): Item => $item->copy(self::MAX), $rest);
    }

    #[Pure]
    public static function create(string $path): static
    {
        return new static($path);
    }

    protected function get(string $key, int|null $n = null): ?Item
    {
        $load = function ($at) use ($key) { return helper($at, $key); };
        foreach ($this->items as $name => $item) {
            echo "$name {$item->show()}";
        }
        try {
            return $this->reader->find($key)?->value ?? Item::make($load);
        } catch (\\RuntimeException $error) {
            throw new Failure($error, static::$count);
        }
    }

    abstract function close();
}

interface Named
{
    function name(): string;
}

trait Logs
{
    private $log;
    function log($text) { $this->log[] = $text; }
}

enum Mode: string
{
    case Read = 'r';
    case Write = 'w';
    public function label(): string { return ucfirst($this->value); }
}

// Helps.
function outer(Store $store)
{
    function inner() { return \\strlen(OTHER); }
    if ($store instanceof Named) return $store->name();
    return Mode::Read;
}
`;

test("PHP: every definition has its kind, place, visibility, comment and head", async () => {
  const syntax = await readSyntax("php", SOURCE);

  expect(syntax.hasErrors).toBe(false);
  expect(symbolLines(syntax)).toEqual([
    "variable LIMIT 12-12 @12 public: const LIMIT = 10;",
    "variable OTHER 13-13 @13 public: define('OTHER', LIMIT)",
    "class Store 18-54 @19 public doc 15-17: abstract class Store extends Root implements \\Countable, Named",
    "variable Store.MAX 23-23 @23 public: public const MAX = LIMIT;",
    "variable Store.items 24-24 @24 private: private array $items = [];",
    "variable Store.first 25-25 @25 public: public ?Item $first = null;",
    "constructor Store.__construct 28-32 @28 public doc 27-27: public function __construct(private readonly string $path, Item ...$rest)",
    "variable Store.path 28-28 @28 private: private readonly string $path",
    "method Store.create 34-38 @35 public: public static function create(string $path): static",
    "method Store.get 40-51 @40 private: protected function get(string $key, int|null $n = null): ?Item",
    "method Store.close 53-53 @53 public: abstract function close();",
    "interface Named 56-59 @56 public: interface Named",
    "method Named.name 58-58 @58 public: function name(): string;",
    "class Logs 61-65 @61 public: trait Logs",
    "variable Logs.log 63-63 @63 private: private $log;",
    "method Logs.log 64-64 @64 public: function log($text)",
    "enum Mode 67-72 @67 public: enum Mode: string",
    "variable Mode.Read 69-69 @69 public: case Read = 'r';",
    "variable Mode.Write 70-70 @70 public: case Write = 'w';",
    "method Mode.label 71-71 @71 public: public function label(): string",
    "function outer 75-80 @75 public doc 74-74: function outer(Store $store)",
    "function outer.inner 77-77 @77 public: function inner()",
  ]);
});

test("PHP: every use is listed with its kind, receiver and the definition it stands in", async () => {
  const syntax = await readSyntax("php", SOURCE);

  expect(referenceLines(syntax)).toEqual([
    "9: name __DIR__",
    "13: call define, name LIMIT",
    "18 in Store: type Attribute",
    "19 in Store: inherit Root, inherit Countable, inherit Named",
    "21 in Store: inherit Logs, inherit Caches",
    "23 in Store: name LIMIT",
    "25 in Store: type Item",
    "28 in Store.__construct: type Item",
    "30 in Store.__construct: call parent|__construct",
    "31 in Store.__construct: name $this|items, call array_map, type Item, call $item|copy, name self|MAX",
    "34 in Store.create: type Pure",
    "40 in Store.get: type Item",
    "42 in Store.get: call helper",
    "43 in Store.get: name $this|items",
    "44 in Store.get: call $item|show",
    "47 in Store.get: name $this|reader, call $this->reader|find, name value, type Item, call Item|make",
    "48 in Store.get: type RuntimeException",
    "49 in Store.get: new Failure, name static|count",
    "64 in Logs.log: name $this|log",
    "71 in Mode.label: call ucfirst, name $this|value",
    "75 in outer: type Store",
    "77 in outer.inner: call strlen, name OTHER",
    "78 in outer: name Named, call $store|name",
    "79 in outer: type Mode, name Mode|Read",
  ]);
});

test("PHP: every import has its source and the names it brings in", async () => {
  const syntax = await readSyntax("php", SOURCE);

  expect(importLines(syntax)).toEqual([
    "6 App\\Item {Item}",
    "7 App\\Base {Base}",
    "7 App\\Io\\Reader {Reader}",
    "8 App\\helper {helper}",
    "9 ./boot.php {*}",
    "10 lib/tools.php {*}",
  ]);
});
