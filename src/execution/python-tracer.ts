/**
 * Goes before the program of a Python runner (`python3 -c`). It notes the lines of the repository's functions, by
 * `sys.monitoring` from Python 3.12 on and by `sys.settrace` before, and writes one record whenever another test begins.
 * Code of modules and of class bodies runs once at the import, for every test: it is not noted. Nothing is installed, and
 * nothing is printed. `casebook_switch(name)` begins the record of a test; None begins that of no test.
 */
export const PYTHON_TRACER = String.raw`
def _casebook():
    import base64, json, os, sys, threading, types, zlib
    root, out, most = os.path.realpath(os.getcwd()) + os.sep, os.environ["CASEBOOK_TRACE"], int(os.environ["CASEBOOK_TRACE_BYTES"])
    skipped = {"site-packages", "dist-packages", "node_modules"}
    paths, seen, state = {}, {}, {"name": None, "bytes": 0}

    def path_of(code):
        name = code.co_filename
        if name not in paths:
            full = os.path.normpath(os.path.join(root, name))
            inside = full[len(root):] if full.startswith(root) else None
            paths[name] = inside if inside and not skipped & set(inside.split(os.sep)) and not name.startswith("<") else None
        # Code without this flag belongs to a module or a class.
        return paths[name] if code.co_flags & 1 else None

    def ranges(lines):
        parts, lines = [], sorted(lines)
        for line in lines:
            if parts and parts[-1][1] == line - 1:
                parts[-1][1] = line
            else:
                parts.append([line, line])
        return ",".join(str(a) if a == b else "%d-%d" % (a, b) for a, b in parts)

    def switch(name):
        noted = {path: ranges(set(lines)) for path, lines in list(seen.items()) if lines}
        for lines in list(seen.values()):
            lines.clear()
        if noted:
            record = base64.b64encode(zlib.compress(json.dumps({"test": state["name"], "files": noted}).encode())) + b"\n"
            state["bytes"] += len(record)
            if state["bytes"] <= most:
                writing = os.open(out, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
                os.write(writing, record)
                os.close(writing)
        state["name"] = name
        restart()

    if hasattr(sys, "monitoring"):
        m = sys.monitoring
        m.use_tool_id(4, "casebook")
        def on_line(code, line):
            path = path_of(code)
            if path is not None:
                seen.setdefault(path, set()).add(line)
            return m.DISABLE
        m.register_callback(4, m.events.LINE, on_line)
        m.set_events(4, m.events.LINE)
        restart = m.restart_events
    else:
        # A hot loop would take minutes: a function is followed in its first calls of a test, and each call for so many lines.
        calls, most_calls, most_lines = {}, 200, 5000
        def on_call(frame, event, arg):
            code = frame.f_code
            path = path_of(code)
            if path is None:
                return None
            calls[code] = calls.get(code, 0) + 1
            if calls[code] > most_calls:
                return None
            lines, left = seen.setdefault(path, set()), [most_lines]
            def on_line(frame, event, arg):
                if event == "line":
                    lines.add(frame.f_lineno)
                    left[0] -= 1
                    if left[0] == 0:
                        frame.f_trace_lines = False
                return on_line
            return on_line
        sys.settrace(on_call)
        threading.settrace(on_call)
        restart = calls.clear

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
