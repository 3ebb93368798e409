import type { Frame } from "../issue-reading.ts";
import { causeOf, type ReportFrame, type Trace } from "./trace-frames.ts";

const MAX_FRAMES = 200;

/** Frames that name a file, of all traces: the outermost call first, and the trace of the cause last. */
export function framesOf(traces: readonly Trace[]): readonly Frame[] {
  const cause = causeOf(traces);
  const inOrder = [...traces.filter((trace) => trace !== cause), ...(cause === undefined ? [] : [cause])];
  return inOrder
    .flatMap(({ frames, innermost }) => (innermost === "first" ? frames.toReversed() : frames))
    .flatMap(frameOf)
    .filter((frame, at, all) => frame.function !== undefined || !isSameLine(frame, all[at - 1]))
    .slice(-MAX_FRAMES);
}

/** A message repeats the line of the call that failed (Lua). */
function isSameLine(frame: Frame, other: Frame | undefined): boolean {
  return other !== undefined && other.path === frame.path && other.line === frame.line;
}

function frameOf({ path, line, function: printed, format }: ReportFrame): readonly Frame[] {
  const clean = path
    .replace(/^(?:file|webpack(?:-internal)?|app|package):\/{0,3}/, "")
    .replace(/[?#].*$/, "")
    .replaceAll("\\", "/")
    .replace(/^.*\/(?:site-packages|dist-packages)\/(?!.*\/(?:site-packages|dist-packages)\/)/, "")
    .replace(/^(?:\.{1,2}\/)+/, "");
  if (!/\.\w{1,8}$/.test(clean) || clean.startsWith("node:")) return [];
  // PHP prints what the line calls, not what it is in.
  const name = format === "php" ? "" : lastName(printed);
  return [
    {
      path: format === "java" ? `${folderOfType(printed)}${clean}` : clean,
      ...(line === undefined ? {} : { line }),
      ...(name === "" ? {} : { function: name }),
    },
  ];
}

/** How runtimes name a function without a name, and which part is the one around it: none where they do not tell. */
const UNNAMED: readonly (readonly [form: RegExp, around: string])[] = [
  // Go: `pkg.Serve.func1`, `pkg.Serve.func2.1`, `pkg.Serve.gowrap1`
  [/^(.*?)(?:\.(?:func|gowrap|deferwrap)\d+(?:\.\d+)*)+(\(.*)?$/, "$1"],
  // Rust: `app::run::{{closure}}`
  [/^(.*?)(?:::\{\{?closure[^}]*\}\}?)+.*$/, "$1"],
  // Java: `org.a.Store.lambda$load$0`
  [/^(.*[./])?lambda\$(\w+)\$\d+(.*)$/, "$1$2"],
  // Kotlin: `org.a.Store$load$1.run`, of an object in `load`
  [/^(.*[./])?[\w$]*\$([a-z]\w*)(?:\$\d+)+\.\w+$/, "$1$2"],
  // .NET: `A.B.<Load>b__0`, `A.B.<Load>g__Inner|0_1`
  [/^(?:.*\.)?<(\w+)>[bg]__.*$/, "$1"],
  // Ruby: `block in load`, `block (2 levels) in load`
  [/^(?:block|rescue|ensure) (?:\(\d+ levels\) )?in (.*)$/, "$1"],
  // Erlang and Elixir: `-handle_info/2-fun-4-/4`, `Mod."-map/2-lists^map/1-0-"/2`
  [/^(?:.*\.)?"?-(\w+[!?]?)\/\d+-(?:fun|lc|lbc|lists\^).*$/, "$1"],
  // Swift: `Request.request.getter`
  [/^(.*\w)\.(?:getter|setter|didset|willset)$/, "$1"],
  // Lua: `function <src/store.lua:12>`
  [/^(?:function )?<[^<>]*:\d+>$/, ""],
  // Python: a function of a line, or of a part of it
  [/^(?:.*\.)?<(?:lambda|listcomp|setcomp|dictcomp|genexpr)>$/, ""],
];

/** `Store.set`, `async Ns::set(String)` and `<Store as Trait>::set` give set; a function without a name the one around it. */
function lastName(printed: string): string {
  const [form, around] = UNNAMED.find(([one]) => one.test(printed)) ?? [/$/, ""];
  const bare =
    printed
      .replace(form, around)
      // Arguments; in Go a receiver may stand before: `(*Store).Set(0x1)`.
      .replace(/\((?!\*)[^]*$/, "")
      // Type arguments: `Load[T]` of .NET and Go, `load<T>`.
      .replace(/(?<=\w)(?:\[[^\][]*\]|<[^<>]*>)+$/, "")
      // The number of arguments: `App.Store.load/2`.
      .replace(/(?<=\w[!?]?)\/\d{1,3}$/, "")
      .replaceAll(/^['"`]|['"`]$/g, "")
      .trim()
      .split(/\s/)
      .at(-1) ?? "";
  const name = (bare.split(/::|[.\\>#]/).at(-1) ?? "").replace(/[()*{}<>'"`]/g, "");
  return /^(?:module|anonymous|init)$/.test(name) && /[<>]/.test(bare) ? "" : name;
}

/** `app//org.a.Store$1.set` gives `org/a/`: Java prints the package before the name of the file. */
function folderOfType(name: string): string {
  const folders = (name.split("/").at(-1) ?? "").split(".").slice(0, -2);
  return folders.length === 0 ? "" : `${folders.join("/")}/`;
}
