import { describe, expect, test } from "@jest/globals";
import { findTraces, innermostFrame } from "../../../src/issue/report/trace-frames.ts";

interface Sample {
  readonly runtime: string;
  /** As the runtime printed it. */
  readonly text: string;
  /** `path:line function` in printed order. */
  readonly frames: readonly string[];
  /** The frame in which the cause broke. */
  readonly innermost: string;
}

const show = ({
  path,
  line,
  function: fn,
}: {
  path: string;
  line: number | undefined;
  function: string;
}): string => `${path}${line === undefined ? "" : `:${line}`} ${fn}`.trim();

/** What else runtimes print, shortened, with one frame each. */
test.each([
  ["    lib/a.ex:158: A.B.opts({:pipe, [line: 25]})", "lib/a.ex:158 A.B.opts"],
  [
    "    (elixir 1.18.3) lib/kernel/cli.ex:137: anonymous fn/3 in Kernel.CLI.exec_fun/2",
    "lib/kernel/cli.ex:137 anonymous fn/3 in Kernel.CLI.exec_fun/2",
  ],
  ['E5108: Error executing lua [string ":lua"]:1: attempt to index a boolean value', '[string ":lua"]:1'],
  [
    "App.Bubble.Fix (UnityEngine.UI.InputField field) (at Assets/Bubble.cs:183)",
    "Assets/Bubble.cs:183 App.Bubble.Fix",
  ],
  ["CMake Error at src/CMakeLists.txt:21 (find_package):", "src/CMakeLists.txt:21 find_package"],
  ["File “main.py”, line 157, in", "main.py:157"],
])("%s is a frame", (line, frame) =>
  expect(
    findTraces(line)
      .flatMap(({ frames }) => frames)
      .map(show),
  ).toEqual([frame]),
);

test.each(["docs-1  | ", "2026-11-30T16:02:11.425Z web_2 | ", "[job 7] [12:03:04] ", "20:14:55 worker> "])(
  "a trace is read behind %j on each line",
  (prefix) => {
    const lines = [
      "TypeError: no",
      "    at f (/app/lib/a.js:45:3)",
      "    at g (/app/lib/b.js:9:1)",
      "",
      "Node v24",
    ];
    const text = lines.map((line) => prefix + line).join("\n");
    expect(
      findTraces(text)
        .flatMap(({ frames }) => frames)
        .map(show),
    ).toEqual(["/app/lib/a.js:45 f", "/app/lib/b.js:9 g"]);
  },
);

