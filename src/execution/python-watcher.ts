/**
 * Goes before the program of a Python runner (`python3 -c`), as the tracer does. In the functions that `CASEBOOK_WATCHED` names, and in no
 * other, it notes what happens: a call with its arguments, each line, each exception with the values of the names on its line, each end
 * with its value, and the expressions that `CASEBOOK_ASKED` asks for. A value is its shortened `repr`, without addresses.
 * `casebook_switch(name)` begins the record of a test.
 */
export const PYTHON_WATCHER = String.raw`
def _casebook():
    import base64, collections, json, linecache, os, re, reprlib, sys, threading, types, zlib
    root, out, most = os.path.realpath(os.getcwd()) + os.sep, os.environ["CASEBOOK_TRACE"], int(os.environ["CASEBOOK_TRACE_BYTES"])
    watched = json.loads(os.environ["CASEBOOK_WATCHED"])
    asked = {}
    for path, line, names in json.loads(os.environ["CASEBOOK_ASKED"]):
        asked.setdefault((path, line), []).extend(names)
    # The end of a test is what matters: of a long one its beginning is dropped.
    state = {"name": None, "events": collections.deque(maxlen=3000), "bytes": 0, "busy": False, "call": 0, "unsure": False}
    paths = {}
    short = reprlib.Repr()
    short.maxstring = short.maxother = 160
    short.maxlist = short.maxtuple = short.maxdict = short.maxset = 6

    def value(of):
        state["busy"] = True
        try:
            return re.sub(r" at 0x[0-9a-fA-F]+", "", short.repr(of))
        except BaseException:
            return None
        finally:
            state["busy"] = False

    def words(error):
        try:
            return str(error)[:300]
        except BaseException:
            return ""

    def path_of(code):
        name = code.co_filename
        if name not in paths:
            full = os.path.normpath(os.path.join(root, name))
            inside = full[len(root):].replace(os.sep, "/") if full.startswith(root) else None
            paths[name] = inside if inside in watched else None
        return paths[name]

    def evaluate(frame, text):
        state["busy"] = True
        try:
            got = eval(text, frame.f_globals, frame.f_locals)
        except BaseException:
            return None
        finally:
            state["busy"] = False
        return value(got)

    def names_on(frame, path, line):
        text = linecache.getline(frame.f_code.co_filename, line)
        found = {}
        for name in re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?", text):
            first, dot, rest = name.partition(".")
            if first not in frame.f_locals or len(found) > 5:
                continue
            of = frame.f_locals[first]
            if not dot or rest not in getattr(of, "__dict__", ()):
                name = first
            else:
                of = of.__dict__[rest]
            if name not in ("self", "cls"):
                found[name] = value(of)
        return found

    def note(kind, call, path, line, **more):
        state["events"].append({"kind": kind, "call": call, "path": path, "line": line, **more})

    def on_call(frame, event, arg):
        code = frame.f_code
        path = path_of(code)
        if path is None or state["busy"]:
            return None
        first = code.co_firstlineno
        last = max((line for _, _, line in code.co_lines() if line), default=first) if hasattr(code, "co_lines") else first
        if not any(code.co_name == one["name"] and first <= one["end"] and last >= one["start"] for one in watched[path]):
            return None
        # Whose turn it is in which moment is chance; a generator or coroutine is entered and left many times in one call.
        if threading.current_thread() is not threading.main_thread() or code.co_flags & 0x2A0:
            state["unsure"] = True
            return None
        state["call"] += 1
        call = state["call"]
        arguments = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
        note("call", call, path, first, values={name: value(frame.f_locals[name]) for name in arguments if name in frame.f_locals and name not in ("self", "cls")})
        # The interpreter shows an exception to the end of the call as well.
        raised = [False]
        def on_event(frame, event, arg):
            if state["busy"]:
                return on_event
            line = frame.f_lineno
            if event == "line":
                raised[0] = False
                wanted = asked.get((path, line))
                note("line", call, path, line, **({"values": {text: evaluate(frame, text) for text in wanted}} if wanted else {}))
            elif event == "exception":
                raised[0] = True
                note("raise", call, path, line, type=arg[0].__name__, message=words(arg[1]), own=arg[2].tb_next is None, values=names_on(frame, path, line))
            elif event == "return" and not raised[0]:
                note("return", call, path, line, value=value(arg))
            return on_event
        return on_event

    def switch(name):
        sys.settrace(None)
        if state["name"] is not None:
            record = base64.b64encode(zlib.compress(json.dumps({"test": state["name"], "unsure": state["unsure"], "events": list(state["events"])}).encode())) + b"\n"
            state["bytes"] += len(record)
            if state["bytes"] <= most:
                writing = os.open(out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
                os.write(writing, record)
                os.close(writing)
        state["name"] = name
        state["unsure"] = False
        state["events"].clear()
        state["call"] = 0
        sys.settrace(on_call)

    sys.settrace(on_call)
    threading.settrace(on_call)
    plugin = types.ModuleType("casebook_trace", "PYTEST_DONT_REWRITE")
    def pytest_runtest_logstart(nodeid, location):
        head, bracket, rest = nodeid.partition("[")
        parts = head.split("::")
        switch((".".join(parts[-2:]) if len(parts) > 2 else parts[-1]) + bracket + rest)
    def pytest_runtest_logfinish(nodeid, location):
        switch(None)
    plugin.pytest_runtest_logstart, plugin.pytest_runtest_logfinish = pytest_runtest_logstart, pytest_runtest_logfinish
    sys.modules["casebook_trace"] = plugin
    return switch
casebook_switch = _casebook()
`;
