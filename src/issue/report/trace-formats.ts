/** How a runtime prints a line of a trace. */
export interface TraceFormat {
  readonly name: string;
  readonly innermost: "first" | "last";
  /** Named groups: path, line, fn. Bounded, so that a line costs linear time. */
  readonly line: RegExp;
  /** Function of the frame when it is on the line above. */
  readonly above?: RegExp;
  /** Without a function on the line above it is no frame. */
  readonly needsAbove?: boolean;
  /** This line only adds the place to the frame above, which had none. */
  readonly completes?: boolean;
}

/**
 * Formats of traces: one row each. A line is tried in this order. A format that a sentence could look like asks for more of
 * its shape (a keyword, an address, a column).
 */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  {
    name: "python",
    innermost: "last",
    line: /^File ["“](?<path>[^"“”\n]{1,400})["”], line (?<line>\d{1,7})(?:, in (?<fn>\S{1,200}))?/,
  },
  {
    name: "ipython",
    innermost: "last",
    line: /^File (?<path>[^\s:"][^:"\n]{0,300}?|[A-Za-z]:\\[^:"\n]{1,300}?):(?<line>\d{1,7}), in (?<fn>[\w.<>]{1,200})/,
  },
  {
    name: "ipython",
    innermost: "last",
    line: /^(?:Cell|Input) In ?\[\d{1,6}\], (?:line (?<line>\d{1,7})|in (?<fn><[^>]{1,60}>))/,
  },
  {
    name: "pytest",
    innermost: "last",
    line: /^(?<path>[^\s:"'()]{1,300}\.py):(?<line>\d{1,7}):(?: in (?<fn>[\w.<>]{1,200})| [A-Z]\w{1,80}(?:Error|Exception|Warning|Exit|Interrupt)?$|$)/,
  },
  {
    name: "ipython-old",
    innermost: "last",
    line: /^(?<path>[~/<][^\s():]{1,300}) in (?<fn>[\w.<>]{1,200})(?:\(|$)/,
  },
  {
    name: "java",
    innermost: "first",
    line: /^at (?:[\w.@-]{1,80}\/{1,2})?(?<fn>[\w$.<>/-]{1,400}) ?\((?:(?<path>[\w$-]{1,200}\.(?:java|kt|kts|scala|groovy|clj))(?::(?<line>\d{1,7}))?|Native Method|Unknown Source)\)/,
  },
  {
    name: "dotnet",
    innermost: "first",
    line: /^(?:at|bei|en|à|в|em|w|a|在|場所) (?<fn>[\w.`+<>[\],]{1,300}\([^)\n]{0,400}\)) (?:in|en|dans|em|в|w|位置|場所) (?<path>[^\n]{1,300}?):(?:line|Zeile|línea|ligne|linha|riga|строка|wiersz|行号|行) ?(?<line>\d{1,7})/,
  },
  {
    name: "rust",
    innermost: "first",
    line: /^at (?<path>(?:[A-Za-z]:\\)?[^\s:]{1,300}\.rs):(?<line>\d{1,7})(?::\d{1,7})?$/,
    completes: true,
  },
  {
    name: "node",
    innermost: "first",
    line: /^at (?<fn>[^\s(][^(\n]{0,200}) \((?:(?:file:\/\/\/?|webpack(?:-internal)?:\/\/\/?)?(?<path>(?:[a-z]{2,12}:\/\/)?[^\n]{1,300}?):(?<line>\d{1,7})(?::\d{1,7})?|native|eval at [^\n]{1,200})\)\s*$/,
  },
  {
    name: "node",
    innermost: "first",
    line: /^at (?:async )?(?:file:\/\/\/?|webpack(?:-internal)?:\/\/\/?)?(?<path>(?:https?:\/\/)?[^\s"'][^\n"']{0,300}?):(?<line>\d{1,7})(?::\d{1,7})?\s*$/,
  },
  {
    name: "node",
    innermost: "first",
    line: /^at (?<fn>(?:async |new )?[\w$.<>[\] ]{1,120}) \((?<path><anonymous>)\)$/,
  },
  {
    name: "browser",
    innermost: "first",
    line: /^(?<fn>[\w$.<>/[\]*]{0,120})@(?<path>(?:https?|file|webpack|resource|moz-extension|chrome-extension):\/\/[^\s]{1,300}?):(?<line>\d{1,7})(?::\d{1,7})?$/,
  },
  {
    name: "go",
    innermost: "first",
    line: /^(?<path>(?:[A-Za-z]:)?[^\s:()]{1,300}\.go):(?<line>\d{1,7})(?: \+0x[0-9a-f]{1,16})?$/,
    above:
      /^(?:created by )?(?<fn>[A-Za-z][\w./*()\-·[\]]{1,200}?)(?:\([^()\n]{0,400}\)|(?: in goroutine \d{1,9}))?$/,
    needsAbove: true,
  },
  {
    name: "rust",
    innermost: "first",
    line: /panicked at (?:'[^\n]{0,400}', |"[^\n]{0,400}", )?(?<path>(?:[A-Za-z]:\\)?[^\s:'"][^:'"\n]{0,300}\.rs):(?<line>\d{1,7}):\d{1,7}/,
  },
  {
    name: "rust",
    innermost: "first",
    line: /^(?:left|right): `[^\n]{0,300}[`'"]{1,2}, (?<path>[^\s:'"]{1,300}\.rs):(?<line>\d{1,7}):\d{1,7}$/,
  },
  {
    name: "rust",
    innermost: "first",
    line: /^\d{1,4}: {1,12}(?:0x[0-9a-f]{4,16} - )?(?<fn>(?:[\w<&(*[]|\{\{)[^\n]{1,400})$/,
  },
  {
    name: "ruby",
    innermost: "first",
    line: /^(?:from |\d{1,4}: from )?(?<path>[^\s:"'`()]{1,300}\.(?:rb|erb|rake|ru|gemspec|exs?|erl)|[^\s:"'`()]{1,300}\/(?:bin|exe)\/[\w-]{1,60}):(?<line>\d{1,7}):in [`'](?<fn>[^'`\n]{1,200})'/,
  },
  {
    name: "php",
    innermost: "first",
    line: /^#\d{1,4} (?<path>[^\n(]{1,300})\((?<line>\d{1,7})\): (?<fn>[\w\\:>{}-]{1,200})/,
  },
  {
    name: "php",
    innermost: "first",
    line: /(?<!thrown )\bin (?<path>[^\s"'<>()]{1,300}\.(?:php|phtml|inc))(?: on line |:)(?<line>\d{1,7})/,
  },
  {
    name: "perl",
    innermost: "first",
    line: /\bat (?<path>[^\s"'()]{1,300}\.(?:pl|pm|t|cgi)) line (?<line>\d{1,7})[.,]?/,
  },
  {
    name: "lua",
    innermost: "first",
    line: /^(?:[^\n:]{1,80}: ){0,3}(?:Error executing lua )?(?<path>[^\s:"'()]{1,300}\.lua|\[string "[^"\n]{1,80}"\]):(?<line>\d{1,7}): (?:in (?:function|method|local|upvalue|field|main chunk)? ?(?<fn>[^\n]{0,100})|[^\n]{1,300})$/,
  },
  {
    name: "elixir",
    innermost: "first",
    line: /^(?:\([\w-]{1,60}(?: [\w.+-]{1,40})?\) )?(?<path>[^\s:()]{1,300}\.(?:exs?|erl)):(?<line>\d{1,7}): (?:(?<fn>(?:anonymous fn\/\d{1,3} in )?[A-Za-z:][^\s(]{0,200}\/\d{1,3})|(?<call>[A-Z:][\w.]{0,200}\.[\w!?]{1,100})\()/,
  },
  {
    name: "erlang",
    innermost: "first",
    line: /\{(?<fn>[a-z]\w{0,60},[a-z]\w{0,60}),[^\n]{1,100}\[\{file,"(?<path>[^"\n]{1,300})"\},\{line,(?<line>\d{1,7})\}\]/,
  },
  {
    name: "dart",
    innermost: "first",
    line: /^#\d{1,4} {1,8}(?<fn>[^\n(]{1,200}) \((?<path>(?:package|dart|file):[^\n)]{1,300}?):(?<line>\d{1,7})(?::\d{1,7})?\)/,
  },
  {
    name: "lldb",
    innermost: "first",
    line: /^(?:\* )?frame #\d{1,4}: 0x[0-9a-f]{1,16} [^\s`]{1,200}`(?<fn>[^\n]{1,200}?) at (?<path>[^\s:]{1,300}):(?<line>\d{1,7})/,
  },
  {
    name: "gdb",
    innermost: "first",
    line: /^#\d{1,4} {1,3}(?:0x[0-9a-f]{1,16} in )?(?<fn>[\w:~<>*&,. ]{1,200}?) ?\([^\n]{0,400}\) at (?<path>[^\s:]{1,300}):(?<line>\d{1,7})/,
  },
  {
    name: "sanitizer",
    innermost: "first",
    line: /^#\d{1,4} (?:0x[0-9a-f]{1,16} in )?(?<fn>[^\n]{1,300}?) (?<path>[^\s:()]{1,300}\.\w{1,5}):(?<line>\d{1,7})(?::\d{1,7})?(?: \([^\n]{1,200}\))?$/,
  },
  {
    name: "sanitizer",
    innermost: "first",
    line: /^(?<path>[^\s:"'()]{1,300}\.\w{1,5}):(?<line>\d{1,7}):\d{1,7}: runtime error: /,
  },
  {
    name: "valgrind",
    innermost: "first",
    line: /^(?:==\d{1,8}== {1,8})?(?:at|by) 0x[0-9A-Fa-f]{1,16}: (?<fn>[^\n]{1,300}?) \((?<path>[^\s:()]{1,300}):(?<line>\d{1,7})\)/,
  },
  {
    name: "zig",
    innermost: "first",
    line: /^(?<path>[^\s:"'()]{1,300}\.zig):(?<line>\d{1,7}):\d{1,7}: 0x[0-9a-f]{1,16} in (?<fn>\S{1,200})/,
  },
  {
    name: "haskell",
    innermost: "first",
    line: /^(?:CallStack \(from HasCallStack\):\s*)?(?<fn>[\w'.]{1,100}), called at (?<path>[^\s:]{1,300}\.l?hs):(?<line>\d{1,7}):\d{1,7}/,
  },
  {
    name: "ocaml",
    innermost: "first",
    line: /^(?:Raised (?:at|by primitive operation at)|Called from|Re-raised at) (?<fn>[\w.'$]{1,100}) in file "(?<path>[^"\n]{1,300})"(?: \(inlined\))?, line (?<line>\d{1,7})/,
  },
  {
    name: "julia",
    innermost: "first",
    line: /^@ (?:[\w.]{1,80} )?(?<path>[^\s:]{1,300}\.jl):(?<line>\d{1,7})/,
    above: /^\[\d{1,4}\] (?<fn>[^\n(]{1,200})/,
  },
  {
    name: "julia",
    innermost: "first",
    line: /^\[\d{1,4}\] (?<fn>[^\n]{1,200}?) at (?<path>[^\s:]{1,300}\.jl):(?<line>\d{1,7})/,
  },
  {
    name: "swift",
    innermost: "first",
    line: /^(?:Fatal error|Precondition failed|Assertion failed): [^\n]{0,300}: file (?<path>[^\n,]{1,300}), line (?<line>\d{1,7})/,
  },
  {
    name: "swift",
    innermost: "first",
    line: /^(?<path>[^\s:"'()]{1,300}\.swift):(?<line>\d{1,7}): (?:Fatal error|Precondition failed|Assertion failed)/,
  },
  // Crash reports of Apple's systems, after their addresses got names.
  {
    name: "swift",
    innermost: "first",
    line: /^(?:\d{1,4} +[\w.-]{1,100} +0x[0-9a-fA-F]{1,16} +)?(?:(?:closure #\d{1,3} in|specialized|static|partial apply for) ){0,4}(?<fn>[A-Za-z_]\w{0,100}(?:\.[\w$]{1,100}){1,8}(?:\([\w:, ]{0,200}\))?)(?: \+ \d{1,7})? \(?(?<path>[^\s:"'()]{1,300}\.swift):(?<line>\d{1,7})\)?$/,
  },
  {
    name: "assert",
    innermost: "first",
    line: /^Assertion failed: [^\n]{1,300}, function (?<fn>[^\n,]{1,200}), file (?<path>[^\n,]{1,300}), line (?<line>\d{1,7})/,
  },
  {
    name: "assert",
    innermost: "first",
    line: /^(?:[^\s:]{1,100}: )?(?<path>[^\s:"'()]{1,300}\.\w{1,4}):(?<line>\d{1,7}): (?<fn>[^\n]{1,300}?): Assertion [`'"]/,
  },
  {
    name: "unity",
    innermost: "first",
    line: /^(?<fn>[A-Za-z_][\w.`<>+|]{1,300}) ?\([^\n]{0,300}\) ?\(at (?<path>[^\n()]{1,300}):(?<line>\d{1,7})\)$/,
  },
  {
    name: "cmake",
    innermost: "first",
    line: /^(?:CMake (?:Error|Warning)(?: \(dev\))? at )?(?<path>(?:[^\s:"'()]{1,300}\/)?(?:CMakeLists\.txt|[\w.-]{1,100}\.cmake)):(?<line>\d{1,7}) \((?<fn>\w{1,100})\):?$/,
  },
  {
    name: "sanitizer",
    innermost: "first",
    line: /\b(?:Address|Memory|Thread|Leak|UndefinedBehavior)Sanitizer:? [\w -]{3,60}? (?:at|in) (?<path>[^\s:()]{1,300}\.\w{1,5}):(?<line>\d{1,7})/,
  },
  {
    name: "typescript",
    innermost: "first",
    line: /^(?<path>[^\s"'()][^"'()\n]{0,300}(?:\([^()\n]{1,60}\)[^"'()\n]{0,200})?\.[cm]?tsx?)\((?<line>\d{1,7}),\d{1,7}\): error TS\d/,
  },
];

/** What stands before a line of a trace: colours, times, levels, containers, quotation marks, the bars of groups. */
export const TRACE_PREFIXES: readonly RegExp[] = [
  // oxlint-disable-next-line no-control-regex -- colours of a terminal are control characters
  /\u001b\[[0-9;]{0,20}[A-Za-z]/g,
  /^\s*(?:>\s?)+/,
  /^\s*[\w.-]{1,60}\s*\|\s/,
  /^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]{0,12}(?:Z|[+-]\d\d:?\d\d)?\]?\s+/,
  /^\s*\[?\d\d:\d\d:\d\d[\d.,]{0,12}\]?\s+/,
  /^\s*[│┃]\s?/,
  /^\s*\[(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TRACE)\]\s+/i,
  /^\s*(?:[|+]\s{1,6})+/,
];
