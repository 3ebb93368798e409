import { OUT } from "../../sandbox/places.ts";
import { END, HANG, SECONDS } from "./program.ts";

/** Seconds after which the stack is written, before the sandbox ends. */
const HANG_SECONDS = SECONDS - 5;

/**
 * Runs a program of Python (`python3 -c START MODE WHAT…`) and records how it ended: its exit status, or the exception with
 * the code that its frames are of. `src` is seen as an installed project would be. MODE: `file` and a path, `session` and a path, `tests`
 * and a path (by pytest, without the project's own settings of it; the first failure is recorded), `module` and a name, `entry` and `package.module:function`; then the arguments.
 */
export const PYTHON_START = String.raw`
def _casebook():
    import ast, faulthandler, json, os, runpy, sys, traceback, types
    mode, what, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    root = os.path.realpath(os.getcwd()) + os.sep
    sys.path[:0] = [os.getcwd()] + [os.path.abspath(one) for one in ("src", "lib", "python") if os.path.isdir(one)]
    out = os.open("${OUT}/${END}", os.O_WRONLY | os.O_CREAT, 0o644)
    faulthandler.dump_traceback_later(${HANG_SECONDS}, exit=True, file=open("${OUT}/${HANG}", "w"))
    pwrite, dumps, frame_of = os.pwrite, json.dumps, os.path.realpath
    def record(value):
        text = dumps(value).encode()
        os.ftruncate(out, 0)
        pwrite(out, text, 0)
    def path_of(name):
        full = frame_of(name)
        return full[len(root):] if full.startswith(root) else None
    def run():
        sys.argv = [what] + arguments
        if mode == "module":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
            return
        if mode == "tests":
            import pytest
            failed = []
            class Keeper:
                def pytest_exception_interact(self, call):
                    failed.append(call.excinfo.value)
            options = ["-q", "-c", os.devnull, "--rootdir", os.getcwd(), "--noconftest", "-p", "no:cacheprovider"]
            status = pytest.main(options + arguments, plugins=[Keeper()])
            if failed:
                raise failed[0]
            sys.exit(int(status))
        if mode == "entry":
            import importlib
            module, _, function = what.partition(":")
            target = importlib.import_module(module)
            for part in function.split("."):
                target = getattr(target, part)
            sys.argv[0] = arguments[0]
            sys.argv[1:] = arguments[1:]
            sys.exit(target())
        main, before = types.ModuleType("__main__"), sys.modules["__main__"]
        main.__file__ = os.path.abspath(what)
        sys.modules["__main__"] = main
        main.__dict__["__builtins__"] = before.__dict__["__builtins__"]
        with open(what, encoding="utf-8") as file:
            text = file.read()
        if mode == "file":
            body = ast.parse(text, main.__file__)
            last = body.body.pop() if body.body and isinstance(body.body[-1], ast.Expr) else None
            exec(compile(body, main.__file__, "exec"), main.__dict__)
            if last is not None:
                # Where a report ends with a value, a notebook or an interpreter shows it.
                value = eval(compile(ast.Expression(last.value), main.__file__, "eval"), main.__dict__)
                if value is not None:
                    shown = [getattr(value, name, None) for name in ("_repr_html_", "_repr_png_", "_repr_svg_")]
                    next((one for one in shown if callable(one) and not isinstance(value, type)), lambda: repr(value))()
            return
        for one in ast.parse(text, main.__file__).body:
            exec(compile(ast.Interactive([one]), main.__file__, "single"), main.__dict__)
    try:
        run()
        record({"exit": 0})
    except SystemExit as error:
        code = error.code
        record({"exit": code if isinstance(code, int) else 0 if code is None else 1})
        raise
    except BaseException as error:
        def told(one):
            frames, at = [], one.__traceback__
            while at is not None:
                code = at.tb_frame.f_code
                if code.co_filename != "<string>":
                    frames.append([path_of(code.co_filename), at.tb_lineno, code.co_name])
                at = at.tb_next
            try:
                message = str(one)
            except Exception:
                message = ""
            return {"type": type(one).__name__, "message": message[:4000], "frames": frames[-200:]}
        value, causes, one = told(error), [], error.__cause__
        while one is not None and len(causes) < 5:
            causes.append(told(one))
            one = one.__cause__
        record({**value, "causes": causes})
        at = error.__traceback__
        while at is not None and path_of(at.tb_frame.f_code.co_filename) is None:
            at = at.tb_next
        traceback.print_exception(type(error), error, at or error.__traceback__)
        sys.stdout.flush()
        sys.exit(1)
    finally:
        # Where a tracer is before this program, it closes its record.
        globals().get("casebook_switch", lambda name: None)(None)
_casebook()
`;

