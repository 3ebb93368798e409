/**
 * Runs Python tests where there is no pytest: `unittest` classes, and plain `test_*` functions and `Test*` classes with
 * their `setup_*` and `teardown_*`, whose only fixture is `tmp_path`. Anything that imports pytest, has other fixtures or
 * parameters is reported as an error, not skipped.
 *
 * The tests run in a child; the report is written by the parent, after the child ended, from what came through a pipe. So
 * nothing that is printed, and no exit of the tests, makes a result: a child that ends by itself is an error of the test
 * it was in. Arguments: where to write, then test files; without any it looks for them.
 */
export const PYTHON_RUNNER = String.raw`
import json, os, select, sys

ROOT = os.path.realpath(os.getcwd())
# A tracer before this program is told which test begins.
SWITCH = globals().get("casebook_switch", lambda name: None)
SKIPPED = {"node_modules", "site-packages", "dist-packages", "__pycache__", "venv", "build", "dist"}

def is_test_file(name):
    stem = name[:-3]
    return name.endswith(".py") and (stem.startswith("test_") or stem.endswith("_test") or stem in ("test", "tests"))

def find_files():
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
        found += [os.path.normpath(os.path.join(folder, n)) for n in sorted(names) if is_test_file(n)]
    return found

def parent(out, files):
    reading, writing = os.pipe()
    mark = os.urandom(16).hex()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child(files, writing, mark)
    os.close(writing)
    data, status = b"", None
    while True:
        ready = select.select([reading], [], [], 0.05)[0]
        chunk = os.read(reading, 65536) if ready else b""
        data += chunk
        if ready and not chunk:
            break
        if status is not None and not ready:
            break
        if status is None:
            done, code = os.waitpid(pid, os.WNOHANG)
            if done:
                status = code
    if status is None:
        status = os.waitpid(pid, 0)[1]
    tests, running, ended, strange = [], None, False, False
    for line in data.decode("utf-8", "replace").split("\n"):
        if not line:
            continue
        try:
            entry = json.loads(line)
            known = entry.pop("mark") == mark
        except (ValueError, KeyError, AttributeError, TypeError):
            known = False
        # Whatever a test writes into the pipe, it does not know the mark, nor whose turn it is.
        if not known:
            strange = True
        elif "start" in entry:
            running = entry["start"]
        elif "end" in entry:
            ended = True
        else:
            strange = strange or running != [entry["name"], entry["file"]]
            running = None
            tests.append(entry)
    if strange:
        tests.append({"name": "(report)", "file": files[0] if len(files) == 1 else None, "outcome": "error", "type": "Tampered",
                      "message": "something other than the runner wrote into its report", "at": None})
    if not ended:
        name, file = running or ["(outside of a test)", files[0] if len(files) == 1 else None]
        how = "signal %d" % (status & 127) if status & 127 else "exit code %d" % (status >> 8)
        tests.append({"name": name, "file": file, "outcome": "error", "type": "ProcessEnded",
                      "message": "the process of the tests ended in it (%s)" % how, "at": None})
    with open(out + ".part", "w", encoding="utf-8") as file:
        json.dump({"tests": tests}, file)
    os.replace(out + ".part", out)
    bad = any(test["outcome"] in ("failed", "error") for test in tests)
    os._exit(1 if bad else 0 if tests else 5)

def child(files, writing, mark):
    import asyncio, importlib, importlib.util, inspect, linecache, pathlib, tempfile, traceback, unittest
    owner = os.getpid()
    sys.path.insert(0, ROOT)
    if os.path.isdir("src") and not os.path.exists("src/__init__.py"):
        sys.path.append(os.path.join(ROOT, "src"))

    def send(entry):
        if os.getpid() != owner:
            return
        if "start" in entry:
            SWITCH(None if entry["start"][0] in files else entry["start"][0])
        data = (json.dumps(dict(entry, mark=mark)) + "\n").encode()
        while data:
            data = data[os.write(writing, data):]

    def place(error):
        if isinstance(error, SyntaxError) and error.filename:
            path = os.path.realpath(error.filename)
            if path.startswith(ROOT + os.sep):
                return [os.path.relpath(path, ROOT), error.lineno or 1]
        best = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            path = os.path.realpath(frame.f_code.co_filename)
            if path.startswith(ROOT + os.sep) and not any(part in SKIPPED for part in path.split(os.sep)):
                best = [os.path.relpath(path, ROOT), line]
        return best

    def result(name, file, outcome, error=None, message=None):
        entry = {"name": name, "file": file, "outcome": outcome, "type": None, "message": message, "at": None}
        if error is not None:
            try:
                text = str(error)
            except Exception:
                text = "(no text)"
            at = place(error)
            if not text and at:
                # A plain assert has no words: its line says what was expected.
                text = linecache.getline(os.path.join(ROOT, at[0]), at[1]).strip()
            entry.update(type=type(error).__name__, message=text[:2000], at=at)
        send(entry)

    def load(path):
        folder, stem = os.path.split(os.path.join(ROOT, path)[:-3])
        names = [stem]
        while os.path.exists(os.path.join(folder, "__init__.py")) and folder != ROOT:
            folder, name = os.path.split(folder)
            names.insert(0, name)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        name = ".".join(names)
        known = sys.modules.get(name)
        if known is not None and os.path.realpath(getattr(known, "__file__", None) or "") == os.path.join(ROOT, path):
            return known
        if known is None and len(names) > 1:
            return importlib.import_module(name)
        # By its place: two files of one name in two folders are two modules.
        spec = importlib.util.spec_from_file_location(name if known is None else name + "_" + str(len(sys.modules)), os.path.join(ROOT, path))
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    class Result(unittest.TestResult):
        def __init__(self, file):
            super().__init__()
            self.file, self.pending = file, None
        def name(self, test):
            return "%s.%s" % (type(test).__name__, getattr(test, "_testMethodName", "?"))
        def startTest(self, test):
            super().startTest(test)
            self.pending = None
            send({"start": [self.name(test), self.file]})
        def stopTest(self, test):
            super().stopTest(test)
            outcome, error, message = self.pending or ("passed", None, None)
            result(self.name(test), self.file, outcome, error, message)
        def bad(self, test, error):
            if not isinstance(test, unittest.TestCase):
                send({"start": [str(test), self.file]})
                result(str(test), self.file, "error", error)
                return
            if self.pending and self.pending[0] in ("failed", "error"):
                return
            # Only what went through the test's own method failed in the test; setUp and the like are fixtures.
            method = getattr(test, "_testMethodName", None)
            inside = any(f.f_code.co_name == method for f, _ in traceback.walk_tb(error.__traceback__))
            self.pending = ("failed" if inside else "error", error, None)
        def addFailure(self, test, err):
            self.bad(test, err[1])
        def addError(self, test, err):
            self.bad(test, err[1])
        def addSubTest(self, test, subtest, err):
            if err is not None:
                self.bad(test, err[1])
        def addSkip(self, test, reason):
            if isinstance(test, unittest.TestCase):
                self.pending = ("skipped", None, str(reason))
        def addExpectedFailure(self, test, err):
            self.pending = ("passed", None, None)
        def addUnexpectedSuccess(self, test):
            self.pending = ("failed", None, "it was expected to fail and passed")

    def call(owner_object, name, *arguments):
        function = getattr(owner_object, name, None)
        if function is not None:
            takes = len(inspect.signature(function).parameters)
            function(*arguments[:takes])

    def plain(name, file, module, function, instance):
        send({"start": [name, file]})
        try:
            wanted = list(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            wanted = []
        unknown = [w for w in wanted if w != "tmp_path"]
        if unknown:
            result(name, file, "error", None, "it needs %s, which only pytest gives" % ", ".join(unknown))
            return
        stage = "error"
        try:
            with tempfile.TemporaryDirectory() as folder:
                if instance is None:
                    call(module, "setup_function", function)
                else:
                    call(instance, "setup_method", function)
                try:
                    stage = "failed"
                    value = function(**({"tmp_path": pathlib.Path(folder)} if wanted else {}))
                    if inspect.iscoroutine(value):
                        asyncio.run(value)
                    stage = "error"
                finally:
                    if instance is None:
                        call(module, "teardown_function", function)
                    else:
                        call(instance, "teardown_method", function)
            result(name, file, "passed")
        except unittest.SkipTest as skip:
            result(name, file, "skipped", None, str(skip))
        except BaseException as error:
            result(name, file, stage, error)

    def run_plain(module, file):
        for name, value in sorted(vars(module).items(), key=lambda item: order(item[1])):
            if getattr(value, "__module__", None) != module.__name__:
                continue
            if name.startswith("test") and inspect.isfunction(value):
                plain(name, file, module, value, None)
            elif name.startswith("Test") and inspect.isclass(value) and not issubclass(value, unittest.TestCase):
                call(value, "setup_class")
                for method in sorted((n for n in dir(value) if n.startswith("test")), key=lambda n: order(getattr(value, n))):
                    if callable(getattr(value, method)):
                        instance = value()
                        plain("%s.%s" % (name, method), file, module, getattr(instance, method), instance)
                call(value, "teardown_class")

    def order(value):
        code = getattr(inspect.unwrap(value) if callable(value) else value, "__code__", None)
        try:
            return code.co_firstlineno if code else inspect.getsourcelines(value)[1]
        except Exception:
            return 0

    for file in files:
        send({"start": [file, file]})
        try:
            module = load(file)
            suite = unittest.defaultTestLoader.loadTestsFromModule(module)
        except BaseException as error:
            result(file, file, "error", error)
            continue
        unittest.TestSuite(suite).run(Result(file))
        try:
            call(module, "setup_module", module)
            run_plain(module, file)
            call(module, "teardown_module", module)
        except BaseException as error:
            send({"start": [file, file]})
            result(file, file, "error", error)
    SWITCH(None)
    send({"end": True})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)

parent(sys.argv[1], sys.argv[2:] or find_files())
`;