/** Real output of the runtimes, shortened in the middle only; paths are relative. */
const SAMPLES: readonly Sample[] = [
  {
    runtime: "Python with a direct cause",
    text: `Traceback (most recent call last):
  File "src/a.py", line 5, in outer
    inner(0)
  File "src/a.py", line 2, in inner
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "src/a.py", line 8, in <module>
    outer()
  File "src/a.py", line 7, in outer
    raise ValueError("bad value") from e
ValueError: bad value`,
    frames: ["src/a.py:5 outer", "src/a.py:2 inner", "src/a.py:8 <module>", "src/a.py:7 outer"],
    innermost: "src/a.py:2 inner",
  },
  {
    runtime: "Python exception group",
    text: `  + Exception Group Traceback (most recent call last):
  |   File "g.py", line 9, in <module>
  |     main()
  | ExceptionGroup: several (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "g.py", line 6, in main
    |     try: h()
    |          ^^^
    |   File "g.py", line 1, in f
    | ValueError: one
    +------------------------------------`,
    frames: ["g.py:9 <module>", "g.py:6 main", "g.py:1 f"],
    innermost: "g.py:1 f",
  },
  {
    runtime: "pytest, long traces",
    text: `    def test_it():
>       assert helper() == 1
               ^^^^^^^^

test_a.py:4: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
test_a.py:2: in helper
    def helper(): return a_mod.run({})

d = {}

    def run(d):
>       return d["missing"]
E       KeyError: 'missing'

a_mod.py:2: KeyError`,
    frames: ["test_a.py:4", "test_a.py:2 helper", "a_mod.py:2"],
    innermost: "a_mod.py:2",
  },
  {
    runtime: "pytest, short traces",
    text: `test_a.py:4: in test_it
    assert helper() == 1
a_mod.py:2: in run
    return d["missing"]
E   KeyError: 'missing'`,
    frames: ["test_a.py:4 test_it", "a_mod.py:2 run"],
    innermost: "a_mod.py:2 run",
  },
  {
    runtime: "IPython",
    text: `ValueError                                Traceback (most recent call last)
Cell In[3], line 4
      2 import seaborn
----> 4 g.map(f)

File ~/code/plot.py:841, in Plot._plot(self, pyplot)
    840 def _plot(self):
--> 841     self._setup()

ValueError: no`,
    frames: [":4", "~/code/plot.py:841 Plot._plot"],
    innermost: "~/code/plot.py:841 Plot._plot",
  },
  {
    runtime: "Node",
    text: `TypeError: Cannot read properties of undefined (reading 'deep')
    at Store.set (file:///app/a.mjs:1:41)
    at async main (file:///app/a.mjs:2:49)`,
    frames: ["app/a.mjs:1 Store.set", "app/a.mjs:2 async main"],
    innermost: "app/a.mjs:1 Store.set",
  },
  {
    runtime: "Firefox",
    text: `createUrlRegex@https://example.org/assets/index.js:587:20
isURLMatched@https://example.org/assets/index.js:545:12`,
    frames: [
      "https://example.org/assets/index.js:587 createUrlRegex",
      "https://example.org/assets/index.js:545 isURLMatched",
    ],
    innermost: "https://example.org/assets/index.js:587 createUrlRegex",
  },
  {
    runtime: "Next.js with a route group",
    text: `    at Page (webpack-internal:///(rsc)/./app/(shop)/cart/page.tsx:12:9)`,
    frames: ["(rsc)/./app/(shop)/cart/page.tsx:12 Page"],
    innermost: "(rsc)/./app/(shop)/cart/page.tsx:12 Page",
  },
  {
    runtime: "TypeScript",
    text: `src/app/(shop)/page.ts(41,9): error TS2322: Type 'string' is not assignable to type 'number'.`,
    frames: ["src/app/(shop)/page.ts:41"],
    innermost: "src/app/(shop)/page.ts:41",
  },
  {
    runtime: "Java with a cause",
    text: `Exception in thread "main" java.lang.IllegalStateException: wrapped
	at A.g(A.java:2)
	at A.main(A.java:3)
Caused by: java.lang.NullPointerException: Cannot invoke "String.length()" because "<parameter1>" is null
	at A$B.f(A.java:1)
	... 2 more`,
    frames: ["A.java:2 A.g", "A.java:3 A.main", "A.java:1 A$B.f"],
    innermost: "A.java:1 A$B.f",
  },
  {
    runtime: "Go panic with an inlined call",
    text: `panic: assignment to entry in nil map

goroutine 1 [running]:
main.(*S).Set(...)
	/app/main.go:4
main.main()
	/app/main.go:5 +0xcc
exit status 2`,
    frames: ["/app/main.go:4 main.(*S).Set", "/app/main.go:5 main.main"],
    innermost: "/app/main.go:4 main.(*S).Set",
  },
  {
    runtime: "Rust panic with a backtrace",
    text: `thread 'main' (8865) panicked at src/r.rs:1:44:
index out of bounds: the len is 1 but the index is 5
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: r::inner
   2: r::main
             at ./src/main.rs:4:5`,
    frames: [
      "src/r.rs:1",
      "/rustc/5980/library/std/src/panicking.rs:689 __rustc::rust_begin_unwind",
      " r::inner".trim(),
      "./src/main.rs:4 r::main",
    ],
    innermost: "src/r.rs:1",
  },
  {
    runtime: "Rust panic of older versions",
    text: `thread 'main' panicked at 'attempt to add with overflow', ~/.cargo/registry/vec_map-0.8.2/src/lib.rs:540:31`,
    frames: ["~/.cargo/registry/vec_map-0.8.2/src/lib.rs:540"],
    innermost: "~/.cargo/registry/vec_map-0.8.2/src/lib.rs:540",
  },
  {
    runtime: "AddressSanitizer",
    text: `==8951==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000038
    #0 0x56124c9741ef in f /app/c.c:3
    #1 0x56124c97425b in main /app/c.c:4
    #4 0x56124c9740e0 in _start (/app/c1+0x10e0)`,
    frames: ["/app/c.c:3 f", "/app/c.c:4 main"],
    innermost: "/app/c.c:3 f",
  },
  {
    runtime: "C assertion",
    text: "c2: c.c:4: main: Assertion `p==0' failed.",
    frames: ["c.c:4 main"],
    innermost: "c.c:4 main",
  },
  {
    runtime: "Valgrind",
    text: `==13794== Invalid read of size 4
==13794==    at 0x109155: f (c.c:3)
==13794==    by 0x1091B7: main (c.c:4)`,
    frames: ["c.c:3 f", "c.c:4 main"],
    innermost: "c.c:3 f",
  },
  {
    runtime: "Ruby",
    text: `a.rb:2:in \`set': bad (ArgumentError)
	from a.rb:4:in \`block in run'
	from a.rb:5:in \`<main>'`,
    frames: ["a.rb:2 set", "a.rb:4 block in run", "a.rb:5 <main>"],
    innermost: "a.rb:2 set",
  },
  {
    runtime: "Lua",
    text: `lua5.4: a.lua:1: bad
stack traceback:
	[C]: in function 'error'
	a.lua:2: in local 'g'
	a.lua:3: in main chunk`,
    frames: ["a.lua:1", "a.lua:2 'g'", "a.lua:3"],
    innermost: "a.lua:1",
  },
  {
    runtime: "Elixir",
    text: `** (KeyError) key :missing not found in: %{}
    a.exs:2: S.set/1
    (elixir 1.14.0) lib/code.ex:1245: Code.require_file/2`,
    frames: ["a.exs:2 S.set/1", "lib/code.ex:1245 Code.require_file/2"],
    innermost: "a.exs:2 S.set/1",
  },
  {
    runtime: "PHP",
    text: `PHP Fatal error:  Uncaught RuntimeException: bad in /app/a.php:1
Stack trace:
#0 /app/a.php(2): Store->set()
#1 /app/a.php(3): run()
#2 {main}
  thrown in /app/a.php on line 1`,
    frames: ["/app/a.php:1", "/app/a.php:2 Store->set", "/app/a.php:3 run"],
    innermost: "/app/a.php:1",
  },
  {
    runtime: "OCaml",
    text: `Fatal error: exception Failure("hd")
Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from A in file "a.ml", line 2, characters 52-56`,
    frames: ["stdlib.ml:29 Stdlib.failwith", "a.ml:2 A"],
    innermost: "stdlib.ml:29 Stdlib.failwith",
  },
  {
    runtime: "gdb",
    text: `Program received signal SIGSEGV, Segmentation fault.
#0  0x0000555555555135 in f (p=0x0) at s.c:2
#1  0x0000555555555147 in main () at s.c:2`,
    frames: ["s.c:2 f", "s.c:2 main"],
    innermost: "s.c:2 f",
  },
  {
    runtime: "Perl",
    text: `broken at p.pl line 1.
	main::f(1) called at p.pl line 2
	main::g() called at p.pl line 3`,
    frames: ["p.pl:1", "p.pl:2", "p.pl:3"],
    innermost: "p.pl:1",
  },
];

describe.each(SAMPLES)("$runtime", ({ text, frames, innermost }) => {
  const read = (whole: string): readonly string[] =>
    findTraces(whole).flatMap((trace) => trace.frames.map(show));

  test("every frame is read, and the innermost is named", () => {
    expect(read(text)).toEqual(frames);
    const inner = innermostFrame(findTraces(text));
    expect(inner === undefined ? undefined : show(inner)).toBe(innermost);
  });

  test.each([
    ["a quotation", "> "],
    ["a container", "web_1  | "],
    ["a time", "2026-03-01T10:00:00.123Z "],
    ["colours", "\u001b[31m"],
  ])("the same behind the prefix of %s", (_name, prefix) => {
    expect(read(text.replace(/^/gm, prefix))).toEqual(frames);
  });
});

test.each([
  "The server listens on http://127.0.0.1:8080 and answers.",
  "Use image registry.example.org/app:1.2.3 instead.",
  "I call `random.random(10)` twice, at 10:30:15.",
  "2026-03-01 10:00:00 INFO main.py: started 3 workers",
  "It happens at least since line 12 of the changelog.",
])("a sentence is no trace: %s", (text) => {
  expect(findTraces(text)).toEqual([]);
});
