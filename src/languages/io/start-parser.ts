import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Parser } from "web-tree-sitter";
import type { CursorCalls } from "../cursor-calls.ts";
import { enlargeStack } from "../parser-stack.ts";

/** As much of the platform's WebAssembly as is used here; neither the compiler's libraries nor Node's types declare it. */
type WasmExports = Readonly<Record<string, unknown>>;
interface WasmInstance {
  readonly exports: WasmExports;
}
interface WasmImports {
  /** What grammars are linked with, too: the parser's own functions are added to it. */
  readonly env?: { readonly __stack_pointer?: { value: number }; calloc?: unknown };
}
declare const WebAssembly: {
  readonly compile: (bytes: Uint8Array) => Promise<object>;
  readonly Instance: new (module: object, imports: object) => WasmInstance;
};

let started: Promise<CursorCalls> | undefined;

/** Starts the parser of this thread, once. */
export function startParser(): Promise<CursorCalls> {
  started ??= start();
  return started;
}

async function start(): Promise<CursorCalls> {
  const { resolve } = createRequire(import.meta.url);
  const module = await WebAssembly.compile(await readFile(resolve("web-tree-sitter/web-tree-sitter.wasm")));
  let exports: WasmExports = {};
  let env: WasmImports["env"];
  await Parser.init({
    // Emscripten's hook for making the instance oneself: the way to its exports.
    instantiateWasm(imports: WasmImports, done: (instance: WasmInstance, module: object) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      exports = instance.exports;
      env = imports.env;
      done(instance, module);
      return exports;
    },
  });
  const call = (name: string) => {
    const found = exports[name];
    if (typeof found !== "function") throw new TypeError(`web-tree-sitter has no ${name}`);
    return found as (argument: number) => number;
  };
  const pointer = env?.__stack_pointer;
  const calloc = env?.calloc;
  if (env === undefined || pointer === undefined || typeof calloc !== "function")
    throw new TypeError("web-tree-sitter has no __stack_pointer or no calloc");
  // Swift's scanner asks for no element of four bytes and uses them: what was in them before decided how it read.
  env.calloc = (count: number, size: number): unknown => calloc(count === 0 ? 1 : count, size);
  const recover = enlargeStack({ pointer, malloc: call("malloc") });
  const root = call("ts_tree_root_node_wasm");
  const open = call("ts_tree_cursor_new_wasm");
  return {
    open(tree) {
      root(tree);
      open(tree);
    },
    close: call("ts_tree_cursor_delete_wasm"),
    toFirstChild: call("ts_tree_cursor_goto_first_child_wasm"),
    toNextSibling: call("ts_tree_cursor_goto_next_sibling_wasm"),
    toParent: call("ts_tree_cursor_goto_parent_wasm"),
    type: call("ts_tree_cursor_current_node_type_id_wasm"),
    field: call("ts_tree_cursor_current_field_id_wasm"),
    start: call("ts_tree_cursor_start_index_wasm"),
    end: call("ts_tree_cursor_end_index_wasm"),
    recover,
  };
}