/**
 * Runs a program of Node (`node -e START FILE…`) and records how it ended. A package finds itself, and the packages beside it, by its
 * own name, as whoever installed it does.
 */
export const NODE_START = String.raw`
const host = process, { argv, env } = host, fs = require("node:fs"), path = require("node:path"), url = require("node:url");
const out = fs.openSync("${OUT}/${END}", "w"), write = fs.writeSync, text = JSON.stringify, root = host.cwd() + path.sep;
let isTold = false;
const record = (value) => { if (!isTold) { isTold = true; write(out, text(value), 0); } };
const frameOf = (line) => {
  const found = /^\s+at (?:(.*?) \()?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line);
  if (found === null) return [];
  const file = fs.realpathSync.native ? found[2].replace(/^file:\/\//, "") : found[2];
  let full = file;
  try { full = fs.realpathSync(decodeURI(file)); } catch {}
  return [[full.startsWith(root) ? full.slice(root.length) : null, Number(found[3]), found[1] ?? ""]];
};
const told = (error, depth = 0) => {
  const isError = error !== null && typeof error === "object" && "message" in error;
  if (!isError) return { type: "", message: String(error).slice(0, 4000), frames: [] };
  const frames = String(error.stack).split("\n").flatMap(frameOf).reverse();
  const causes = [];
  for (let one = error.cause; depth === 0 && one instanceof Error && causes.length < 5; one = one.cause) causes.push(told(one, 1));
  return { type: String(error.name), message: String(error.message).slice(0, 4000), code: String(error.code ?? ""), frames: frames.slice(-200), causes };
};
host.on("uncaughtExceptionMonitor", (error) => record(told(error)));
host.on("exit", (code) => { record({ exit: code }); require("node:inspector").casebookTake?.(null); });
for (const [name, folder] of JSON.parse(env.CASEBOOK_PACKAGES || "[]")) {
  const link = path.resolve("node_modules", name);
  if (fs.existsSync(link)) continue;
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.symlinkSync(path.resolve(folder), link, "dir");
}
delete env.CASEBOOK_PACKAGES;
import(url.pathToFileURL(path.resolve(argv[1]))).catch((error) => { record(told(error)); console.error(error); host.exit(1); });
`;

/** The other file of a program of Go: its \`main\` is \`casebookMain\` there. */
export const GO_START = String.raw`package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	root, _ := os.Getwd()
	record := func(value interface{}) {
		text, _ := json.Marshal(value)
		_ = os.WriteFile("${OUT}/${END}", text, 0o644)
	}
	record(map[string]interface{}{"started": true})
	defer func() {
		reason := recover()
		if reason == nil {
			record(map[string]interface{}{"exit": 0})
			return
		}
		places := make([]uintptr, 200)
		frames := runtime.CallersFrames(places[:runtime.Callers(0, places)])
		list := [][]interface{}{}
		for {
			frame, more := frames.Next()
			path, err := filepath.Rel(root, frame.File)
			if err == nil && !strings.HasPrefix(path, "..") && filepath.Base(path) != "casebook_start.go" {
				list = append([][]interface{}{{path, frame.Line, frame.Function}}, list...)
			}
			if !more {
				break
			}
		}
		record(map[string]interface{}{"type": "panic", "message": fmt.Sprint(reason), "frames": list})
		panic(reason)
	}()
	casebookMain()
}
`;

/** Comes after a program of Rust, whose \`main\` is \`casebook_main\` then. */
export const RUST_START = String.raw`
fn main() -> impl std::process::Termination {
    let _ = std::fs::write("${OUT}/${END}", "{\"started\":true}");
    std::panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<&str>().map(|one| one.to_string())
            .or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
        let quoted = |text: &str| {
            let mut out = String::from("\"");
            for one in text.chars() {
                match one {
                    '"' => out.push_str("\\\""),
                    '\\' => out.push_str("\\\\"),
                    one if (one as u32) < 32 => out.push_str(&format!("\\u{:04x}", one as u32)),
                    one => out.push(one),
                }
            }
            out.push('"');
            out
        };
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        let place = info.location().map(|at| format!("at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = std::fs::write("${OUT}/${END}", format!("{{\"type\":\"panic\",\"message\":{},\"backtrace\":{}}}", quoted(&text), quoted(&format!("{place}\n{trace}"))));
        eprintln!("{info}");
    }));
    casebook_main()
}
`;
