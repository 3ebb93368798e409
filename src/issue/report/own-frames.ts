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
    .slice(-MAX_FRAMES);
}

function frameOf({ path, line, function: printed, format }: ReportFrame): readonly Frame[] {
  const clean = path
    .replace(/^(?:file|webpack(?:-internal)?|app|package):\/{0,3}/, "")
    .replace(/[?#].*$/, "")
    .replaceAll("\\", "/")
    .replace(/^.*\/(?:site-packages|dist-packages)\/(?!.*\/(?:site-packages|dist-packages)\/)/, "")
    .replace(/^(?:\.{1,2}\/)+/, "");
  if (!/\.\w{1,8}$/.test(clean) || clean.startsWith("node:")) return [];
  const name = lastName(printed);
  return [
    {
      path: format === "java" ? `${folderOfType(printed)}${clean}` : clean,
      ...(line === undefined ? {} : { line }),
      ...(name === "" ? {} : { function: name }),
    },
  ];
}

/** `Store.set`, `async Ns::set(String)` and `<Store as Trait>::set` give set. */
function lastName(printed: string): string {
  const bare =
    printed
      .replace(/\([^]*$/, "")
      .trim()
      .split(/\s/)
      .at(-1) ?? "";
  const name = (bare.split(/::|[.\\>#]/).at(-1) ?? "").replace(/[()*{}<>]/g, "");
  return /^(?:module|anonymous|init)$/.test(name) && /[<>]/.test(bare) ? "" : name;
}

/** `app//org.a.Store$1.set` gives `org/a/`: Java prints the package before the name of the file. */
function folderOfType(name: string): string {
  const folders = (name.split("/").at(-1) ?? "").split(".").slice(0, -2);
  return folders.length === 0 ? "" : `${folders.join("/")}/`;
}
